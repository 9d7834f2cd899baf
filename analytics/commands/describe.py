"""`taskwage describe FILES...`: the figures of exports, as a table for people or JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from analytics.importers.attempts import Example, Reading
from analytics.importers.detect import read
from analytics.importers.pay import PayRule, pay_for, pay_rule
from analytics.model.errors import BadInput
from analytics.reporting.describe import Description, by_file, by_source

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
    """Describe an hour of the work in FILES: results of MTurk and Turkle, full reports of Appen (Figure Eight),
    exports of Prolific, pool results of Toloka, annotations of Label Studio, worker responses of Ground Truth.

    A file that cannot be read is named and the others are described; the exit code is then 2. It is 2 as well where no
    row could be used.
    """
    readings, refused = read_all(files, pays, source)
    described = by_file(readings) if per_file else by_source(readings)
    names = [reading.file for reading in readings] if per_file else [one.source for one in described]
    if not as_json:
        click.echo(table(names, described))
    elif per_file:
        rows = [{"file": name} | asdict(one) for name, one in zip(names, described, strict=True)]
        click.echo(json.dumps(rows, indent=1))
    else:
        document = {"sources": [asdict(one) for one in described], "refused": refused}
        click.echo(json.dumps(document, indent=1))
    ctx.exit(REFUSED_EXIT if refused or not any(one.rows_used for one in described) else 0)


def read_all(
    files: tuple[Path, ...], pays: tuple[PayRule, ...], source: str | None
) -> tuple[list[Reading], dict[str, str]]:
    """Return every file that can be read; the others are named on stderr and returned with the reason."""
    readings: list[Reading] = []
    refused: dict[str, str] = {}
    for path in files:
        try:
            readings.append(read(path, pays, source))
        except BadInput as error:
            refused[path.name] = str(error)
            click.echo(f"taskwage: {error}", err=True)
    for line in (*pay_notes(readings, pays), *nothing_used(readings)):
        click.echo(f"taskwage: {line}", err=True)
    return readings, refused


def pay_notes(readings: Sequence[Reading], pays: Sequence[PayRule]) -> list[str]:
    """Return one line for each rule of --pay that was not used: no file fits it, or the files state their pay."""
    notes = []
    for rule in pays:
        fitting = [reading for reading in readings if pay_for(reading.file, [rule])]
        chosen = [reading for reading in fitting if pay_for(reading.file, pays) is rule.pay]
        unused = [reading.file for reading in chosen if not reading.is_pay_used]
        if not fitting:
            notes.append(f"--pay {rule.glob}: fits no file")
        elif not chosen:
            notes.append(f"--pay {rule.glob}: not used; later --pay options fit the same files")
        elif unused:
            notes.append(f"--pay {rule.glob}: not used for {listed(unused)}, which state their pay or have no rows")
    return notes


def nothing_used(readings: Sequence[Reading]) -> list[str]:
    """Return one line for each file with rows of which none could be used."""
    return [
        f"{reading.file}: none of its {reading.rows_read:,} rows could be used: {left_out_words(reading.left_out)}"
        for reading in readings
        if reading.rows_read and reading.frame.is_empty()
    ]


def left_out_words(counts: Mapping[str, int], examples: Mapping[str, Example] | None = None) -> str:
    """Return the rows left out in words: count, reason and an example each."""
    shown = examples or {}
    return ", ".join(
        f"{count:,} {reason}" + (f" ({shown[reason].words()})" if reason in shown else "")
        for reason, count in counts.items()
    )


def unknown_words_line(words: Mapping[str, int]) -> str:
    """Return the statuses that are not known, in words."""
    return "statuses not known: " + ", ".join(f"{word!r} ({count:,})" for word, count in words.items())


MOST_LISTED = 5


def listed(names: Sequence[str]) -> str:
    """Return names in words, the first few where there are many."""
    more = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")


_HEADINGS = (
    "",
    "read",
    "used",
    "attempts",
    "pages",
    "workers",
    "median s",
    "of a",
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
    """Return figures in columns, then what was left out and what is odd, one line for each that has any."""
    lines = [_HEADINGS, *(_cells(name, one) for name, one in zip(names, described, strict=True))]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEADINGS))]
    text = ["  ".join(_padded(line, widths)).rstrip() for line in lines]
    for name, one in zip(names, described, strict=True):
        if one.left_out:
            text.append(f"{name}: left out: {left_out_words(one.left_out, one.examples)}")
        if one.unknown_words:
            text.append(f"{name}: {unknown_words_line(one.unknown_words)}")
        if one.notes:
            text.append(f"{name}: noted: {left_out_words(one.notes)}")
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
        f"{one.attempts:,}",
        "-" if one.pages is None else f"{one.pages:,}",
        "-" if one.workers is None else f"{one.workers:,}",
        "-" if one.median_seconds is None else f"{one.median_seconds:g}",
        one.median_of or "-",
        *("-" if rate is None else f"{rate:.2f}" for rate in rates),
        *("-" if share is None else f"{share:.1%}" for share in (one.overlap_share, *endings)),
    )
