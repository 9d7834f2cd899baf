"""Side by side, but told in order."""

from __future__ import annotations

import time

import pytest

from analytics.model.threads import side_by_side


def test_what_is_made_comes_in_the_order_of_the_items():
    def late(number):
        time.sleep(0.02 if number == 0 else 0.0)
        return number * 10

    assert side_by_side(late, [0, 1, 2, 3], threads=2) == [0, 10, 20, 30]


def test_a_failure_of_one_is_a_failure_of_all():
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda number: 1 // number, [1, 0, 2])
