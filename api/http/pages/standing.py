"""The position of a rate against the reader's floor, decided by its interval: below, around or above (step F)."""

from __future__ import annotations

from typing import Literal

from api.http.pages.floor import Floor
from api.http.pages.language import Language
from api.http.pages.published import Row

Standing = Literal["below", "around", "above"]


def standing(row: Row, floor_usd: float, time_share: float = 1.0) -> Standing:
    """Below or above only where the whole interval is. With `time_share` unpaid time counts too: the time of tasks over
    all time.
    """
    if row["high_usd_per_hour"] * time_share < floor_usd:
        return "below"
    return "above" if row["low_usd_per_hour"] * time_share > floor_usd else "around"


def is_comparable(row: Row) -> bool:
    """A rate can be above a floor only if it is pay: a task rate says nothing of rejected and returned work."""
    return row["low_usd_per_hour"] is not None and row.get("figure") != "task_rate"


def side(row: Row, floor: Floor, language: Language) -> str:
    """Return the position in two words, for a table; nothing where it cannot be decided."""
    words = {
        "below": language.say("below your floor"),
        "around": language.say("around your floor"),
        "above": language.say("above your floor"),
    }
    if row["low_usd_per_hour"] is None:
        return ""
    where = standing(row, floor.usd)
    return words[where] if is_comparable(row) or where == "below" else ""


def against_floor(row: Row, floor: Floor, language: Language) -> str:
    """Return the verdict in words, decided by the interval."""
    amount = floor.words(language)
    verdicts = {
        "below": language.say("Below your floor of %(floor)s: the whole interval lies under it.", floor=amount),
        "around": language.say("Around your floor of %(floor)s: the interval reaches across it.", floor=amount),
        "above": language.say("Above your floor of %(floor)s: the whole interval lies over it.", floor=amount),
    }
    if row["low_usd_per_hour"] is None:
        return language.say("People differ too much for one figure, so it cannot be compared with your floor.")
    where = standing(row, floor.usd)
    if not is_comparable(row) and where != "below":  # effective pay is at most about the task rate
        return language.say("Effective pay is not known, only a task rate, so it cannot be compared with your floor.")
    return verdicts[where]


def all_in_against_floor(row: Row, time_share: float | None, floor: Floor, language: Language) -> str | None:
    """Return the verdict on pay after unpaid time; None where it is not known."""
    if time_share is None or not is_comparable(row):
        return None
    amount = floor.words(language)
    span = language.wording.between(row["low_usd_per_hour"] * time_share, row["high_usd_per_hour"] * time_share)
    verdicts = {
        "below": language.say(
            "With unpaid time counted too (%(span)s): below your floor of %(floor)s.", span=span, floor=amount
        ),
        "around": language.say(
            "With unpaid time counted too (%(span)s): around your floor of %(floor)s.", span=span, floor=amount
        ),
        "above": language.say(
            "With unpaid time counted too (%(span)s): above your floor of %(floor)s.", span=span, floor=amount
        ),
    }
    return verdicts[standing(row, floor.usd, time_share)]


def floor_verdicts(row: Row, time_share: float | None, floor: Floor, language: Language) -> list[str]:
    """Return the verdict on effective pay and, where it is known, that on pay after unpaid time."""
    all_in = all_in_against_floor(row, time_share, floor, language)
    return [against_floor(row, floor, language), *([all_in] if all_in else [])]
