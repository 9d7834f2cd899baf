"""A figure says what was asked, what was measured and why it fell short; never more."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.commands.evaluate import with_second
from analytics.evaluation.figure import Bound, checked, compared, controls, unmeasured
from analytics.evaluation.report import table, verdict
from analytics.evaluation.sample import Sample, of_logs, of_mean, of_share


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


def test_a_known_miss_keeps_its_pin_and_a_worse_one_does_not():
    known = checked("1", "name", Bound(0, 1), 1.5, "why", pin=Bound(0, 2))
    assert (known.passed, known.is_pinned, known.document()["pin"]) == (False, True, "0 to 2 %")
    assert "not met, known" in table([known])
    assert verdict([known]).splitlines() == [
        "0 of 1 thresholds are met.",
        "1 is a known miss: it keeps 0 to 2 %.",
        "1: why",
    ]
    worse = checked("1", "name", Bound(0, 1), 2.5, "why", pin=Bound(0, 2))
    assert (worse.passed, worse.is_pinned) == (False, False)
    assert "NOT MET" in table([worse])
    assert not checked("1", "name", Bound(0, 1), 0.5, "why", pin=Bound(0, 2)).is_pinned


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


def test_a_share_and_a_mean_have_their_standard_error():
    assert of_share(5, 20.0, 400, "cells") == Sample(5, 400, "cells", pytest.approx(2.0))
    assert of_mean(5, np.array([1.0, 3.0]), "cells") == Sample(5, 2, "cells", pytest.approx(1.0))
    assert of_mean(5, np.array([1.0]), "markets").standard_error is None
    assert of_logs(5, np.log([2.0, 2.0]), "cells").standard_error == pytest.approx(0)


def test_a_figure_gives_its_seed_count_and_error_for_machines():
    figure = checked("1", "name", Bound(0, 30), 20.0, "why", of_share(5, 20.0, 400, "cells"))
    assert figure.document().items() >= {"seed": 5, "count": 400, "counted": "cells", "standard_error": 2.0}.items()


def test_a_second_set_of_seeds_stands_beside_the_first():
    def drawn(value, seed):
        return [
            checked("1", "name", Bound(0, 30), value, "why", of_share(seed, value, 400, "cells")),
            compared("2", "fixed", 4.0),
        ]

    both = with_second(drawn(20.0, 5), drawn(50.0, 6))
    assert both[0].document()["second"] == {
        "measured": 50.0, "passed": False, "seed": 6, "count": 400, "counted": "cells", "standard_error": 2.5,
    }  # fmt: skip
    assert "second" not in both[1].document()
    headings, first, fixed = table(both).splitlines()
    assert "second seeds" in headings
    assert first.split()[-4:] == ["NOT", "MET", "2.5", "6"]
    assert fixed.endswith("4")
    assert "With the second seeds 0 of 1 are met." in verdict(both)
