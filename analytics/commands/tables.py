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
@click.option("--json", "as_json", is_flag=True, help="For machines: name, meaning and columns of each.")
def tables(names: tuple[str, ...], as_json: bool) -> None:
    """What the published tables tell: every column with its type, unit and meaning; all tables, or some.

    TABLE alone names one; `taskwage query TABLE` prints its rows.
    """
    chosen = [table_named(name) for name in names] or list(TABLES.values())
    if as_json:
        click.echo(json.dumps([described(table) for table in chosen], indent=1, ensure_ascii=False))
    else:
        click.echo("\n\n".join(told(table) for table in chosen))


def told(table: Table) -> str:
    """The table for a person to read."""
    lines = [table.name, *wrapped(table.meaning, INDENT), *wrapped(f"Rule: {table.disclosure}", INDENT)]
    lines.append(f"{INDENT}One row for each {', '.join(table.key)}.")
    for column in table.columns:
        unit = f", {column.unit}" if column.unit else ""
        lines.append(f"{INDENT}{column.name} ({column.type}{unit})")
        lines.extend(wrapped(column.meaning, INDENT * 3))
    return "\n".join(lines)


def wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
