"""`taskwage query`: rows of a published table, with the grammar and bytes of the HTTP answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click
import polars as pl

from analytics.importers.detect import platform_name
from analytics.model.encoding import FORMATS, Format
from analytics.model.errors import BadQuery
from analytics.query import parse, run
from analytics.release import repository as releases
from analytics.release.manifest import Manifest
from analytics.tables.dictionary.registry import table_named

RELEASES_FOLDER = "releases"  # below the data folder


@click.command()
@click.argument("table", metavar="TABLE")
@click.argument("conditions", nargs=-1, metavar="[COLUMN__OP=VALUE]...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("var"), show_default=True)
@click.option(
    "--release",
    "chosen",
    metavar="ID|DIR|URL",
    help="A release, a folder that holds one, or its URL (or the site's); the default is the current one.",
)
@click.option("--key", metavar="BASE64", help="Refuse a release that is not signed with this public key.")
@click.option("--sort", metavar="[-]COLUMN,...", help="Columns to sort by, - for descending.")
@click.option("--columns", metavar="COLUMN,...", help="These columns only, in this order.")
@click.option("--limit", metavar="N", help="The largest number of rows.")
@click.option("--after", metavar="TOKEN", help="The page after the one that gave this token.")
def query(
    table: str,
    conditions: tuple[str, ...],
    form: Format,
    data: Path,
    chosen: str | None,
    key: str | None,
    sort: str | None,
    columns: str | None,
    limit: str | None,
    after: str | None,
) -> None:
    """Print rows of TABLE of a release.

    Operators: eq ne lt le gt ge in contains null; COLUMN=VALUE means eq. For example:

        taskwage query client_rates effective_usd_per_hour__lt=3 platform=NAME --sort effective_usd_per_hour
    """
    settings = {"sort": sort, "columns": columns, "limit": limit, "after": after}
    asked = parse(table_named(table), parameters(conditions, settings), None)
    manifest, rows = source(data / RELEASES_FOLDER, chosen, table)
    if key is not None:
        from analytics.release.remote import check_signature  # its libraries cost more than a query of local files

        check_signature(manifest, key)
    content = run(asked, rows(), manifest.release).encode(form)
    sys.stdout.buffer.write(content if form != "json" else content + b"\n")


def source(root: Path, chosen: str | None, table: str) -> tuple[Manifest, Callable[[], pl.LazyFrame]]:
    """Return the chosen release and a function that reads the rows of `table`; remote files are verified first."""
    if chosen is not None and is_url(chosen):
        from analytics.release.remote import elsewhere

        found = elsewhere(chosen)
        return found.manifest, lambda: found.table(table)
    folder = folder_of(root, chosen)
    manifest = releases.verify(folder)
    if table not in manifest.tables:
        raise BadQuery(f"release {manifest.release} predates the table {table}; choose a newer release")
    if chosen is None:
        return manifest, lambda: releases.table(folder.parent, manifest, table)
    return manifest, lambda: releases.scan(folder, table)


def is_url(text: str) -> bool:
    return urlsplit(text).scheme in ("http", "https")


def parameters(conditions: tuple[str, ...], options: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """Return the query's parameters as in a URL."""
    pairs = []
    for condition in conditions:
        name, equals, value = condition.partition("=")
        if not equals or name in options:
            raise BadQuery(f"{condition!r} is not COLUMN__OP=VALUE")
        if name.partition("__")[0] == "platform":  # old names are understood
            value = ",".join(platform_name(one) for one in value.split(","))
        pairs.append((name, value))
    return pairs + [(name, value) for name, value in options.items() if value is not None]


def folder_of(root: Path, chosen: str | None) -> Path:
    """Return the folder of the chosen release."""
    if chosen is not None and (Path(chosen) / releases.MANIFEST).is_file():
        return Path(chosen).resolve()
    if chosen is not None:
        return root / releases.find(root, chosen).release
    newest = releases.current(root)
    if newest is None:
        raise releases.NoSuchRelease(f"no release in {root}; `taskwage publish` makes one")
    return root / newest.release
