"""Tables of the endings of work and its cost in time: outcomes and unpaid time."""

from __future__ import annotations

from analytics.model.table import Column, Table
from analytics.tables.dictionary.columns import (
    CHANGE_RULE,
    CLIENT_ID,
    CLIENT_NAME,
    CONTRIBUTORS,
    LEVEL_USED,
    PLATFORM,
    RATES_RULE,
    RELEASE,
    SHARE,
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
            "Of tasks begun, submitted; each person's own share counts once.",
        ),
        Column("pending_share", "number", SHARE, "Of tasks begun, submitted and not yet decided."),
        Column("rejected_share", "number", SHARE, "Of tasks begun, submitted and rejected."),
        Column("returned_share", "number", SHARE, "Of tasks begun, returned unpaid."),
        Column("expired_share", "number", SHARE, "Of tasks begun, timed out."),
        Column("screened_out_share", "number", SHARE, "Of tasks begun, screened out by the client."),
        Column("abandoned_share", "number", SHARE, "Of tasks begun, lost with the connection or machine."),
        Column(
            "days_to_pay",
            "number",
            "days",
            "From claim to approval or payment, the middle of people's own medians; 0: under a day.",
        ),
    ),
    ("client",),
)

OVERHEADS = Table(
    "overheads",
    "Time that no task pays for, by class, for each hour of tasks.",
    "Rows need five to nine people who share unpaid time on the platform, numbers ten to fourteen; rounded to whole steps of "
    "3 minutes, of all classes together 6. One person counts once, for 60 minutes of a class and 120 of all at most. "
    + CHANGE_RULE,
    ("platform", "class"),
    (
        RELEASE,
        PLATFORM,
        Column(
            "class",
            "text",
            None,
            "search, watch, preview, qualification, messages, payment or learning; all for the sum of these.",
        ),
        LEVEL_USED,
        *CONTRIBUTORS,
        Column(
            "minutes_per_task_hour",
            "number",
            "minutes per hour of tasks",
            "Unpaid minutes for each hour of tasks, the mean of people's own; null below ten people.",
        ),
        Column("low_minutes", "number", "minutes per hour of tasks", "Lower end of the 95 % interval of the mean."),
        Column("high_minutes", "number", "minutes per hour of tasks", "Upper end of the 95 % interval of the mean."),
    ),
)
