"""Reading releases costs the same however many there are, and damage is noticed, named, and never cached."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from contextlib import contextmanager

import msgspec
import pytest

from analytics.model.policy import ARCHIVE
from analytics.release import repository
from analytics.release.manifest import encoded_manifest
from analytics.release.repository import ReleaseId
from api.http.release_repository import ReleaseRepository
from api.publishing.publish import publish
from api.store.bulk import load
from tests.builders import crowd

COUNTED = Counter()
IS_COUNTING = []


def _count(event, arguments):
    if IS_COUNTING and event in ("open", "os.listdir", "os.scandir", "pathlib.Path.glob"):
        COUNTED[event] += 1


sys.addaudithook(_count)


@contextmanager
def counting(monkeypatch):
    """Counts files opened, folders listed and bytes hashed while this is open."""
    real = hashlib.sha256

    class Counting:
        def __init__(self, content=b""):
            self._real = real(content)
            COUNTED["hashed bytes"] += len(content)

        def update(self, content):
            COUNTED["hashed bytes"] += len(content)
            self._real.update(content)

        def __getattr__(self, name):
            return getattr(self._real, name)

    COUNTED.clear()
    with monkeypatch.context() as patched:
        patched.setattr(hashlib, "sha256", Counting)
        IS_COUNTING.append(True)
        try:
            yield COUNTED
        finally:
            IS_COUNTING.clear()


@pytest.fixture
async def published(site):
    """A site with one archive release: twelve people at two clients."""
    async with site.pool.acquire() as db:
        await load(db, crowd(12), site.clock.now().date())
    site.manifest = await publish(site.pool, site.settings, site.clock.now(), ARCHIVE)
    site.folder = site.settings.releases / site.manifest.release
    return site


def copied(published, count):
    """So many further releases, older than the one that is there: the same files under other ids."""
    day = ReleaseId.of(published.manifest.release).as_of
    for number in range(count):
        name = f"{day.replace(year=day.year - 1 - number // 300)}-archive.{number % 300 + 2}"
        folder = published.settings.releases / name
        for file in published.folder.rglob("*"):
            if file.is_file() and file.name != "manifest.json":
                target = folder / file.relative_to(published.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(file, target)
        manifest = msgspec.structs.replace(published.manifest, release=name, as_of=ReleaseId.of(name).as_of)
        (folder / "manifest.json").write_bytes(encoded_manifest(manifest))


def kinds(published):
    """One anonymous request of every kind that reads releases."""
    row = repository.scan(published.folder, "client_rates").collect().to_dicts()[0]
    this, client = published.manifest.release, row["client_key"]
    return [
        "/", "/search?q=a", "/platforms/practice", f"/clients/practice/{client}", "/countries", "/changes", "/tables",
        "/tables/client_rates", "/tables/releases", "/v1/releases", "/v1/releases/nope", f"/v1/releases/{this}",
        f"/v1/releases/{this}/files/client_rates.csv", "/v1/tables", "/v1/tables/client_rates.json",
        "/v1/tables/releases.json?limit=5", "/v1/tables/client_rates.json?release=2020-01-01",
        "/v1/snapshots/practice", "/v1/snapshots/practice?since=2020-01-01", "/v1/rates/practice/explain",
        f"/v1/rates/practice/{client}/explain", "/readyz", "/metrics",
    ]  # fmt: skip


async def test_a_request_of_any_kind_costs_the_same_at_10_60_and_400_releases(published, monkeypatch):
    costs = {}
    for count in (10, 60, 400):
        for folder in published.settings.releases.glob("*-archive.*"):
            if folder.name != published.manifest.release:
                _remove(folder)
        copied(published, count - 1)
        assert len(repository.ids(published.settings.releases)) == count
        for path in kinds(published):  # each is seen for the first time
            await published.http.get(path)
        for path in kinds(published):
            with counting(monkeypatch) as counted:
                answer = await published.http.get(path)
            assert answer.status_code < 500, (path, answer.text)
            costs[path, count] = dict(counted)
    for path in kinds(published):
        assert costs[path, 10] == costs[path, 60] == costs[path, 400], path


def _remove(folder):
    for file in sorted(folder.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    folder.rmdir()


async def test_an_unknown_release_is_not_found_without_a_list_of_the_others(published):
    for path in ("/v1/releases/nope", "/v1/releases/nope/files/client_rates.csv", "/v1/tables/notes.json?release=nope"):
        answer = await published.http.get(path)
        assert answer.status_code == 404
        assert published.manifest.release not in answer.text


async def test_releases_are_listed_page_by_page_the_newest_first(published):
    copied(published, 5)
    listed, after = [], None
    while True:
        page = (
            await published.http.get("/v1/releases", params={"limit": 2} | ({"after": after} if after else {}))
        ).json()
        listed += [one["release"] for one in page["releases"]]
        after = page["after"]
        if after is None:
            break
        assert len(page["releases"]) == 2
    assert listed == [str(known) for known in reversed(repository.ids(published.settings.releases))]
    assert (await published.http.get("/v1/releases?after=nope")).status_code == 404
    assert (await published.http.get("/v1/releases?limit=1000")).status_code == 400


@pytest.mark.parametrize(
    "path", ["/v1/releases", "/v1/releases/nope", "/v1/releases/x/files/y.csv", "/changes", "/v1/tables/notes.json",
             "/v1/rates/practice/explain"]
)  # fmt: skip
async def test_routes_that_read_releases_count_as_asks(settings, serving, path):
    async with serving(msgspec.structs.replace(settings, asks_per_minute=3)) as site:
        statuses = [(await site.http.get(path)).status_code for _ in range(4)]
    assert statuses[-1] == 429
    assert 429 not in statuses[:-1]


def rot(path):
    """Flip a bit in the middle of a file, and keep its times."""
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


ROTTEN = {
    "tables/client_rates.csv": "/v1/releases/{release}/files/client_rates.csv",
    "tables/client_rates.parquet": "/v1/tables/client_rates.json",
    "tables/platform_rates.parquet": "/platforms/practice",
    "tables/task_rates.parquet": "/v1/rates/practice/x/explain?task=y",
    "snapshots/practice.json": "/v1/snapshots/practice",
    "snapshots/practice.json.gz": "/v1/snapshots/practice",
    "card.md": "/v1/releases/{release}/files/card.md",
}


@pytest.mark.parametrize("name", ROTTEN)
async def test_a_byte_that_rotted_is_noticed_when_it_is_read(published, name):
    path = ROTTEN[name].format(release=published.manifest.release)
    packing = {"accept-encoding": "gzip" if name.endswith(".gz") else "identity"}
    (await published.http.get("/readyz")).raise_for_status()
    rot(published.folder / name)
    answer = await published.http.get(path, headers=packing)
    assert (answer.status_code, answer.json()["code"]) == (503, "damaged")
    assert name in answer.json()["detail"]
    assert "immutable" not in answer.headers.get("cache-control", "")
    assert "etag" not in answer.headers
    notes = (await published.http.get("/readyz")).json()["notes"]
    assert any(name in note and "damaged" in note for note in notes), notes
    assert "taskwage_damaged_files 1.0" in (await published.http.get("/metrics")).text


async def test_a_file_that_was_restored_is_served_again(published):
    name = "tables/client_rates.csv"
    good = (published.folder / name).read_bytes()
    path = f"/v1/releases/{published.manifest.release}/files/client_rates.csv"
    rot(published.folder / name)
    assert (await published.http.get(path)).status_code == 503
    (published.folder / name).write_bytes(good)
    assert (await published.http.get(path)).content == good
    assert (await published.http.get("/readyz")).json()["notes"] == []


async def test_rot_that_leaves_no_trace_is_found_after_a_while(published):
    now = [0.0]
    releases = ReleaseRepository(published.settings.releases, lambda: now[0])
    releases.verify(releases.current(), "client_rates")
    state = (published.folder / "tables" / "client_rates.parquet").stat()
    rot(published.folder / "tables" / "client_rates.parquet")
    edition = releases.edition()
    changed = (published.folder / "tables" / "client_rates.parquet").stat()
    assert changed.st_mtime_ns == state.st_mtime_ns
    known = (changed.st_size, changed.st_mtime_ns, changed.st_ctime_ns, changed.st_ino)
    releases._verified[edition, "tables/client_rates.parquet"] = known, 0.0  # as a disk does it: no time is changed
    releases.verify(releases.current(), "client_rates")
    now[0] = 601.0
    with pytest.raises(Exception, match="is not what was published"):
        releases.verify(releases.current(), "client_rates")


async def test_after_a_restart_with_the_only_release_damaged_readyz_says_so(published, serving):
    rot(published.folder / "snapshots" / "practice.json")
    async with serving(published.settings) as again:
        ready = (await again.http.get("/readyz")).json()
        assert ready["release"] is None
        assert any("snapshots/practice.json" in note and "damaged" in note for note in ready["notes"])
        for path in (
            "/v1/snapshots/practice",
            "/v1/tables/client_rates.json",
            f"/v1/releases/{published.manifest.release}",
        ):
            answer = await again.http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "damaged")


async def test_an_answer_made_of_one_release_is_not_kept_for_the_next(published, monkeypatch):
    """A new release comes while the answer is made of the old one."""
    real = ReleaseRepository.snapshot

    def overtaken(releases, platform, packing):
        found = real(releases, platform, packing)
        monkeypatch.setattr(ReleaseRepository, "snapshot", real)
        name = f"{published.manifest.release}.2"
        folder = published.settings.releases / name
        for file in published.folder.rglob("*"):
            if file.is_file() and file.name != "manifest.json":
                target = folder / file.relative_to(published.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(file, target)
        manifest = msgspec.structs.replace(published.manifest, release=name)
        (folder / "manifest.json").write_bytes(encoded_manifest(manifest))
        return found

    monkeypatch.setattr(ReleaseRepository, "snapshot", overtaken)
    first = await published.http.get("/v1/snapshots/practice")
    second = await published.http.get("/v1/snapshots/practice")
    assert first.headers["x-release"] == published.manifest.release
    assert second.headers["x-release"] == f"{published.manifest.release}.2"


async def test_the_head_of_a_file_is_that_of_the_file(published):
    path = f"/v1/releases/{published.manifest.release}/files/client_rates.csv"
    whole, head = await published.http.get(path), await published.http.head(path)
    assert head.content == b""
    assert dict(head.headers) == dict(whole.headers)
    assert int(head.headers["content-length"]) == len(whole.content)
