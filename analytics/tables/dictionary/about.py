"""Tables about the releases themselves, and notes on them."""

from __future__ import annotations

from analytics.model.table import Column, Table
from analytics.tables.dictionary.columns import CLIENT_ID, PLATFORM, RELEASE

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

NOTES = Table(
    "notes",
    "Objections of clients and corrections: dated notes with the figures, which they never change.",
    "Public notes by the operator of this site about clients and platforms, never about people who share.",
    ("platform", "client_key", "note"),
    (
        RELEASE,
        PLATFORM,
        Column("client_key", "text", None, "Key of the client, as in client_rates; null for the whole platform."),
        CLIENT_ID,
        Column("note", "integer", "number of the note", "Number of the note, the same in every release."),
        Column("written_on", "date", None, "The day it was written (UTC)."),
        Column("kind", "text", None, "objection: the client's words; correction or note: the site's."),
        Column("text", "text", None, "The note, plain text."),
    ),
    ("client",),
)
