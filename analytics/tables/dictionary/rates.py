"""Tables of hourly pay: by platform, client, task and country."""

from __future__ import annotations

from analytics.model.table import Column, Table
from analytics.tables.dictionary.columns import (
    ALL_IN,
    CLIENT_ID,
    CLIENT_KEY,
    CLIENT_NAME,
    CONTRIBUTORS,
    LEVEL_USED,
    PAY,
    PLATFORM,
    RATES_RULE,
    RELEASE,
    USD_PER_HOUR,
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
        Column(
            "task_id",
            "text",
            None,
            "The platform's own id of the task; null where it has none, or fewer than five counted people sent this very id.",
        ),
        Column(
            "title",
            "text",
            None,
            "The title as five counted people or more sent it; else the folded title of the group: lower case, digits as 0.",
        ),
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
    "released table remains until the next quarter is over, despite later changes. Noised, not differentially private.",
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
