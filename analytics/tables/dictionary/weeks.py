"""Tables of hourly pay week by week: by platform and by client."""

from __future__ import annotations

from analytics.model.table import Column, Table
from analytics.tables.dictionary.columns import (
    CHANGE_RULE,
    CLIENT_ID,
    CLIENT_KEY,
    CLIENT_NAME,
    CONTRIBUTORS,
    LEVEL_USED,
    PAY,
    PLATFORM,
    RELEASE,
)

WEEK = (
    Column(
        "week",
        "text",
        None,
        "ISO week in which the work was claimed (UTC), such as 2026-W40; only weeks that are over.",
    ),
    Column("week_starts_on", "date", None, "The Monday of that week."),
)
WEEKS_RULE = (
    "Rows need as many people in the week as the client or platform needs among the rates, on the same grid; each person's "
    "week counts once, "
    "and only clients and platforms that have a row among the rates have weeks. Weeks of a client are left out until the "
    "people of the platform's week in none of them are nobody or five at least, and weeks of a platform likewise "
    "against its whole. " + CHANGE_RULE
)

PLATFORM_WEEKS = Table(
    "platform_weeks",
    "What an hour of work paid on each platform, week by week: that week's work alone.",
    WEEKS_RULE,
    ("platform", "week"),
    (RELEASE, PLATFORM, *WEEK, LEVEL_USED, *CONTRIBUTORS, *PAY),
)
CLIENT_WEEKS = Table(
    "client_weeks",
    "What an hour of work paid with each client, week by week: that week's work alone.",
    WEEKS_RULE,
    ("platform", "client_key", "week"),
    (RELEASE, PLATFORM, CLIENT_KEY, CLIENT_ID, CLIENT_NAME, *WEEK, LEVEL_USED, *CONTRIBUTORS, *PAY),
    ("client",),
)
