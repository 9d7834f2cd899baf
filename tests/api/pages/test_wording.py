"""Numbers in words for people: readable, and never a 0 where nothing is known."""

from __future__ import annotations

from datetime import date

import pytest

from api.pages.wording import NOTHING, cell, days, long_date, share, usd


@pytest.mark.parametrize(
    ("amount", "words"),
    [(3.2, "$3.20"), (0.0, "$0.00"), (0.0834, "$0.083"), (1234.5, "$1,234.50"), (10.8, "$10.80")],
)
def test_pay_is_in_dollars_with_as_many_cents_as_matter(amount, words):
    assert usd(amount) == words


@pytest.mark.parametrize("worded", [usd, share, days, cell])
def test_what_is_not_published_is_a_dash_and_not_a_zero(worded):
    assert worded(None) == NOTHING
    assert worded(0.0) != NOTHING


def test_a_share_is_in_percent():
    assert share(0.85) == "85 %"
    assert share(1.02) == "102 %"


@pytest.mark.parametrize(("count", "words"), [(1.98, "2 days"), (1.2, "1 day"), (0.44, "0.4 days"), (21.0, "21 days")])
def test_a_span_is_in_days(count, words):
    assert days(count) == words


def test_a_date_is_written_out():
    assert long_date(date(2026, 11, 3)) == "3 November 2026"


def test_a_cell_stands_as_it_is_published():
    assert cell(0.85) == "0.85"
    assert cell("10-19") == "10-19"
    assert cell(50) == "50"
