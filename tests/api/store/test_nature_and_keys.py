"""What a database is for and what it keeps to itself: said once."""

from __future__ import annotations

import asyncio

import pytest

from api.errors import WrongNature
from api.store import keys, nature


async def test_a_secret_is_made_once_for_everybody(pool):
    found = await asyncio.gather(*(keys.secret(pool, "challenge") for _ in range(8)))
    assert len(set(found)) == 1
    assert len(found[0]) == 32
    assert await keys.secret(pool, "import") != found[0]


@pytest.mark.parametrize(("first", "other"), [("real", "demo"), ("demo", "real")])
async def test_real_and_demo_data_never_share_a_database(pool, first, other):
    await nature.claim(pool, first)
    await nature.claim(pool, first)
    with pytest.raises(WrongNature, match=f"holds {first} data"):
        await nature.claim(pool, other)
