"""Whose key signs: the database's own, made once, or the one in the file that the settings name."""

from __future__ import annotations

import base64

import msgspec
import pytest

from api.errors import BadSettings
from api.publishing.signing import signer


async def test_a_database_has_one_key_for_ever(pool, settings):
    async with pool.acquire() as db:
        assert (await signer(db, settings)).public_key == (await signer(db, settings)).public_key


async def test_a_file_s_key_comes_first(pool, settings, tmp_path):
    file = tmp_path / "key"
    file.write_text(base64.b64encode(bytes(range(32))).decode() + "\n")
    async with pool.acquire() as db:
        found = await signer(db, msgspec.structs.replace(settings, signing_key=file))
    assert found.seed == bytes(range(32))


@pytest.mark.parametrize("content", [None, "", "AAAA", "not base64 é"])
async def test_a_file_without_a_key_is_named(pool, settings, tmp_path, content):
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
    async with pool.acquire() as db:
        with pytest.raises(BadSettings, match="TASKWAGE_SIGNING_KEY"):
            await signer(db, msgspec.structs.replace(settings, signing_key=file))
