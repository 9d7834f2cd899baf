"""`taskwage packs doctor | skeleton | reports | report | health`: from a changed page to a corrected pack."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import click

from api.commands.options import data_option
from api.packs import load as packs
from api.packs import shapes
from api.runtime.clock import SystemClock
from api.runtime.server import stored
from api.runtime.settings import Settings
from api.store import shape_reports, weekly_reports
from api.store.database import translated

MOST_LISTED = 50
file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))


@click.command("doctor")
@file_argument
@click.option("--pack", "pack_file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="A draft.")
def doctor_command(file: Path, pack_file: Path | None) -> None:
    """List the selectors and keys of a pack that match nothing in FILE, a report of a page's shape, with similar
    names."""
    report = shapes.parse(file.read_text(encoding="utf-8"))
    pack = packs.read(pack_file) if pack_file is not None else packs.load().get(report.slug)
    if pack is None:
        raise shapes.BadReport(f"no pack `{report.slug}`; give a draft with --pack")
    found_gaps = shapes.gaps(pack, report)
    for one in found_gaps:
        click.echo(f"{one.path}: nothing for {one.value}")
        click.echo(f"    near: {', '.join(one.near) or 'nothing'}")
    click.echo(f"{len(found_gaps)} of the pack's places on {report.slug}/{report.page} find nothing.")


@click.command("skeleton")
@file_argument
def skeleton_command(file: Path) -> None:
    """Print a fixture page in the shape of FILE, a report; texts and values must be invented."""
    click.echo(shapes.skeleton(shapes.parse(file.read_text(encoding="utf-8"))), nl=False)


@click.command("reports")
@data_option
def reports_command(data: Path | None) -> None:
    """List the newest reports of changed pages that workers sent."""
    reports = asyncio.run(_newest(Settings.from_env(os.environ, data=data)))
    for one in reports:
        click.echo(
            f"{one.number}  {one.received_on}  {one.platform} {one.pack_version}  {one.page}  {one.letters} letters"
        )
    if not reports:
        click.echo("No reports.")


@click.command("report")
@click.argument("number", type=int)
@data_option
def report_command(number: int, data: Path | None) -> None:
    """Print one report, to save it in a file for `doctor` and `skeleton`."""
    text = asyncio.run(_whole(Settings.from_env(os.environ, data=data), number))
    if text is None:
        raise shapes.BadReport(f"no report {number}; `taskwage packs reports` lists them")
    click.echo(text)


@click.command("health")
@click.option("--weeks", type=click.IntRange(1, 57), default=8, show_default=True, help="Number of weeks.")
@data_option
def health_command(weeks: int, data: Path | None) -> None:
    """List by week and pack version the share of rows that packs found, and the statements that agreed."""
    for one in (found := asyncio.run(_health(Settings.from_env(os.environ, data=data), weeks))):
        rows = f"{one.read_rows} of {one.expected_rows} rows"
        statements = (
            f"{one.agreeing_statements} of {one.agreeing_statements + one.differing_statements} statements agree"
        )
        people = f"{one.contributors} {'person' if one.contributors == 1 else 'people'}"
        pages = f"{one.changed_pages} unreadable {'page' if one.changed_pages == 1 else 'pages'}"
        click.echo(f"{one.week}  {one.platform} {one.pack_version}  {people}  {rows}  {pages}  {statements}")
    if not found:
        click.echo("No counts.")


async def _health(settings: Settings, weeks: int) -> list[weekly_reports.WeekHealth]:
    since = SystemClock().now().date() - timedelta(weeks=weeks)
    async with stored(settings) as (_, pool):
        with translated():
            async with pool.acquire() as db:
                return await weekly_reports.summary(db, since)


async def _newest(settings: Settings) -> list[shape_reports.Listed]:
    async with stored(settings) as (_, pool):
        with translated():
            async with pool.acquire() as db:
                return await shape_reports.newest(db, MOST_LISTED)


async def _whole(settings: Settings, number: int) -> str | None:
    async with stored(settings) as (_, pool):
        with translated():
            async with pool.acquire() as db:
                return await shape_reports.whole(db, number)


COMMANDS = (doctor_command, skeleton_command, reports_command, report_command, health_command)
