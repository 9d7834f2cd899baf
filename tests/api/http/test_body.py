"""Bodies under a cap: packed, broken, endless."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from api.errors import MalformedBody, TooLarge, UnsupportedMedia
from api.http import body
from api.intake.contract import Batch

CAP = 10_000
JSON = {"content-type": "application/json"}


class Line:
    """A connection that delivers `parts`, and counts how many were asked for."""

    def __init__(self, *parts, hangs_up=False):
        self.parts, self.taken, self.hangs_up = list(parts), 0, hangs_up

    async def __call__(self):
        self.taken += 1
        if self.hangs_up and self.taken > len(self.parts):
            return {"type": "http.disconnect"}
        more = self.hangs_up or self.taken < len(self.parts)
        return {"type": "http.request", "body": self.parts[self.taken - 1], "more_body": more}


async def test_a_body_arrives_in_parts():
    assert await body.read(JSON, Line(b"[1", b",2]"), CAP) == b"[1,2]"


@pytest.mark.parametrize(("packing", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
async def test_a_packed_body_is_unpacked(packing, pack):
    content = json.dumps({"observations": []}).encode()
    headers = {**JSON, "content-encoding": packing}
    assert await body.read(headers, Line(pack(content)), CAP) == content


@pytest.mark.parametrize(("packing", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
async def test_a_bomb_is_too_large(packing, pack):
    bomb = pack(b"0" * 100_000_000)
    line = Line(bomb)
    with pytest.raises(TooLarge):
        await body.read({**JSON, "content-encoding": packing}, line, max(CAP, len(bomb)))


@pytest.mark.parametrize(("packing", "content"), [
    ("gzip", b"not packed"),
    ("gzip", gzip.compress(b"[]", mtime=0)[:-4]),
    ("gzip", gzip.compress(b"[]", mtime=0) + b"more"),
    ("zstd", b"not packed"),
    ("zstd", zstandard.compress(b"[]") + b"more"),
    ("zstd", zstandard.compress(b"[1, 2, 3]" * 50)[:-4]),
    ("zstd", b""),
])  # fmt: skip
async def test_a_body_that_is_not_what_it_says_is_malformed(packing, content):
    with pytest.raises(MalformedBody):
        await body.read({**JSON, "content-encoding": packing}, Line(content), CAP)


async def test_a_long_body_is_not_read_to_its_end():
    line = Line(*[b"0" * 4000] * 1000)
    with pytest.raises(TooLarge):
        await body.read(JSON, line, CAP)
    assert line.taken == 3


async def test_a_body_that_says_it_is_long_is_not_read_at_all():
    line = Line(b"")
    with pytest.raises(TooLarge):
        await body.read({**JSON, "content-length": str(CAP + 1)}, line, CAP)
    assert line.taken == 0


@pytest.mark.parametrize("headers", [
    {},
    {"content-type": "text/plain"},
    {**JSON, "content-encoding": "br"},
    {**JSON, "content-encoding": "gzip, gzip"},
])  # fmt: skip
async def test_other_kinds_of_body_are_not_read(headers):
    with pytest.raises(UnsupportedMedia):
        await body.read(headers, Line(b"[]"), CAP)


async def test_a_client_that_goes_away_is_noticed():
    with pytest.raises(body.HungUp):
        await body.read(JSON, Line(b"[", hangs_up=True), CAP)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_decoder(content):
    with suppress(MalformedBody):
        assert isinstance(body.decode(content, Batch), Batch)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "zstd"]))
def test_no_bytes_break_the_unpackers(content, packing):
    with suppress(MalformedBody, TooLarge):
        assert len(body.UNPACK[packing](content, CAP)) <= CAP
