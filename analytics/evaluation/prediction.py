"""Tests 12 and 13 as figures, on rows that the user supplies."""

from __future__ import annotations

import polars as pl

from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Bound, Figure, checked, compared, unmeasured
from analytics.evaluation.held_out import FOLDS, LEAST_TASKS, Kind, Prediction, predicted
from analytics.evaluation.sample import Sample
from analytics.model.policy import Policy

WITHIN, FACTOR_TWO, GAIN, IN_RANGE = Bound(low=65), Bound(low=50), Bound(low=12, unit="points"), Bound(76, 84)
OWN_WITHIN, OWN_FACTOR_TWO = Bound(low=70), Bound(low=65)
NO_ROWS = "needs real rows: taskwage evaluate --rows FILES..."
NO_TELEMETRY = "needs own telemetry of many clients; nothing is claimed until then"
OTHER_ROWS = "found on telemetry of 539 clients seen by 14 people: on other rows the threshold says how these differ"
WORDS: dict[Kind, str] = {"rows": f"{FOLDS}-fold", "people": "new worker left out"}


def without_rows(_: Effort) -> list[Figure]:
    """Return tests 12 and 13 as unmeasured, for a run without rows."""
    return [
        unmeasured("12", "Prediction of held-out tasks, reward and client", "65 %; 50 %; 12 points", NO_ROWS),
        unmeasured("13", "Parity with the best published model, on own data", "69.6 %; 57 %; 65 %", NO_TELEMETRY),
    ]


def of_rows(observations: pl.DataFrame, policy: Policy) -> list[Figure]:
    """Run test 12 on `observations`, and the same for workers without earlier rows."""
    figures: list[Figure] = []
    for kind in WORDS:
        found = predicted(observations, policy, kind)
        if found is None:
            reason = f"fewer than {LEAST_TASKS} tasks can be predicted"
            figures.append(
                unmeasured(f"12.{kind}", f"Prediction of held-out tasks, {WORDS[kind]}", str(WITHIN), reason)
            )
        else:
            figures += figures_of(kind, found)
    return figures


def figures_of(kind: Kind, found: Prediction) -> list[Figure]:
    words = f"{WORDS[kind]}, each person one vote, {found.tasks:,} tasks of {found.people:,} people"
    measured = {
        "within": (f"Predicted within 75 %, {words}", found.within, WITHIN),
        "factor_two": (f"Predicted within a factor of 2, {words}", found.factor_two, FACTOR_TWO),
        "gain": (f"Within 75 % more often than by the platform's median, {words}", found.gain, GAIN),
        "in_range": (f"80 % range holds the task, {words}", found.in_range, IN_RANGE),
        "own_within": (f"Within 75 % by rows, with the own factor, {words}", found.own_within, OWN_WITHIN),
        "own_factor_two": (f"Factor of 2 by rows, with the own factor, {words}", found.own_factor_two, OWN_FACTOR_TWO),
    }
    sample = Sample(None, found.people, "people")
    asked = [
        checked(f"12.{kind}.{key}", name, bound, value, OTHER_ROWS, sample)
        if kind == "rows"
        else compared(f"12.{kind}.{key}", name, value, sample)
        for key, (name, value, bound) in measured.items()
    ]
    return [
        *asked,
        compared(f"12.{kind}.by_client", f"Predicted from their own task or client, {words}", found.by_client, sample),
    ]
