"""A figure says what was asked, what was measured and why it fell short; never more."""

from __future__ import annotations

import pytest

from analytics.evaluation.figure import Bound, checked, compared, controls, unmeasured
from analytics.evaluation.report import table, verdict


@pytest.mark.parametrize(
    ("bound", "value", "holds", "words"),
    [
        (Bound(92, 98), 98.0, True, "92 to 98 %"),
        (Bound(92, 98), 98.01, False, "92 to 98 %"),
        (Bound(high=30, strict=True), 30.0, False, "< 30 %"),
        (Bound(low=12, unit="points"), 12.0, True, ">= 12 points"),
        (Bound(0, 0, unit="differ"), 1.0, False, "0 to 0 differ"),
    ],
)
def test_a_bound_says_and_holds_the_same(bound, value, holds, words):
    assert (bound.holds(value), str(bound)) == (holds, words)


def test_a_reason_stands_only_where_a_threshold_is_missed():
    assert checked("1", "name", Bound(0, 1), 0.5, "why").document() == {
        "id": "1", "name": "name", "threshold": "0 to 1 %", "measured": 0.5, "passed": True,
    }  # fmt: skip
    assert checked("1", "name", Bound(0, 1), 2.0, "why").document()["reason"] == "why"


def test_a_figure_that_is_no_number_is_not_passed():
    assert checked("1", "name", Bound(0, 1), float("nan")).passed is False


def test_controls_are_figures_of_their_own():
    figures = controls("4a", "Shift", {"mean": 3.0, "median": 1.0})
    assert [(figure.id, figure.passed) for figure in figures] == [("4a/mean", None), ("4a/median", None)]


def test_the_table_names_what_is_missed_and_what_is_open():
    figures = [
        checked("1", "one", Bound(0, 1), 2.0, "because"),
        unmeasured("2", "two", "0 to 1 %", "no rows"),
        compared("3", "three", 4.0),
    ]
    lines = table(figures).splitlines()
    assert lines[1].endswith("NOT MET")
    assert lines[2].endswith("open")
    assert verdict(figures).splitlines() == ["0 of 1 thresholds are met.", "1: because", "2: no rows"]
