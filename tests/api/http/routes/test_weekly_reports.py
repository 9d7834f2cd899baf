"""Capture health and account actions over real HTTP: receipts, refusals, the own copy, erasure, retention, a summary."""

from __future__ import annotations

from datetime import date

import pytest

from api.commands.prune import prune
from api.store import weekly_reports
from tests.builders import NOW, account_action, health, observation, overhead, sighting


def status(receipts):
    return [receipt["status"] for receipt in receipts]


async def test_receipts_follow_the_order_of_the_five_lists(site):
    who = await site.enrol()
    items = observation(), overhead(), sighting(), health(), account_action()
    named = dict(zip(("overheads", "sightings", "health", "actions"), ([item] for item in items[1:]), strict=True))
    receipts = await site.share(who, items[0], **named)
    assert [receipt["id"] for receipt in receipts] == [item["id"] for item in items]
    assert set(status(receipts)) == {"accepted"}
    again = await site.share(who, items[0], **named)
    assert set(status(again)) == {"duplicate"}


async def test_a_later_revision_counts_and_an_older_one_is_stale(site):
    who, item = await site.enrol(), health()
    await site.share(who, health=[item])
    assert status(await site.share(who, health=[item | {"revision": 3, "read_rows": 40}])) == ["updated"]
    assert status(await site.share(who, health=[item | {"revision": 2, "read_rows": 1}])) == ["stale"]
    async with site.pool.acquire() as db:
        (week,) = await weekly_reports.summary(db, date(2026, 11, 16))
        assert await weekly_reports.summary(db, date(2026, 11, 17)) == []
    assert week == ("practice", 1, date(2026, 11, 16), 1, 40, 40, 1, 1, 0)


async def test_the_summary_adds_up_people_by_pack_version(site):
    people = [await site.enrol() for _ in range(3)]
    for who in people:
        await site.share(who, health=[health(), health(pack_version=2, read_rows=0, differing_statements=2)])
    async with site.pool.acquire() as db:
        newest, oldest = await weekly_reports.summary(db, date(2026, 11, 16))
    assert (newest.pack_version, newest.contributors, newest.read_rows, newest.differing_statements) == (2, 3, 0, 6)
    assert (oldest.pack_version, oldest.expected_rows, oldest.read_rows) == (1, 120, 114)


@pytest.mark.parametrize(
    ("name", "item", "reason"),
    [
        ("health", health(platform="nowhere"), "unknown_platform"),
        ("health", health(read_rows=41), "read_beyond_expected"),
        ("health", health(expected_rows=-1), "malformed"),
        ("health", health(week="2026-11-17"), "not_a_monday"),
        ("health", health(week="2027-01-04"), "in_the_future"),
        ("actions", account_action(week="2020-01-06"), "too_old"),
        ("actions", account_action(week="2026-11-22"), "not_a_monday"),
        ("actions", account_action(kind="client was rude"), "malformed"),
        ("actions", account_action(pending_band="12.50"), "malformed"),
        ("actions", account_action(platform="nowhere"), "unknown_platform"),
    ],
)
async def test_a_bad_item_is_refused_alone(site, name, item, reason):
    who = await site.enrol()
    receipts = await site.share(
        who, observation(), **{name: [item, health() if name == "health" else account_action()]}
    )
    assert status(receipts) == ["accepted", "refused", "accepted"]
    assert receipts[1]["reason"] == reason


async def test_a_client_is_no_part_of_an_account_action(site):
    who = await site.enrol()
    receipts = await site.share(who, actions=[account_action(client={"id": "c-2", "name": None})])
    assert status(receipts) == ["accepted"]
    (row,) = await site.rows("SELECT * FROM intake.account_actions")
    assert set(row) == {"id", "contributor", "week", "received_on", "revision", "platform", "kind", "pending_band"}


async def test_they_are_in_the_own_copy_and_erased_with_their_contributor(site):
    who, other = await site.enrol(), await site.enrol()
    for sender in (who, other):
        await site.share(sender, health=[health()], actions=[account_action()])
    copy = (await site.http.get("/v1/contributors/me/export", headers=who)).json()
    assert [row["expected_rows"] for row in copy["health"]] == [40]
    assert [row["kind"] for row in copy["actions"]] == ["pause"]
    assert (await site.http.delete("/v1/contributors/me", headers=who)).status_code == 200
    for table in ("capture_health", "account_actions"):
        assert len(await site.rows(f"SELECT * FROM intake.{table}")) == 1


async def test_they_are_kept_as_long_as_raw_rows(site):
    await site.share(await site.enrol(), health=[health()], actions=[account_action()])
    await prune(site.pool, NOW.replace(year=2027))
    assert len(await site.rows("SELECT * FROM intake.capture_health")) == 1
    await prune(site.pool, NOW.replace(year=2028, month=3))
    for table in ("capture_health", "account_actions"):
        assert await site.rows(f"SELECT * FROM intake.{table}") == []
