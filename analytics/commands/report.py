"""`taskwage report`: a dated document to cite, from a release or from exports."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from analytics.commands.describe import REFUSED_EXIT, PayOption, read_all
from analytics.commands.query import RELEASES_FOLDER, folder_of
from analytics.importers.attempts import merge
from analytics.importers.detect import platform_name
from analytics.importers.pay import PayRule
from analytics.model.errors import BadInput
from analytics.reporting.report.document import Report
from analytics.reporting.report.sources import Scope

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--platform", help="Only this platform, by its short name.")
@click.option("--client", help="Only this client, by its id, key or published name; of FILES, by its source.")
@click.option("--country", help="Only this country, by its code.")
@click.option("--from", "begin", type=DAY, help="Only work (of a release: weeks) from this day on.")
@click.option("--to", "end", type=DAY, help="Only work (of a release: weeks) up to this day.")
@click.option("--floor", "floors", type=click.FloatRange(0, 1000, min_open=True), multiple=True, help="USD an hour.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("var"), show_default=True)
@click.option(
    "--release",
    "chosen",
    metavar="ID|DIR",
    help="A release, or a folder that holds one; the default is the current one.",
)
@click.option(
    "--pay", "pays", type=PayOption(), multiple=True, help="For FILES that state no pay; the last that fits wins."
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; the default is the terminal."
)
@click.option("--json", "as_json", is_flag=True, help="Write the figures for machines, not the document.")
@click.pass_context
def report(
    ctx: click.Context,
    files: tuple[Path, ...],
    platform: str | None,
    client: str | None,
    country: str | None,
    begin: datetime | None,
    end: datetime | None,
    floors: tuple[float, ...],
    data: Path,
    chosen: str | None,
    pays: tuple[PayRule, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Write a report to cite: one HTML file with figures, charts, intervals, people, method.

    Its subject is the current release, or FILES (exports that `taskwage describe` reads). For example:

        taskwage report --platform NAME --out report.html

        taskwage report exports/*.csv --out report.html
    """
    from analytics.reporting.report.sources import FLOORS, Scope

    if files and (chosen is not None):
        raise BadInput("give FILES or --release, not both")
    if pays and not files:
        raise BadInput("--pay is for FILES")
    scope = Scope(
        platform_name(platform) if platform else None,
        client,
        country,
        begin.date() if begin else None,
        end.date() if end else None,
        tuple(sorted(set(floors))) or FLOORS,
    )
    refused: dict[str, str] = {}
    if files:
        made, refused = of_files(files, pays, scope)
    else:
        made = of_release(data, chosen, scope)
    write(made, out, as_json=as_json)
    ctx.exit(REFUSED_EXIT if refused else 0)


def of_files(files: tuple[Path, ...], pays: tuple[PayRule, ...], scope: Scope) -> tuple[Report, dict[str, str]]:
    """Return the report on the readable files, and the errors of the others by file."""
    from analytics.reporting.report.of_files import in_scope, known_paths, report_of_files

    readings, refused = read_all(files, pays, None)
    if not readings:
        raise BadInput("none of these files can be read")
    chosen = in_scope(readings, scope)
    return report_of_files(merge(chosen), known_paths(files, chosen), scope), refused


def of_release(data: Path, chosen: str | None, scope: Scope) -> Report:
    from analytics.reporting.report.of_release import report_of_release

    return report_of_release(folder_of(data / RELEASES_FOLDER, chosen), scope)


def write(made: Report, out: Path | None, *, as_json: bool) -> None:
    """Write the document or its figures to a file or the terminal."""
    from analytics.reporting.report.page import page

    text = json.dumps(made.document(), indent=1, default=str, ensure_ascii=False) + "\n" if as_json else page(made)
    if out is None:
        sys.stdout.buffer.write(text.encode())
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{out}: cannot be written: {error.strerror}") from None
    click.echo(f"{out}: {len(text.encode()):,} bytes", err=True)
