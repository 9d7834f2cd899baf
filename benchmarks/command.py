"""`python -m benchmarks` and `python -m benchmarks faults`."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec
import polars as pl

from benchmarks import cluster as cluster_measured
from benchmarks.cluster import cluster
from benchmarks.faults import faults as run_faults
from benchmarks.figures import Figure, as_json, table
from benchmarks.home_faults import home_faults
from benchmarks.homes import HOMES_FULL, HOMES_QUICK, homes
from benchmarks.intake import FULL, QUICK, intake
from benchmarks.limits import limits
from benchmarks.publishing import publishing
from benchmarks.queries import queries_command
from benchmarks.starting import starting

MISSED_EXIT = 1
QUICK_STEPS, FULL_STEPS = [20_000, 100_000], [1_000_000, 10_000_000]
PARTS = ("starting", "limits", "intake", "publishing")
CLUSTER = "cluster"  # needs its own servers, and runs only by name


@click.group(invoke_without_command=True)
@click.option("--quick", is_flag=True, help="Smaller numbers of rows: under a minute.")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON: rows of name, value, unit, against, target.")
@click.option("--cluster", "is_cluster", is_flag=True, help="Only two homes against one, and two workers against one.")
@click.option("--only", type=click.Choice([*PARTS, CLUSTER]), multiple=True, help="One part; may be repeated.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Number of server processes.")
@click.option("--rows", type=click.IntRange(10_000), help="Rows of the largest publish.  [default: 10 million]")
@click.option("--strict", is_flag=True, help="Exit with code 1 if a target is missed.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Folder for the data, on a real disk.")
@click.pass_context
def bench(
    ctx: click.Context,
    quick: bool,
    as_json_: bool,
    is_cluster: bool,
    only: tuple[str, ...],
    workers: int,
    rows: int | None,
    strict: bool,
    folder: Path | None,
) -> None:
    """Measure ingest, imports, publishing and reading against their limits, on separate servers.

    Ratios are meaningful on any machine, absolute figures on a quiet one only.
    """
    if ctx.invoked_subcommand is not None:
        return
    steps = QUICK_STEPS if quick else FULL_STEPS
    if rows is not None:
        steps = [max(rows // 10, 1000), rows]
    with _place(folder) as place:
        figures = asyncio.run(_measured(place, (CLUSTER,) if is_cluster else only or PARTS, (quick, workers, steps)))
    click.echo(as_json(figures, machine()) if as_json_ else f"{machine()}\n\n{table(figures)}")
    ctx.exit(MISSED_EXIT if strict and not all(figure.is_met for figure in figures) else 0)


async def _measured(place: Path, parts: tuple[str, ...], how: tuple[bool, int, list[int]]) -> list[Figure]:
    quick, workers, steps = how
    figures: list[Figure] = []
    for part in parts:
        click.echo(f"measuring {part} ...", err=True)
        if part == "starting":
            figures += starting(place)
        elif part == "limits":
            figures += await limits(1.0 if quick else 8.0, 1_000_000 if quick else 10_000_000)
        elif part == "intake":
            figures += await intake(place, QUICK if quick else FULL, workers)
        elif part == CLUSTER:
            figures += await homes(place, HOMES_QUICK if quick else HOMES_FULL)
            figures += await cluster(place, cluster_measured.QUICK if quick else cluster_measured.FULL)
        else:
            figures += await publishing(place, steps, 0.8 if quick else 6.0)
    return figures


@bench.command("faults")
@click.option("--rounds", type=click.IntRange(1), default=200, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Another order of victims and moments.")
@click.option("--json", "as_json_", is_flag=True)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--homes",
    "number",
    type=click.IntRange(1, 2),
    default=1,
    show_default=True,
    help="2: two homes, their exports, publisher and bucket.",
)
@click.option(
    "--postgres-bin", type=click.Path(path_type=Path, file_okay=False), help="Programs of another PostgreSQL."
)
@click.pass_context
def faults(
    ctx: click.Context,
    rounds: int,
    seed: int,
    as_json_: bool,
    folder: Path | None,
    number: int,
    postgres_bin: Path | None,
) -> None:
    """Kill -9 the API, PostgreSQL, its processes and publishers under load; count lost and doubled rows.

    Exit with code 1 if there are any.
    """
    run = run_faults if number == 1 else home_faults
    with _place(folder) as place:
        log = asyncio.run(run(place, rounds, lambda line: click.echo(line, err=True), seed, postgres_bin))
    click.echo(msgspec.json.encode(log) if as_json_ else str(log))
    ctx.exit(0 if log.is_clean else MISSED_EXIT)


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    """Create a temporary folder that PostgreSQL's user can enter."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="taskwage-bench-", dir=folder, ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


def machine() -> str:
    """Return a description of the machine in one line."""
    cores, python = os.cpu_count(), platform.python_version()
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30)
    return (
        f"{cores} cores, {pages:.0f} GiB, {sys.platform} {platform.machine()}, Python {python}, polars {pl.__version__}"
    )


bench.add_command(queries_command)
