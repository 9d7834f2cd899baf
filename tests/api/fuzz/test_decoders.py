"""What reads bytes from outside: bodies, items, queries, cookies, secrets, proofs of work. Any bytes, no failure of ours."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress

import msgspec
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from tally import tallied, tries

from analytics.model.errors import BadQuery
from analytics.query import parse
from analytics.tables.dictionary.registry import TABLES
from api.errors import MalformedBody, TaskwageError, TollUnpaid, TooLarge, UnknownSecret
from api.http import body
from api.http.pages.practice.attempts import from_cookie
from api.intake import enrolment
from api.intake.contract import MAX_BODY_BYTES, Batch
from tests.builders import NOW, observation, overhead

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
NASTY = st.one_of(
    JSON,
    st.sampled_from([10**400, -1, 2**63, 2**31, 1e308, float("inf"), float("nan"), "\0", "\ud800", "9" * 5000]),
    st.sampled_from(
        ["2026-13-45", "0001-01-01", "9999-12-31", "2026-11-23T09:00:00+99:99", "9999-12-31T23:00:00-12:00"]
    ),
    st.text(max_size=400),
)


def paths(item, prefix=()):
    for key, value in item.items():
        yield (*prefix, key)
        if isinstance(value, dict):
            yield from paths(value, (*prefix, key))


def changed(item, path, value):
    """`item` with one field, however deep, made into something else."""
    copy = json.loads(json.dumps(item))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copy


def nearly(item):
    """Items that are right but for a few fields."""
    one = st.tuples(st.sampled_from(sorted(paths(item))), NASTY)
    return st.lists(one, min_size=1, max_size=3).map(lambda changes: apply(item, changes))


def apply(item, changes):
    for path, value in changes:
        with suppress(KeyError, TypeError):  # an earlier change took the place away
            item = changed(item, path, value)
    return item


def dumped(value):
    """As a careless client would write it: NaN, lone surrogates and all."""
    return json.dumps(value, ensure_ascii=True).encode()


def test_items_that_are_nearly_right_are_kept_or_refused_one_by_one(target):
    who = target.enrol()
    with tallied("items nearly right, to the row") as tally:

        @tries(120)
        @given(st.lists(nearly(observation()), max_size=6), st.lists(nearly(overhead()), max_size=3))
        def each(observations, overheads):
            good = observation()
            sent = dumped({"observations": [*observations, good], "overheads": overheads})
            answer = target.http.post(
                "/v1/observations", content=sent, headers=who | {"content-type": "application/json"}
            )
            assert answer.status_code in (200, 400), answer.text
            tally.cases += len(observations) + len(overheads)
            if answer.status_code == 400:  # the whole is no JSON: NaN, half a surrogate
                tally.case("400")
                return
            receipts = answer.json()["receipts"]
            assert len(receipts) == len(observations) + len(overheads) + 1
            assert receipts[len(observations)]["status"] == "accepted"  # the good one among them
            for receipt in receipts:
                tally.case(receipt["status"])
                tally.cases -= 1

        each()


def test_any_bytes_are_a_batch_or_malformed():
    with tallied("bodies, any bytes") as tally:

        @tries(500)
        @given(st.binary(max_size=300) | JSON.map(dumped), st.sampled_from([Batch, msgspec.Raw]))
        def each(content, _):
            tally.case()
            with suppress(MalformedBody):
                assert isinstance(body.decode(content, Batch), Batch)

        each()


def test_any_packing_ends_under_the_cap():
    with tallied("packed bodies, any bytes") as tally:

        def packed(content, packing, flips):
            whole = bytearray(gzip.compress(content) if packing == "gzip" else zstandard.compress(content))
            for place, bits in flips:
                whole[place % len(whole)] ^= bits
            return bytes(whole)

        @tries(300)
        @given(
            st.binary(max_size=2000),
            st.sampled_from(["gzip", "zstd"]),
            st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), max_size=4),
        )
        def each(content, packing, flips):
            tally.case()
            with suppress(MalformedBody, TooLarge):
                assert len(body.UNPACK[packing](packed(content, packing, flips), 10_000)) <= 10_000

        each()


def test_any_query_is_answered_or_refused():
    columns = sorted({column.name for table in TABLES.values() for column in table.columns})
    keys = st.one_of(
        st.text(max_size=20),
        st.sampled_from(["limit", "after", "sort"]),
        st.tuples(st.sampled_from(columns), st.sampled_from(["eq", "in", "lt", "contains", "null", "__", ""])).map(
            "__".join
        ),
    )
    values = st.one_of(
        st.text(max_size=40), st.integers().map(str), st.sampled_from(["nan", "1e999", "٣", "-0", "\0", "a,b,,"])
    )
    with tallied("queries") as tally:

        @tries(500)
        @given(st.sampled_from(sorted(TABLES)), st.lists(st.tuples(keys, values), max_size=5))
        def each(name, pairs):
            tally.case()
            with suppress(BadQuery):
                parse(TABLES[name], pairs)

        each()


def test_any_secret_toll_and_cookie_is_known_or_refused():
    key = b"k" * 32
    real = enrolment.challenge(key, 0, NOW).challenge
    with tallied("secrets, proofs of work, cookies") as tally:

        @tries(500)
        @given(st.text(max_size=80), st.integers(0, len(real)), st.text(max_size=3))
        def each(text, place, piece):
            tally.case()
            with suppress(UnknownSecret):
                enrolment.bearer(f"Bearer {text}")
            with suppress(TollUnpaid):
                enrolment.check_toll(key, text, "0", NOW)
            with suppress(TollUnpaid):
                assert enrolment.check_toll(key, real[:place] + piece + real[place:], "0", NOW) or not piece
            from_cookie(text)

        each()


def bombs():
    """Small to send, large to read; or deep, or endless."""
    deep = b"[" * 400_000
    yield "deep list", deep, {}
    yield "deep objects", b'{"a":' * 150_000, {}
    yield "deep in an item", b'{"observations":[' + b"[" * 200_000 + b"]" * 200_000 + b"]}", {}
    yield "many items", b'{"observations":[' + b",".join([b"0"] * 300_000) + b"]}", {}
    yield "many equal keys", b'{"observations":[{' + b",".join([b'"id":1'] * 100_000) + b"}]}", {}
    yield "long number", b'{"observations":[{"id":' + b"9" * 900_000 + b"}]}", {}
    yield "long exponent", b'{"observations":[{"active_seconds":1e' + b"9" * 900_000 + b"}]}", {}
    yield "long text", b'{"observations":[{"task":{"title":"' + b"\\u0041" * 150_000 + b'"}}]}', {}
    yield "zip bomb", gzip.compress(b"0" * 60_000_000), {"content-encoding": "gzip"}
    yield "zstd bomb", zstandard.compress(b"0" * 200_000_000), {"content-encoding": "zstd"}
    yield "zip in zip", gzip.compress(gzip.compress(b"0" * 60_000_000)), {"content-encoding": "gzip"}
    yield "zstd window", bytes.fromhex("28b52ffd00f8") + b"\0" * 40, {"content-encoding": "zstd"}
    yield "many empty zips", gzip.compress(b"") * 40_000, {"content-encoding": "gzip"}


def test_no_bomb_costs_more_than_the_cap(target):
    who, every = target.enrol(), list(bombs())
    with tallied("bombs") as tally:
        for name, content, headers in every:
            assert len(content) <= MAX_BODY_BYTES, name
            answer = target.http.post(
                "/v1/observations", content=content, headers=who | headers | {"content-type": "application/json"}
            )
            assert 200 <= answer.status_code < 500, (name, answer.text)
            tally.case(answer.status_code)
        for path in ("/v1/contributors", "/v1/contributors/me"):
            for name, content, headers in every:
                method = "PATCH" if path.endswith("me") else "POST"
                answer = target.http.request(
                    method, path, content=content, headers=who | headers | {"content-type": "application/json"}
                )
                assert 400 <= answer.status_code < 500, (name, path, answer.text)
                tally.case(answer.status_code)
        assert target.http.get("/readyz").status_code == 200


def test_a_failure_of_ours_is_never_a_kind_of_refusal():
    """Whatever is caught above must be a refusal, so that nothing broken is taken for one."""
    for kind in (MalformedBody, TooLarge, TollUnpaid, UnknownSecret):
        assert issubclass(kind, TaskwageError)
        assert kind.status < 500
