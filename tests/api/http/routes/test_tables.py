"""The query door over HTTP: the same rows as the command line, limits that are told, and pages that join up."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from click.testing import CliRunner

from analytics.commands.main import cli
from analytics.model.policy import ARCHIVE
from analytics.query import MOST_ROWS, parse
from analytics.release import repository
from analytics.release.remote import check_signature, elsewhere
from analytics.tables.dictionary.registry import TABLES
from api.http.routes import tables
from api.publishing.publish import publish
from api.store.bulk import load
from tests.builders import NOW, crowd


@pytest.fixture
async def told(site):
    """A site with a release of two clients."""
    async with site.pool.acquire() as db:
        await load(db, crowd(12), NOW.date())
    site.manifest = await publish(site.pool, site.settings, NOW, ARCHIVE)
    return site


async def test_the_dictionary_tells_tables_and_limits(site):
    answer = (await site.http.get("/v1/tables")).json()
    assert [table["name"] for table in answer["tables"]] == list(TABLES)
    assert answer["limits"] == {"rows": MOST_ROWS, "json_rows_unless_asked": 100, "conditions": 20, "seconds": 10.0}


@pytest.mark.parametrize("name", TABLES)
async def test_every_table_is_served_in_every_form_with_the_same_rows(told, name):
    said = (await told.http.get(f"/v1/tables/{name}.json")).json()
    assert (said["table"], said["release"], said["truncated"]) == (name, told.manifest.release, False)
    forms = {form: (await told.http.get(f"/v1/tables/{name}.{form}")).content for form in ("parquet", "arrow")}
    frames = [pl.read_parquet(forms["parquet"]), pl.read_ipc_stream(io.BytesIO(forms["arrow"]))]
    for frame in frames:
        assert json.loads(json.dumps(frame.to_dicts(), default=str)) == said["rows"]
    line = CliRunner().invoke(cli, ["query", name, "--format", "json", "--data", str(told.settings.data)])
    assert json.loads(line.output)["rows"] == said["rows"]


async def test_the_command_line_asks_a_site_as_it_asks_a_folder(told):
    url = str(told.http.base_url)
    for place in (url, f"{url}/v1/releases", f"{url}/v1/releases/{told.manifest.release}"):
        found = await in_thread(elsewhere, place)
        assert found.manifest == told.manifest
        rows = (await in_thread(found.table, "client_rates")).collect()
        assert rows.equals(repository.scan(told.settings.releases / told.manifest.release, "client_rates").collect())
    key = (await told.http.get("/v1/key")).json()["public_key"]
    check_signature(told.manifest, key)


async def in_thread(work, *arguments):
    return await asyncio.to_thread(work, *arguments)


async def test_pages_join_up_and_a_token_of_another_question_is_refused(told):
    first = await told.http.get("/v1/tables/client_rates.json?limit=1")
    after = first.json()["after"]
    assert (first.json()["truncated"], first.headers["x-truncated"], first.headers["x-after"]) == (True, "true", after)
    second = (await told.http.get("/v1/tables/client_rates.json", params={"limit": 1, "after": after})).json()
    assert (second["truncated"], second["after"]) == (False, None)
    assert first.json()["rows"] != second["rows"]
    other = await told.http.get("/v1/tables/task_rates.json", params={"limit": 1, "after": after})
    assert other.status_code == 400


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("client_rates.json?price__lt=3", "effective_usd_per_hour"),
        ("client_rates.json?platform__like=x", "contains"),
        ("client_rates.json?effective_usd_per_hour__lt=low", "number"),
        ("client_rates.json?limit=100000", "10000"),
        ("client_rates.json?sort=wage", "effective_usd_per_hour"),
        ("client_rates.json?after=nonsense", "token"),
        ("platform_weeks.json?week_starts_on__ge=soon", "date"),
        ("supply.json?hour__contains=3", "operators"),
    ],
)
async def test_what_is_wrong_is_answered_with_what_would_be_right(told, asked, words):
    answer = await told.http.get(f"/v1/tables/{asked}")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert words in answer.json()["detail"]


async def test_the_mark_of_an_answer_is_its_release_and_its_question(told):
    first = await told.http.get("/v1/tables/client_rates.json?limit=1")
    same = await told.http.get("/v1/tables/client_rates.json?limit=1", headers={"if-none-match": first.headers["etag"]})
    other = await told.http.get(
        "/v1/tables/client_rates.json?limit=2", headers={"if-none-match": first.headers["etag"]}
    )
    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)


async def test_a_question_that_takes_too_long_is_given_up(told, monkeypatch):
    monkeypatch.setattr(tables, "MOST_SECONDS", 0.0)
    answer = await told.http.get("/v1/tables/client_rates.json")
    assert (answer.status_code, answer.json()["code"]) == (503, "too_long")


async def test_a_release_from_before_a_table_says_so(told, monkeypatch):
    monkeypatch.delitem(told.manifest.tables, "supply")
    monkeypatch.setattr(tables, "_release", lambda *_: told.manifest)
    answer = await told.http.get("/v1/tables/supply.json")
    assert answer.status_code == 404
    assert "before there was a table supply" in answer.json()["detail"]


async def test_the_card_is_served_beside_the_files(told):
    answer = await told.http.get(f"/v1/releases/{told.manifest.release}/files/card.md")
    assert answer.headers["content-type"].startswith("text/markdown")
    assert told.manifest.release in answer.text
    manifest = await told.http.get(f"/v1/releases/{told.manifest.release}/files/manifest.json")
    assert manifest.json()["release"] == told.manifest.release


async def test_a_file_form_holds_every_row_and_never_a_silent_part(told, monkeypatch):
    monkeypatch.setattr(tables, "DEFAULT_ROWS", 1)
    whole = (await told.http.get("/v1/tables/client_rates.csv")).text.splitlines()
    page = (await told.http.get("/v1/tables/client_rates.json")).json()
    assert len(whole) - 1 == 2
    assert (len(page["rows"]), page["truncated"]) == (1, True)


async def test_a_file_form_that_would_be_cut_is_refused_with_the_way_to_the_whole(told, monkeypatch):
    monkeypatch.setattr(tables, "parse", lambda table, pairs: replace(parse(table, pairs), limit=1))
    answer = await told.http.get("/v1/tables/client_rates.csv")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")
    assert f"/v1/releases/{told.manifest.release}/files/client_rates.csv" in answer.json()["detail"]


async def test_the_next_page_is_one_link_away(told):
    first = await told.http.get("/v1/tables/client_rates.json?limit=1&sort=-platform")
    asked = parse_qs(urlsplit(first.links["next"]["url"]).query)
    assert asked == {"limit": ["1"], "sort": ["-platform"], "after": [first.json()["after"]]}
    second = await told.http.get(first.links["next"]["url"])
    assert second.json()["rows"] != first.json()["rows"]
    assert "link" not in second.headers


async def test_columns_are_chosen_in_the_order_asked_for(told):
    line = (await told.http.get("/v1/tables/client_rates.csv?columns=client_id,platform")).text.splitlines()[0]
    assert line == "client_id,platform"
    output = (
        CliRunner()
        .invoke(cli, ["query", "client_rates", "--columns", "client_id,platform", "--data", str(told.settings.data)])
        .output
    )
    assert output.splitlines()[0].split() == ["client_id", "platform"] or output.startswith("client_id,platform")
    wrong = await told.http.get("/v1/tables/client_rates.csv?columns=wages")
    assert (wrong.status_code, "client_id" in wrong.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    "path", ["/v1/tables", "/v1/tables/client_rates.csv", "/v1/releases", "/v1/releases/latest", "/v1/key"]
)
async def test_scripts_of_any_site_may_read_public_data(told, path):
    answer = await told.http.get(path, headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/v1/contributors/me", "/v1/contributors/me/export", "/healthz", "/"])
async def test_scripts_of_other_sites_read_nothing_that_is_not_public_data(told, path):
    answer = await told.http.get(path, headers={"origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_the_latest_release_has_a_name_that_stays(told):
    latest = (await told.http.get("/v1/releases/latest")).json()
    assert latest["release"] == told.manifest.release
