"""`taskwage describe FILES...`: the figures of exports, as a table for people or JSON for machines."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from analytics.importers.attempts import Reading
from analytics.importers.detect import read
from analytics.importers.pay import PayRule, pay_for, pay_rule
from analytics.model.errors import BadInput
from analytics.reporting.describe import Description, by_file, by_source

PER_FILE = (
    "platform",
    "rows_read",
    "rows_used",
    "left_out",
    "workers",
    "median_usd_per_hour",
    "ratio_usd_per_hour",
    "union_usd_per_hour",
    "overlap_share",
    "rejected_share",
)
REFUSED_EXIT = 2


class PayOption(click.ParamType[PayRule]):
    """`[GLOB=]AMOUNT/page|unit`."""

    name = "[GLOB=]AMOUNT/page|unit"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> PayRule:
        try:
            return pay_rule(value)
        except BadInput as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", help="One name for who posted the work, in place of the ones in the file names.")
@click.option(
    "--pay",
    "pays",
    type=PayOption(),
    multiple=True,
    help="For files that state no pay; the last that fits wins.",
)
@click.option("--per-file", is_flag=True, help="Each file by itself, not each source.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.pass_context
def describe(
    ctx: click.Context,
    files: tuple[Path, ...],
    source: str | None,
    pays: tuple[PayRule, ...],
    per_file: bool,
    as_json: bool,
) -> None:
    """What FILES (MTurk batch results, Figure Eight full reports, Prolific exports, Toloka pool results) say about an
    hour of work.

    A file that cannot be read is named and the others are described; the exit code is then 2.
    """
    readings, refused = read_all(files, pays, source)
    if per_file:
        described = by_file(readings)
        names = [reading.file for reading in readings]
        rows = [
            {"file": name} | {key: asdict(one)[key] for key in PER_FILE}
            for name, one in zip(names, described, strict=True)
        ]
        click.echo(json.dumps(rows, indent=1) if as_json else table(names, described))
    else:
        described = by_source(readings)
        document = {"sources": [asdict(one) for one in described], "refused": refused}
        click.echo(json.dumps(document, indent=1) if as_json else table([one.source for one in described], described))
    ctx.exit(REFUSED_EXIT if refused else 0)


def read_all(
    files: tuple[Path, ...], pays: tuple[PayRule, ...], source: str | None
) -> tuple[list[Reading], dict[str, str]]:
    """Every file that can be read; the others are named on stderr and returned with the reason."""
    readings: list[Reading] = []
    refused: dict[str, str] = {}
    for path in files:
        try:
            readings.append(read(path, pays, source))
        except BadInput as error:
            refused[path.name] = str(error)
            click.echo(f"taskwage: {error}", err=True)
    for rule in pays:
        if not any(pay_for(reading.file, [rule]) for reading in readings):
            click.echo(f"taskwage: --pay {rule.glob}: fits no file", err=True)
    return readings, refused


_HEADINGS = (
    "",
    "read",
    "used",
    "workers",
    "median s",
    "median $/h",
    "ratio $/h",
    "union $/h",
    "overlap",
    "rejected",
    "undecided",
    "returned",
    "expired",
)


def table(names: list[str], described: list[Description]) -> str:
    """Figures in columns, then what was left out and what is odd, one line for each that has any."""
    lines = [_HEADINGS, *(_cells(name, one) for name, one in zip(names, described, strict=True))]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEADINGS))]
    text = ["  ".join(_padded(line, widths)).rstrip() for line in lines]
    for name, one in zip(names, described, strict=True):
        for title, counts in (("left out", one.left_out), ("noted", one.notes)):
            if counts:
                text.append(f"{name}: {title}: " + ", ".join(f"{count:,} {reason}" for reason, count in counts.items()))
    return "\n".join(text)


def _padded(line: tuple[str, ...], widths: list[int]) -> list[str]:
    first, *others = zip(line, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]


def _cells(name: str, one: Description) -> tuple[str, ...]:
    rates = (one.median_usd_per_hour, one.ratio_usd_per_hour, one.union_usd_per_hour)
    endings = (one.rejected_share, one.undecided_share, one.returned_share, one.expired_share)
    return (
        name,
        f"{one.rows_read:,}",
        f"{one.rows_used:,}",
        "-" if one.workers is None else f"{one.workers:,}",
        "-" if one.median_seconds is None else f"{one.median_seconds:g}",
        *("-" if rate is None else f"{rate:.2f}" for rate in rates),
        *("-" if share is None else f"{share:.1%}" for share in (one.overlap_share, *endings)),
    )
