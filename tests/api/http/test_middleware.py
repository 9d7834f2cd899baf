"""Before every route: whose address counts, HEAD like GET, every answer guarded."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from api.http.headers import SECURITY
from api.intake.enrolment import solve
from api.runtime.networks import Networks

READABLE = ["/", "/healthz", "/readyz", "/v1/platforms", "/v1/tables", "/schema/openapi.json", "/practice", "/privacy"]
FROM_ELSEWHERE = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}


async def enrol_from(site, address):
    """Enrol as if from `address`; return the bits asked beyond the base price."""
    site.http.headers["x-forwarded-for"] = address
    made = (await site.http.post("/v1/challenges")).json()
    paid = {"challenge": made["challenge"], "nonce": solve(made["challenge"], made["difficulty"])}
    (await site.http.post("/v1/contributors", json=paid)).raise_for_status()
    return made["difficulty"] - site.settings.difficulty_bits


async def test_without_trusted_proxies_nobody_can_say_where_they_come_from(settings, serving):
    async with serving(msgspec.structs.replace(settings, enrolments_per_day=2)) as site:
        found = [await enrol_from(site, f"203.0.{n}.1") for n in range(3)]
    assert found == [0, 0, 1]


async def test_behind_a_trusted_proxy_the_last_address_it_did_not_vouch_for_counts(settings, serving):
    changed = msgspec.structs.replace(
        settings, enrolments_per_day=2, trusted_proxies=Networks.of("127.0.0.0/8, 10.0.0.0/8")
    )
    async with serving(changed) as site:
        found = [await enrol_from(site, f"203.0.{n}.1") for n in range(3)]
        forged = [await enrol_from(site, f"192.0.{n}.1, 198.51.100.1, 10.0.0.2") for n in range(3)]
    assert found == [0, 0, 0]
    assert forged == [0, 0, 1]


@pytest.mark.parametrize("path", [*READABLE, "/v1/platforms/practice", "/nowhere", "/v1/snapshots/none"])
async def test_head_is_answered_like_get_without_its_body(site, path):
    got, asked = await site.http.get(path), await site.http.head(path)
    different = {"date"}
    assert asked.status_code == got.status_code
    assert asked.content == b""
    assert {k: v for k, v in asked.headers.items() if k not in different} == {
        k: v for k, v in got.headers.items() if k not in different
    }


async def test_a_head_leaves_the_line_fit_for_the_next_request(site):
    target = urlsplit(site.server.url)
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    for method in ("HEAD", "GET"):
        writer.write(f"{method} /healthz HTTP/1.1\r\nhost: here\r\n\r\n".encode())
    writer.write(b"GET /healthz HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
    told = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert told.count(b"HTTP/1.1 200") == 3
    assert told.count(b'{"status":"ok"}') == 2


GUARDS = {name: value for name, value in SECURITY.items() if name != "cross-origin-resource-policy"}


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/nowhere"), ("POST", "/healthz"), ("OPTIONS", "/v1/platforms"), ("GET", "/v1/observations"),
    ("POST", "/v1/observations"), ("POST", "/v1/contributors"), ("GET", "/v1/tables/none.csv"),
    ("GET", "/v1/tables/client_rates.csv?nothing__eq=1"), ("GET", "/static/../api/http/app.py"), ("PUT", "/practice"),
    ("GET", "/static/nothing.css"), ("GET", "/tables/nothing"), ("TRACE", "/"), ("GET", "/%00"), ("GET", "//"),
])  # fmt: skip
async def test_every_answer_is_guarded_errors_too(site, method, path):
    answer = await site.http.request(method, path, headers={"origin": "https://elsewhere.example"})
    assert answer.status_code < 500
    assert {name: answer.headers[name] for name in GUARDS} == GUARDS
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_preflight_of_another_site_is_given_nothing(site):
    asks = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    for path in ("/v1/observations", "/v1/contributors", "/v1/contributors/me"):
        answer = await site.http.options(path, headers=asks)
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_https_is_kept_to_where_a_trusted_proxy_says_so(settings, serving, site):
    plain = await site.http.get("/healthz", headers=FROM_ELSEWHERE)
    assert "strict-transport-security" not in plain.headers
    async with serving(msgspec.structs.replace(settings, trusted_proxies=Networks.of("127.0.0.1"))) as proxied:
        told = await proxied.http.get("/healthz", headers=FROM_ELSEWHERE)
        assert told.headers["strict-transport-security"]


async def test_a_405_tells_that_head_may_be_asked(site):
    answer = await site.http.delete("/healthz")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_a_bad_address_of_a_proxy_breaks_nothing(settings, serving):
    async with serving(msgspec.structs.replace(settings, trusted_proxies=Networks.of("127.0.0.1"))) as site:
        for told in ("", ",", "unknown", "é", "1.2.3.4.5", "[", "a" * 5000):
            answer = await site.http.post("/v1/challenges", headers={"x-forwarded-for": told.encode()})
            assert answer.status_code == 201
        assert isinstance(answer, httpx.Response)
