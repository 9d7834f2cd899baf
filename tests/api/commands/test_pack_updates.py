"""What a maintainer publishes with `taskwage packs` is what the route serves, signed with the key that it names."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from analytics.release.signature import is_signed
from api.commands import pack_updates
from api.commands.main import cli
from api.errors import NotFound
from api.packs import load as packs
from api.packs.update_repository import PackUpdateRepository
from api.packs.updates import BadUpdate

FIXED = (packs.FOLDER / "practice.toml").read_text()
VERSION = packs.load()["practice"].version
ROWS = 'rows = "#listing > li.task"'


@pytest.fixture
def packs_command(tmp_path, dsn):
    """Runs `taskwage packs ...` on a fresh data folder; a failure is raised."""

    def run(*arguments):
        environment = {"DATABASE_URL": dsn, "TASKWAGE_DATA": str(tmp_path / "data")}
        done = CliRunner().invoke(cli, ["packs", *map(str, arguments)], env=environment, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


def corrected(tmp_path, rows="#listing > li.job", version=VERSION + 1, more=""):
    """A corrected copy of the practice pack."""
    text = FIXED.replace(ROWS, f'rows = "{rows}"').replace(f"version = {VERSION}", f"version = {version}", 1)
    file = tmp_path / "practice.toml"
    file.write_text(more + text)
    return file


def standing(tmp_path):
    return json.loads(PackUpdateRepository(tmp_path / "data").served().content)


def test_a_correction_is_published_replaced_switched_off_and_withdrawn(tmp_path, packs_command):
    told = packs_command("update", corrected(tmp_path), "--why", "The list has other rows.")
    assert "pages.listing.listing.rows = '#listing > li.job'" in told
    first = standing(tmp_path)
    assert [(one["slug"], one["version"], one["why"]) for one in first["updates"]] == [
        ("practice", VERSION + 1, "The list has other rows.")
    ]
    packs_command("update", corrected(tmp_path, "li.other", VERSION + 2))
    assert standing(tmp_path)["updates"][0]["values"] == {"pages.listing.listing.rows": "li.other"}
    packs_command("off", "practice")
    off = standing(tmp_path)
    assert [(one["is_off"], one["version"]) for one in off["updates"]] == [(True, VERSION + 3)]
    assert f"practice {VERSION + 3} off" in packs_command("updates")
    assert f"update: practice {VERSION + 3} off" in packs_command("check")
    packs_command("withdraw", "practice")
    assert standing(tmp_path)["updates"] == []
    assert standing(tmp_path)["serial"] > off["serial"] > first["serial"]


def test_a_rehearsal_publishes_nothing(tmp_path, packs_command):
    packs_command("update", corrected(tmp_path), "--dry-run")
    with pytest.raises(NotFound):
        PackUpdateRepository(tmp_path / "data").served()


def test_an_update_must_be_later_than_the_one_that_stands(tmp_path, packs_command):
    packs_command("update", corrected(tmp_path, version=VERSION + 2))
    with pytest.raises(BadUpdate, match="must be later"):
        packs_command("update", corrected(tmp_path, "li.other", VERSION + 1))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("off", "nobody"), "no pack has this slug"), (("withdraw", "practice"), "this pack has no published update")],
)
def test_what_is_not_there_is_one_line(arguments, words, packs_command):
    with pytest.raises(BadUpdate, match=words):
        packs_command(*arguments)


async def test_the_route_serves_it_signed_and_by_its_name(tmp_path, site):
    assert (await site.http.get("/v1/pack-updates")).status_code == 404
    change = pack_updates.corrected(packs.load(), corrected(tmp_path), "", site.clock.now().date())
    await pack_updates.published(site.settings, change)
    answer = await site.http.get("/v1/pack-updates")
    key = (await site.http.get("/v1/key")).json()["public_key"]
    assert is_signed(answer.content, answer.headers["x-taskwage-signature"], key)
    again = await site.http.get("/v1/pack-updates", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
