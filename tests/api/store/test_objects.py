"""The place of segments: a folder that nobody else may enter, or whatever a URL names."""

from __future__ import annotations

import pytest
from obstore.store import MemoryStore

from api.errors import BadSettings, SegmentsGone
from api.runtime.settings import Settings
from api.store import objects


def test_a_folder_is_made_for_us_alone(tmp_path):
    place = objects.place_of(None, tmp_path / "new" / "folder")
    assert (tmp_path / "new" / "folder").stat().st_mode & 0o777 == 0o700
    objects.put(place, "07/a.parquet", b"rows")
    assert (tmp_path / "new" / "folder" / "07" / "a.parquet").read_bytes() == b"rows"


def test_a_url_may_name_a_folder_elsewhere(tmp_path):
    settings = Settings.from_env({"SEGMENTS_URL": f"file://{tmp_path}/else%20where"})
    place = objects.place_of(settings.segments_url, tmp_path / "unused")
    objects.put(place, "a", b"1")
    assert (tmp_path / "else where" / "a").read_bytes() == b"1"
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize("url", ["nonsense://x", "no url", "s3://"])
def test_what_names_no_store_is_said_before_anything_leaves(tmp_path, url):
    with pytest.raises(BadSettings, match="SEGMENTS_URL"):
        objects.place_of(url, tmp_path)


def test_what_is_listed_tells_whether_an_object_changed():
    place = MemoryStore()
    first = objects.put(place, "a", b"one")
    assert objects.listed(place) == {"a": first}
    assert objects.put(place, "a", b"two") != first
    objects.delete(place, ["a", "never there"])
    assert objects.got(place, "a") is None
    assert objects.listed(place) == {}


def test_the_folders_at_the_top_are_those_of_homes():
    place = MemoryStore()
    for name in ("manila/home.json", "manila/tables/people-1.parquet", "medellin/home.json", "loose.json"):
        objects.put(place, name, b"1")
    assert objects.folders(place) == ["manila", "medellin"]
    assert list(objects.listed(place, "manila/tables/")) == ["manila/tables/people-1.parquet"]


def test_a_place_that_fails_is_not_taken_for_an_empty_one(tmp_path):
    folder = tmp_path / "folder"
    place = objects.place_of(None, folder)
    folder.rmdir()
    folder.write_bytes(b"a file where a folder was")
    with pytest.raises(SegmentsGone):
        objects.put(place, "a/b", b"1")
