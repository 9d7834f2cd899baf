"""Columns and rules that several published tables share."""

from __future__ import annotations

from analytics.model.table import Column

USD_PER_HOUR = "USD per hour"
SHARE = "share of 1"
PEOPLE = "people"

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
