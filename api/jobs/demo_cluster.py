"""`taskwage demo-cluster`: several servers on this machine, from the first row to a killed shard, checked as it goes.

Three PostgreSQL servers (a coordinator and two shards), the API and an invented crowd that posts through it; then two
Ray workers that make the same release again; then a shard that is killed under load, and a count of what became of
every row that was receipted. It starts and stops all of it, and its exit code says whether everything held.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import uvloop

from analytics import release
from api.bench.senders import PEOPLE, Senders
from api.bench.site import enrolled
from api.embedded_cluster import folder_of
from api.errors import CannotStart
from api.jobs import demo_folder
from api.jobs.demo import Plan, opened
from api.jobs.demo_days import midnight
from api.jobs.demo_ray import published_by_ray
from api.server import told_to_stop
from api.store import measured, shards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.server import Running

SHARDS = 2
KILLS = 3
LOAD_SECONDS = 2.0  # before, between and after the kills
BACK_SECONDS = 60.0
STEP_SECONDS = 0.02
CALM_SECONDS = 0.3


@dataclass
class Checks:
    """What was looked at, and whether it held."""

    failed: list[str] = field(default_factory=list)

    def __call__(self, what: str, *, holds: bool) -> None:
        click.echo(f"  {'ok    ' if holds else 'FAILED'} {what}")
        if not holds:
            self.failed.append(what)


@click.command("demo-cluster")
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/demo-cluster"),
    show_default=True,
    help="Folder of the demo; made anew each time.",
)
@click.option("--contributors", type=click.IntRange(20, 5000), default=60, show_default=True)
@click.option("--days", type=click.IntRange(16, 300), default=30, show_default=True, help="Up to today.")
@click.option("--seed", default=2026, show_default=True, help="Another seed, another crowd.")
@click.option("--stay", is_flag=True, help="Go on serving until Ctrl-C.")
@click.pass_context
def demo_cluster(ctx: click.Context, folder: Path, contributors: int, days: int, seed: int, stay: bool) -> None:
    """Run several servers on this machine, kill one under load, and count every row. Exit code 1: something was lost.

    With the extra `taskwage[ray]` two Ray workers make the release too, and it must be the same.
    """
    plan = Plan(folder, 0, contributors, days, seed, SHARDS)
    checks = Checks()
    with demo_folder.held(folder), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        demo_folder.begin(folder, demo_folder.Mark("filling", contributors, days, seed))
        is_over = runner.run(_until_told(plan, checks, stay=stay))
    click.echo("Everything is stopped.")
    if checks.failed or not is_over:
        click.echo(f"{len(checks.failed)} checks failed." if is_over else "Stopped before the end.", err=True)
        ctx.exit(1)


async def _until_told(plan: Plan, checks: Checks, *, stay: bool) -> bool:
    """Whether it came to its end; at Ctrl-C or SIGTERM it leaves in order, wherever it is."""
    with told_to_stop() as told:
        telling = asyncio.create_task(told.wait())
        showing = asyncio.create_task(_show(plan, checks, stay=stay, told=told))
        await asyncio.wait({telling, showing}, return_when=asyncio.FIRST_COMPLETED)
        telling.cancel()
        if not showing.done() and not stay:
            showing.cancel()
        with suppress(asyncio.CancelledError):
            await showing
            return True
        return False


async def _show(plan: Plan, checks: Checks, *, stay: bool, told: asyncio.Event) -> None:
    click.echo(f"Starting PostgreSQL: a coordinator and {SHARDS} shards.")
    async with opened(plan) as server:
        click.echo(f"Taskwage on {SHARDS + 1} PostgreSQL servers, simulated data: {server.url}")
        await _look(plan, server, checks)
        await _publish_again(plan, server, checks)
        await _kill(plan, server, checks)
        if stay:
            click.echo(f"Serving {server.url}; Ctrl-C stops everything.")
            await told.wait()


async def _look(plan: Plan, server: Running, checks: Checks) -> None:
    """Where the crowd's rows are."""
    mark = demo_folder.ready(plan.folder)
    expected = mark.observations if mark else 0
    by_shard: Counter[int] = Counter()
    async with server.pool.acquire() as db:
        owners = await shards.owners(db)
        for number, place in (await shards.known(db)).items():
            shard = await shards.connected(place)
            by_shard[number] = len(set(await measured.records(shard)))
            await shard.close()
        seen = len(set(await measured.records(db)))
    for number, rows in sorted(by_shard.items()):
        click.echo(
            f"  shard {number}: {rows:,} attempts, {Counter(owners.values())[number]} of {len(owners)} partitions"
        )
    checks(f"all {expected:,} attempts of the crowd are stored", holds=seen == expected == by_shard.total())


async def _publish_again(plan: Plan, server: Running, checks: Checks) -> None:
    """The release that stands was made in this process; Ray makes it again."""
    local = release.current(plan.settings.releases)
    if local is None:
        raise CannotStart("no release was made")
    click.echo(f"Release {local.release} was made in one process. Two Ray workers make it again.")
    begun = time.monotonic()
    again = await published_by_ray(server.pool, plan.settings, midnight(datetime.now(UTC).date()))
    if again is None:
        click.echo("  (Ray is not installed: pip install 'taskwage[ray]' to see this)")
        return
    same = again.content_sha256 == local.content_sha256
    checks(f"Ray's release is the same, byte for byte ({time.monotonic() - begun:.1f} s)", holds=same)


async def _kill(plan: Plan, server: Running, checks: Checks) -> None:
    """kill -9 a shard, again and again, while people share; then count."""
    secrets = await enrolled(server.dsn, PEOPLE, datetime.now(UTC).date())
    senders = Senders(server.url, secrets)
    senders.start()
    try:
        with _without_obituaries():
            for kill in range(KILLS):
                await asyncio.sleep(LOAD_SECONDS)
                await _kill_one(plan, 1 + kill % SHARDS, senders)
            await asyncio.sleep(LOAD_SECONDS)
            await senders.finish()
    finally:
        senders.cancel()
    async with server.pool.acquire() as db:
        found = Counter(one for one in await measured.records(db) if one in senders.receipted)
    lost, doubled = len(senders.receipted) - len(found), sum(count > 1 for count in found.values())
    checks(f"of {len(senders.receipted):,} receipted rows {lost} are lost", holds=lost == 0)
    checks(f"of {len(senders.receipted):,} receipted rows {doubled} are there twice", holds=doubled == 0)


@contextmanager
def _without_obituaries() -> Iterator[None]:
    """What the event loop says of connections that died with a server is no news while we kill it: the rows are counted."""
    logger = logging.getLogger("asyncio")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


async def _kill_one(plan: Plan, shard: int, senders: Senders) -> None:
    """Kill the server of `shard`; wait until the program has started it again and everything is stored as before."""
    pid_file = folder_of(plan.folder, shard) / "data" / "postmaster.pid"
    killed = pid_file.read_text().split()[0]
    stored, refused, begun = len(senders.receipted), senders.refused, time.monotonic()
    os.kill(int(killed), signal.SIGKILL)
    while not _is_back(pid_file, killed):
        if time.monotonic() - begun > BACK_SECONDS:
            raise CannotStart(f"shard {shard} does not come back; see {pid_file.parent.parent / 'log'}")
        await asyncio.sleep(STEP_SECONDS)
    seconds = time.monotonic() - begun
    rows = len(senders.receipted) - stored
    await _calm(senders)
    click.echo(
        f"  shard {shard} killed (-9), back after {seconds:.1f} s: {rows:,} rows were receipted meanwhile, and "
        f"{senders.refused - refused:,} requests were told to send the rest again"
    )


def _is_back(pid_file: Path, killed: str) -> bool:
    """Whether another server than the one that was killed is ready."""
    with suppress(FileNotFoundError):
        words = pid_file.read_text().split()
        return bool(words) and words[0] != killed and words[-1] == "ready"
    return False


async def _calm(senders: Senders) -> None:
    """Wait until nobody is refused any more."""
    before = -1
    while before != senders.refused:
        before = senders.refused
        await asyncio.sleep(CALM_SECONDS)
