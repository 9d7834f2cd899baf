"""`taskwage review`: suspected manipulation that releases found, and a reviewer's verdict on contributors.

A flag takes effect when it is raised. `clear` restores the votes at the next release; `confirm` keeps them set aside
even if the flag is not raised again. Nothing is deleted, and the last verdict counts. Findings are about clients and
platforms: votes far on one side of a client, and an alarm where too many people would be set aside at once.
"""

from __future__ import annotations

import asyncio
import json
import os
from datetime import date
from pathlib import Path

import click

from analytics.model.errors import BadInput
from api.commands.options import data_option
from api.runtime.clock import SystemClock
from api.runtime.server import stored
from api.runtime.settings import Settings
from api.store import review as store
from api.store.database import translated
from api.store.review import Flagged, Found, Verdict

contributor_argument = click.argument("contributor", type=click.IntRange(min=1))
flag_argument = click.argument("flag", required=False)


@click.group()
def review() -> None:
    """Review suspected manipulation: list it, clear a contributor's flag, confirm a flag."""


@review.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def list_flags(as_json: bool, data: Path | None) -> None:
    """List every flag and every finding that a release raised, the latest first."""
    flagged, findings = asyncio.run(_listed(Settings.from_env(os.environ, data=data)))
    if as_json:
        whole = {"flags": [one._asdict() for one in flagged], "findings": [one._asdict() for one in findings]}
        click.echo(json.dumps(whole, indent=1, default=str))
    else:
        click.echo("\n".join([*map(told, flagged), *map(finding_line, findings)]) or "No flags.")


@review.command()
@contributor_argument
@flag_argument
@data_option
def clear(contributor: int, flag: str | None, data: Path | None) -> None:
    """Restore the votes of CONTRIBUTOR (a number of `list`) at the next release; all flags, or one FLAG."""
    _decide(contributor, flag, "cleared", data)


@review.command()
@contributor_argument
@flag_argument
@data_option
def confirm(contributor: int, flag: str | None, data: Path | None) -> None:
    """Keep the votes of CONTRIBUTOR set aside until cleared; for all flags, or one FLAG."""
    _decide(contributor, flag, "confirmed", data)


def told(one: Flagged) -> str:
    """Return one line for a flag."""
    days = span(one.first_raised_on, one.last_raised_on)
    return f"{one.contributor}  {one.flag}  {one.verdict or 'not reviewed'}  raised {days}: {one.evidence}"


def finding_line(one: Found) -> str:
    """Return one line for a finding."""
    where = " ".join(word for word in (one.platform, one.client_id, one.client_name) if word)
    return f"{where}  {one.finding}  raised {span(one.first_raised_on, one.last_raised_on)}: {one.evidence}"


def span(first: date, last: date) -> str:
    """Return a day, or the first and the last day."""
    return str(first) if first == last else f"{first} to {last}"


async def _listed(settings: Settings) -> tuple[list[Flagged], list[Found]]:
    async with stored(settings) as (_, pool):
        with translated():
            async with pool.acquire() as db:
                return await store.listed(db), await store.listed_findings(db)


def _decide(contributor: int, flag: str | None, verdict: Verdict, data: Path | None) -> None:
    settings = Settings.from_env(os.environ, data=data)
    flags = asyncio.run(_decided(settings, contributor, flag, verdict))
    if not flags:
        raise BadInput(f"contributor {contributor} has no such flag; see taskwage review list")
    click.echo(f"Contributor {contributor}: {', '.join(flags)} {verdict}, from the next release on.")


async def _decided(settings: Settings, contributor: int, flag: str | None, verdict: Verdict) -> list[str]:
    async with stored(settings) as (_, pool):
        with translated():
            async with pool.acquire() as db:
                return await store.decide(db, contributor, flag, verdict, SystemClock().now().date())
