"""What the invented crowd shares is what the door lets in: the contract's shape, and it makes sense."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from analytics.simulation import (
    Crowd,
    ListedClient,
    Listing,
    Posting,
    Size,
    Spread,
    events,
    invented_listing,
    open_market,
)
from api.intake.contract import Observation, Overhead, Sighting
from api.intake.rules import IngestRules, judge, judge_overhead, judge_sighting

LAW = IngestRules(platforms=("alpha", "beta", "gamma"), currencies=("USD", "EUR"))
TIGHT = Listing(
    "gamma", "USD", 1.0, 1, (ListedClient("c-1", "Somebody", (Posting("t-1", "Hurry", 900_000, 120, None),)),)
)  # a limit that hardly anybody keeps


@pytest.fixture(scope="module")
def told():
    blanks = (Listing("alpha", "USD", 1.0, 1, ()), Listing("beta", "EUR", 1.1, 4, ()))
    listings = [
        *(invented_listing(blank, Size(8, 3), 3, shows_clients=blank.platform == "alpha") for blank in blanks),
        TIGHT,
    ]
    markets = tuple(open_market(listing, 3, Spread()) for listing in listings)
    return list(events(Crowd(markets, 60, date(2026, 3, 2), 30, 3)))


def test_every_item_is_let_in_when_it_is_told(told):
    assert len(told) > 3000
    judged = {
        "observation": (Observation, judge),
        "overhead": (Overhead, judge_overhead),
        "sighting": (Sighting, judge_sighting),
    }
    for event in told:
        shape, judgement = judged[event.kind]
        item = msgspec.json.decode(msgspec.json.encode(event.item), type=shape)
        assert judgement(item, LAW, event.instant) is None, event


def test_nothing_is_claimed_after_it_is_told_and_no_exact_time_goes_out(told):
    for event in told:
        if event.kind == "observation":
            claimed = datetime.fromisoformat(event.item["claimed_hour"])
            assert claimed <= event.instant < claimed + timedelta(days=80)
            assert claimed == claimed.replace(minute=0, second=0, microsecond=0)
            assert claimed.tzinfo is not None


def test_ids_are_never_shared(told):
    owners = {}
    for event in told:
        assert owners.setdefault((event.kind, event.item["id"]), event.contributor) == event.contributor
    assert all(event.instant.tzinfo == UTC for event in told)
