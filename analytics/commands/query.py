"""`taskwage query`: rows of a published table, by the same grammar and in the same bytes as over HTTP."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from analytics import release as releases
from analytics.files import FORMATS, Format
from analytics.query import BadQuery, parse, run, table_named

RELEASES_FOLDER = "releases"  # below the data folder


@click.command()
@click.argument("table", metavar="TABLE")
@click.argument("conditions", nargs=-1, metavar="[COLUMN__OP=VALUE]...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("var"), show_default=True)
@click.option(
    "--release",
    "chosen",
    metavar="ID|DIR",
    help="A release, or a folder that holds one; else the current one.",
)
@click.option("--sort", metavar="[-]COLUMN,...", help="Columns to sort by, - for descending.")
@click.option("--limit", metavar="N", help="At most so many rows.")
def query(
    table: str,
    conditions: tuple[str, ...],
    form: Format,
    data: Path,
    chosen: str | None,
    sort: str | None,
    limit: str | None,
) -> None:
    """Print rows of TABLE of a release.

    Operators: eq ne lt le gt ge in contains null; COLUMN=VALUE means eq. For example:

        taskwage query client_rates effective_usd_per_hour__lt=3 platform=NAME --sort effective_usd_per_hour
    """
    asked = parse(table_named(table), parameters(conditions, sort, limit), most_rows=None)
    folder = folder_of(data / RELEASES_FOLDER, chosen)
    manifest = releases.verify(folder)
    rows = releases.table(folder.parent, manifest, table) if chosen is None else releases.scan(folder, table)
    content = run(asked, rows, manifest.release).encode(form)
    sys.stdout.buffer.write(content if form != "json" else content + b"\n")


def parameters(conditions: tuple[str, ...], sort: str | None, limit: str | None) -> list[tuple[str, str]]:
    """The query's parameters as they would stand in a URL."""
    pairs = []
    for condition in conditions:
        name, equals, value = condition.partition("=")
        if not equals or name in ("sort", "limit", "after"):
            raise BadQuery(f"{condition!r} is not COLUMN__OP=VALUE")
        pairs.append((name, value))
    options = (("sort", sort), ("limit", limit))
    return pairs + [(name, value) for name, value in options if value is not None]


def folder_of(root: Path, chosen: str | None) -> Path:
    """The folder of the release that was asked for."""
    if chosen is not None and (Path(chosen) / releases.MANIFEST).is_file():
        return Path(chosen).resolve()
    if chosen is not None:
        return root / releases.find(root, chosen).release
    newest = releases.current(root)
    if newest is None:
        raise releases.NoSuchRelease(f"no release in {root}; `taskwage publish` makes one")
    return root / newest.release
