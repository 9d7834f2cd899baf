"""Figures for whoever runs the server."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import httpx
import msgspec
import pytest

from analytics.model.policy import CROWD
from api.packs.load import load
from api.publishing.publish import publish
from api.runtime.networks import Networks
from api.store.bulk import load as load_rows
from tests.builders import NOW, crowd, observation

ROOT = Path(__file__).parents[3]
VERSION = load()["practice"].version


async def figures(site):
    """Each sample at /metrics, by its name and labels."""
    answer = await site.http.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


async def test_items_are_counted_by_what_became_of_them(site):
    who = await site.enrol()
    item = observation(pack={"slug": "practice", "version": VERSION})
    await site.share(who, item, item, observation(platform="nowhere"), {"id": 7})
    found = await figures(site)
    assert found['taskwage_items_total{status="accepted"}'] == 1
    assert found['taskwage_items_total{status="duplicate"}'] == 1
    assert found['taskwage_items_total{status="refused"}'] == 2
    assert found['taskwage_refusals_total{reason="unknown_platform"}'] == 1
    assert found['taskwage_refusals_total{reason="malformed"}'] == 1
    assert found["taskwage_commit_seconds_count"] == 1
    assert found["taskwage_queue_rows"] == 0


async def test_a_site_that_changed_shows_as_pay_that_its_pack_no_longer_reads(site):
    who = await site.enrol()
    pack = {"slug": "practice", "version": VERSION}
    await site.share(
        who, observation(pack=pack), observation(pack=pack, reward=None), observation(pack=pack, reward=None)
    )
    labels = f'pack="practice",pay="{{}}",status="accepted",version="{VERSION}"'
    found = await figures(site)
    assert found["taskwage_captures_total{" + labels.format("read") + "}"] == 1
    assert found["taskwage_captures_total{" + labels.format("missing") + "}"] == 2


async def test_nobody_can_make_a_label(site):
    who = await site.enrol()
    for number in range(40):
        await site.http.get(f"/v1/snapshots/made-up-{number}")
        await site.http.get(f"/made-up-{number}")
        await site.http.request(f"MADE{number}", "/healthz")
        await site.share(
            who,
            observation(pack={"slug": "practice", "version": 1000 + number}),
            observation(pack={"slug": f"made_up_{number}", "version": 1}),
        )
    found = await figures(site)
    assert not [name for name in found if re.search("made", name, re.I)]
    assert found['taskwage_captures_total{pack="practice",pay="read",status="accepted",version="other"}'] == 40


async def test_answers_are_counted_by_route_never_by_path(site):
    await site.http.get("/v1/platforms/practice")
    await site.http.head("/v1/platforms/practice")
    found = await figures(site)
    for method in ("GET", "HEAD"):
        labels = f'method="{method}",route="/v1/platforms/{{slug}}",status="200"'
        assert found["taskwage_requests_total{" + labels + "}"] == 1


async def test_the_age_of_the_release_is_told_once_there_is_one(site):
    assert "taskwage_release_age_seconds" not in await figures(site)
    async with site.pool.acquire() as db:
        await load_rows(db, crowd(12), NOW.date())
    await publish(site.pool, site.settings, NOW, CROWD)
    assert (await figures(site))["taskwage_release_age_seconds"] == 10.5 * 3600


async def test_for_others_there_are_no_figures(settings, serving):
    async with serving(msgspec.structs.replace(settings, metrics_from=Networks.of("192.0.2.1"))) as site:
        assert (await site.http.get("/metrics")).status_code == 404


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "via", "x-forwarded-host"]
)
async def test_a_proxy_nobody_told_us_of_does_not_open_the_figures(site, header):
    assert (await site.http.get("/metrics", headers={header: "203.0.113.7"})).status_code == 404


@pytest.mark.parametrize("host", ["taskwage.example", "taskwage.example:443", "10.0.0.7"])
async def test_a_bare_proxy_that_passes_its_host_on_does_not_open_the_figures(site, host):
    assert (await site.http.get("/metrics", headers={"host": host})).status_code == 404
    for own in ("localhost:9000", "127.0.0.1", "[::1]:8321"):
        assert (await site.http.get("/metrics", headers={"host": own})).status_code == 200


async def test_whichever_of_several_processes_is_asked_adds_up_all(tmp_path, dsn):
    command = [sys.executable, "-m", "api", "serve", "--workers", "2", "--port", "0", "--data", str(tmp_path / "data")]
    environment = {**os.environ, "DATABASE_URL": dsn}
    server = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE)
    try:
        told = (await asyncio.wait_for(server.stdout.readline(), 60)).decode()
        url = re.search(r"http://\S+", told)[0]
        for _ in range(30):  # a connection each: the system spreads them over the processes
            async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
                await http.get("/healthz")
        name = 'taskwage_requests_total{method="GET",route="/healthz",status="200"}'
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            text = (await http.get("/metrics")).text
        counts = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        assert float(counts[name]) == 30
        assert len(list((tmp_path / "data" / "metrics").glob("counter_*.db"))) == 2
    finally:
        server.terminate()
        await asyncio.wait_for(server.wait(), 60)
