"""POST /v1/observations over real HTTP and a real PostgreSQL: receipts, bad input, crowds, kills."""

from __future__ import annotations

import asyncio
import gzip
import json
import struct
import zlib

import msgspec
import pytest
import zstandard
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from api.intake.contract import MAX_BATCH_ITEMS, MAX_BODY_BYTES
from tests.builders import hour_id, observation, overhead

JSON = {"content-type": "application/json"}


async def test_an_item_is_on_disk_before_its_receipt(site):
    who = await site.enrol()
    item = observation()
    assert await site.share(who, item) == [{"id": item["id"], "status": "accepted", "reason": None, "detail": None}]
    (row,) = await site.rows()
    assert str(row["id"]) == item["id"]
    assert (row["reward_micros"], row["currency"], row["outcome"]) == (350_000, "USD", b"s")
    assert row["received_on"].isoformat() == "2026-11-23"


async def test_names_are_kept_once_behind_their_keys(site):
    who = await site.enrol()
    await site.share(who, observation(), observation(task={"id": "t-4", "title": "Label  13 PHOTOS"}))
    assert len(await site.rows("SELECT * FROM intake.clients")) == 1
    (task,) = await site.rows("SELECT * FROM intake.tasks")
    assert task["title"] == "label 0 photos"  # the folded form, until five counted people sent one spelling
    one, two = await site.rows()
    assert one["task_key"] == two["task_key"]


async def test_sending_again_changes_nothing(site):
    who = await site.enrol()
    item, day = observation(), overhead()
    first = await site.share(who, item, overheads=[day])
    again = await site.share(who, item, overheads=[day])
    assert [receipt["status"] for receipt in first] == ["accepted", "accepted"]
    assert [receipt["status"] for receipt in again] == ["duplicate", "duplicate"]
    assert len(await site.rows()) == 1
    assert len(await site.rows("SELECT * FROM intake.overheads")) == 1


async def test_a_later_outcome_is_a_new_revision_with_a_day_of_its_own(site):
    who = await site.enrol()
    item = observation()
    await site.share(who, item)
    site.clock.set(site.clock.now().replace(day=29))
    paid = item | {"revision": 2, "outcome": "paid", "paid": {"micros": 300_000, "currency": "USD"}}
    assert [r["status"] for r in await site.share(who, paid, item)] == ["updated", "stale"]
    first, second = await site.rows()
    assert (first["received_on"].day, second["received_on"].day) == (23, 29)
    assert second["paid_micros"] == 300_000


async def test_twenty_at_once_store_one_row(site):
    who = await site.enrol()
    item = observation()
    answers = await asyncio.gather(*(site.share(who, item) for _ in range(20)))
    statuses = sorted(receipts[0]["status"] for receipts in answers)
    assert statuses == ["accepted"] + ["duplicate"] * 19
    assert len(await site.rows()) == 1


async def test_twenty_revisions_at_once_end_with_the_highest(site):
    who = await site.enrol()
    item = observation()
    answers = await asyncio.gather(*(site.share(who, item | {"revision": n}) for n in range(1, 21)))
    assert {receipts[0]["status"] for receipts in answers} <= {"accepted", "updated", "stale"}
    assert max(row["revision"] for row in await site.rows()) == 20


async def test_one_batch_may_hold_the_same_item_twice(site):
    who = await site.enrol()
    item = observation()
    receipts = await site.share(who, item, item, item | {"revision": 3}, item | {"revision": 2})
    assert [receipt["status"] for receipt in receipts] == ["accepted", "duplicate", "updated", "stale"]


async def test_somebody_elses_item_is_not_touched(site):
    mine, yours = await site.enrol(), await site.enrol()
    item = observation()
    await site.share(mine, item)
    (receipt,) = await site.share(yours, item | {"revision": 2, "outcome": "rejected"})
    assert receipt["status"] == "accepted"
    assert sorted(row["outcome"] for row in await site.rows()) == [b"r", b"s"]


BAD_ITEMS = {
    "negative pay": ({"reward": {"micros": -1, "currency": "USD"}}, "malformed"),
    "a year-long task": ({"active_seconds": 31_536_000.0, "open_seconds": 31_536_000.0}, "malformed"),
    "a naive datetime": ({"claimed_hour": "2026-11-23T09:00:00"}, "malformed"),
    "an unknown platform": ({"platform": "nowhere"}, "unknown_platform"),
    "an exact time": ({"claimed_hour": "2026-11-23T09:13:00Z"}, "not_hourly"),
    "an amount as a float": ({"reward": {"micros": 0.5, "currency": "USD"}}, "malformed"),
    "a title without end": ({"task": {"id": None, "title": "x" * 301}}, "malformed"),
    "a number that is none": ({"active_seconds": "240"}, "malformed"),
    "a NUL in a title": ({"task": {"id": None, "title": "a\x00b"}}, "malformed"),
    "revision zero": ({"revision": 0}, "malformed"),
}


@pytest.mark.parametrize(("changes", "reason"), BAD_ITEMS.values(), ids=BAD_ITEMS.keys())
async def test_a_bad_item_is_refused_and_its_neighbours_are_stored(site, changes, reason):
    who = await site.enrol()
    bad = observation(**changes)
    receipts = await site.share(who, observation(), bad, observation())
    assert [receipt["status"] for receipt in receipts] == ["accepted", "refused", "accepted"]
    assert (receipts[1]["id"], receipts[1]["reason"]) == (bad["id"], reason)
    assert len(await site.rows()) == 2


async def test_fields_that_a_newer_sender_adds_are_left_out_and_counted(site):
    who = await site.enrol()
    newer = observation(worker_id="A1B2C3", task={"id": "t-3", "title": "Label 12 photos", "kind": "new"})
    receipts = await site.share(who, newer, observation())
    assert [receipt["status"] for receipt in receipts] == ["accepted", "accepted"]
    answer = await site.http.get("/metrics")
    assert "taskwage_unknown_fields_total 2.0" in answer.text
    export = await site.http.get("/v1/contributors/me/export", headers=who)
    assert "A1B2C3" not in export.text


async def test_a_list_that_a_newer_sender_adds_is_left_out_and_counted(site):
    """The whole batch was refused, so a newer extension could store nothing on an older server."""
    who = await site.enrol()
    body = {"observations": [observation(), observation(mood="fine")], "moods": [{"id": "1"}], "weather": []}
    answer = await site.http.post("/v1/observations", json=body, headers=who)
    assert [receipt["status"] for receipt in answer.json()["receipts"]] == ["accepted", "accepted"]
    assert "taskwage_unknown_fields_total 3.0" in (await site.http.get("/metrics")).text
    nothing = await site.http.post("/v1/observations", json={"moods": [{"id": "1"}]}, headers=who)
    assert (nothing.status_code, nothing.json()["code"]) == (400, "malformed_body")


async def test_what_a_platform_paid_for_and_the_version_that_timed_it_are_stored(site):
    who = await site.enrol()
    told = {
        "cap_seconds": 1800.0, "paid_seconds": 1500.0, "pay_kind": "training", "extension_version": "0.2.13",
        "timer": "elsewhere",
    }  # fmt: skip
    assert [r["status"] for r in await site.share(who, observation(**told), observation())] == ["accepted"] * 2
    export = await site.http.get("/v1/contributors/me/export", headers={**who, "accept": "application/json"})
    rows = {row["extension_version"]: row for row in export.json()["observations"]}
    assert {name: rows["0.2.13"][name] for name in told} == told
    assert {name: rows[None][name] for name in told} == {**dict.fromkeys(told), "timer": "focus"}


@pytest.mark.parametrize("version", ["1", "1.2", "v1.2.3", "1.2.3-dev", "1.2.3333", 7])
async def test_a_version_that_is_none_is_refused(site, version):
    who = await site.enrol()
    (receipt,) = await site.share(who, observation(extension_version=version))
    assert (receipt["status"], receipt["reason"]) == ("refused", "malformed")


@pytest.mark.parametrize("item", [None, 7, "text", [], {}, {"id": 7}, {"id": "no id"}])
async def test_an_item_that_is_no_item_has_a_receipt_without_an_id(site, item):
    who = await site.enrol()
    bad, good = await site.share(who, item, observation())
    assert (bad["id"], bad["status"], bad["reason"]) == (None, "refused", "malformed")
    assert good["status"] == "accepted"


def bomb(kind):
    """A few kilobytes that unpack to gigabytes."""
    if kind == "gzip":
        block = zlib.compressobj(9, zlib.DEFLATED, 31)
        return b"".join([*(block.compress(bytes(1 << 20)) for _ in range(200)), block.flush()])
    return zstandard.ZstdCompressor().compress(bytes(200 << 20))


BAD_BODIES = {
    "malformed JSON": (b'{"observations": [', JSON, 400, "malformed_body"),
    "no JSON at all": (b"\xff\xfe", JSON, 400, "malformed_body"),
    "nothing": (b"", JSON, 400, "malformed_body"),
    "a list": (b"[]", JSON, 400, "malformed_body"),
    "nested too deeply": (b'{"observations":' + b"[" * 100_000, JSON, 400, "malformed_body"),
    "too many items": (
        json.dumps({"observations": [1] * (MAX_BATCH_ITEMS + 1)}).encode(),
        JSON,
        400,
        "malformed_body",
    ),
    "a form": (b"a=b", {"content-type": "application/x-www-form-urlencoded"}, 415, "unsupported_media"),
    "a packing that we do not know": (b"x", {**JSON, "content-encoding": "br"}, 415, "unsupported_media"),
    "not gzip": (b"x", {**JSON, "content-encoding": "gzip"}, 400, "malformed_body"),
    "50 MB": (bytes(50_000_000), JSON, 413, "too_large"),
    "a gzip bomb": (bomb("gzip"), {**JSON, "content-encoding": "gzip"}, 413, "too_large"),
    "a zstd bomb": (bomb("zstd"), {**JSON, "content-encoding": "zstd"}, 413, "too_large"),
    "a zstd window of a gigabyte": (
        struct.pack("<IBB", 0xFD2FB528, 0, 20 << 3) + b"\x01\x00\x00",
        {**JSON, "content-encoding": "zstd"},
        400,
        "malformed_body",
    ),
}


@pytest.mark.parametrize(("content", "headers", "status", "code"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_bad_body_is_one_clear_problem_and_the_server_lives(site, content, headers, status, code):
    who = await site.enrol()
    answer = await site.http.post("/v1/observations", content=content, headers={**who, **headers})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert (await site.share(who, observation()))[0]["status"] == "accepted"


async def test_a_body_sent_in_pieces_without_a_length_is_capped(site):
    who = await site.enrol()

    async def endless():
        for _ in range(3 * MAX_BODY_BYTES // 50_000):
            yield bytes(50_000)

    answer = await site.http.post("/v1/observations", content=endless(), headers={**who, **JSON})
    assert answer.status_code == 413


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
async def test_packed_batches_are_read(site, pack):
    who = await site.enrol()
    packing = {"content-encoding": "gzip" if pack is gzip.compress else "zstd"}
    content = pack(json.dumps({"observations": [observation()]}).encode())
    answer = await site.http.post("/v1/observations", content=content, headers={**who, **JSON, **packing})
    assert answer.json()["receipts"][0]["status"] == "accepted"


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer " + "A" * 43}, {"authorization": "Bearer x"}])
async def test_a_wrong_secret_is_told_so(site, header):
    answer = await site.http.post("/v1/observations", json={"observations": [observation()]}, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "unknown_secret")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert await site.rows() == []


async def test_other_methods_are_told_which_one_is_right(site):
    answer = await site.http.get("/v1/observations")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "OPTIONS, POST"


async def test_an_empty_batch_has_no_receipts(site):
    assert await site.share(await site.enrol()) == []


async def test_a_contributor_who_posts_too_often_is_told_when_to_come_again(settings, serving):
    async with serving(msgspec.structs.replace(settings, posts_per_minute=2)) as site:
        who = await site.enrol()
        await site.share(who, observation())
        await site.share(who, observation())
        answer = await site.http.post("/v1/observations", json={}, headers=who)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert (await site.share(await site.enrol(), observation()))[0]["status"] == "accepted"


async def test_more_than_the_queue_holds_is_turned_away_with_nothing_stored(settings, serving):
    async with serving(msgspec.structs.replace(settings, queue_rows=3)) as site:
        who = await site.enrol()
        answer = await site.http.post(
            "/v1/observations", json={"observations": [observation() for _ in range(4)]}, headers=who
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "shedding")
        assert int(answer.headers["retry-after"]) >= 1
        assert await site.rows() == []
        assert len(await site.share(who, observation())) == 1


async def test_a_crowd_of_batches_is_stored_whole(site):
    people = [await site.enrol() for _ in range(8)]
    batches = [(who, [observation(id=hour_id()) for _ in range(10)]) for who in people for _ in range(5)]
    answers = await asyncio.gather(*(site.share(who, *items) for who, items in batches))
    assert {receipt["status"] for receipts in answers for receipt in receipts} == {"accepted"}
    assert len(await site.rows()) == 8 * 5 * 10


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
FIELDS = st.sampled_from(sorted(observation()))


@limits(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=st.dictionaries(FIELDS, ANYTHING, max_size=3))
async def test_whatever_a_field_holds_there_is_a_receipt(site, changes):
    if not hasattr(site, "who"):
        site.who = await site.enrol()
    site.clock.set(site.clock.now().replace(minute=(site.clock.now().minute + 1) % 60))
    (receipt,) = await site.share(site.who, observation(**changes))
    assert receipt["status"] in ("accepted", "refused")


@pytest.mark.parametrize("spoil", [('"Label 12 photos"', '"Label \\ud83d"'), ("240.0", "NaN"), ("240.0", "-Infinity")])
async def test_a_lone_surrogate_or_a_nan_hurts_its_own_item_only(site, spoil):
    who = await site.enrol()
    good, bad = json.dumps(observation()), json.dumps(observation()).replace(*spoil)
    assert bad != json.dumps(observation())
    content = f'{{"observations": [{good}, {bad}, {json.dumps(observation())}]}}'
    answer = await site.http.post(
        "/v1/observations", content=content, headers={**who, "content-type": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    assert [receipt["status"] for receipt in answer.json()["receipts"]] == ["accepted", "refused", "accepted"]
    assert len(await site.rows()) == 2
