"""The distribution of pay over people: each person's own hour, once a quarter and with noise."""

from __future__ import annotations

from analytics.model.table import Column, Table
from analytics.tables.dictionary.columns import CONTRIBUTORS, LEVEL_USED, PLATFORM, RELEASE, SHARE, USD_PER_HOUR

WORKER_RATES = Table(
    "worker_rates",
    "How many people earn how much: points of the distribution of people's own hourly pay on each platform, with and "
    "without their unpaid time.",
    "Rows need fifty to sixty people, each counted on the platform where they worked longest. Nobody is left out because "
    "their work is not decided yet. People are counted in bins of "
    "their own hourly pay and Laplace noise is added to every bin: epsilon 0.5 for each of the two bases, 1 for a person "
    "in the whole table of a quarter. The noise comes from a secret of the database and the quarter's data; a table once "
    "released remains until the next quarter is over, despite later changes. After the noise the distributions are made "
    "consistent: nobody is richer with unpaid time counted. Noised, not differentially private.",
    ("platform", "basis", "kind", "point"),
    (
        RELEASE,
        Column(
            "quarter", "text", None, "The quarter in which the work was claimed, such as 2026Q3; all: a whole archive."
        ),
        PLATFORM,
        Column("basis", "text", None, "tasks: pay over the time of tasks; all_hours: unpaid time in the hour too."),
        Column(
            "kind", "text", None, "percentile: the pay that a share of people is below; floor: the share below a pay."
        ),
        Column("point", "number", "percent of people, or USD an hour", "The percentile (10 to 90), or the floor."),
        LEVEL_USED,
        *CONTRIBUTORS,
        Column("own_usd_per_hour", "number", USD_PER_HOUR, "What an hour came to for the person at this point."),
        Column("low_usd_per_hour", "number", USD_PER_HOUR, "Lower end of its 95 % interval; null for a floor."),
        Column("high_usd_per_hour", "number", USD_PER_HOUR, "Upper end of its 95 % interval; null for a floor."),
        Column("share_below", "number", SHARE, "Of people, those whose hour came to less."),
        Column("share_low", "number", SHARE, "Lower end of its 95 % interval; null for a percentile."),
        Column("share_high", "number", SHARE, "Upper end of its 95 % interval; null for a percentile."),
        Column(
            "undecided_share",
            "number",
            SHARE,
            "Of listed pay behind these hours, not yet decided: expected at the client's paid share; each person once.",
        ),
        Column("epsilon", "number", "privacy budget", "What the row's basis costs each person of their privacy."),
    ),
)
