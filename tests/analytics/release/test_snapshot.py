"""A platform's snapshot that grew too large comes in parts, which together say just what the whole did."""

from __future__ import annotations

import gzip
from datetime import date

import numpy as np
import pytest

from analytics.release.delta import applied, delta
from analytics.release.snapshot import FEWEST_ENTRIES, MOST_BYTES, Snapshot, encoded, split

RANDOM = np.random.default_rng(3)


def snapshot(entries, release="2026-11-23"):
    keys = sorted(f"{int(key):012x}" for key in RANDOM.integers(0, 2**48, entries))
    rates = {key: (10, *RANDOM.random(6).round(4).tolist()) for key in keys}
    return Snapshot(
        1.5,
        date(2026, 11, 23),
        "m",
        "real",
        "one",
        (50, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
        rates,
        release,
        1.05,
        0.95,
        0.6,
        {"USD": 1.0},
    )


def test_a_usual_snapshot_stays_in_one_piece_and_says_nothing_of_parts():
    whole = snapshot(3_000)
    assert split(whole) == {"one": whole}
    assert b"part" not in encoded(whole)


@pytest.mark.parametrize(("most", "digits"), [(80_000, 1), (8_000, 2)])
def test_a_large_one_is_split_by_the_first_digits_of_its_keys(most, digits):
    whole = snapshot(40_000)
    told = split(whole, most)
    head = told.pop("one")
    assert head.rates == {}
    assert head.platform_rate == whole.platform_rate
    assert head.parts == sorted(name.removeprefix("one.") for name in told)
    assert len(told) == 16**digits
    for name, part in told.items():
        assert (part.platform, part.release, part.parts) == ("one", whole.release, None)
        assert name == f"one.{part.part}"
        assert len(part.part) == digits
        assert all(key.startswith(part.part) for key in part.rates)
        assert len(part.rates) >= FEWEST_ENTRIES
        assert len(gzip.compress(encoded(part))) <= most
    assert {key: values for part in told.values() for key, values in part.rates.items()} == whole.rates


def test_no_part_is_so_small_that_it_would_tell_what_somebody_looks_at():
    told = split(snapshot(5_000), 1_000)
    assert len(told) == 17  # one digit, though two would pack better
    assert split(snapshot(600), 1_000).keys() == {"one"}


def test_a_hundred_thousand_entries_more_than_fill_one_file():
    told = split(snapshot(100_000))
    assert 16 <= len(told) <= 17
    assert max(len(gzip.compress(encoded(part))) for part in told.values()) < MOST_BYTES


def test_what_changed_in_a_part_travels_as_that_of_a_whole():
    old, new = (split(snapshot(20_000, release), 30_000)["one.a"] for release in ("2026-11-22", "2026-11-23"))
    assert applied(encoded(old), delta(encoded(old), encoded(new))) == encoded(new)
