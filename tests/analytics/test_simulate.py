"""The invented crowd behaves as the literature says real ones do, and never works more than the clock."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from statistics import fmean

import numpy as np
import pytest

from analytics.disclosure.thresholds import Draws, disclose
from analytics.estimator import estimate
from analytics.importers.apportion import shares
from analytics.model.currency import in_usd, shipped
from analytics.model.observations import RAW
from analytics.model.policy import CROWD
from analytics.simulation import (
    Crowd,
    Listing,
    Size,
    Spread,
    day_of_work,
    events,
    invented_listing,
    item_keys,
    open_market,
    raw_frame,
    worker,
)
from tests.secret import SECRET

UNSUBMITTED = ("returned", "expired", "screened_out", "abandoned")
FIRST_DAY = date(2026, 3, 2)
SPREAD = Spread()


def crowd(contributors=80, days=30, seed=11, platforms=("alpha", "beta"), spread=SPREAD):
    blanks = [
        Listing(name, "EUR" if name == "beta" else "USD", 1.1 if name == "beta" else 1.0, 3, ()) for name in platforms
    ]
    listings = [invented_listing(blank, Size(10, 3), seed, shows_clients=blank.platform != "beta") for blank in blanks]
    markets = tuple(open_market(listing, seed, spread) for listing in listings)
    return Crowd(markets, contributors, FIRST_DAY, days, seed, spread)


@pytest.fixture(scope="module")
def big():
    return crowd(contributors=200, days=40)


@pytest.fixture(scope="module")
def told(big):
    return list(events(big))


@pytest.fixture(scope="module")
def latest(told):
    """The last revision of each observation, with its contributor."""
    return {event.item["id"]: event for event in told if event.kind == "observation"}


def test_the_same_seed_tells_the_same_story_and_another_seed_another():
    assert list(events(crowd(20, 10))) == list(events(crowd(20, 10)))
    assert list(events(crowd(20, 10))) != list(events(crowd(20, 10, seed=12)))


def test_a_worker_is_the_same_in_a_larger_crowd_and_needs_no_earlier_day():
    small, large = crowd(5), crowd(500)
    assert worker(small, 3) == worker(large, 3)
    assert day_of_work(worker(small, 3), 20, small) == day_of_work(worker(large, 3), 20, large)


def test_events_come_in_the_order_of_time_and_within_the_days(told):
    assert all(before.instant <= after.instant for before, after in pairwise(told))
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    assert begin <= told[0].instant
    assert told[-1].instant < begin + timedelta(days=40)


def test_events_stream_without_waiting_for_the_last_day():
    endless = crowd(contributors=20, days=50_000)
    assert len(list(islice(events(endless), 50))) == 50


def test_revisions_of_an_attempt_only_grow_and_change_nothing_but_the_outcome(told):
    first = {}
    seen = defaultdict(int)
    for event in told:
        if event.kind == "observation":
            item = event.item
            assert item["revision"] > seen[item["id"]]
            seen[item["id"]] = item["revision"]
            first.setdefault(item["id"], item)
            changed = {name for name in item if item[name] != first[item["id"]][name]}
            assert changed <= {"revision", "outcome", "paid", "decided_on"}
    assert max(seen.values()) == 3


def test_about_thirteen_in_a_hundred_are_not_submitted(latest):
    outcomes = [event.item["outcome"] for event in latest.values()]
    assert len(outcomes) > 8000
    assert 0.11 < sum(outcome in UNSUBMITTED for outcome in outcomes) / len(outcomes) < 0.17


def test_about_seven_in_a_thousand_are_rejected_over_many_markets():
    rejects = [client.rejects for seed in range(60) for market in crowd(seed=seed).markets for client in market.clients]
    assert 0.0055 < fmean(rejects) < 0.0085
    assert max(rejects) > 0.03


def test_rejections_bonuses_and_late_pay_occur(latest):
    items = [event.item for event in latest.values()]
    paid = [item for item in items if item["outcome"] == "paid"]
    assert any(item["outcome"] == "rejected" and item["paid"]["micros"] == 0 for item in items)
    assert any(item["paid"]["micros"] > item["reward"]["micros"] for item in paid)
    assert all(item["paid"]["micros"] >= item["reward"]["micros"] for item in paid)
    late = [date.fromisoformat(item["decided_on"]) - date.fromisoformat(item["claimed_hour"][:10]) for item in paid]
    assert timedelta(days=7) < max(late)
    assert any(item["outcome"] == "submitted" for item in items)


def test_about_six_workers_in_ten_hold_several_tasks_at_once(big):
    holding = [worker(big, index).holds_several for index in range(2000)]
    assert 0.56 < fmean(holding) < 0.64


def days_of(one):
    for index in range(one.contributors):
        who = worker(one, index)
        for day in range(one.days):
            done = day_of_work(who, day, one)
            if done is not None:
                yield index, day, done


def test_no_simulated_worker_works_more_than_the_clock(big):
    """Work and unpaid time fit into the day; open times overlap, work does not."""
    overlapping = 0
    for _, _, done in islice(days_of(big), 2500):
        work = sum(attempt.active for attempt in done.attempts)
        unpaid = sum(sum(classes.values()) for classes in done.overheads.values())
        assert work + unpaid <= 13 * 3600 + 1
        assert done.ended <= 24 * 3600
        finished = sorted((attempt.ended, attempt.active) for attempt in done.attempts if attempt.outcome != "expired")
        for (before, _), (after, active) in pairwise(finished):
            assert after - before >= active - 1e-6
        ordered = sorted((attempt.claimed, attempt.ended) for attempt in done.attempts)
        overlapping += any(later < end for (_, end), (later, _) in pairwise(ordered))
        assert all(attempt.active <= attempt.ended - attempt.claimed + 1e-6 for attempt in done.attempts)
    assert overlapping > 100


def test_shared_out_open_time_is_at_least_the_work_that_was_done_in_it(big):
    """The apportioned open time of a day covers its work: nobody worked two hours in one."""
    for _, _, done in islice(days_of(big), 300):
        kept = [attempt for attempt in done.attempts if attempt.outcome != "expired"]
        spans = np.array([(attempt.claimed, attempt.ended) for attempt in kept]).reshape(-1, 2)
        micros = (spans * 1e6).round().astype(np.int64)
        shared = shares(np.zeros(len(kept), np.int64), micros[:, 0], micros[:, 1])
        assert shared.sum() >= sum(attempt.active for attempt in kept) - 0.01


def test_an_expired_task_stayed_open_until_its_limit(latest):
    expired = [event.item for event in latest.values() if event.item["outcome"] == "expired"]
    assert expired
    assert all(item["open_seconds"] == pytest.approx(item["limit_seconds"], abs=1) for item in expired)


def test_activity_is_heavy_tailed(latest):
    tasks = defaultdict(int)
    for event in latest.values():
        tasks[event.contributor] += 1
    counts = sorted(tasks.values(), reverse=True)
    assert sum(counts[: len(counts) // 10]) > 0.2 * sum(counts)
    assert counts[0] > 3 * counts[len(counts) // 2]


def test_log_rates_spread_as_the_generator_says():
    """Pay over time of submitted tasks scatters by client, worker, their pairing and task."""
    spread = Spread()
    one = crowd(contributors=300, days=8, seed=5, platforms=("alpha",))
    logs = [
        math.log(attempt.posting.reward_micros / 1e6 / attempt.active * 3600)
        for _, _, done in days_of(one)
        for attempt in done.attempts
        if attempt.outcome == "submitted"
    ]
    expected = math.hypot(spread.client, spread.worker, spread.worker_client, spread.task)
    assert np.std(logs) == pytest.approx(expected, rel=0.2)


def test_the_true_rate_is_what_the_average_log_rate_of_workers_tells():
    """With no scatter between tasks, task pay over time is exactly the client's rate."""
    still = Spread(worker=0.0, worker_client=0.0, task=0.0)
    one = crowd(contributors=40, days=10, spread=still)
    seen = 0
    for _, _, done in days_of(one):
        for attempt in done.attempts:
            if attempt.outcome == "submitted" and attempt.active > 1:
                usd = attempt.posting.reward_micros / 1e6 * attempt.market.listing.usd
                assert usd / attempt.active * 3600 == pytest.approx(attempt.client.truth(still).task)
                seen += 1
    assert seen > 300


def test_the_true_shares_are_what_the_crowd_keeps():
    """Where tasks scatter so little that no limit cuts them, the kept share is the stated one."""
    narrow = Spread(client=0.2, worker=0.2, worker_client=0.2, task=0.3)
    one = crowd(contributors=150, days=20, spread=narrow)
    seconds = {True: 0.0, False: 0.0}
    for _, _, done in days_of(one):
        for attempt in done.attempts:
            seconds[attempt.outcome == "submitted"] += attempt.active
    truth = one.markets[0].clients[0].truth(narrow)
    assert seconds[True] / sum(seconds.values()) == pytest.approx(truth.kept_share, abs=0.015)
    assert truth.effective == pytest.approx(truth.task * truth.paid_share * truth.kept_share)


def test_a_hidden_client_is_told_only_by_its_project(latest):
    items = [event.item for event in latest.values()]
    hidden = [item for item in items if item["platform"] == "beta"]
    assert hidden
    assert all(item["client"] is None and item["task"]["id"].startswith("project-") for item in hidden)
    assert all(item["client"]["name"] for item in items if item["platform"] == "alpha")


def test_unpaid_time_is_about_half_of_paid_time(told, latest):
    unpaid = sum(sum(event.item["seconds"].values()) for event in told if event.kind == "overhead")
    worked = sum(event.item["active_seconds"] for event in latest.values())
    assert 1.35 < 1 + unpaid / worked < 1.7


def test_the_frame_holds_the_latest_revision_of_each_observation(told, latest):
    frame = raw_frame(told)
    assert dict(frame.schema) == RAW
    assert frame.height == len(latest)
    assert sorted(frame["outcome"].to_list()) == sorted(event.item["outcome"] for event in latest.values())
    assert (frame["received_on"] >= frame["claimed_hour"].dt.date()).all()


def test_what_is_published_of_the_crowd_holds_the_truth():
    """Every client's 95 % interval against its true rate: nearly all hold it, and the middle is off by little."""
    one = crowd(contributors=220, days=45, seed=4, platforms=("alpha", "beta"))
    frame = raw_frame(events(one))
    rows = in_usd(frame, shipped())
    disclosed = disclose(estimate(rows, as_of=datetime(2026, 4, 16, tzinfo=UTC), policy=CROWD), CROWD, Draws(SECRET))
    told = {row["client_key"]: row for row in disclosed.cells.to_dicts() if str(row["level"]) == "client"}
    held, errors = [], []
    for market in one.markets:
        for client in market.clients:
            row = told.get(item_keys(first_item(market.listing.platform, client))[0])
            if row is not None and row["effective_usd_per_hour"] is not None:
                truth = client.truth(one.spread).effective
                held.append(row["low_usd_per_hour"] <= truth <= row["high_usd_per_hour"])
                errors.append(math.log(row["effective_usd_per_hour"] / truth))
    assert len(held) >= 15
    assert fmean(held) >= 0.9
    assert abs(fmean(errors)) < 0.2


def first_item(platform, client):
    listed, posting = client.listed, client.listed.postings[0]
    shown = {"id": listed.id, "name": listed.name} if listed.id else None
    return {"platform": platform, "client": shown, "task": {"id": posting.task_id, "title": posting.title}}
