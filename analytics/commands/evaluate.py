"""`taskwage evaluate`: every test of the estimator's specification, measured against its threshold."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import click
import polars as pl

from analytics.commands.describe import PayOption, read_all
from analytics.evaluation.figure import Figure
from analytics.importers.attempts import merge
from analytics.importers.pay import PayRule
from analytics.model.errors import BadInput
from analytics.model.policy import ARCHIVE

NOT_MET_EXIT = 1
REFUSED_EXIT = 2


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--full", is_flag=True, help="Run all tests, which takes minutes; the default subset takes under one.")
@click.option("--rows", "is_rows", is_flag=True, help="Predict held-out tasks of FILES instead.")
@click.option(
    "--pay", "pays", type=PayOption(), multiple=True, help="For files that state no pay; the last that fits wins."
)
@click.option(
    "--seeds",
    "seed_sets",
    type=click.IntRange(1, 2),
    default=1,
    help="2 also runs a second set of seeds (twice as long).",
)
@click.option("--json", "as_json", is_flag=True, help="Output for machines: one object a figure.")
@click.option(
    "--picture", type=click.Path(path_type=Path, dir_okay=False), help="Draw the steps of one cell (SVG) and end."
)
@click.pass_context
def evaluate(
    ctx: click.Context,
    files: tuple[Path, ...],
    full: bool,
    is_rows: bool,
    pays: tuple[PayRule, ...],
    seed_sets: int,
    as_json: bool,
    picture: Path | None,
) -> None:
    """Check the estimator on markets with known truth, or with --rows on FILES.

    FILES are MTurk batch results and Figure Eight full reports. The exit code is 0 if every threshold is met, 1 if one
    is not, 2 if a file cannot be read. A second set of seeds is shown and does not change the code.
    """
    if picture is not None:
        from analytics.evaluation.picture import drawn

        picture.write_text(drawn())
        return
    if bool(files) != is_rows:
        raise BadInput("give FILES together with --rows" if files else "--rows needs FILES")
    refused: dict[str, str] = {}
    if is_rows:
        figures, refused = of_files(files, pays)
    else:
        figures = of_markets(full=full, seed_sets=seed_sets)
    click.echo(document(figures) if as_json else text(figures))
    missed = any(figure.passed is False and not figure.is_pinned for figure in figures)
    ctx.exit(REFUSED_EXIT if refused else NOT_MET_EXIT if missed else 0)


def of_markets(*, full: bool, seed_sets: int = 1) -> list[Figure]:
    """Return every figure of the suite; with two seed sets, each beside the same figure of the second set."""
    from analytics.evaluation.effort import FAST, FULL
    from analytics.evaluation.suite import TESTS, in_order

    effort = FULL if full else FAST
    figures: list[Figure] = []
    with click.progressbar(TESTS, label=effort.name, file=sys.stderr, hidden=not sys.stderr.isatty()) as tests:
        for test in tests:
            first = test(effort)
            figures += with_second(first, test(replace(effort, seed_set=1))) if seed_sets == 2 else first
    return in_order(figures)


def with_second(first: list[Figure], second: list[Figure]) -> list[Figure]:
    """Return the first figures that draw from a seed, each with the second figure of the same id; others unchanged."""
    again = {figure.id: figure for figure in second}
    return [
        replace(figure, second=again[figure.id]) if figure.sample and figure.sample.seed is not None else figure
        for figure in first
    ]


def of_files(files: tuple[Path, ...], pays: tuple[PayRule, ...]) -> tuple[list[Figure], dict[str, str]]:
    """Return held-out prediction and interval facts for the readable `files`, and errors of the others by file."""
    from analytics.estimator import estimate
    from analytics.evaluation.held_out import last_day
    from analytics.evaluation.imported import observations_of
    from analytics.evaluation.own_rows import kinds_of_number
    from analytics.evaluation.prediction import of_rows

    readings, refused = read_all(files, pays, None)
    rows = observations_of(merge(readings))
    if rows.is_empty():
        raise BadInput("no attempt of a known worker can be read from these files")
    rows = rows.filter(pl.col("reward_micros").is_not_null())
    if rows.is_empty():
        raise BadInput("no row of these files says what it pays; give --pay, for example --pay 0.50/page")
    rates = estimate(rows, as_of=last_day(rows), policy=ARCHIVE)
    return [*of_rows(rows, ARCHIVE), *kinds_of_number(rates, ARCHIVE)], refused


def document(figures: list[Figure]) -> str:
    """Return a JSON list, one figure a line."""
    return "[\n" + ",\n".join(json.dumps(figure.document()) for figure in figures) + "\n]"


def text(figures: list[Figure]) -> str:
    from analytics.evaluation.report import table, verdict

    return f"{table(figures)}\n\n{verdict(figures)}"
