"""`taskwage demo`: sixty days of an invented crowd in about a minute, then served until Ctrl-C.

The server runs in this process, on a clock that is set day by day and then follows real time. A second start finds the
data and serves it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import uvloop

from analytics.model.currency import shipped
from analytics.model.policy import CROWD
from analytics.release import repository
from analytics.release.manifest import Manifest
from analytics.simulation import Crowd
from api.commands.demo import folder as demo_folder
from api.commands.demo.days import DemoClock, midnight, work
from api.commands.demo.folder import Mark
from api.commands.demo.market import markets
from api.packs import load as packs
from api.publishing.publish import publish
from api.runtime.server import Running, running, told_to_stop
from api.runtime.settings import Settings

EXTENSION = Path(__file__).parents[3] / "extension" / "dist" / "chromium"
NOT_FOR_US = ("DATABASE_URL", "SEGMENTS_URL")  # these never refer to a demo's data


@dataclass(frozen=True)
class Plan:
    """The demo to show: its folder, and the size of its crowd over the days up to today."""

    folder: Path
    port: int = 8321
    contributors: int = 200
    days: int = 60
    seed: int = 2026

    @property
    def settings(self) -> Settings:
        """Settings with a separate database, minimal proof of work, and room for all contributors behind one
        address."""
        environ = {name: value for name, value in os.environ.items() if name not in NOT_FOR_US}
        return Settings.from_env(
            environ,
            data=self.folder,
            port=self.port,
            nature="demo",
            difficulty_bits=8,
            enrolments_per_day=self.contributors,
            enrolments_per_hour=self.contributors,
            asks_per_minute=4 * self.contributors,  # all from this machine, a day passes in a second
        )


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=8321, show_default=True, help="0 takes a free one.")
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/demo"),
    show_default=True,
    help="Folder of the demo; nothing but a demo is ever put there.",
)
@click.option("--contributors", type=click.IntRange(1, 5000), default=200, show_default=True)
@click.option("--days", type=click.IntRange(1, 300), default=60, show_default=True, help="Up to today.")
@click.option("--seed", default=2026, show_default=True, help="Another seed, another crowd.")
def demo(port: int, folder: Path, contributors: int, days: int, seed: int) -> None:
    """Fill a database with simulated contributors, publish, and serve until Ctrl-C."""
    plan = Plan(folder, port, contributors, days, seed)
    with (
        demo_folder.held(plan.folder),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_until_told(plan))


async def _until_told(plan: Plan) -> None:
    """Fill and serve; stop in order at Ctrl-C or SIGTERM."""
    with told_to_stop() as told:
        telling = asyncio.create_task(told.wait())
        serving = asyncio.create_task(_serve(plan))
        await asyncio.wait({telling, serving}, return_when=asyncio.FIRST_COMPLETED)
        telling.cancel()
        if not serving.done():
            click.echo("\nStopping.")
            serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def _serve(plan: Plan) -> None:
    async with opened(plan) as server:
        click.echo(_words(plan, server))
        await asyncio.Event().wait()


@asynccontextmanager
async def opened(plan: Plan) -> AsyncIterator[Running]:
    """Start a server on a filled demo, and fill it first if necessary. The caller holds the folder.

    Raises:
        CannotStart: The port is taken, or PostgreSQL does not start.
        Unwelcome: The server refused the invented items.
    """
    clock, today = DemoClock(), midnight(datetime.now(UTC).date())
    is_ready = demo_folder.ready(plan.folder) is not None
    if not is_ready:
        demo_folder.begin(plan.folder, Mark("filling", plan.contributors, plan.days, plan.seed))
        clock.set(today - timedelta(days=plan.days))
    async with running(plan.settings, clock) as server:
        if not is_ready:
            await _fill(plan, clock, server, today)
        yield server


async def _fill(plan: Plan, clock: DemoClock, server: Running, today: datetime) -> None:
    """Simulate the crowd's days, publish a release as of today, and mark the folder as ready."""
    crowd = Crowd(
        markets(packs.load(), shipped().usd_per_unit(today.date()), plan.seed),
        plan.contributors,
        (today - timedelta(days=plan.days)).date(),
        plan.days,
        plan.seed,
    )
    label = f"{plan.days} days of {plan.contributors} simulated contributors"
    with click.progressbar(length=plan.days, label=label) as bar:
        observations = await work(crowd, clock, server.url, lambda: bar.update(1))
    clock.set(today)
    click.echo("Publishing.")
    await publish(server.pool, plan.settings, today, CROWD)
    clock.let_go()
    demo_folder.write(plan.folder, Mark("ready", plan.contributors, plan.days, plan.seed, observations))


def _words(plan: Plan, server: Running) -> str:
    """Return the demo's message once it is up."""
    manifest, mark = repository.current(plan.settings.releases), demo_folder.ready(plan.folder)
    built = "" if EXTENSION.exists() else " (build it first: make build)"
    lines = [
        "",
        f"Taskwage demo, simulated data: {server.url}",
        *([_release_words(manifest, mark)] if manifest and mark else []),
        f"  Practice platform: {server.url}/practice",
        f'  Extension: chrome://extensions, developer mode, "Load unpacked", choose {EXTENSION}{built}',
        "Ctrl-C stops everything; the next start takes seconds and keeps the data.",
    ]
    return "\n".join(lines)


def _release_words(manifest: Manifest, mark: Mark) -> str:
    rows = {name: facts.rows for name, facts in manifest.tables.items()}
    return (
        f"  Release {manifest.release}: {mark.observations:,} observations by {mark.contributors} people "
        f"in {mark.days} days; rates of {rows['platform_rates']} platforms, {rows['client_rates']} clients, "
        f"{rows['task_rates']} tasks"
    )
