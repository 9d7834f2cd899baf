"""Two homes against one: what is reckoned from the rounds, and what a generator sends."""

from __future__ import annotations

from benchmarks.homes import HOMES_QUICK, Run, figures_of
from benchmarks.load import Plan, Tally
from tests.builders import HOUR


def test_the_generators_are_stated_and_taken_off():
    """Two homes store twice as many rows for twice the processor time; the generators' seconds change nothing."""
    ones = [Run(5_000.0, 2.1, 0.6, 0), Run(5_200.0, 2.1, 0.6, 0), Run(900.0, 2.1, 0.6, 0)]
    twos = [Run(9_500.0, 4.2, 1.3, 0), Run(9_880.0, 4.2, 1.3, 0), Run(1_710.0, 4.2, 1.3, 2)]
    figures = {one.name: one for one in figures_of(ones, twos, HOMES_QUICK, 0.4)}
    assert round(figures["two_homes_over_one"].value, 6) == 1.9
    assert round(figures["two_homes_over_one_cpu"].value, 6) == 1.9
    assert str(figures["two_homes_over_one"].target) == ">= 1.8"
    assert "generators used 0.6 and 1.3 s of processor" in figures["two_homes_over_one"].against
    assert "load of the machine 0.4" in figures["two_homes_over_one"].against
    assert figures["home_row_cost"].value == 1e6 * 2.1 / HOMES_QUICK.seconds / 5_000
    assert not figures["homes_refused_requests"].is_met


def test_prepared_bodies_are_encoded_once_and_never_sent_twice():
    plan = Plan(url="http://127.0.0.1:1", connections=1, seconds=1.0, items=2, hour=HOUR, secrets=["s"], prepared=3)
    tally = Tally(plan)
    assert len(set(tally.prepared)) == 3
    sent = [tally.request("s").partition(b"\r\n\r\n")[2] for _ in range(5)]
    assert sent[:3] == tally.prepared
    assert len(set(sent)) == 5
