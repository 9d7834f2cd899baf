"""What the queries are measured on: a copy of a release that stands somewhere, and questions that its rows can answer."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from analytics.query import parse
from analytics.release import repository
from analytics.release.repository import NoSuchRelease
from analytics.tables.dictionary.registry import TABLES
from benchmarks.queries import QUERIES, copied, invented_release, named, queries_command

PEOPLE = 1_000


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    made = tmp_path_factory.mktemp("measured") / "releases"
    invented_release(made, PEOPLE)
    return made


def test_a_copy_is_the_release_and_leaves_the_folder_as_it_was(root, tmp_path):
    before = sorted(path.stat().st_mtime_ns for path in root.rglob("*"))
    manifest = copied(root, None, tmp_path)
    assert (
        repository.verify(tmp_path / manifest.release) == manifest == copied(root, manifest.release, tmp_path / "again")
    )
    assert sorted(path.stat().st_mtime_ns for path in root.rglob("*")) == before
    with pytest.raises(NoSuchRelease):
        copied(tmp_path / "nowhere", None, tmp_path)


def test_every_question_is_one_that_the_tables_know(root):
    manifest = repository.current(root)
    names = named(root, manifest)
    assert repository.table(root, manifest, "client_rates").collect()["client_key"].is_in([names["client"]]).any()
    for question in QUERIES.values():
        path, _, asked = question.format(**names).partition("?")
        pairs = [tuple(pair.split("=", 1)) for pair in asked.split("&") if pair]
        assert parse(TABLES[path.partition(".")[0]], pairs) is not None


def test_a_release_without_a_folder_is_refused():
    answer = CliRunner().invoke(queries_command, ["--release", "2026-11-23"])
    assert answer.exit_code == 2
    assert "--release goes with --data" in answer.output
