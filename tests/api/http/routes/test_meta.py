"""Alive, ready, and what every answer has in common."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analytics.model.policy import CROWD
from api.http.headers import SECURITY
from api.packs.load import load
from api.publishing.publish import publish
from api.store import migrate
from tests.builders import observation


async def test_a_healthy_server_says_so(site):
    assert (await site.http.get("/healthz")).json() == {"status": "ok"}
    ready = await site.http.get("/readyz")
    assert (ready.status_code, ready.json()["ready"], ready.json()["nature"]) == (200, True, "real")


async def test_an_old_schema_is_not_ready_and_says_why(site):
    await site.pool.execute("UPDATE intake.alembic_version SET version_num = '0001'")
    ready = await site.http.get("/readyz")
    assert ready.status_code == 503
    assert "taskwage migrate" in ready.json()["reasons"][0]


async def test_the_version_before_goes_on_while_a_later_one_has_migrated(site):
    await site.pool.execute("UPDATE intake.alembic_version SET version_num = '9999'")
    await migrate.upgrade(site.settings.database_url)
    ready = await site.http.get("/readyz")
    assert ready.status_code == 200
    assert "later than this version" in ready.json()["notes"][0]


async def test_a_full_disk_is_not_ready_and_says_why(site, monkeypatch):
    monkeypatch.setattr("api.http.routes.meta.LEAST_FREE_BYTES", 10**18)
    ready = await site.http.get("/readyz")
    assert ready.status_code == 503
    assert "MB left" in ready.json()["reasons"][0]


async def test_a_release_that_is_missing_or_old_is_a_note_that_stops_nothing(site):
    ready = (await site.http.get("/readyz")).json()
    assert (ready["ready"], ready["release"]) == (True, None)
    assert "taskwage publish" in ready["notes"][0]
    await publish(site.pool, site.settings, site.clock.now(), CROWD)
    fresh = (await site.http.get("/readyz")).json()
    assert (fresh["release"], fresh["notes"]) == ("2026-11-23", [])
    site.clock.advance(timedelta(days=9))
    assert "9 days old" in (await site.http.get("/readyz")).json()["notes"][0]


async def test_a_database_that_is_gone_is_not_ready_and_says_why(site):
    await site.pool.close()
    ready = await site.http.get("/readyz")
    assert ready.status_code == 503
    assert "PostgreSQL does not answer" in ready.json()["reasons"][0]
    assert (await site.http.get("/healthz")).status_code == 200


async def test_without_a_database_a_post_is_to_be_sent_again(site):
    who = await site.enrol()
    await site.share(who, observation())
    await site.pool.close()
    answer = await site.http.post("/v1/observations", json={"observations": [observation()]}, headers=who)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_gone")
    assert int(answer.headers["retry-after"]) >= 1


async def test_packs_are_served(site):
    slugs = [pack["slug"] for pack in (await site.http.get("/v1/platforms")).json()["platforms"]]
    assert slugs == list(load())
    for slug in slugs:
        assert (await site.http.get(f"/v1/platforms/{slug}")).json()["slug"] == slug
    missing = await site.http.get("/v1/platforms/nowhere")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/v1/observations", "/v1/contributors/me"])
async def test_an_answer_that_is_not_public_data_invites_no_other_site(site, path):
    answer = await site.http.get(path, headers={"origin": "https://elsewhere.example"})
    assert {name: answer.headers[name] for name in SECURITY} == SECURITY
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert "server" not in answer.headers


@pytest.mark.parametrize(("method", "path", "status", "code"), [
    ("GET", "/nowhere", 404, "not_found"),
    ("GET", "/v1/contributors", 405, "method_not_allowed"),
    ("DELETE", "/v1/platforms", 405, "method_not_allowed"),
    ("GET", "/v1/contributors/me", 401, "unknown_secret"),
])  # fmt: skip
async def test_every_failure_has_one_shape(site, method, path, status, code):
    answer = await site.http.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"urn:taskwage:problem:{code}"
    if status == 405:
        assert answer.headers["allow"]


async def test_what_nobody_foresaw_is_a_problem_and_its_text_is_not_logged(site, monkeypatch, caplog):
    sent = "something private"

    async def broken(*_):
        raise RuntimeError(sent)

    monkeypatch.setattr("api.store.migrate.current", broken)
    answer = await site.http.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert sent not in answer.text
    (record,) = [record for record in caplog.records if record.msg == "request_failed"]
    assert record.taskwage_fields["kind"] == "RuntimeError"
    assert sent not in str(record.__dict__)


async def test_the_description_lists_every_route_and_loads_nothing(site):
    answer = await site.http.get("/schema/openapi.json")
    described = answer.json()
    assert described["openapi"].startswith("3.1")
    assert {
        "/v1/challenges",
        "/v1/contributors",
        "/v1/contributors/me",
        "/v1/contributors/me/export",
        "/v1/observations",
        "/v1/platforms",
        "/v1/snapshots/{slug}",
        "/v1/releases",
        "/v1/releases/{release_id}/files/{name}",
        "/v1/tables/{name}",
        "/healthz",
        "/readyz",
    } <= set(described["paths"])
    assert "Observation" in described["components"]["schemas"]
    references = {part.split('"')[0] for part in answer.text.split('"$ref":"')[1:]}
    names = {reference.removeprefix("#/components/schemas/") for reference in references}
    assert names <= set(described["components"]["schemas"])
    assert "<script" not in (await site.http.get("/schema")).text
