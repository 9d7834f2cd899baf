"""Counts that slow a flood and are forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.errors import TooMany
from api.limits import EnrolmentLimit, PostLimit
from tests.builders import NOW


def test_a_neighbourhood_enrols_so_many_a_day_and_the_next_day_again():
    limit = EnrolmentLimit(2)
    limit.count("203.0.113.1", NOW)
    limit.count("203.0.113.2", NOW)
    with pytest.raises(TooMany) as caught:
        limit.count("203.0.113.3", NOW)
    assert caught.value.headers() == {"retry-after": str(int(13.5 * 3600))}
    limit.count("198.51.100.1", NOW)
    limit.count("203.0.113.3", NOW + timedelta(days=1))


def test_no_address_is_kept_and_the_salt_dies_with_the_day():
    limit = EnrolmentLimit(2)
    limit.count("203.0.113.1", NOW)
    salt = limit._salt
    assert "203.0.113" not in repr(limit.__dict__)
    limit.count("203.0.113.1", NOW + timedelta(days=1))
    assert limit._salt != salt
    assert len(limit._counts) == 1


def test_a_contributor_posts_so_often_a_minute_and_then_again():
    limit = PostLimit(3)
    for second in range(3):
        limit.count(7, NOW + timedelta(seconds=second))
    limit.count(8, NOW)
    with pytest.raises(TooMany) as caught:
        limit.count(7, NOW + timedelta(seconds=20))
    assert caught.value.headers() == {"retry-after": "40"}
    limit.count(7, NOW + timedelta(seconds=60))


def test_a_clock_that_goes_back_locks_nobody_out():
    limit = PostLimit(1)
    limit.count(7, NOW)
    limit.count(7, NOW - timedelta(days=1))
