"""The worker's own view is plain arithmetic, and never a failure."""

from __future__ import annotations

import pytest

from analytics.evaluation.golden import EXAMPLES, own_view, rows_of


@pytest.mark.parametrize("key", EXAMPLES)
def test_what_people_told_comes_out_as_they_told_it(key):
    example = EXAMPLES[key]
    view = own_view(rows_of(example, 1))
    assert {name: view[name] for name in example.expected} == pytest.approx(dict(example.expected))
