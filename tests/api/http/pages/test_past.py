"""What changed between two releases: like with like, with a test of the paired difference."""

from __future__ import annotations

from datetime import date, timedelta
from math import log

from api.http.pages.month import month_of_client, months, paired
from api.http.pages.past import Moved, _platform_changes


def row(client, usd, platform="here"):
    return {"platform": platform, "client_key": client, "effective_usd_per_hour": usd}


def compared(old, new):
    before, after = ({("here", row["client_key"]): row for row in rows} for rows in (old, new))
    both = [Moved(before[key], after[key]) for key in after if key in before]
    (change,) = _platform_changes(before, after, both)
    return change


def test_a_well_paid_client_that_is_published_now_is_a_changed_mix_and_no_change_of_pay():
    """ "MTurk pay up 34 %" was said when four more clients were imported and nobody's pay had changed."""
    old = [row(f"c{number}", 1.5) for number in range(6)]
    change = compared(old, [*old, row("rich", 30.0)])
    assert (change.clients, change.factor.middle, change.is_mix_changed) == (6, 1.0, True)
    assert not change.factor.is_known


def test_pay_of_the_same_clients_that_all_rose_is_a_change():
    old = [row(f"c{number}", 1.0 + number) for number in range(8)]
    change = compared(old, [row(f"c{number}", (1.0 + number) * (1.2 + 0.01 * (number % 3))) for number in range(8)])
    assert change.factor.is_known
    assert change.factor.low > 1.1
    assert not change.is_mix_changed


def test_clients_that_rose_and_fell_alike_are_no_change_beyond_chance():
    old = [row(f"c{number}", 2.0) for number in range(8)]
    change = compared(old, [row(f"c{number}", 2.0 * (1.3 if number % 2 else 1 / 1.3)) for number in range(8)])
    assert not change.factor.is_known
    assert change.factor.low < 1 < change.factor.high


def test_four_clients_are_too_few_to_tell():
    old = [row(f"c{number}", 2.0) for number in range(4)]
    assert compared(old, [row(f"c{number}", 4.0) for number in range(4)]).factor is None
    assert paired([log(2)] * 5) is not None


MONDAY = date(2026, 11, 23)


def week(client, back, usd):
    return row(client, usd) | {"week_starts_on": MONDAY - timedelta(days=7 * back)}


def test_a_month_is_compared_with_the_one_before_client_by_client_with_each_once():
    """A client that came in the newer month changes the mix, not the pay."""
    weeks = [week(f"c{number}", back, 1.0 + number) for number in range(6) for back in range(9)]
    weeks += [week("rich", back, 40.0) for back in range(3)]
    (found,) = months(weeks)
    assert (found.clients, found.first) == (6, MONDAY - timedelta(days=21))
    assert (found.factor.middle, found.factor.is_known) == (1.0, False)
    halved = [
        week(f"c{number}", back, (1.0 + number) * (0.5 + 0.01 * number if back < 4 else 1.0))
        for number in range(6)
        for back in range(8)
    ]
    (found,) = months(halved)
    assert found.factor.is_known
    assert found.factor.high < 0.6
    assert months([week("c1", 0, None)]) == []


def test_a_client_s_month_needs_three_weeks_on_each_side_and_its_noise_is_no_change():
    steady = [week("c1", back, usd) for back, usd in enumerate((2.0, 2.4, 1.9, 2.2, 2.1, 2.3, 1.8, 2.2))]
    _, factor = month_of_client(steady)
    assert not factor.is_known
    _, factor = month_of_client(
        [week("c1", back, usd * (0.4 if back < 4 else 1)) for back, usd in enumerate((2.0, 2.1) * 4)]
    )
    assert factor.is_known
    assert factor.middle < 0.5
    assert month_of_client(steady[:5])[1] is None
    assert month_of_client([]) is None
