"""Charts of published rows of rates and outcomes, with an equivalent sentence and table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import log10
from typing import Any

from analytics.model.display_currency import US_DOLLAR
from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.pictures import Bar, Bars, Columns, Interval, Intervals, Mark, Point, Trend
from analytics.reporting.wording import Speech, Wording, isolated_words

Row = dict[str, Any]
LONGEST_LABEL = 90  # letters in a chart; the table under it has the full text
DOUBLINGS = (
    0.25,
    0.5,
    1.0,
    2.0,
    4.0,
    8.0,
    16.0,
    32.0,
)  # USD per hour: lower bounds of the columns of a spread; times a power of ten in another currency
ENDINGS = ("submitted", "rejected", "returned", "expired", "screened_out", "abandoned")
HOUR = 60  # minutes
FEWEST_SPREAD = 5
PAY = ("low_usd_per_hour", "high_usd_per_hour", "effective_usd_per_hour")


def per_hour(language: Speech) -> str:
    """Return the title of an axis of hourly pay."""
    words = language.wording
    if words.currency == US_DOLLAR:
        return language.say("US dollars an hour")
    return language.say("%(currency)s an hour", currency=words.currency_name())


def client_label(row: Row, language: Speech) -> str:
    """Return a client's label: its name or id if these may be shown."""
    words = row["client_name"] or row["client_id"]
    return isolated_words(words) if words else language.say("Hidden client %(key)s", key=row["client_key"])


def interval(label: str, row: Row, language: Speech) -> Interval:
    """Return a row of rates as a bar, with its number if any. A platform's rate is drawn behind its clients'."""
    words = language.wording
    middle = row["effective_usd_per_hour"]
    shown = words.usd(middle) if middle is not None else no_number(row, language)
    is_house = row.get("level_used") == "platform" and "client_key" not in row and "country" not in row
    low, high, at = (in_currency(row[name], words) for name in PAY)
    assert low is not None
    assert high is not None
    return Interval(_cut(label), low, high, at, shown, is_back=is_house)


def in_currency(usd: float | None, words: Wording) -> float | None:
    """Return an amount in the currency of `words`, for an axis."""
    return None if usd is None else words.currency.amount(usd)


def no_number(row: Row, language: Speech) -> str:
    """Return the reason why a row has no effective rate, and its task rate if any."""
    kind = row.get("figure")
    if kind == "divided":
        return language.say("people differ too much for one figure")
    if kind == "task_rate" and row["task_usd_per_hour"] is None:
        if row["paid_share"] is None:
            return language.say("task rate, nothing decided")
        return language.say("task rate, time of returned work unknown")
    if kind == "task_rate":
        amount = language.wording.usd(row["task_usd_per_hour"])
        if row["paid_share"] is None:
            return language.say("task rate, nothing decided: %(amount)s", amount=amount)
        return language.say("task rate, time of returned work unknown: %(amount)s", amount=amount)
    return language.say("no number")


def rates_sentence(rows: Sequence[tuple[str, Row]], language: Speech) -> str:
    """Return all rows of rates in words."""
    return " ".join(row_sentence(label, row, language) for label, row in rows)


def row_sentence(label: str, row: Row, language: Speech) -> str:
    """Return one row of rates in words; without an interval if the row has none."""
    words = language.wording
    middle = row["effective_usd_per_hour"]
    number = words.usd(middle) if middle is not None else no_number(row, language)
    people = words.isolated(row["contributors"])
    if row["low_usd_per_hour"] is None:
        return language.say(
            "%(label)s: %(number)s, %(people)s people.", label=_cut(label), number=number, people=people
        )
    return language.say(
        "%(label)s: %(number)s, between %(low)s and %(high)s, %(people)s people.",
        label=_cut(label),
        number=number,
        low=words.usd(row["low_usd_per_hour"]),
        high=words.usd(row["high_usd_per_hour"]),
        people=people,
    )


def rates_figure(
    name: str, title: str, rows: Sequence[tuple[str, Row]], language: Speech, floor: float | None = None
) -> Figure:
    """Return rows of rates one below the other, with a floor if any."""
    words = language.wording
    drawn = tuple(interval(label, row, language) for label, row in rows if row["low_usd_per_hour"] is not None)
    picture = Intervals(drawn, per_hour(language), floor_mark(floor, language), currency=words.currency.code)
    cells = tuple(
        (
            label,
            words.usd(row["effective_usd_per_hour"])
            if row["effective_usd_per_hour"] is not None
            else no_number(row, language),
            words.between(row["low_usd_per_hour"], row["high_usd_per_hour"]),
            words.isolated(row["contributors"]),
        )
        for label, row in rows
    )
    headings = ("", language.say("Earned per hour"), language.say("Between"), language.say("People"))
    return Figure(name, title, rates_sentence(rows, language), headings, cells, picture)


def floor_mark(floor: float | None, language: Speech) -> Mark | None:
    """Return the reader's floor as a line."""
    if floor is None:
        return None
    words = language.wording
    return Mark(words.currency.amount(floor), language.say("your floor: %(amount)s", amount=words.usd(floor)))


def trend_figure(
    name: str, title: str, dated: Sequence[tuple[date, Row]], language: Speech, floor: float | None = None
) -> Figure | None:
    """Return a rate over time, None below two dates, as these show no trend."""
    if len(dated) < 2:
        return None
    words = language.wording
    points = tuple(Point(words.short_date(day), *(in_currency(row[name], words) for name in PAY)) for day, row in dated)
    cells = tuple(
        (
            words.long_date(day),
            words.usd(row["effective_usd_per_hour"]),
            words.between(row["low_usd_per_hour"], row["high_usd_per_hour"]),
            words.isolated(row["contributors"] or ""),
        )
        for day, row in dated
    )
    first, last = dated[0], dated[-1]
    summary = language.say(
        "From %(first)s, %(before)s, to %(last)s, %(after)s.",
        first=words.long_date(first[0]),
        before=words.between(first[1]["low_usd_per_hour"], first[1]["high_usd_per_hour"]),
        last=words.long_date(last[0]),
        after=words.between(last[1]["low_usd_per_hour"], last[1]["high_usd_per_hour"]),
    )
    headings = (
        language.say("Date"),
        language.say("Earned per hour"),
        language.say("Between"),
        language.say("People"),
    )
    picture = Trend(points, per_hour(language), floor_mark(floor, language), words.currency.code)
    return Figure(name, title, summary, headings, cells, picture)


def endings_figure(outcomes: Row | None, language: Speech) -> Figure | None:
    """Return the endings of a hundred tasks begun."""
    if outcomes is None or outcomes["submitted_share"] is None:
        return None
    words = {
        "submitted": language.say("Submitted"),
        "rejected": language.say("Submitted and rejected"),
        "returned": language.say("Returned unpaid"),
        "expired": language.say("Timed out"),
        "screened_out": language.say("Screened out by the client"),
        "abandoned": language.say("Lost with the connection or machine"),
    }
    shares = [(words[name], outcomes[f"{name}_share"]) for name in ENDINGS]
    title = language.say("How tasks end")
    return shares_figure("endings", title, language.say("Of tasks begun"), shares, language)


def shares_figure(name: str, title: str, heading: str, shares: Sequence[tuple[str, float]], language: Speech) -> Figure:
    """Return shares of 1, one below the other."""
    cells = tuple((label, language.wording.share(part)) for label, part in shares)
    picture = Bars(tuple(Bar(label, part, language.wording.share(part)) for label, part in shares))
    return Figure(name, title, sentence(cells), ("", heading), cells, picture)


def hour_figure(rate: Row, language: Speech) -> Figure | None:
    """Return the parts of an hour of tasks, and the unpaid time on top of it."""
    if rate["paid_share"] is None or rate["kept_share"] is None:
        return None
    kept = HOUR * rate["kept_share"]
    paid = kept * min(rate["paid_share"], 1.0)
    parts = [
        (language.say("Paid work"), paid),
        *undecided_part(rate, kept, paid, language),
        (language.say("Never submitted"), HOUR - kept),
    ]
    if rate.get("all_in_factor") is not None:
        parts.append((language.say("On top: searching, waiting, chores"), HOUR * (rate["all_in_factor"] - 1)))
    words = language.wording
    cells = tuple((label, words.minutes(part)) for label, part in parts)
    picture = Bars(tuple(Bar(label, part, words.minutes(part)) for label, part in parts))
    headings = ("", language.say("Minutes"))
    return Figure("hour", language.say("What becomes of an hour"), sentence(cells), headings, cells, picture)


def undecided_part(rate: Row, kept: float, paid: float, language: Speech) -> list[tuple[str, float]]:
    """Return the unpaid minutes of an hour, and among the paid ones those not yet decided."""
    open_part = rate.get("undecided_share") or 0.0
    return [
        (language.say("Of that, not yet decided"), paid * open_part),
        (language.say("Submitted, not paid"), kept - paid),
    ]


def spread_figure(rates: Sequence[float], language: Speech) -> Figure | None:
    """Return the number of clients in each range of pay; None below five, as a list of clients is clearer then."""
    if len(rates) < FEWEST_SPREAD:
        return None
    number, amount = language.wording.number, language.wording.currency.amount
    scale = 10.0 ** round(log10(amount(1.0)))  # the bounds are round numbers in any currency
    edges = [0.0, *(bound * scale for bound in DOUBLINGS), float("inf")]
    counts = [sum(low <= amount(rate) < high for rate in rates) for low, high in pairwise(edges)]
    filled = [place for place, count in enumerate(counts) if count]
    bins = []
    for place in range(filled[0], filled[-1] + 1):
        low, high = edges[place], edges[place + 1]
        if not low:
            label = f"< {number(high)}"
        elif high == float("inf"):
            label = f"{number(low)}+"
        else:
            label = f"{number(low)}–{number(high)}"
        bins.append((label, counts[place]))
    cells = tuple((label, number(count)) for label, count in bins)
    picture = Columns(tuple(Bar(label, count, number(count)) for label, count in bins), per_hour(language))
    headings = (per_hour(language), language.say("Clients"))
    return Figure("spread", language.say("How many clients stand where"), sentence(cells), headings, cells, picture)


def sentence(cells: Sequence[Sequence[str]]) -> str:
    """Return rows of a label and a figure in words."""
    return "; ".join(f"{row[0]}: {row[1]}" for row in cells) + "."


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
