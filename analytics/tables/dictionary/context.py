"""Tables of available work: counts from contributors' extensions on open listings."""

from __future__ import annotations

from analytics.model.table import Column, Table
from analytics.tables.dictionary.columns import CHANGE_RULE, CONTRIBUTORS, LEVEL_USED, PLATFORM, RELEASE, SHARE

PER_HOUR = "listings per watched hour"
UNITS_PER_HOUR = "units per hour and listing"
EITHER_PER_HOUR = "as the figure"

SUPPLY = Table(
    "supply",
    "When new tasks are listed, how long they stay and how fast their units go, from listings that contributors had "
    "open anyway.",
    "Rows need five to nine people, numbers ten to fourteen, of the last 90 days; each person's own mean counts once, on the "
    "grid of the rates. " + CHANGE_RULE + " Platforms only: nobody shares which listings they saw.",
    ("platform", "figure", "weekday", "hour", "life", "units_left"),
    (
        RELEASE,
        PLATFORM,
        Column(
            "figure",
            "text",
            None,
            "new_listings: how many appear in an hour; listing_life: how long they stay; units_gone: how many units of one "
            "listing go in an hour.",
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
        Column(
            "units_left",
            "text",
            None,
            "Of units_gone: how many units (places, copies) of the listing are still left, 1_to_5, 6_to_20, 21_to_100, "
            "101_to_1000 or over_1000; null otherwise. Only sites that count them.",
        ),
        LEVEL_USED,
        *CONTRIBUTORS,
        Column(
            "new_listings_per_hour", "number", PER_HOUR, "New listings in an hour of watching; null below ten people."
        ),
        Column(
            "units_gone_per_hour",
            "number",
            UNITS_PER_HOUR,
            "Units that go from one listing in an hour of watching it, taken by anyone; the last few of a listing that "
            "disappears count as gone, units that come back do not count against it; null below ten people.",
        ),
        Column("low_per_hour", "number", EITHER_PER_HOUR, "Lower end of the 95 % interval of either number per hour."),
        Column("high_per_hour", "number", EITHER_PER_HOUR, "Upper end of it."),
        Column("life_share", "number", SHARE, "Of listings seen to come and go, those that stayed this long."),
    ),
)
