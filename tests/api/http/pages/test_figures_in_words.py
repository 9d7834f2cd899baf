"""Task rates and divided rows in the explorer's words, in charts, in reports and in an explanation."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from analytics.release.explain import figure_words
from analytics.reporting.charts.rate_figures import no_number, rates_sentence
from analytics.reporting.report.release_sections import clients_under
from api.http.pages.client_page import against_house
from api.http.pages.feed import _said
from api.http.pages.floor import Floor
from api.http.pages.language import ENGLISH as TAG
from api.http.pages.language import Language
from api.http.pages.rendering import templates
from api.http.pages.standing import against_floor

ENGLISH = Language(TAG)
NUMBER = {
    "figure": "number",
    "contributors": "20-49",
    "effective_usd_per_hour": 6.0,
    "low_usd_per_hour": 5.0,
    "high_usd_per_hour": 8.0,
    "task_usd_per_hour": 8.0,
    "paid_share": 0.9,
    "kept_share": 0.8,
}
UNDECIDED = NUMBER | {"figure": "task_rate", "effective_usd_per_hour": None, "paid_share": None}
UNTIMED = NUMBER | {"figure": "task_rate", "effective_usd_per_hour": None, "kept_share": None}
FEW = UNDECIDED | {"contributors": "5-9", "task_usd_per_hour": None, "kept_share": None}
FEW_UNTIMED = FEW | {"paid_share": 0.9}
DIVIDED = dict.fromkeys(NUMBER, None) | {"figure": "divided", "contributors": "20-49"}


@pytest.mark.parametrize("row", [UNDECIDED, UNTIMED])
@pytest.mark.parametrize("floor", [2.0, 6.0])
def test_a_task_rate_is_not_called_above_or_around_a_floor(row, floor):
    assert "cannot be compared with your floor" in against_floor(row, Floor(floor, floor), ENGLISH)


def test_a_task_rate_below_the_floor_is_below_it_as_effective_pay_is_not_higher():
    assert against_floor(UNDECIDED, Floor(9.0, 9.0), ENGLISH).startswith("Below your floor of $9.00")
    assert against_floor(NUMBER, Floor(2.0, 2.0), ENGLISH).startswith("Above your floor of $2.00")


@pytest.mark.parametrize(("own", "house"), [(UNDECIDED, NUMBER), (NUMBER, UNTIMED), (UNDECIDED, UNDECIDED)])
def test_a_task_rate_is_not_compared_with_what_people_earned_on_the_platform(own, house):
    far = own | {"low_usd_per_hour": 50.0, "high_usd_per_hour": 60.0}
    assert against_house(SimpleNamespace(rate=far, house=house), ENGLISH) is None
    assert against_house(SimpleNamespace(rate=NUMBER, house=NUMBER), ENGLISH) is not None


def test_a_chart_says_why_a_row_has_a_task_rate_only():
    assert no_number(UNDECIDED, ENGLISH) == "task rate, nothing decided: $8.00"
    assert no_number(FEW, ENGLISH) == "task rate, nothing decided"
    assert no_number(FEW_UNTIMED, ENGLISH) == "task rate, time of returned work unknown"
    assert no_number(UNTIMED, ENGLISH) == "task rate, time of returned work unknown: $8.00"


def test_a_chart_in_words_gives_a_divided_row_no_interval():
    assert "between" not in rates_sentence([("one", DIVIDED)], ENGLISH)
    assert "people differ too much for one figure" in rates_sentence([("one", DIVIDED)], ENGLISH)
    assert "between $5.00 and $8.00" in rates_sentence([("one", NUMBER)], ENGLISH)


def test_a_report_counts_no_task_rate_among_the_clients_above_a_floor():
    told = SimpleNamespace(rows=lambda _: [NUMBER, UNDECIDED, DIVIDED])
    assert clients_under(told, 2.0).startswith("Of 3 published clients, 0 are below $2.00")
    assert ", 1 above it, and of 2 " in clients_under(told, 2.0)


def test_an_explanation_says_which_of_the_two_reasons_a_task_rate_has():
    assert figure_words(UNDECIDED, "here").startswith("Task rate only, as nothing is decided yet: about $8.00")
    assert figure_words(UNTIMED, "here").startswith(
        "Task rate only, as the time of returned work is not known: about $8.00"
    )
    assert "Task rate only, as nothing is decided yet: $5.00 to $8.00" in figure_words(FEW, "here")
    assert "as the time of returned work is not known: $5.00 to $8.00" in figure_words(FEW_UNTIMED, "here")
    assert "earned" not in figure_words(FEW, "here") + figure_words(FEW_UNTIMED, "here")
    assert figure_words(DIVIDED, "here") == "20-49 people worked here, and they differ too much for one figure."


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (UNDECIDED, "task rate, nothing decided"),
        (FEW_UNTIMED, "task rate, time of returned work unknown"),
        (NUMBER, None),
    ],
)
def test_an_interval_in_a_table_says_that_it_is_a_task_rate_s(row, words):
    """Beside intervals of what people earned it would be read as one."""
    macro = templates().get_template("rates.html").make_module({"reader": None, "packs": {}, "at": str})
    shown = str(macro.interval(row))
    assert "$5.00" in shown
    assert (f"<small>{words}</small>" in shown) if words else ("<small>" not in shown)


def test_a_feed_says_that_a_row_has_a_task_rate_only():
    assert _said(FEW_UNTIMED, ENGLISH).startswith("task rate, time of returned work unknown ($5.00")
    assert _said(NUMBER, ENGLISH).startswith("$6.00 (")
