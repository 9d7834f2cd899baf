"""All tests of the specification, part G, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile

from analytics.evaluation import (
    attacks,
    clock,
    coverage,
    differencing,
    drift,
    exact,
    golden,
    manipulation,
    one_task,
    prediction,
    presence,
    releases,
)
from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Figure

TESTS: tuple[Callable[[Effort], list[Figure]], ...] = (
    coverage.coverage,  # 1 and 3
    coverage.few_clients,  # 2
    attacks.shares_of_false_reports,  # 4 and 6
    attacks.any_spread,  # 5
    attacks.one_false_report,  # 7
    attacks.volume,  # 8
    clock.conservation,  # 9
    clock.ordering,  # 10
    golden.golden,  # 11
    prediction.without_rows,  # 12 and 13
    coverage.next_tasks,  # 14
    drift.step,  # 15 and 27
    differencing.differencing,  # 16
    exact.unseen_cells,  # 17
    exact.erasure,  # 18
    exact.scale,  # 19
    manipulation.sleepers,  # 20
    manipulation.quiet_clients,  # 21
    manipulation.silencing,  # 22
    manipulation.honest_flags,  # 23
    manipulation.copied_times,  # 24
    releases.erasures,  # 25
    presence.presence,  # 26
    one_task.one_task_data,  # 28
    releases.staleness,  # 29
    releases.divided_cells,  # 30
)


def run(effort: Effort) -> Iterator[Figure]:
    """Yield every figure as soon as it is measured; a test's figures come together."""
    for test in TESTS:
        yield from test(effort)


def in_order(figures: list[Figure]) -> list[Figure]:
    """Sort figures by the number of their test; within a test the order stays."""
    return sorted(figures, key=lambda figure: int("".join(takewhile(str.isdigit, figure.id))))
