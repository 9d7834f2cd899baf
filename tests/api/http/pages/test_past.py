"""What changed between two releases: like with like, with a test of the paired difference."""

from __future__ import annotations

from math import log

from api.http.pages.past import Moved, _paired, _platform_changes


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
    assert (change.clients, change.factor, change.is_mix_changed, change.is_known) == (6, 1.0, True, False)


def test_pay_of_the_same_clients_that_all_rose_is_a_change():
    old = [row(f"c{number}", 1.0 + number) for number in range(8)]
    change = compared(old, [row(f"c{number}", (1.0 + number) * (1.2 + 0.01 * (number % 3))) for number in range(8)])
    assert change.is_known
    assert change.low > 1.1
    assert not change.is_mix_changed


def test_clients_that_rose_and_fell_alike_are_no_change_that_can_be_told():
    old = [row(f"c{number}", 2.0) for number in range(8)]
    change = compared(old, [row(f"c{number}", 2.0 * (1.3 if number % 2 else 1 / 1.3)) for number in range(8)])
    assert not change.is_known
    assert change.low < 1 < change.high


def test_four_clients_are_too_few_to_tell():
    old = [row(f"c{number}", 2.0) for number in range(4)]
    assert compared(old, [row(f"c{number}", 4.0) for number in range(4)]).factor is None
    assert _paired([log(2)] * 5)[0] is not None
