"""`taskwage simulate`: an invented crowd, small and lifelike or of any size, into files or an empty demo database.

`--scale` generates rows block by block in bounded memory. Without it, people live their days
(`analytics.simulation.crowd`), and the crowd has to fit in memory.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import click
import polars as pl

from analytics.model.currency import shipped
from analytics.model.errors import BadInput
from analytics.model.observations import RAW
from analytics.simulation import Crowd, Listing, Market, Size, events, invented_listing, open_market, raw_frame, scale
from analytics.simulation.market import Spread
from analytics.simulation.scale import Scale, Site
from api.packs import load as packs
from api.runtime.clock import SystemClock
from api.runtime.server import stored
from api.runtime.settings import Settings
from api.store import crowds
from api.store.database import translated

OTHERS = ("GBP", "EUR", "INR", "PHP", "BRL")  # some platforms list in the local currency
USD_SHARE = 3  # one platform in this many lists in another currency
LIVED_SITES = 3


class SimulationSize(NamedTuple):
    """The size of a simulation; LIVED and SCALED are the defaults."""

    workers: int
    clients: int
    tasks: int


LIVED, SCALED = SimulationSize(200, 100, 800), SimulationSize(20_000, 5_000, 50_000)


@click.command()
@click.option("--scale", "is_scale", is_flag=True, help="Any size in bounded memory; else people who live their days.")
@click.option("--observations", type=click.IntRange(1), default=1_000_000, show_default=True, help="With --scale.")
@click.option("--workers", type=click.IntRange(1), help=f"[default: {LIVED.workers}; --scale: {SCALED.workers:,}]")
@click.option("--clients", type=click.IntRange(1), help=f"[default: {LIVED.clients}; --scale: {SCALED.clients:,}]")
@click.option("--tasks", type=click.IntRange(1), help=f"[default: {LIVED.tasks}; --scale: {SCALED.tasks:,}]")
@click.option("--days", type=click.IntRange(1, 3650), default=60, show_default=True)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The last day.  [default: yesterday]")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed and days, the same rows.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="An empty folder, for files.")
@click.option("--format", "kind", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="With --scale: the database there.")
def simulate(
    is_scale: bool,
    observations: int,
    workers: int | None,
    clients: int | None,
    tasks: int | None,
    days: int,
    until: datetime | None,
    seed: int,
    out: Path | None,
    kind: str,
    data: Path | None,
) -> None:
    """Invent workers, clients, tasks and shared observations.

    Write files (--out), or with --scale fill an empty database (--data or DATABASE_URL), which then always is a demo's.
    """
    usual = SCALED if is_scale else LIVED
    amounts = SimulationSize(workers or usual.workers, clients or usual.clients, tasks or usual.tasks)
    last = until.date() if until else SystemClock().now().date() - timedelta(days=1)
    first = last - timedelta(days=days - 1)
    if out is not None and data is not None:
        raise click.UsageError("either --out or --data")
    if out is not None and out.exists() and any(out.iterdir()):
        raise click.UsageError(f"{out} is not empty")
    if is_scale:
        asked = Scale(observations, *amounts, sites(first), first, days, seed)
        if out is None:
            asyncio.run(_stored(asked, Settings.from_env(os.environ, data=data, nature="demo")))
        else:
            write(asked, Files(out, kind))
        return
    if out is None:
        raise click.UsageError("people who live their days go into files: --out (`taskwage demo` serves them)")
    crowd = Crowd(_markets(amounts, first, seed), amounts.workers, first, days, seed)
    Files(out, kind).write("observations", [raw_frame(events(crowd))])


def sites(day: date) -> tuple[Site, ...]:
    """Return every platform that has a pack; one in three lists in another currency."""
    worth = shipped().usd_per_unit(day)
    found = []
    for number, slug in enumerate(sorted(packs.load())):
        currency = "USD" if number % USD_SHARE else OTHERS[number // USD_SHARE % len(OTHERS)]
        found.append(Site(slug, currency, worth[currency]))
    return tuple(found)


def _markets(amounts: SimulationSize, day: date, seed: int) -> tuple[Market, ...]:
    few = sites(day)[:LIVED_SITES]
    size = Size(max(1, amounts.clients // len(few)), max(1, amounts.tasks // amounts.clients))
    blank = (Listing(site.platform, site.currency, site.usd, 1, ()) for site in few)
    return tuple(open_market(invented_listing(one, size, seed, shows_clients=True), seed, Spread()) for one in blank)


class Files(NamedTuple):
    """The folder and format of written files."""

    folder: Path
    kind: str

    def write(self, name: str, blocks: Iterable[pl.DataFrame], told: Callable[[int], None] = lambda _: None) -> None:
        """Write a file for each of `blocks`.

        Raises:
            BadInput: The folder or a file cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for number, block in enumerate(blocks):
                path = self.folder / f"{name}-{number:05}.{self.kind}"
                (block.write_csv if self.kind == "csv" else block.write_parquet)(path)
                told(block.height)
        except OSError as error:
            raise BadInput(f"{self.folder}: cannot be written: {error.strerror or error}") from None


def write(asked: Scale, files: Files) -> None:
    """Write everything of `asked` to files: observations in the shape RAW, and their workers, clients and tasks."""
    files.write("workers", scale.workers(asked))
    files.write("clients", scale.clients(asked))
    files.write("tasks", scale.tasks(asked))
    with click.progressbar(length=asked.observations, label="observations") as bar:
        files.write("observations", (block.select(*RAW) for block in scale.blocks(asked)), bar.update)


async def _stored(asked: Scale, settings: Settings) -> None:
    async with stored(settings, asked.first_day) as (_, pool):
        with translated():
            async with pool.acquire() as db:
                await crowds.refuse_unless_empty(db)
                await crowds.add_workers(db, scale.workers(asked), asked.first_day)
                await crowds.add_names(db, scale.clients(asked), scale.tasks(asked))
                with click.progressbar(length=asked.observations, label="observations") as bar:
                    for block in scale.blocks(asked):
                        await crowds.add_rows(db, block)
                        bar.update(block.height)
