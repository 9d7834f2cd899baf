"""The OpenAPI description: it is valid, it is complete, the server keeps to it, and generated code can use it."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from analytics.model.policy import ARCHIVE
from analytics.model.table import OPERATORS
from analytics.tables.dictionary.registry import TABLES
from api.http.app import ROUTES
from api.intake import enrolment
from api.publishing.publish import publish
from api.store.bulk import load
from tests.builders import crowd, observation

ME = ("get", "patch", "delete")
WITH_SECRET = {("post", "/v1/observations"), ("get", "/v1/contributors/me/export")} | {
    (method, "/v1/contributors/me") for method in ME
}
CALLED = (
    "new_challenge",
    "enrol",
    "post_observations",
    "standing",
    "erase",
    "list_tables",
    "list_releases",
    "read_table",
)
THERE = {"slug": "practice", "platform": "practice", "client": "c-1", "name": "client_rates.json"}


@pytest.fixture
async def published(site):
    """A site with one archive release of twelve invented people at two clients."""
    async with site.pool.acquire() as db:
        await load(db, crowd(12), site.clock.now().date())
    site.manifest = await publish(site.pool, site.settings, site.clock.now(), ARCHIVE)
    return site


@pytest.fixture
async def described(site):
    return (await site.http.get("/schema/openapi.json")).json()


def operations(described):
    return [
        (method, path, operation) for path, item in described["paths"].items() for method, operation in item.items()
    ]


def address_of(path):
    return re.sub(r"\{(\w+)\}", lambda found: THERE.get(found[1], "latest"), path)


async def test_the_description_is_valid_openapi(described):
    OpenAPIV31SpecValidator(described).validate()


async def test_every_route_under_v1_is_described_with_words_and_failures(described):
    routed = {
        re.sub(r":\w+}", "}", path)
        for module in ROUTES
        for handler in module.handlers
        for path in getattr(handler, "paths", ())
    }
    assert {path for path in routed if path.startswith("/v1/")} <= set(described["paths"])
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(names) == len(set(names))
    for _, path, operation in operations(described):
        assert operation["summary"]
        assert operation["description"].endswith(".")
        assert all(parameter["description"] for parameter in operation.get("parameters", []))
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        placeholders = re.findall(r"\{(\w+)\}", path)
        assert placeholders == [known["name"] for known in operation.get("parameters", []) if known["in"] == "path"]


async def test_a_route_states_the_bearer_scheme_exactly_where_it_answers_401_without_a_secret(described, site):
    assert described["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    stated = {(method, path) for method, path, operation in operations(described) if operation["security"]}
    assert stated == WITH_SECRET
    for method, path, operation in operations(described):
        more = {"json": {}} if "requestBody" in operation else {}
        answer = await site.http.request(method.upper(), address_of(path), **more)
        assert (answer.status_code == 401) == ((method, path) in stated), (method, path)
        if answer.status_code == 401:
            assert "401" in operation["responses"]


async def test_every_failure_that_the_server_answers_with_is_described_at_its_route(described, published):
    who = await published.enrol()
    asked = [
        ("get", "/v1/contributors/me", "/v1/contributors/me", {}),
        ("get", "/v1/contributors/me/export", "/v1/contributors/me/export", {"headers": {"accept": "image/png"} | who}),
        ("post", "/v1/contributors", "/v1/contributors", {"json": {"challenge": "x", "nonce": "1"}}),
        ("post", "/v1/contributors", "/v1/contributors", {"json": {"challenge": 1}}),
        ("post", "/v1/contributors", "/v1/contributors", {"json": {"challenge": "x" * 20_000}}),
        ("post", "/v1/observations", "/v1/observations", {"content": b"{", "headers": who}),
        ("post", "/v1/observations", "/v1/observations", {"json": {"observations": 1}, "headers": who}),
        ("get", "/v1/platforms/{slug}", "/v1/platforms/none", {}),
        ("get", "/v1/pack-updates", "/v1/pack-updates", {}),
        ("get", "/v1/rates/{platform}/explain", "/v1/rates/none/explain", {}),
        ("get", "/v1/releases", "/v1/releases?limit=0", {}),
        ("get", "/v1/releases", "/v1/releases?after=none", {}),
        ("get", "/v1/releases/{release_id}", "/v1/releases/none", {}),
        ("get", "/v1/releases/{release_id}/files/{name}", "/v1/releases/latest/files/none.csv", {}),
        ("get", "/v1/snapshots/{slug}", "/v1/snapshots/none", {}),
        ("get", "/v1/tables/{name}", "/v1/tables/none.csv", {}),
        ("get", "/v1/tables/{name}", "/v1/tables/client_rates.csv?none=1", {}),
        ("post", "/v1/shape-reports", "/v1/shape-reports", {"json": {}}),
    ]
    for method, path, address, more in asked:
        answer = await published.http.request(method.upper(), address, **more)
        assert answer.status_code >= 400, address
        failures = described["paths"][path][method]["responses"].get(str(answer.status_code))
        assert failures, (path, answer.status_code, answer.text)
        _, codes = failures["content"]["application/problem+json"]["schema"]["allOf"]
        assert answer.json()["code"] in codes["properties"]["code"]["enum"], (address, answer.text)


async def test_the_parameters_of_tables_releases_and_snapshots_are_described(described):
    query = {
        path: {known["name"]: known for known in operation.get("parameters", []) if known["in"] == "query"}
        for method, path, operation in operations(described)
        if method == "get"
    }
    assert set(query["/v1/tables/{name}"]) == {"filters", "sort", "limit", "after", "columns", "release"}
    assert set(query["/v1/releases"]) == {"after", "limit"}
    assert set(query["/v1/snapshots/{slug}"]) == {"since"}
    pattern = query["/v1/tables/{name}"]["filters"]["schema"]["propertyNames"]["pattern"]
    for table in TABLES.values():
        for column in table.columns:
            for name in (column.name, *(f"{column.name}__{operator}" for operator in OPERATORS[column.type])):
                assert re.search(pattern, name), name


async def test_every_answer_has_a_described_media_type(described, published):
    for method, path, operation in operations(described):
        if method != "get" or (method, path) in WITH_SECRET or path == "/v1/pack-updates":
            continue
        file = f"/v1/releases/{published.manifest.release}/files/client_rates.csv"
        answer = await published.http.get(file if "/files/" in path else address_of(path))
        assert answer.status_code == 200, (path, answer.text)
        content = operation["responses"]["200"]["content"]
        assert answer.headers["content-type"].partition(";")[0] in content
        for name in operation["responses"]["200"].get("headers", {}):
            assert name in answer.headers or name in ("x-after", "link"), (path, name)


async def test_options_and_405_name_the_same_methods_and_head_where_get_is(described, site):
    for path, item in described["paths"].items():
        methods = {method.upper() for method in item} | {"OPTIONS"}
        methods |= {"HEAD"} if "GET" in methods else set()
        options = await site.http.options(address_of(path))
        refused = await site.http.put(address_of(path))
        assert (options.status_code, refused.status_code) == (204, 405), path
        assert options.headers["allow"] == refused.headers["allow"] == ", ".join(sorted(methods)), path


@pytest.fixture
async def client(described, published, tmp_path, monkeypatch):
    """The whole client that openapi-python-client makes from the description, speaking to the server."""
    await asyncio.to_thread(generate, described, tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    package = importlib.import_module("taskwage_client")
    made = SimpleNamespace(Client=package.Client, AuthenticatedClient=package.AuthenticatedClient)
    made.models = importlib.import_module("taskwage_client.models")
    for name in CALLED:
        setattr(made, name, importlib.import_module(f"taskwage_client.api.default.{name}").asyncio)
    made.speaking = made.Client(base_url=str(published.http.base_url))
    made.speaking.set_async_httpx_client(published.http)
    yield made
    for name in [name for name in sys.modules if name.partition(".")[0] == "taskwage_client"]:
        del sys.modules[name]


async def test_a_generated_client_enrols_shares_reads_and_erases(client, published):
    """By its functions and models alone, as a stranger's program would."""
    speaking = client.speaking
    challenge = await client.new_challenge(client=speaking)
    assert challenge.difficulty == published.settings.difficulty_bits
    nonce = enrolment.solve(challenge.challenge, challenge.difficulty)
    body = client.models.Enrolment(challenge=challenge.challenge, nonce=nonce)
    enrolled = await client.enrol(client=speaking, body=body)

    person = client.AuthenticatedClient(base_url="http://127.0.0.1", token=enrolled.secret)
    address = str(published.http.base_url)
    async with httpx.AsyncClient(
        base_url=address, headers={"authorization": f"Bearer {enrolled.secret}"}, trust_env=False
    ) as http:
        person.set_async_httpx_client(http)
        item = client.models.Observation.from_dict(observation())
        batch = client.models.PostObservationsBody(observations=[item])
        receipts = await client.post_observations(client=person, body=batch)
        assert [receipt.status.value for receipt in receipts.receipts] == ["accepted"]
        again = await client.post_observations(client=person, body=batch)
        assert [receipt.status.value for receipt in again.receipts] == ["duplicate"]
        standing = await client.standing(client=person)
        assert (standing.observations, standing.clients, standing.is_mature) == (1, 1, False)
        erased = await client.erase(client=person)
        assert erased.observations == 1
        gone = await client.standing(client=person)
        assert (gone.status, gone.code.value) == (401, "unknown_secret")


async def test_a_generated_client_reads_tables_and_releases(client, published):
    speaking = client.speaking
    tables = await client.list_tables(client=speaking)
    assert [table.name for table in tables.tables] == list(TABLES)

    releases = await client.list_releases(client=speaking)
    assert [release.release for release in releases.releases] == [published.manifest.release]

    filters = client.models.ReadTableFilters.from_dict({"platform__eq": "practice"})
    answer = await client.read_table(client=speaking, name="client_rates.csv", filters=filters, columns="platform")
    assert set(answer.split()) == {"platform", "practice"}

    refused = await client.read_table(client=speaking, name="none.csv")
    assert (refused.status, refused.code.value) == (404, "not_found")


def generate(described, folder):
    """Write the client made from the description; a warning of the generator is a failure."""
    source, target = folder / "openapi.json", folder / "taskwage_client"
    source.write_text(json.dumps(described))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", source, "--meta", "none"]
    command += ["--output-path", target, "--fail-on-warning"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # it formats what it wrote by `ruff`
    environment = {**os.environ, "PATH": path}
    subprocess.run(list(map(str, command)), check=True, capture_output=True, cwd=folder, timeout=120, env=environment)
