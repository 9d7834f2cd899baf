"""The documentation's example queries over HTTP, one after another, on a release of a large invented crowd or an
existing one."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from pathlib import Path

import click
import httpx
import numpy as np
import polars as pl

from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.thresholds import Draws, Names, disclose
from analytics.estimator.estimate import rates_of
from analytics.estimator.study import study
from analytics.model.policy import CROWD
from analytics.release import repository, writer
from analytics.release.builder import PublicationMetadata, contents_of
from analytics.release.manifest import Manifest
from analytics.simulation.synthetic import AS_OF, Market, made
from analytics.tables.release_context import ReleaseContext
from analytics.tables.supplementary import SupplementaryInputs, supplementary_tables
from analytics.tables.work import Work
from benchmarks.figures import Figure, as_json, at_most, table
from benchmarks.site import site

CONTRIBUTORS, PER_CLIENT, CLIENTS_PER_CONTRIBUTOR = 20_000, 20, 10
SECRET = ReleaseSecret(bytes(range(32)))  # of invented people
MOST_MS = 50.0
ROUNDS, WARM = 30, 3
ID, RELEASES = "2026-11-23", "releases"
LARGEST = "ten_thousand_tasks_csv"  # not an example: the most that one answer holds
QUERIES = {
    "best_paying_clients": "client_rates.json?contributors_at_least__ge=10&sort=-effective_usd_per_hour&limit=10",
    "clients_under_a_floor": "client_rates.json?effective_usd_per_hour__lt=3",
    "clients_as_csv": "client_rates.csv?effective_usd_per_hour__lt=3",
    "clients_of_a_platform_csv": "client_rates.csv?platform__eq={platform}",
    "clients_of_ten_people_csv": "client_rates.csv?contributors_at_least__ge=10",
    "a_client_by_name": "client_rates.json?client_name__contains=research",
    "tasks_of_a_client": "task_rates.json?client_key={client}",
    "badly_paid_outcomes": "outcomes.json?level=client&paid_share__lt=0.9",
    "weeks_of_a_client": "client_weeks.json?client_key={client}",
    "weeks_of_a_platform": "platform_weeks.json?week__ge=2026-W40",
    "unpaid_time": "overheads.json",
    "how_fast_units_go": "supply.json?figure=units_gone",
    "releases": "releases.json",
    "a_thousand_tasks_parquet": "task_rates.parquet?limit=1000",
    "ten_thousand_tasks_csv": "task_rates.csv?limit=10000",
}


@click.command("queries")
@click.option("--contributors", type=click.IntRange(1_000), default=CONTRIBUTORS, show_default=True)
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False), help="A data folder, in place "
              "of inventing people: its release is copied and measured.")  # fmt: skip
@click.option("--release", "chosen", metavar="ID", help="A release of --data.  [default: the current one]")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Folder for the data, on a real disk.")
def queries_command(
    contributors: int, data: Path | None, chosen: str | None, as_json_: bool, folder: Path | None
) -> None:
    """Measure the example queries on a release of many people: each must take under 50 ms at the server."""
    if chosen is not None and data is None:
        raise click.UsageError("--release goes with --data")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="taskwage-bench-", dir=folder, ignore_cleanup_errors=True) as place:
        Path(place).chmod(0o755)
        own = Path(place) / "queries"
        if data is None:
            click.echo("making the release ...", err=True)
            manifest = invented_release(own / RELEASES, contributors)
        else:
            manifest = copied(data / RELEASES, chosen, own / RELEASES)
        figures = asyncio.run(queries(own, manifest))
    click.echo(as_json(figures, "") if as_json_ else f"{manifest.release}, {manifest.nature}\n\n{table(figures)}")


async def queries(data: Path, manifest: Manifest) -> list[Figure]:
    """Measure each of QUERIES on the release in `data`, from the request to the last byte."""
    names = named(data / RELEASES, manifest)
    async with site(data, 1, manifest.nature) as opened:
        asked = {name: f"/v1/tables/{query.format(**names)}" for name, query in QUERIES.items()}
        times = await asyncio.to_thread(measured, opened.url, asked)
    rows = {name: facts.rows for name, facts in manifest.tables.items()}
    return [
        Figure(
            name, float(np.median(taken)) * 1000, "ms",
            f"{rows[QUERIES[name].partition('.')[0]]:,} rows; slowest of {ROUNDS}: {max(taken) * 1000:.0f} ms",
            None if name == LARGEST else at_most(MOST_MS),
        )
        for name, taken in times.items()
    ]  # fmt: skip


def measured(url: str, asked: dict[str, str]) -> dict[str, list[float]]:
    """Return the seconds of each query, one at a time, after a warm-up."""
    times: dict[str, list[float]] = {}
    with httpx.Client(base_url=url, trust_env=False) as http:
        for name, path in asked.items():
            taken = []
            for _ in range(WARM + ROUNDS):
                begun = time.perf_counter()
                http.get(path).raise_for_status()
                taken.append(time.perf_counter() - begun)
            times[name] = taken[WARM:]
    return times


def named(root: Path, manifest: Manifest) -> dict[str, str]:
    """Return the client and the platform with the most rows."""

    def most(column: str, *tables: str) -> str:
        for name in tables:
            counted = (
                repository.table(root, manifest, name)
                .group_by(column)
                .len()
                .sort("len", column, descending=[True, False])
            )
            found = counted.head(1).collect()[column].to_list()
            if found:
                return str(found[0])
        return ""

    return {"client": most("client_key", "client_weeks", "task_rates", "client_rates"),
            "platform": most("platform", "client_rates", "platform_rates")}  # fmt: skip


def copied(root: Path, chosen: str | None, into: Path) -> Manifest:
    """Copy a release below `root`, so that the measurement leaves the original unchanged."""
    manifest = repository.current(root) if chosen is None else repository.find(root, chosen)
    if manifest is None:
        raise repository.NoSuchRelease(f"no release in {root}; `taskwage publish` makes one")
    shutil.copytree(root / manifest.release, into / manifest.release)
    return manifest


def invented_release(root: Path, contributors: int) -> Manifest:
    """Write a release of a crowd in which each contributor works for ten clients."""
    clients = contributors * CLIENTS_PER_CONTRIBUTOR // PER_CLIENT
    market = Market(clients=clients, contributors=PER_CLIENT, pool=contributors // PER_CLIENT, origin="crowd", days=60,
                    unsubmitted=0.13, rejected=0.02)  # fmt: skip
    rows, _ = made(market)
    studied = study(rows, as_of=AS_OF, policy=CROWD)
    rates = rates_of(studied)
    disclosed = disclose(rates, CROWD, Draws(SECRET))
    context = ReleaseContext(AS_OF.date(), CROWD, SECRET, disclosed.cells)
    tables, _ = supplementary_tables(Work.of_study(studied), SupplementaryInputs.nothing(), rates, context, None)
    contents = contents_of(disclosed, names_of(disclosed.cells), PublicationMetadata("demo", {"USD": 1.0}), tables)
    return writer.write(root, ID, contents)


def names_of(cells: pl.DataFrame) -> Names:
    """Return a name for every client and task."""
    keys = cells.select("platform", "client_key", "task_key").drop_nulls("client_key")
    clients = keys.select("platform", "client_key").unique("client_key").sort("client_key")
    tasks = keys.drop_nulls("task_key").sort("task_key")
    number = pl.int_range(pl.len()).cast(pl.String)
    return Names(
        clients.with_columns(client_id="c-" + number, client_name="Invented Research " + number),
        tasks.with_columns(task_id="t-" + number, title="Label photo " + number),
        frozenset(cells["platform"].unique()),
    )
