"""Names and titles are published only as five counted people sent them; one person's words never are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analytics.model.identifiers import snapshot_key
from analytics.model.policy import CROWD
from analytics.release import repository as release
from api.commands import prune as pruning
from api.publishing.publish import publish
from api.store import words
from tests.api.publishing.test_release_history import Crowd
from tests.builders import NOW

PEOPLE = range(1, 15)
EARLIER = NOW - timedelta(days=20)


@pytest.fixture
async def crowd(pool):
    async with pool.acquire() as db:
        yield Crowd(db)


async def sent(
    crowd, name_of=lambda _: "Good Research Lab", task_of=lambda _: ("t-1", "Rate 12 pictures"), people=PEOPLE
):
    """Everybody does tasks of two clients; the first is called as `name_of`, its task as `task_of` say."""
    await crowd.join(*people)
    for person in people:
        task_id, title = task_of(person)
        for day in range(0, 20, 4):
            more = {"client": {"id": "c-1", "name": name_of(person)}, "task": {"id": task_id, "title": title}}
            await crowd.work(person, "c-1", EARLIER + timedelta(days=day, hours=1), **more)


async def published(pool, settings, day=0):
    manifest = await publish(pool, settings, NOW + timedelta(days=day), CROWD)
    rows = release.table(settings.releases, manifest, "task_rates").collect().to_dicts()
    return [row for row in rows if row["client_id"] == "c-1" and "picture" in (row["title"] or "") + "picture"]


def text_of(settings):
    return b"".join(
        path.read_bytes() for path in settings.releases.rglob("*") if path.suffix in (".csv", ".json", ".md")
    )


async def test_a_title_and_an_id_that_mark_each_worker_are_never_published(crowd, pool, settings):
    """Twelve people got "Study for participant 100000+i": the first one's words were published."""
    marked = lambda person: (f"assignment-{100000 + person}", f"Study for participant {100000 + person}")  # noqa: E731
    await sent(crowd, task_of=marked)
    rows = await published(pool, settings)
    titles = {row["title"] for row in rows}
    assert "study for participant 0" in titles
    content = text_of(settings)
    for person in PEOPLE:
        assert f"participant {100000 + person}".encode() not in content
        assert f"assignment-{100000 + person}".encode() not in content


async def test_words_that_five_people_sent_alike_are_published_as_the_most_sent_them(crowd, pool, settings):
    await sent(crowd, task_of=lambda person: ("t-1", "Rate 12 pictures" if person < 10 else "RATE 12 PICTURES"))
    assert {(row["title"], row["task_id"]) for row in await published(pool, settings)} >= {("Rate 12 pictures", "t-1")}


async def test_one_throw_away_account_names_no_client(crowd, pool, settings):
    await crowd.join(99, days=[0])
    slander = {"client": {"id": "c-1", "name": "SCAMMERS Ltd does not pay"}}
    await crowd.work(99, "c-1", EARLIER - timedelta(days=1), **slander)
    await sent(crowd)
    await published(pool, settings)
    assert b"SCAMMERS" not in text_of(settings)


async def test_five_accounts_that_do_not_count_name_no_client(crowd, pool, settings):
    for person in range(90, 97):
        await crowd.join(person, days=[])
        await crowd.work(person, "c-1", NOW - timedelta(days=2), client={"id": "c-1", "name": "SCAMMERS Ltd"})
    await sent(crowd)
    await published(pool, settings)
    assert b"SCAMMERS" not in text_of(settings)


async def test_an_operator_corrects_hides_and_resets_words(crowd, pool, settings):
    await sent(crowd)
    day = NOW.date()
    (row,) = [row for row in await published(pool, settings) if row["title"] == "Rate 12 pictures"]
    (key,) = await words.keys_like(crowd.db, "task", row["task_key"])
    assert snapshot_key(key) == row["task_key"]
    await words.rule(crowd.db, "task", key, "Rate pictures", day + timedelta(days=1))
    titles = {row["task_key"]: row["title"] for row in await published(pool, settings, 7)}
    assert titles[row["task_key"]] == "Rate pictures"
    await words.rule(crowd.db, "task", key, None, day + timedelta(days=8))
    titles = {row["task_key"]: row["title"] for row in await published(pool, settings, 14)}
    assert titles[row["task_key"]] is None
    assert await words.unrule(crowd.db, "task", key)
    assert not await words.unrule(crowd.db, "task", key)


async def test_words_go_with_the_last_row_that_refers_to_them(crowd, pool, settings):
    await crowd.join(1, 2)
    await crowd.work(1, "only-mine", NOW - timedelta(days=1))
    names = "SELECT count(*) FROM intake.clients WHERE client_id = 'only-mine'"
    assert await crowd.db.fetchval(names) == 1
    number = await crowd.number(1)
    await crowd.leave(1)
    await words.erase(crowd.db, number)
    assert await crowd.db.fetchval(names) == 0
    assert await crowd.db.fetchval("SELECT count(*) FROM intake.words WHERE contributor = $1", number) == 0
    assert await crowd.db.fetchval("SELECT count(*) FROM intake.clients") == 2  # those of the other person stay


async def test_prune_deletes_words_whose_rows_are_gone(crowd, pool, settings):
    await crowd.join(1)
    await pruning.prune(pool, NOW + timedelta(days=800))
    assert await crowd.db.fetchval("SELECT count(*) FROM intake.words") == 0
    assert await crowd.db.fetchval("SELECT count(*) FROM intake.tasks") == 0
    assert await crowd.db.fetchval("SELECT count(*) FROM intake.clients") == 0


async def test_raw_words_stand_in_no_table_that_is_kept_for_everybody(crowd, pool, settings):
    await sent(crowd)
    rows = await crowd.db.fetch("SELECT title, task_id FROM intake.tasks")
    assert {row["task_id"] for row in rows} == {None}
    assert all(row["title"] == row["title"].lower() for row in rows)
    assert await crowd.db.fetchval("SELECT count(*) FROM intake.clients WHERE client_name IS NOT NULL") == 0
