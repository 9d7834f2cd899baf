"""`taskwage generate`: the extension's generated files and the README's table, from the contract and the packs."""

from __future__ import annotations

import click

from api.packs import generate as generated
from api.packs.readme_table import README

STALE_EXIT = 1


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; list stale files and exit with code 1.")
@click.pass_context
def generate(ctx: click.Context, check: bool) -> None:
    """Write the extension's generated files from the contract and the packs."""
    if not check:
        for path in generated.write():
            click.echo(path)
        README.write_text(generated.fresh_readme()[0], encoding="utf-8")
        return
    stale = generated.stale()
    if not generated.fresh_readme()[1]:
        stale.append("The table of platforms in README.md")
    for name in stale:
        click.echo(f"{name} is stale: run taskwage generate", err=True)
    ctx.exit(STALE_EXIT if stale else 0)
