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
    "The client's name, only where its platform shows it to every worker, the row has enough people for a number, "
    "and five counted people or more sent this very name.",
)
CONTRIBUTORS = (
    Column(
        "contributors",
        "text",
        PEOPLE,
        "How many people's work is counted, as a band: 5-9, 10-19, 20-49, 50-99, 100-499, 500-1,999 or 2,000+. A secret "
        "moves each row's borders: 10-19 may begin at 10 to 14 people, later borders come up to a fifth later.",
    ),
    Column("contributors_at_least", "integer", PEOPLE, "The lower edge of that band."),
)
PAY = (
    Column(
        "figure",
        "text",
        None,
        "number: the row has a figure; task_rate: nothing is decided, or the time of unsubmitted work is not known, so there "
        "is a task rate and its interval only, or the interval alone below a number's people; "
        "range: only an interval, as people are fewer; divided: people differ too much "
        "for one figure, and the row has neither.",
    ),
    Column(
        "effective_usd_per_hour",
        "number",
        USD_PER_HOUR,
        "Pay of an hour of work for the typical person in the end, every outcome counted: task_usd_per_hour x paid_share x "
        "kept_share, as shown; null where there is no figure.",
    ),
    Column(
        "low_usd_per_hour",
        "number",
        USD_PER_HOUR,
        "Lower end of the 95 % interval of the effective rate, or of the task rate where only that is known.",
    ),
    Column("high_usd_per_hour", "number", USD_PER_HOUR, "Upper end of the 95 % interval of it."),
    Column(
        "task_usd_per_hour",
        "number",
        USD_PER_HOUR,
        "Listed pay over time of submitted work only, as a listing implies; null where there is no figure.",
    ),
    Column(
        "paid_share",
        "number",
        SHARE,
        "Paid of what was listed for submitted work, bonuses included: the share used in the effective rate; null where "
        "nothing is decided.",
    ),
    Column(
        "paid_share_from",
        "text",
        None,
        "The level whose decisions the paid share is made of: the row's own, or platform; null where too few people's work "
        "is decided.",
    ),
    Column(
        "kept_share",
        "number",
        SHARE,
        "Time that ended in a submission, of all time worked; null where there is no figure.",
    ),
    Column(
        "undecided_share",
        "number",
        SHARE,
        "Of listed pay of submitted work, what is not yet decided; each person counts once. It is expected to be paid at the "
        "paid share.",
    ),
    Column(
        "none_paid_usd_per_hour",
        "number",
        USD_PER_HOUR,
        "The effective rate if nothing of the undecided pay is paid; null where a tenth or less is undecided.",
    ),
)
ALL_IN = (
    Column(
        "all_in_usd_per_hour",
        "number",
        USD_PER_HOUR,
        "The effective rate with searching, waiting and chores in the hour too: effective_usd_per_hour x task_time_share; "
        "null where too few people share these.",
    ),
    Column("task_time_share", "number", SHARE, "Time of tasks, of all time with searching, waiting and chores."),
    Column(
        "all_in_factor", "number", "hours per hour of tasks", "All time over the time of tasks: 1 / task_time_share."
    ),
)
CHANGE_RULE = (
    "A row's figures change only when 3 to 7 people, a number drawn by a secret, came or left since its last release; else "
    "the old ones stand, for 270 days at most. In an archive of exports figures always are the newest."
)
RATES_RULE = (
    "Rows need five to nine people, numbers ten to fourteen: a secret draws each row's border. The task rate is on a public "
    "grid of 30 % steps (10-19 people), 20 % (20-49) or 10 % (50 and more) with a secret offset, in an archive of 5 %; "
    "shares on steps of 5 points, below 20 % of 1 point; other rates are products of these; intervals round outwards. One "
    "person counts once, however much they did. " + CHANGE_RULE
)
