"""`taskwage note`: dated notes beside the figures, in the next release, never deleted."""

from __future__ import annotations

import asyncio
import json

import asyncpg
import pytest
from click.testing import CliRunner

from analytics.model.errors import BadInput
from analytics.model.policy import ARCHIVE
from analytics.release import repository
from api.commands.main import cli
from api.commands.notes import MOST_CHARACTERS, plain
from api.publishing.publish import publish
from api.store import notes
from api.store.bulk import load
from api.store.notes import Note
from tests.builders import NOW, crowd


@pytest.fixture
def known(dsn):
    """A database that knows two clients."""

    async def fill():
        db = await asyncpg.connect(dsn)
        await load(db, crowd(12), NOW.date())
        await db.close()

    asyncio.run(fill())


@pytest.fixture
def taskwage(dsn, tmp_path):
    def run(*arguments):
        return CliRunner().invoke(
            cli, ["note", *map(str, arguments), "--data", str(tmp_path)], env={"DATABASE_URL": dsn}
        )

    return run


def test_a_client_s_words_are_kept_with_their_day(taskwage, known):
    written = taskwage("add", "We pay within a day since June.", "--platform", "practice", "--client", "c-0")
    assert written.output == "Note 1 is public from the next release on.\n"
    (one,) = json.loads(taskwage("list", "--json").output)
    assert (one["kind"], one["client_id"], one["text"]) == ("objection", "c-0", "We pay within a day since June.")
    by_key = taskwage("add", "So do we.", "--platform", "practice", "--client", one["client_key"], "--kind", "note")
    assert by_key.exit_code == 0
    assert "practice c-0: We pay within a day" in taskwage("list").output


def test_a_note_is_withdrawn_and_not_deleted(taskwage, known):
    taskwage("add", "A mistake of ours.", "--platform", "practice", "--kind", "correction")
    assert taskwage("withdraw", 1).exit_code == 0
    assert "withdrawn" in taskwage("list").output
    assert isinstance(taskwage("withdraw", 1).exception, BadInput)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["hello", "--platform", "nowhere"], "no platform"),
        (["hello", "--platform", "practice", "--client", "c-99"], "no shared work of a client"),
        (["", "--platform", "practice"], "1 to 2,000 characters"),
    ],
)
def test_what_cannot_be_written_is_one_line(taskwage, known, arguments, words):
    failure = taskwage("add", *arguments).exception
    assert isinstance(failure, BadInput)
    assert words in str(failure)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31m", "a\u202eb", "x" * (MOST_CHARACTERS + 1), " \n "])
def test_only_plain_text_of_a_page_is_taken(text):
    with pytest.raises(BadInput):
        plain(text)


def test_markup_is_text_like_any_other():
    assert plain(" <b>we object</b>\nline two ") == "<b>we object</b>\nline two"


async def test_notes_are_in_the_releases_while_they_stand(pool, settings):
    async with pool.acquire() as db:
        await load(db, crowd(12), NOW.date())
        ((key, _), *_) = await notes.clients(db, "practice")
        number = await notes.write(db, Note("practice", key, "c-0", "objection", "We do pay."), NOW.date())
    first = await publish(pool, settings, NOW, ARCHIVE)
    rows = repository.scan(settings.releases / first.release, "notes").collect()
    assert rows.select("client_id", "kind", "text").rows() == [("c-0", "objection", "We do pay.")]
    assert (
        rows["client_key"][0]
        in repository.scan(settings.releases / first.release, "client_rates").collect()["client_key"]
    )
    async with pool.acquire() as db:
        assert await notes.withdraw(db, number, NOW.date())
    later = await publish(pool, settings, NOW.replace(day=24), ARCHIVE)
    assert later.tables["notes"].rows == 0
    assert repository.scan(settings.releases / first.release, "notes").collect().height == 1
