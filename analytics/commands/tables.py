"""`taskwage tables`: the dictionary of the published tables, for people and for machines."""

from __future__ import annotations

import json
import textwrap

import click

from analytics.tables.dictionary.registry import TABLES, Table, described, table_named

WIDTH = 100
INDENT = "  "


@click.command()
@click.argument("names", nargs=-1, metavar="[TABLE]...")
@click.option("--json", "as_json", is_flag=True, help="Output for machines: name, meaning and columns of each.")
def tables(names: tuple[str, ...], as_json: bool) -> None:
    """Print the columns of the published tables, each with type, unit and meaning.

    Without TABLE, print all tables. `taskwage query TABLE` prints the rows of one.
    """
    chosen = [table_named(name) for name in names] or list(TABLES.values())
    if as_json:
        click.echo(json.dumps([described(table) for table in chosen], indent=1, ensure_ascii=False))
    else:
        click.echo("\n\n".join(table_text(table) for table in chosen))


def table_text(table: Table) -> str:
    """Return the table as text for people."""
    lines = [table.name, *wrapped(table.meaning, INDENT), *wrapped(f"Rule: {table.disclosure}", INDENT)]
    lines.append(f"{INDENT}One row for each {', '.join(table.key)}.")
    for column in table.columns:
        unit = f", {column.unit}" if column.unit else ""
        lines.append(f"{INDENT}{column.name} ({column.type}{unit})")
        lines.extend(wrapped(column.meaning, INDENT * 3))
    return "\n".join(lines)


def wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
