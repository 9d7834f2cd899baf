"""The published tables, declared once: what the API serves, the command line queries, the documentation
lists.

Cross tables have at most two of the axes client, type, country and month, and never client and country together: a
client's people in one country are few, and somebody knows them. `AXES_NEVER_TOGETHER` and a test hold the tables to it.

Only the standard library and msgspec are imported, so that anything may read the dictionary without a
dataframe library.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ColumnType = Literal["text", "integer", "number", "date"]
Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "null"]

COMPARISONS: tuple[Operator, ...] = ("eq", "ne", "lt", "le", "gt", "ge", "in", "null")
OPERATORS: dict[ColumnType, tuple[Operator, ...]] = {
    "text": (*COMPARISONS, "contains"),
    "integer": COMPARISONS,
    "number": COMPARISONS,
    "date": COMPARISONS,
}

USD_PER_HOUR = "USD per hour"
SHARE = "share of 1"
PEOPLE = "people"

Axis = Literal["client", "type", "country", "month"]
MOST_AXES = 2  # of a cross table
AXES_NEVER_TOGETHER: tuple[frozenset[Axis], ...] = (frozenset({"client", "country"}),)


class Column(Struct, frozen=True):
    """One column: null stands for "not published", never for 0."""

    name: str
    type: ColumnType
    unit: str | None
    meaning: str

    @property
    def filters(self) -> tuple[Operator, ...]:
        return OPERATORS[self.type]


class Table(Struct, frozen=True):
    """One table: `key` are the columns that tell its rows apart, in the order in which rows are stored; `axes` the
    ways in which it splits a platform's people (a task belongs to its client: it is no axis of its own).
    """

    name: str
    meaning: str
    disclosure: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    axes: tuple[Axis, ...] = ()

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


RELEASE = Column("release", "text", None, "The release the row belongs to.")
PLATFORM = Column("platform", "text", None, "Short name of the site.")
LEVEL_USED = Column(
    "level_used",
    "text",
    None,
    "Whose people the numbers are from: the row's own level, or the parent that stands in for it.",
)
CLIENT_KEY = Column("client_key", "text", None, "Key of the client: 12 hex digits, the same as in a snapshot.")
CLIENT_ID = Column("client_id", "text", None, "The platform's own id of the client, null where it has none.")
CLIENT_NAME = Column(
    "client_name",
    "text",
    None,
    "The client's name, only where its platform shows it to every worker and ten people or more are counted.",
)
CONTRIBUTORS = (
    Column(
        "contributors",
        "text",
        PEOPLE,
        "How many people's work is counted, as a band: 5-9, 10-19, 20-49 or 50+.",
    ),
    Column("contributors_at_least", "integer", PEOPLE, "The lower edge of that band."),
)
PAY = (
    Column(
        "effective_usd_per_hour",
        "number",
        USD_PER_HOUR,
        "What an hour of work paid in the end, every outcome counted; null below ten people.",
    ),
    Column("low_usd_per_hour", "number", USD_PER_HOUR, "Lower end of the 95 % interval of the effective rate."),
    Column("high_usd_per_hour", "number", USD_PER_HOUR, "Upper end of the 95 % interval of the effective rate."),
    Column(
        "task_usd_per_hour",
        "number",
        USD_PER_HOUR,
        "Listed pay over time of submitted work only, what a listing implies; null below ten people.",
    ),
    Column(
        "paid_share",
        "number",
        SHARE,
        "Paid of what was listed for submitted work, bonuses included; null below ten people whose pay is decided.",
    ),
    Column(
        "kept_share",
        "number",
        SHARE,
        "Time that ended in a submission, of all time worked; null below ten people.",
    ),
)
ALL_IN = (
    Column(
        "all_in_usd_per_hour",
        "number",
        USD_PER_HOUR,
        "The effective rate with searching, waiting and chores in the hour too; null below ten people who share these.",
    ),
    Column("all_in_factor", "number", "hours per hour of tasks", "All time over the time of tasks, likewise."),
)
RATES_RULE = (
    "Rows need five people; numbers ten, on a grid of 20 % steps (10-19 people), 10 % (20-49) or 5 % (50 and "
    "more); shares on steps of 0.1, 0.05 or 0.02; intervals round outwards. One person counts once, however "
    "much they did. A row's figures change only when three people's data entered or left; else the old ones stand, "
    "for 90 days at most."
)

PLATFORM_RATES = Table(
    "platform_rates",
    "What an hour of work pays on each platform.",
    RATES_RULE,
    ("platform",),
    (RELEASE, PLATFORM, LEVEL_USED, *CONTRIBUTORS, *PAY, *ALL_IN),
)
CLIENT_RATES = Table(
    "client_rates",
    "What an hour of work pays with each client.",
    RATES_RULE,
    ("platform", "client_key"),
    (RELEASE, PLATFORM, CLIENT_KEY, CLIENT_ID, CLIENT_NAME, LEVEL_USED, *CONTRIBUTORS, *PAY),
    ("client",),
)
TASK_RATES = Table(
    "task_rates",
    "What an hour of work pays on each group of like-titled tasks.",
    RATES_RULE,
    ("platform", "client_key", "task_key"),
    (
        RELEASE,
        PLATFORM,
        CLIENT_KEY,
        CLIENT_ID,
        CLIENT_NAME,
        Column("task_key", "text", None, "Key of the task group: 12 hex digits, the same as in a snapshot."),
        Column("task_id", "text", None, "The platform's own id of the task, null where it has none."),
        Column("title", "text", None, "The task's title."),
        LEVEL_USED,
        *CONTRIBUTORS,
        *PAY,
    ),
    ("client",),
)
COUNTRY_RATES = Table(
    "country_rates",
    "What an hour of work pays by country, once a quarter.",
    "Rows need fifty people, each counted on the platform where they worked longest, in its row and in their country's. "
    "Laplace noise is added to the mean of ln hours, each held within 0.25 and 40 USD: epsilon 0.5 a row, 1 for a "
    "person in the whole table of a quarter. The noise comes from a secret of the database and the quarter's data; a "
    "table once released stands until the next quarter is over, whoever joins or leaves.",
    ("platform", "country"),
    (
        RELEASE,
        Column("quarter", "text", None, "The quarter in which the work was claimed, such as 2026Q3."),
        PLATFORM,
        Column("country", "text", None, "ISO 3166 alpha-2, as people gave it; null for all countries together."),
        Column("level_used", "text", None, "Whose people the numbers are from: the country's, or the platform's."),
        *CONTRIBUTORS,
        Column(
            "effective_usd_per_hour",
            "number",
            USD_PER_HOUR,
            "What an hour came to for a typical person (the geometric mean over people), with noise.",
        ),
        Column("low_usd_per_hour", "number", USD_PER_HOUR, "Lower end of the 95 % interval, noise included."),
        Column("high_usd_per_hour", "number", USD_PER_HOUR, "Upper end of the 95 % interval, noise included."),
        Column("epsilon", "number", "privacy budget", "What the row costs each person in it of their privacy."),
    ),
    ("country",),
)
OUTCOMES = Table(
    "outcomes",
    "How work ends on each platform and with each client, and how long pay takes.",
    RATES_RULE + " Days to pay need ten people who were paid.",
    ("level", "platform", "client_key"),
    (
        RELEASE,
        Column("level", "text", None, "What the row is about: platform or client."),
        PLATFORM,
        Column("client_key", "text", None, "Key of the client, as in client_rates; null for a platform."),
        CLIENT_ID,
        CLIENT_NAME,
        LEVEL_USED,
        *CONTRIBUTORS,
        Column("paid_share", "number", SHARE, "Paid of what was listed for submitted work, bonuses included."),
        Column("paid_share_low", "number", SHARE, "Lower end of the 95 % interval of the paid share."),
        Column("paid_share_high", "number", SHARE, "Upper end of the 95 % interval of the paid share."),
        Column(
            "submitted_share",
            "number",
            SHARE,
            "Of tasks begun, handed in; each person's own share counts once.",
        ),
        Column("pending_share", "number", SHARE, "Of tasks begun, handed in and not yet decided."),
        Column("rejected_share", "number", SHARE, "Of tasks begun, handed in and refused."),
        Column("returned_share", "number", SHARE, "Of tasks begun, given back unpaid."),
        Column("expired_share", "number", SHARE, "Of tasks begun, ended by the timer."),
        Column("screened_out_share", "number", SHARE, "Of tasks begun, sent away by the client."),
        Column("abandoned_share", "number", SHARE, "Of tasks begun, lost with the connection or machine."),
        Column(
            "days_to_pay",
            "number",
            "days",
            "From claim to approval or payment, the middle of people's own medians.",
        ),
    ),
    ("client",),
)
RELEASES = Table(
    "releases",
    "Every dated, frozen publication of all rates.",
    "Counts of published rows only.",
    ("release",),
    (
        RELEASE,
        Column("as_of", "date", None, "The day the rates stand for (UTC)."),
        Column("policy", "text", None, "crowd: shared timings; archive: clients' and platforms' own exports."),
        Column("nature", "text", None, "real, or demo: simulated contributors."),
        Column("method", "text", None, "How the numbers are made."),
        Column("estimator_version", "text", None, "Version of the estimator."),
        Column("licence", "text", None, "Licence of the data."),
        Column("platforms", "integer", "rows", "Rows of platform_rates."),
        Column("clients", "integer", "rows", "Rows of client_rates."),
        Column("tasks", "integer", "rows", "Rows of task_rates."),
    ),
)

EVALUATION = Table(
    "evaluation",
    "How well the estimator does on the very rows of the release: work held out and predicted, and what its numbers "
    "rest on.",
    "Over all platforms together, in whole percent; empty where fewer than fifty people shared.",
    ("figure",),
    (
        RELEASE,
        Column("figure", "text", None, "Short name of the figure, the same in every release."),
        Column("name", "text", None, "What is measured."),
        Column("threshold", "text", None, "What it is held against; empty where it is only told."),
        Column("measured", "number", "as the name says", "What was found."),
        Column("passed", "text", None, "yes or no; null where it is held against nothing."),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (PLATFORM_RATES, CLIENT_RATES, TASK_RATES, COUNTRY_RATES, OUTCOMES, EVALUATION, RELEASES)
}
