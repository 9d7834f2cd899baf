"""The worker's own view is plain arithmetic, and never a failure."""

from __future__ import annotations

import pytest

from analytics.evaluation.golden import TOLD, own_view, rows_of


@pytest.mark.parametrize("key", TOLD)
def test_what_people_told_comes_out_as_they_told_it(key):
    told = TOLD[key]
    view = own_view(rows_of(told, 1))
    assert {name: view[name] for name in told.expected} == pytest.approx(dict(told.expected))
