"""Published data over HTTP: snapshots, manifests, files, tables; whole, unchanged, and cheap to ask for again."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import shutil

import polars as pl
import pytest
import zstandard

from analytics.policy import ARCHIVE
from analytics.tables import TABLES
from api.jobs.publish import publish
from api.routes.releases import matches, packing_for
from api.store.bulk import load
from tests.builders import crowd


@pytest.fixture
async def published(site):
    """A site with one archive release: twelve people at two clients."""
    async with site.pool.acquire() as db:
        await load(db, crowd(12), site.clock.now().date())
    site.manifest = await publish(site.pool, site.settings, site.clock.now(), ARCHIVE)
    return site


async def test_before_anything_is_published_there_is_nothing(site):
    for path in ("/v1/snapshots/practice", "/v1/tables/client_rates.json"):
        answer = await site.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await site.http.get("/v1/releases")).json() == {"releases": []}


@pytest.mark.parametrize("packing", ["zstd", "gzip", "identity"])
async def test_a_snapshot_is_the_same_in_every_packing(published, packing):
    answer = await published.http.get("/v1/snapshots/practice", headers={"accept-encoding": packing})
    assert answer.headers.get("content-encoding", "identity") == packing
    assert answer.headers["vary"] == "accept-encoding"
    facts = published.manifest.snapshots["practice"]
    assert hashlib.sha256(answer.content).hexdigest() == facts.sha256
    assert answer.json()["release"] == published.manifest.release


async def test_a_snapshot_that_the_client_has_is_not_sent_again(published):
    first = await published.http.get("/v1/snapshots/practice")
    again = await published.http.get("/v1/snapshots/practice", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = await published.http.get("/v1/snapshots/practice", headers={"if-none-match": '"other"'})
    assert other.status_code == 200


async def test_a_new_release_is_served_at_once(published):
    before = await published.http.get("/v1/snapshots/practice")
    async with published.pool.acquire() as db:
        await load(db, crowd(40, seconds=90.0), published.clock.now().date())
    made = await publish(published.pool, published.settings, published.clock.now(), ARCHIVE)
    after = await published.http.get("/v1/snapshots/practice")
    assert made.release == f"{published.manifest.release}.2"
    assert after.headers["etag"] != before.headers["etag"]
    assert after.json()["release"] == made.release


async def test_a_release_that_is_damaged_is_not_served(published):
    folder = published.settings.releases / published.manifest.release
    (folder / "tables" / "client_rates.csv").write_text("cut")
    answer = await published.http.get(f"/v1/releases/{published.manifest.release}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    shutil.rmtree(folder)
    assert (await published.http.get("/v1/releases")).json() == {"releases": []}


async def test_a_manifest_names_every_file_with_its_hash(published):
    (listed,) = (await published.http.get("/v1/releases")).json()["releases"]
    alone = (await published.http.get(f"/v1/releases/{listed['release']}")).json()
    assert alone == listed
    assert (listed["policy"], listed["nature"], listed["licence"]) == ("archive", "real", "ODbL-1.0")
    for table, facts in listed["tables"].items():
        for form, file in facts["files"].items():
            answer = await published.http.get(f"/v1/releases/{listed['release']}/files/{table}.{form}")
            assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
            assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", [
    "/v1/releases/2020-01-01",
    "/v1/releases/%2e%2e",
    "/v1/releases/{release}/files/manifest.json",
    "/v1/releases/{release}/files/client_rates.exe",
    "/v1/releases/{release}/files/client_rates",
    "/v1/releases/{release}/files/%2e%2e%2fmanifest.json",
    "/v1/snapshots/nowhere",
    "/v1/snapshots/%2e%2e%2fmanifest",
    "/v1/tables/nothing.json",
    "/v1/tables/client_rates",
    "/v1/tables/client_rates.exe",
    "/v1/tables/client_rates.json?release=2020-01-01",
])  # fmt: skip
async def test_what_is_not_there_is_not_found(published, path):
    answer = await published.http.get(path.format(release=published.manifest.release))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_dictionary_says_what_every_column_means(site):
    tables = (await site.http.get("/v1/tables")).json()["tables"]
    assert [table["name"] for table in tables] == list(TABLES)
    assert all(column["meaning"] and column["operators"] for table in tables for column in table["columns"])


async def test_a_table_reads_the_same_in_every_form(published):
    base = "/v1/tables/client_rates"
    rows = (await published.http.get(f"{base}.json")).json()["rows"]
    assert len(rows) == 2
    text = (await published.http.get(f"{base}.csv")).text
    assert [row["client_key"] for row in csv.DictReader(io.StringIO(text))] == [row["client_key"] for row in rows]
    parquet = pl.read_parquet((await published.http.get(f"{base}.parquet")).content)
    arrow = pl.read_ipc_stream((await published.http.get(f"{base}.arrow")).content)
    assert parquet.to_dicts() == arrow.to_dicts()
    assert parquet["client_key"].to_list() == [row["client_key"] for row in rows]


async def test_a_table_is_asked_by_column_page_by_page(published):
    first = await published.http.get("/v1/tables/client_rates.json?limit=1&sort=-client_key")
    token = first.json()["after"]
    assert (first.headers["x-truncated"], first.headers["x-after"]) == ("true", token)
    second = await published.http.get(f"/v1/tables/client_rates.json?limit=1&sort=-client_key&after={token}")
    assert second.headers["x-truncated"] == "false"
    (high,), (low,) = first.json()["rows"], second.json()["rows"]
    assert high["client_key"] > low["client_key"]
    only = await published.http.get(f"/v1/tables/client_rates.json?client_key={low['client_key']}")
    assert only.json()["rows"] == [low]


async def test_a_table_that_the_client_has_is_not_sent_again(published):
    path = "/v1/tables/client_rates.csv?limit=1"
    etag = (await published.http.get(path)).headers["etag"]
    assert (await published.http.get(path, headers={"if-none-match": etag})).status_code == 304
    other = await published.http.get("/v1/tables/client_rates.csv?limit=2", headers={"if-none-match": etag})
    assert other.status_code == 200


@pytest.mark.parametrize("query", [
    "nothing=1",
    "client_key__like=1",
    "contributors_at_least=many",
    "limit=0",
    "limit=abc",
    "limit=999999999999999999999",
    "sort=nothing",
    "after=nonsense",
    "release=2026-11-23-archive&release=2026-11-23",
])  # fmt: skip
async def test_a_bad_query_is_one_clear_problem(published, query):
    answer = await published.http.get(f"/v1/tables/client_rates.json?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")
    assert answer.json()["detail"]


@pytest.mark.parametrize(("accepted", "packing"), [
    ("", "identity"),
    ("gzip, deflate, br, zstd", "zstd"),
    ("gzip;q=1.0, zstd;q=0", "gzip"),
    ("GZIP", "gzip"),
    ("br", "identity"),
])  # fmt: skip
def test_the_best_packing_that_is_accepted_is_taken(accepted, packing):
    assert packing_for(accepted) == packing


@pytest.mark.parametrize(("header", "same"), [
    (None, False),
    ('"a"', True),
    ('W/"a"', True),
    ('"b", "a"', True),
    ("*", True),
    ('"b"', False),
])  # fmt: skip
def test_an_etag_matches_as_the_web_says(header, same):
    assert matches(header, '"a"') is same


async def test_packed_snapshots_lie_beside_the_plain_one(published):
    folder = published.settings.releases / published.manifest.release / "snapshots"
    plain = (folder / "practice.json").read_bytes()
    assert gzip.decompress((folder / "practice.json.gz").read_bytes()) == plain
    assert zstandard.decompress((folder / "practice.json.zst").read_bytes()) == plain
    assert json.loads(plain)["platform"] == "practice"
