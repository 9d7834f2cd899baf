"""The OpenAPI description: it is valid, it is complete, the server keeps to it, and generated code can use it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import subprocess
import sys

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from analytics.model.policy import ARCHIVE
from analytics.model.table import OPERATORS
from analytics.tables.dictionary.registry import TABLES
from api.http.app import ROUTES
from api.publishing.publish import publish
from api.store.bulk import load
from tests.builders import crowd

ME = ("get", "patch", "delete")
WITH_SECRET = {("post", "/v1/observations"), ("get", "/v1/contributors/me/export")} | {
    (method, "/v1/contributors/me") for method in ME
}
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


async def test_generated_models_read_the_servers_answers(described, published, tmp_path):
    """Lists tables, reads client_rates, lists releases and asks for a challenge by code made from the description."""
    models = await asyncio.to_thread(generated, described, tmp_path)
    http = published.http

    tables = models.TableDictionary.model_validate_json((await http.get("/v1/tables")).content)
    assert [table.name for table in tables.tables] == list(TABLES)

    address = "/v1/tables/client_rates.json?platform__eq=practice&limit=1"
    page = models.TablePage.model_validate_json((await http.get(address)).content)
    assert (page.table, page.release, page.truncated, len(page.rows)) == (
        "client_rates",
        published.manifest.release,
        True,
        1,
    )
    following = await http.get(address, params={"after": page.after, "platform__eq": "practice", "limit": 1})
    assert models.TablePage.model_validate_json(following.content).rows != page.rows

    releases = models.ReleasePage.model_validate_json((await http.get("/v1/releases")).content)
    assert [release.release for release in releases.releases] == [published.manifest.release]

    challenge = models.Challenge.model_validate_json((await http.post("/v1/challenges")).content)
    assert (challenge.difficulty, bool(challenge.challenge)) == (published.settings.difficulty_bits, True)

    problem = models.Problem.model_validate_json((await http.get("/v1/tables/none.csv")).content)
    assert (problem.status, problem.code) == (404, "not_found")
    with pytest.raises(ValueError, match="challenge"):
        models.Challenge.model_validate({"difficulty": 4})


def generated(described, folder):
    """Return the module that datamodel-code-generator makes from the description."""
    source, target = folder / "openapi.json", folder / "generated_models.py"
    source.write_text(json.dumps(described))
    command = [sys.executable, "-m", "datamodel_code_generator", "--input", source, "--input-file-type", "openapi"]
    command += ["--openapi-scopes", "schemas", "paths", "parameters", "--output", target]
    command += ["--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11"]
    subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd=folder, timeout=120)
    spec = importlib.util.spec_from_file_location("generated_models", target)
    module = importlib.util.module_from_spec(spec)
    sys.modules["generated_models"] = module
    spec.loader.exec_module(module)
    return module
