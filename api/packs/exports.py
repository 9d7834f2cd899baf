"""A platform's export of a worker's own history: how to recognise the file, and the meaning of its columns. Part of a
pack.

A file is a table with a header (CSV, tabs) or JSON records; in records a column is a path, keys separated by dots. Only
`extension/src/core/imports` reads it, on the worker's device.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from api.intake.contract import RewardPer
from api.packs.fields import Name, Words

Columns = Annotated[list[Words], Meta(max_length=8)]  # spellings of one column's name; case and blanks are ignored
Page = Annotated[str, Meta(pattern=r"^https://", max_length=200)]
DateOrder = Literal["day_first", "month_first"]
Told = Literal["submitted", "approved", "rejected", "paid", "returned", "expired", "screened_out"]


class ExportColumns(Struct, frozen=True, forbid_unknown_fields=True):
    """Possible names of each value's column; empty if the file has no such column. Times without a zone are UTC."""

    title: Columns
    attempt: Columns = field(default_factory=list)  # the platform's id, which matches rows with timed attempts
    client_id: Columns = field(default_factory=list)
    client_name: Columns = field(default_factory=list)
    task_id: Columns = field(default_factory=list)
    started: Columns = field(default_factory=list)  # an instant
    ended: Columns = field(default_factory=list)  # an instant
    day: Columns = field(default_factory=list)  # where there is no instant
    seconds: Columns = field(default_factory=list)  # of work: "1h 2m 3s", "01:02:03" or a number
    reward: Columns = field(default_factory=list)  # as listed
    paid: Columns = field(default_factory=list)  # total, or owed while undecided; if absent, `reward` once approved
    bonus: Columns = field(default_factory=list)  # in addition to `paid`
    outcome: Columns = field(default_factory=list)


class ExportWords(Struct, frozen=True, forbid_unknown_fields=True):
    """The file's words for an outcome; case, blanks, hyphens and underscores are ignored."""

    outcome: Told
    words: Annotated[list[Words], Meta(min_length=1)]


class Export(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of file."""

    name: Name
    marks: Annotated[list[Words], Meta(min_length=1)]  # columns that every file of this kind has
    columns: ExportColumns
    outcomes: list[ExportWords] = field(default_factory=list)
    unfinished: list[Words] = field(default_factory=list)  # words of rows that are still in progress
    dates: DateOrder | None = None  # of dates in numbers, as the platform itself writes them
    outcome: Told | None = None  # of every row of a file without a column of outcomes
    reward_per: RewardPer = "task"
    has_parts: bool = False  # the rows of one `attempt` add up, pay and time; otherwise the last one counts
    page: Page | None = None  # address where the worker finds it
    until: date | None = None  # the last day on which the platform offers it
