"""Published data over HTTP: snapshots, manifests, files, tables; whole, unchanged, and cheap to ask for again."""

from __future__ import annotations

import asyncio
import csv
import gzip
import hashlib
import io
import json
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest
import zstandard

from analytics.model.policy import ARCHIVE
from analytics.release.delta import applied
from analytics.release.signature import is_signed
from analytics.tables.dictionary.registry import TABLES
from api.http import release_repository
from api.http.routes.releases import matches, packing_for
from api.publishing.publish import publish
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
    assert (await site.http.get("/v1/releases")).json() == {"releases": [], "after": None}


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


async def test_every_snapshot_is_signed_with_the_key_that_the_site_names(published):
    key = (await published.http.get("/v1/key")).json()
    assert key["algorithm"] == "Ed25519"
    for packing in ("zstd", "gzip", "identity"):
        answer = await published.http.get("/v1/snapshots/practice", headers={"accept-encoding": packing})
        signature = answer.headers["x-taskwage-signature"]
        assert is_signed(answer.content, signature, key["public_key"])
        assert signature == published.manifest.signatures["practice"]
        assert not is_signed(answer.content + b" ", signature, key["public_key"])
    assert published.manifest.public_key == key["public_key"]


async def second(published):
    """Forty more people, one release later."""
    async with published.pool.acquire() as db:
        await load(db, crowd(40, seconds=90.0), published.clock.now().date())
    return await publish(published.pool, published.settings, published.clock.now(), ARCHIVE)


async def test_what_changed_since_a_release_makes_the_signed_whole(published):
    old = (await published.http.get("/v1/snapshots/practice")).content
    made = await second(published)
    whole = await published.http.get("/v1/snapshots/practice")
    for packing in ("zstd", "gzip", "identity"):
        part = await published.http.get(
            f"/v1/snapshots/practice?since={published.manifest.release}", headers={"accept-encoding": packing}
        )
        content = part.content if "since" not in part.json() else applied(old, part.content)
        assert content == whole.content
        assert part.headers["x-release"] == made.release
        assert part.headers["x-taskwage-signature"] == whole.headers["x-taskwage-signature"]
        assert part.headers["etag"] == f'"{made.snapshots["practice"].sha256[:20]}-{packing}"'


async def test_what_changed_is_sent_where_it_is_less(published, monkeypatch):
    await second(published)
    monkeypatch.setattr(release_repository, "delta", lambda *_: b'{"since":"x"}')
    part = await published.http.get(f"/v1/snapshots/practice?since={published.manifest.release}")
    assert part.json() == {"since": "x"}


@pytest.mark.parametrize("since", ["2020-01-01", "latest", "../../etc", "", "%00"])
async def test_since_a_release_that_is_not_there_the_whole_is_sent(published, since):
    part = await published.http.get(f"/v1/snapshots/practice?since={since}")
    assert (part.status_code, part.json()["release"]) == (200, published.manifest.release)
    assert "rates" in part.json()


async def test_since_the_current_release_there_is_nothing_new(published):
    etag = (await published.http.get("/v1/snapshots/practice")).headers["etag"]
    path = f"/v1/snapshots/practice?since={published.manifest.release}"
    assert (await published.http.get(path, headers={"if-none-match": etag})).status_code == 304
    assert "rates" in (await published.http.get(path)).json()


async def test_every_published_figure_can_be_taken_apart(published):
    row = (await published.http.get("/v1/tables/client_rates.json")).json()["rows"][0]
    found = (await published.http.get(f"/v1/rates/practice/{row['client_key']}/explain")).json()
    shown = ("task_usd_per_hour", "paid_share", "paid_share_from", "kept_share", "undecided_share")
    nothing = {"all_in_factor": None, "task_time_share": None}
    assert found["parts"] | nothing == {**{name: row[name] for name in shown}, **nothing}
    assert (found["level_used"], found["release"]) == ("client", published.manifest.release)
    task = (await published.http.get("/v1/tables/task_rates.json")).json()["rows"][0]
    path = f"/v1/rates/practice/{task['client_key']}/explain?task={task['task_key']}"
    assert (await published.http.get(path)).json()["level_used"] == "task"
    assert (await published.http.get("/v1/rates/practice/explain")).json()["level_used"] == "platform"
    assert (await published.http.get("/v1/rates/nowhere/explain")).status_code == 404


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
    assert (answer.status_code, answer.json()["code"]) == (503, "damaged")
    assert (await published.http.get("/v1/releases")).json()["releases"] == []
    shutil.rmtree(folder)
    answer = await published.http.get(f"/v1/releases/{published.manifest.release}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


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
    "/v1/releases/{release}/files/manifest",
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


async def test_the_hash_and_both_signatures_are_verified_by_the_shell_lines_of_the_docs(published, tmp_path):
    """The manifest that HTTP served had another hash than the one to cite, and no recipe for its signature was written."""
    release, served = published.manifest.release, tmp_path / "served"
    base = f"/v1/releases/{release}/files"
    for path in ("manifest.json", "statement.txt", *published.manifest.files()):
        answer = await published.http.get(f"{base}/{path}")
        assert answer.status_code == 200, path
        file = served / base.lstrip("/") / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(answer.content)
    docs = (Path(__file__).parents[4] / "docs" / "releases.md").read_text(encoding="utf-8")
    lines = docs.split("## Check a release yourself")[1].split("```sh\n")[1].split("```")[0]
    curl = 'curl() { cat "$2"; }\n'  # the files are here: the lines are tried, not the network
    done = await asyncio.to_thread(
        subprocess.run,
        ["bash", "-euo", "pipefail", "-c", curl + lines],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "SITE": str(served), "RELEASE": release, "PLATFORM": "practice"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Signature Verified Successfully") == 2
    cited = hashlib.sha256((published.settings.releases / release / "manifest.json").read_bytes()).hexdigest()
    assert f"{cited}  manifest.json" in done.stdout
