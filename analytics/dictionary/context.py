"""When there is work: what contributors' extensions saw on open listings, as counts."""

from __future__ import annotations

from analytics.dictionary.columns import CONTRIBUTORS, LEVEL_USED, PLATFORM, RELEASE, SHARE
from analytics.dictionary.table import Column, Table

PER_HOUR = "listings per watched hour"

SUPPLY = Table(
    "supply",
    "When new tasks are listed and how long they stay, from listings that contributors had open anyway.",
    "Rows need five people, numbers ten, of the last 90 days; each person's own mean counts once, on a grid of 20 % "
    "steps (10-19 people), 10 % (20-49) or 5 % (50 and more), shares on steps of 0.1, 0.05 or 0.02. A row's figures "
    "change only when three people's data entered or left; else the old ones stand, for 90 days at most. Platforms "
    "only: nobody shares which listings they saw.",
    ("platform", "figure", "weekday", "hour", "life"),
    (
        RELEASE,
        PLATFORM,
        Column(
            "figure",
            "text",
            None,
            "new_listings: how many appear in an hour; listing_life: how long they stay.",
        ),
        Column("weekday", "integer", "day of the week", "1 Monday to 7 Sunday (UTC); null for all days together."),
        Column("hour", "integer", "hour of the day", "0 to 23 (UTC); null for all hours together."),
        Column(
            "life",
            "text",
            None,
            "Of listing_life: under_1_minute, under_5_minutes, under_15_minutes, under_1_hour, under_4_hours, "
            "over_4_hours; null otherwise.",
        ),
        LEVEL_USED,
        *CONTRIBUTORS,
        Column(
            "new_listings_per_hour", "number", PER_HOUR, "New listings in an hour of watching; null below ten people."
        ),
        Column("low_per_hour", "number", PER_HOUR, "Lower end of its 95 % interval."),
        Column("high_per_hour", "number", PER_HOUR, "Upper end of its 95 % interval."),
        Column("life_share", "number", SHARE, "Of listings seen to come and go, those that stayed this long."),
    ),
)
