"""Releases: written whole or not at all, the same twice, never damaged unseen."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import zstandard

from analytics.disclosure.thresholds import Names, disclose
from analytics.estimator import estimate
from analytics.model.encoding import from_csv, schema
from analytics.model.identifiers import snapshot_key
from analytics.model.policy import ARCHIVE
from analytics.release import repository as releases
from analytics.release import writer
from analytics.release.builder import BESIDE, PublicationMetadata
from analytics.release.repository import DamagedRelease, NoSuchRelease, ReleaseId
from analytics.simulation.synthetic import AS_OF, PLATFORM, Market, made
from analytics.tables.dictionary.registry import TABLES

STAMP = PublicationMetadata("real", {"EUR": 1.08, "USD": 1.0}, frozenset({PLATFORM, "silent"}))
NAMES = Names(
    pl.DataFrame(
        schema={"client_key": pl.Int64, "platform": pl.String, "client_id": pl.String, "client_name": pl.String}
    ),
    pl.DataFrame(schema={"task_key": pl.Int64, "client_key": pl.Int64, "title": pl.String, "task_id": pl.String}),
    frozenset({PLATFORM}),
)


NEVER_OF_ARCHIVES = ("country_rates", "evaluation", *BESIDE)  # these are made beside the rates


def disclosed(**market):
    rows, _ = made(Market(**{"clients": 6, "contributors": 12, **market}))
    return disclose(estimate(rows, as_of=AS_OF, policy=ARCHIVE), ARCHIVE)


WHOLE = disclosed()


def publish(root, what=WHOLE, stamp=STAMP):
    return writer.publish(root, what, NAMES, stamp)


def crowd(what=WHOLE, day=date(2026, 11, 23)):
    return replace(what, policy="crowd", as_of=day)


def bytes_of(folder: Path):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def root(tmp_path):
    return tmp_path / "a place" / "releases"


def test_a_release_holds_what_its_manifest_says(root):
    manifest = publish(root)
    folder = root / manifest.release
    files = bytes_of(folder)
    for name, facts in manifest.files().items():
        assert (len(files[name]), hashlib.sha256(files[name]).hexdigest()) == (facts.bytes, facts.sha256)
    packed = {f"{platform}.json{suffix}" for platform in manifest.snapshots for suffix in (".gz", ".zst")}
    assert set(manifest.packed) == packed
    assert set(files) == {*manifest.files(), "manifest.json"}
    assert set(manifest.tables) == set(TABLES)
    assert (manifest.release, manifest.as_of, manifest.policy, manifest.nature) == (
        "2026-11-23-archive", date(2026, 11, 23), "archive", "real",
    )  # fmt: skip
    assert releases.find(root, manifest.release) == manifest


@pytest.mark.parametrize("name", TABLES)
def test_both_forms_of_a_table_hold_the_same_rows_in_the_order_of_its_key(root, name):
    manifest = publish(root)
    rows = releases.table(root, manifest, name).collect()
    assert rows.height == manifest.tables[name].rows == (0 if name in NEVER_OF_ARCHIVES else rows.height or -1)
    assert rows.schema == schema(TABLES[name])
    assert set(rows["release"]) <= {manifest.release}
    assert rows.equals(rows.sort(TABLES[name].key))
    assert from_csv((root / manifest.release / "tables" / f"{name}.csv").read_bytes(), TABLES[name]).equals(rows)


def test_publishing_twice_makes_one_release_and_another_place_the_same_bytes(root, tmp_path):
    first, again = publish(root), publish(root)
    assert again == first
    assert [folder.name for folder in root.iterdir()] == [first.release]
    elsewhere = publish(tmp_path / "other")
    assert bytes_of(root / first.release) == bytes_of(tmp_path / "other" / elsewhere.release)


def test_other_content_on_the_same_day_gets_the_next_number_and_becomes_current(root):
    ids = [publish(root, crowd(disclosed(seed=seed))).release for seed in (1, 2, 1)]
    assert ids == ["2026-11-23", "2026-11-23.2", "2026-11-23.3"]
    assert releases.current(root).release == "2026-11-23.3"


def test_shared_timings_that_tell_nothing_hide_no_archive_and_what_they_told_before_stays_gone(root):
    nothing = replace(WHOLE, cells=WHOLE.cells.clear())
    publish(root, crowd(nothing, date(2026, 11, 22)))
    assert releases.current(root).release == "2026-11-22"
    publish(root, replace(WHOLE, as_of=date(2026, 11, 20)))
    assert releases.current(root).release == "2026-11-20-archive"
    publish(root, crowd(day=date(2026, 11, 23)))
    assert releases.current(root).release == "2026-11-23"
    publish(root, crowd(nothing, date(2026, 11, 24)))
    assert releases.current(root).release == "2026-11-20-archive"


def test_simulated_data_says_so_in_its_id_its_rows_and_the_names_of_its_files(root):
    """Rates of invented people under the names of real companies left the demo without any mark."""
    demo = PublicationMetadata("demo", STAMP.usd_per, STAMP.platforms)
    first = publish(root, crowd(), demo)
    second = publish(root, crowd(disclosed(seed=2)), demo)
    assert [first.release, second.release] == ["2026-11-23-demo", "2026-11-23-demo.2"]
    assert publish(root, crowd(disclosed(seed=3), date(2026, 11, 24)), STAMP).release == "2026-11-24"
    assert set(releases.table(root, first, "platform_rates").collect()["release"]) == {"2026-11-23-demo"}
    assert publish(root, replace(WHOLE, as_of=date(2026, 11, 25)), demo).release == "2026-11-25-archive-demo"


def test_shared_timings_come_before_archives_and_newer_before_older(root):
    assert releases.current(root) is None
    publish(root, replace(WHOLE, as_of=date(2026, 12, 24)))
    assert releases.current(root).release == "2026-12-24-archive"
    publish(root, crowd(day=date(2026, 11, 30)))
    publish(root, crowd(day=date(2026, 11, 23)))
    assert releases.current(root).release == "2026-11-30"


def test_the_table_of_releases_lists_those_up_to_the_one_asked(root):
    for day in (date(2026, 11, 16), date(2026, 11, 23), date(2026, 11, 30)):
        publish(root, crowd(day=day))
    listed = releases.table(root, releases.find(root, "2026-11-23"), "releases").collect()
    assert listed["release"].to_list() == ["2026-11-16", "2026-11-23"]


def damaged(path):
    path.write_bytes(path.read_bytes()[:-1] + b"?")


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "manifest.json").write_text("{}"),
        lambda folder: (folder / "tables" / "client_rates.parquet").unlink(),
        lambda folder: damaged(folder / "tables" / "client_rates.csv"),
        lambda folder: damaged(folder / "snapshots" / f"{PLATFORM}.json"),
        lambda folder: damaged(folder / "snapshots" / f"{PLATFORM}.json.zst"),
        lambda folder: (folder / "snapshots" / f"{PLATFORM}.json.gz").write_bytes(gzip.compress(b"{}")),
    ],
    ids=[
        "no manifest",
        "no real manifest",
        "a file missing",
        "a table",
        "a snapshot",
        "a packed one",
        "another one packed",
    ],
)
def test_a_damaged_release_is_never_current(root, harm):
    publish(root, crowd(day=date(2026, 11, 16)))
    newest = publish(root, crowd())
    harm(root / newest.release)
    assert releases.current(root).release == "2026-11-16"
    with pytest.raises(DamagedRelease):
        releases.find(root, newest.release)
    assert publish(root, crowd()).release == "2026-11-23.2"


@pytest.mark.parametrize("name", ["2026-11-24", "latest", "../../etc", "2026-11-23.1", "2026-11-23.02", ""])
def test_an_unknown_release_is_refused_with_the_known_ones(root, name):
    publish(root, crowd())
    with pytest.raises(NoSuchRelease, match="the newest are: 2026-11-23"):
        releases.find(root, name)


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = {path!r}
import test_repository as tests
from analytics.release import writer
moment, root = sys.argv[1], Path(sys.argv[2])
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
if moment == "before the rename":
    Path.rename = die
else:
    writer.sync = die
tests.publish(root, tests.crowd())
"""


@pytest.mark.parametrize("moment", ["before the rename", "while writing"])
def test_a_kill_while_publishing_leaves_the_release_before_it(root, moment):
    publish(root, crowd(day=date(2026, 11, 16)))
    code = KILLED.format(path=[str(Path(__file__).parent), str(Path(__file__).parents[3])])
    done = subprocess.run([sys.executable, "-c", code, moment, str(root)], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(list(root.iterdir())) == 2
    assert releases.current(root).release == "2026-11-16"
    assert publish(root, crowd()).release == "2026-11-23"
    assert sorted(folder.name for folder in root.iterdir()) == ["2026-11-16", "2026-11-23"]


def test_a_failure_while_publishing_leaves_nothing_behind(root, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    publish(root, crowd(day=date(2026, 11, 16)))
    monkeypatch.setattr(writer.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        publish(root, crowd())
    assert [folder.name for folder in root.iterdir()] == ["2026-11-16"]


def test_a_copied_release_is_read_without_its_neighbours(root, tmp_path):
    manifest = publish(root)
    shutil.copytree(root / manifest.release, tmp_path / "copy")
    assert releases.verify(tmp_path / "copy") == manifest
    assert releases.scan(tmp_path / "copy", "client_rates").collect().height == 6


def test_release_ids_sort_by_age_and_read_back():
    ids = ["2026-11-23", "2026-11-23.2", "2026-11-23.10", "2026-11-30-archive", "2026-11-30-archive.2"]
    ids += ["2026-12-07-archive-demo.2", "2026-12-08-demo", "2026-12-08-demo.2"]
    assert [str(ReleaseId.of(text)) for text in ids] == ids
    assert sorted(ReleaseId.of(text) for text in ids[:3]) == [ReleaseId.of(text) for text in ids[:3]]


def test_a_snapshot_is_compact_and_holds_no_name(root):
    manifest = publish(root)
    content = (root / manifest.release / "snapshots" / f"{PLATFORM}.json").read_bytes()
    snapshot = json.loads(content)
    assert list(snapshot) == [
        "all_in_factor", "as_of", "method", "nature", "platform", "platform_rate", "rates", "release", "s_b", "sigma_e",
        "slope", "usd_per",
    ]  # fmt: skip
    assert 0 <= snapshot["slope"] <= 1
    assert content == json.dumps(snapshot, separators=(",", ":"), sort_keys=True).encode()
    assert snapshot["usd_per"] == {"EUR": 1.08, "USD": 1.0}
    cells = WHOLE.cells.filter(pl.col("level") == "client").row(0, named=True)
    values = snapshot["rates"][snapshot_key(cells["client_key"])]
    assert values == [cells[name] for name in (
        "contributors_at_least", "effective_usd_per_hour", "low_usd_per_hour", "high_usd_per_hour",
        "task_usd_per_hour", "paid_share", "kept_share", "unseen_usd_per_hour", "unseen_reward_usd")]  # fmt: skip
    assert len(snapshot["rates"]) == WHOLE.cells.height - 1


def test_a_platform_without_rates_still_has_a_snapshot(root):
    manifest = publish(root)
    snapshot = json.loads((root / manifest.release / "snapshots" / "silent.json").read_bytes())
    assert (snapshot["rates"], snapshot["platform_rate"]) == ({}, None)


def test_packed_snapshots_unpack_to_the_plain_one(root):
    folder = root / publish(root).release / "snapshots"
    plain = (folder / f"{PLATFORM}.json").read_bytes()
    assert gzip.decompress((folder / f"{PLATFORM}.json.gz").read_bytes()) == plain
    assert zstandard.ZstdDecompressor().decompress((folder / f"{PLATFORM}.json.zst").read_bytes()) == plain
