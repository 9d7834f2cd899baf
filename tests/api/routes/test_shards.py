"""What a sender, a contributor and a balancer are told while one shard is away."""

from __future__ import annotations

from uuid import uuid4

import pytest
from msgspec.structs import replace

from api.settings import Settings
from tests.builders import observation, overhead


@pytest.fixture
def settings(settings, cluster_dsns) -> Settings:
    return replace(settings, database_url=cluster_dsns[0])


def items(count):
    return [observation(client={"id": f"c-{uuid4()}", "name": None}) for _ in range(count)]


async def post(site, who, sent, overheads=()):
    body = {"observations": sent, "overheads": list(overheads)}
    return await site.http.post("/v1/observations", json=body, headers=who)


def away(site, monkeypatch):
    """The first shard does not answer any more."""
    shard = site.services.routing.shards[0]

    async def no_pool():
        raise ConnectionRefusedError

    monkeypatch.setattr(shard, "pool", no_pool)
    return shard


@pytest.fixture
async def site(serving, settings, monkeypatch):
    """The server on two shards; `site.services` are its parts."""
    made = []
    real = __import__("api.app", fromlist=["Services"]).Services

    def kept(**parts):
        made.append(real(**parts))
        return made[-1]

    monkeypatch.setattr("api.app.Services", kept)
    async with serving(settings) as opened:
        opened.services = made[-1]
        yield opened


async def test_the_whole_contract_holds_on_shards(site):
    who = await site.enrol()
    sent = items(20)
    receipts = await site.share(who, *sent, overheads=[overhead()])
    assert [receipt["status"] for receipt in receipts] == ["accepted"] * 21
    assert (await site.http.get("/v1/contributors/me", headers=who)).json()["observations"] == 20
    exported = (await site.http.get("/v1/contributors/me/export", headers=who)).json()
    assert {row["id"] for row in exported["observations"]} == {item["id"] for item in sent}
    erased = (await site.http.delete("/v1/contributors/me", headers=who)).json()
    assert (erased["observations"], erased["overheads"]) == (20, 1)
    assert await site.rows() == []


async def test_what_belongs_to_a_shard_that_is_away_is_refused_for_now_and_the_rest_receipted(site, monkeypatch):
    who = await site.enrol()
    sent = [*items(30), {"id": "broken"}]
    with monkeypatch.context() as patch:
        away(site, patch)
        answer = await post(site, who, sent, [overhead()])
    problem = answer.json()
    assert (answer.status_code, problem["code"], answer.headers["retry-after"]) == (503, "shard_gone", "5")
    statuses = [receipt and receipt["status"] for receipt in problem["receipts"]]
    assert len(statuses) == 32
    assert {"accepted", None} == set(statuses[:30])
    assert statuses[30:] == ["refused", "accepted"]
    assert len(await site.rows()) == statuses[:30].count("accepted")
    site.services.routing.shards[0].is_up = True
    again = await site.share(who, *sent, overheads=[overhead()])
    assert [{None: "accepted", "accepted": "duplicate"}[status] for status in statuses[:30]] == [
        receipt["status"] for receipt in again[:30]
    ]
    assert len(await site.rows()) == 30


async def test_readiness_names_the_shard_that_is_away_and_stays_ready(site, monkeypatch):
    assert (await site.http.get("/readyz")).json()["shards"] == [
        {"shard": 1, "answers": True},
        {"shard": 2, "answers": True},
    ]
    away(site, monkeypatch)
    answer = await site.http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["shards"][0] == {"shard": 1, "answers": False}
    assert "shard 1 does not answer: its items wait with their senders" in answer.json()["notes"]
    assert "host" not in answer.text


async def test_with_one_server_there_is_no_word_of_shards(dsn, tmp_path, serving):
    async with serving(Settings(data=tmp_path, database_url=dsn, port=0)) as alone:
        assert (await alone.http.get("/readyz")).json()["shards"] == []
