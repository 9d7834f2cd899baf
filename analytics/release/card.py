"""The data card: one page for people in every release, on its content, making and limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from analytics.release.manifest import LICENCE, REQUEST, HomeFacts
from analytics.tables.dictionary.registry import TABLES

CARD = "card.md"
SOURCES = {
    "crowd": "Workers who agreed to share timings: a browser extension times the tasks they claim and sends the time cut "
    "to the hour, the listed pay and the outcome. Nobody's page is fetched, and no task's content is read.",
    "archive": "Exports that platforms and clients made of their own records, imported by whoever runs this site. All "
    "times in them are open time shared among overlapping tasks, not focus.",
}
NATURES = {
    "real": "",
    "demo": "**Every number here comes from simulated contributors. It says nothing about any real platform.**\n\n",
}
LIMITS = (
    "Contributors choose to take part: they are not a sample of all workers, and may be more experienced, better "
    "connected or more dissatisfied than others.",
    "Active time is time in which the page was in front and somebody moved; thinking in another window is not counted.",
    "Pay in other currencies is converted to US dollars at the European Central Bank's rate of the day of the claim; no "
    "adjustment is made for taxes, fees or prices in a country.",
    "A client is told apart by its platform's own id. A client that is shown under no id or name is its project.",
    "Null means: too few people, or nothing known. It never means 0.",
    "Numbers are rounded to a grid that grows finer with the number of people; do not read changes smaller than a step.",
    "Do not subtract one row from another: rows are means and medians of people, not sums.",
    'Say "the typical person earned about $2.93 an hour here (95 % sure: $1.89 to $4.54; 50-99 people, method version 4); '
    'single people earn much more and less"; never "client X pays Y".',
    "Undecided work is expected to be paid at the paid share; `undecided_share` says how much of the pay that is. Where "
    "nothing is decided there is a task rate only.",
)
HOW = (
    "One person has one vote in each cell, however much they did. The centre of a cell is robust (Huber), shrunk towards "
    "its parent: task, client, platform. The effective rate is the task rate times the paid share times the share of time "
    "that ended in a submission. Intervals are 95 %."
)


class About(NamedTuple):
    """The release's id and the facts of its making."""

    release: str
    as_of: date
    policy: str
    nature: str
    method: str
    estimator_version: str
    unmeasured: Mapping[str, str] = {}  # by platform: spreads that are a default or a split (step D11)
    homes: Mapping[str, HomeFacts] = {}


def _homes(homes: Mapping[str, HomeFacts]) -> str:
    """Return the section that says whose rows a release of several homes holds, up to which day."""
    if not homes:
        return ""
    lines = [f"| {name} | {facts.through or 'none'} | {facts.note or ''} |" for name, facts in sorted(homes.items())]
    rows = "\n".join(lines)
    return f"""
## Whose rows

Contributors shared with these homes: servers that keep their own rows and publish together.

| home | days up to | note |
|---|---|---|
{rows}
"""


def card(about: About, rows: Mapping[str, int]) -> bytes:
    """Return the release's card as Markdown; `rows` is by table. Equal releases give equal bytes."""
    tables = "\n".join(f"| `{name}` | {rows[name]:,} | {table.meaning} |" for name, table in TABLES.items())
    rules = "\n".join(f"- `{name}`: {table.disclosure}" for name, table in TABLES.items())
    limits = "\n".join(f"- {limit}" for limit in LIMITS)
    spreads = "\n".join(f"- `{platform}`: {words}" for platform, words in sorted(about.unmeasured.items()))
    return f"""# Hourly pay of microtask work: release {about.release or "(unnamed)"}

{NATURES[about.nature]}As of {about.as_of} (UTC). Policy `{about.policy}`. Method: {about.method}. Estimator version
{about.estimator_version}.

## What it is

{SOURCES[about.policy]}

| table | rows | what it tells |
|---|---:|---|
{tables}

Each table is there as Parquet and as CSV. In a CSV a text that a spreadsheet would run as a formula has an apostrophe in
front. Columns, units and meanings: `taskwage tables`, or `/v1/tables` of the site. Sizes and SHA-256 of all files:
`manifest.json`.
{_homes(about.homes)}
## How it is made

{HOW}

How well the method does is measured for each version of it, in markets whose truth is known, never on the rows of a release:
`taskwage evaluate --full` prints every figure of version {about.estimator_version} with its threshold.

On these platforms too few people did two tasks for one client, so that spreads are a default or a split of the total spread:

{spreads or "- none"}

## What is never told

{rules}

## Limits

{limits}

## Licence

Open Database License ({LICENCE}), https://opendatacommons.org/licenses/odbl/1-0/. {REQUEST}

To cite it: hourly pay of microtask work, release {about.release or "(unnamed)"}, as of {about.as_of}, method version
{about.estimator_version}, with the `content_sha256` of `manifest.json`.
""".encode()
