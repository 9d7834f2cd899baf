"""A snapshot that grew too large, over HTTP: a head and its parts, each signed, each by the name that the head tells."""

from __future__ import annotations

import pytest

from analytics.model.policy import ARCHIVE
from analytics.release import snapshot
from analytics.release.signature import is_signed
from api.publishing.publish import publish
from api.store.bulk import load
from tests.builders import crowd


@pytest.fixture
async def published(site, monkeypatch):
    """A release whose snapshots are split though they are small."""
    monkeypatch.setattr(snapshot, "FEWEST_ENTRIES", 0)
    monkeypatch.setattr(snapshot, "MOST_DIGITS", 1)
    monkeypatch.setattr(snapshot.split, "__defaults__", (100,))
    async with site.pool.acquire() as db:
        await load(db, crowd(12), site.clock.now().date())
    site.manifest = await publish(site.pool, site.settings, site.clock.now(), ARCHIVE)
    return site


async def test_the_head_names_parts_and_every_part_is_served_and_signed(published):
    head = (await published.http.get("/v1/snapshots/practice")).json()
    assert head["rates"] == {}
    rates = {}
    for prefix in head["parts"]:
        answer = await published.http.get(f"/v1/snapshots/practice.{prefix}")
        part = answer.json()
        assert (part["platform"], part["part"], part["release"]) == ("practice", prefix, head["release"])
        assert all(key.startswith(prefix) for key in part["rates"])
        key = published.manifest.public_key
        assert is_signed(answer.content, answer.headers["x-taskwage-signature"], key)
        rates |= part["rates"]
    assert len(rates) == published.manifest.tables["client_rates"].rows + published.manifest.tables["task_rates"].rows
    first = await published.http.get(f"/v1/snapshots/practice.{head['parts'][0]}")
    again = await published.http.get(str(first.url), headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert (await published.http.get("/v1/snapshots/practice.zz")).status_code == 404
