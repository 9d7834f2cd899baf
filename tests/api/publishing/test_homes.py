"""One release of several homes: the same bytes as from one database, and every home accounted for by name."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import msgspec
import polars as pl
import pytest

from analytics.model.policy import CROWD
from analytics.release.manifest import statement
from analytics.release.signature import is_signed
from api.commands.homes import export_home, homes_asked
from api.errors import BadSettings, DamagedHome
from api.publishing.homes import (
    Expected,
    Found,
    HomesAsked,
    found_homes,
    gathered,
    judged,
    known_home,
    new_numbers,
)
from api.publishing.local_engine import Here
from api.publishing.publish import RELEASE_SECRET, publish
from api.publishing.ray_engine import RayEngine
from api.publishing.signing import NAME as SIGNING
from api.runtime.settings import Settings
from api.store import bulk, contributors, database, observations, overheads, sightings, words
from api.store.home_files import LAYOUT, HomeFiles, HomeManifest
from api.store.home_registry import KnownHome
from tests.builders import NOW, hour_id, observed
from tests.conftest import TEMPLATE

TODAY = NOW.date()
PEOPLE, DAYS = 32, 24
HOMES = ("manila", "medellin")
_numbers = count(1)
SEAL = "INSERT INTO intake.keys (name, secret) VALUES ($1, $2)"
UNPAID = """
INSERT INTO intake.overheads (id, contributor, day, received_on, search_seconds, watch_seconds, preview_seconds,
    qualification_seconds, messages_seconds, payment_seconds, learning_seconds, revision, platform)
SELECT gen_random_uuid(), number, day, day, 60.1 + number % 7, 1.5, 0.125, 0.3, 2, 3, 4, 1, 'practice'
FROM intake.contributors, (SELECT $1::date - back AS day FROM generate_series(0, $2::int) AS back) AS days
"""
SEEN = """
INSERT INTO intake.sightings (contributor, id, day, received_on, revision, platform, watched_minutes, appeared, lives,
    units_minutes, units_gone)
SELECT number, gen_random_uuid(), day, day, 1, 'practice', array_fill(30, ARRAY[24]), array_fill(4, ARRAY[24]),
    ARRAY[1, 2, 2, 1, 0, 0], CASE WHEN number % 2 = 0 THEN ARRAY[12, 30, 0, 4, 0] END,
    CASE WHEN number % 2 = 0 THEN ARRAY[1, 9, 0, 40, 0] END
FROM intake.contributors, (SELECT $1::date - back AS day FROM generate_series(0, $2::int) AS back) AS days
"""
CROWD_ORIGIN = "UPDATE intake.contributors SET origin = 'c', country = CASE WHEN number % 3 = 0 THEN 'PH' END"
FRESH_ID = "UPDATE intake.exports SET database = gen_random_uuid(), number = 0"
OF_OTHERS = "DELETE FROM intake.{table} WHERE {column} = ANY($1::bigint[])"
OWNED = {"observations": "contributor", "overheads": "contributor", "sightings": "contributor", "words": "contributor"}
OWNED |= {"moved_records": "contributor", "contributors": "number"}


def work(day, person):
    """What one person did on one day: a task at each of two clients, paid; some are corrected to another client."""
    for client in ("harbour", "orchard"):
        seconds = 150.0 + 11 * (person % 9) + 3 * (day % 5)
        record = observed(
            id=hour_id(NOW - timedelta(days=day)),
            client={"id": client, "name": f"{client.title()} Labs"},
            task={"id": "t-3", "title": f"Label {client} photos"},
            claimed_hour=(NOW - timedelta(days=day)).replace(minute=0).isoformat(),
            active_seconds=seconds,
            open_seconds=seconds + 30,
            outcome="paid",
            paid={"micros": 350_000, "currency": "USD"},
        )
        yield bulk.BulkRow(UUID(int=person + 1), record)


async def fill(dsn):
    """A crowd's rows of some weeks, with unpaid time, counts of listings, and records that moved to another client."""
    db = await asyncpg.connect(dsn)
    for day in range(DAYS, 0, -1):
        rows = [row for person in range(PEOPLE) for row in work(day, person)]
        await bulk.load(db, rows, TODAY - timedelta(days=day))
        moved = [
            msgspec.structs.replace(row.observation, revision=2, client=observed().client)
            for row in rows[: 2 * (day % 3) : 2]
        ]
        again = [bulk.BulkRow(row.contributor, one) for row, one in zip(rows[::2], moved, strict=False)]
        await bulk.load(db, again, TODAY - timedelta(days=day - 1))
    await db.execute(CROWD_ORIGIN)
    await db.execute(UNPAID, TODAY, DAYS)
    await db.execute(SEEN, TODAY, DAYS)
    await db.close()


def database_named(dsn, name):
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


async def administer(dsn, *statements):
    db = await asyncpg.connect(dsn)
    for one in statements:
        await db.execute(one)
    await db.close()


async def split(dsn, rest):
    """Make a copy of the one database a home: without the people who are in `rest` of two, and with its own id."""
    db = await asyncpg.connect(dsn)
    await db.execute(FRESH_ID)
    numbers = [row["number"] for row in await db.fetch("SELECT number FROM intake.contributors ORDER BY id")]
    for table, column in OWNED.items():
        await db.execute(OF_OTHERS.format(table=table, column=column), numbers[rest::2])
    await db.close()


@pytest.fixture(scope="module")
def templates(postgres_dsn):
    """The one database, and the two homes that hold half of its people each."""
    names = {name: f"homes_{name}" for name in ("one", *HOMES)}

    async def make():
        await administer(postgres_dsn, f"CREATE DATABASE {names['one']} TEMPLATE {TEMPLATE}")
        await fill(database_named(postgres_dsn, names["one"]))
        for rest, home in enumerate(HOMES):
            await administer(postgres_dsn, f"CREATE DATABASE {names[home]} TEMPLATE {names['one']}")
            await split(database_named(postgres_dsn, names[home]), rest)

    asyncio.run(make())
    return {**names, "publisher": TEMPLATE}


@dataclass
class Server:
    """One database with its settings."""

    settings: Settings
    pool: database.Pool


@pytest.fixture
async def world(request, templates, postgres_dsn, tmp_path):
    """The one database, two homes and a publisher, whose secrets are the one's; fresh copies of those that a test changes."""
    copied = {"publisher", *getattr(request, "param", ())}
    servers = {}
    for name, template in templates.items():
        dsn = database_named(postgres_dsn, template)
        if name in copied:
            copy = f"copy_{next(_numbers)}_{name}"
            await administer(postgres_dsn, f"CREATE DATABASE {copy} TEMPLATE {template}")
            dsn = database_named(postgres_dsn, copy)
        environ = {"DATABASE_URL": dsn, "TASKWAGE_DATA": str(tmp_path / name), "TASKWAGE_NATURE": "demo"}
        if name != "one":
            environ["SEGMENTS_URL"] = (tmp_path / "bucket").as_uri()
        settings = Settings.from_env(environ, home=name if name in HOMES else None)
        settings.data.mkdir()
        servers[name] = Server(settings, await database.connect(dsn, 4, 100))
    for name in copied - set(HOMES):
        for key, secret in ((RELEASE_SECRET, bytes(range(32))), (SIGNING, bytes(range(1, 33)))):
            await servers[name].pool.execute(SEAL, key, secret)
    yield servers
    for server in servers.values():
        await server.pool.close()


def changes(*names):
    return pytest.mark.parametrize("world", [names], indirect=True, ids=[""])


async def exported(world, day=TODAY, homes=HOMES):
    return [await export_home(world[home].pool, world[home].settings, day) for home in homes]


async def published(world, day=NOW, tell=lambda _: None, **asked):
    publisher = world["publisher"]
    decided = HomesAsked(**{name: frozenset(names) for name, names in asked.items()}, tell=tell)
    return await publish(publisher.pool, publisher.settings, day, CROWD, homes=decided)


def files(settings, release):
    """The bytes of a release, but for the two files that name its homes."""
    folder = settings.releases / release
    named = {"manifest.json", "card.md"}
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in named]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@changes("one")
async def test_two_homes_make_the_bytes_of_one_database(world):
    await exported(world)
    alone = await publish(world["one"].pool, world["one"].settings, NOW, CROWD)
    together = await published(world)
    assert alone.tables["client_rates"].rows >= 2
    assert alone.tables["overheads"].rows > 0
    assert alone.tables["supply"].rows > 0
    assert together.content_sha256 == alone.content_sha256
    assert files(world["publisher"].settings, together.release) == files(world["one"].settings, alone.release)
    assert {name: facts.through for name, facts in together.homes.items()} == dict.fromkeys(HOMES, TODAY)
    assert is_signed(statement(together), together.signature, together.public_key)


async def test_ray_and_parts_make_the_same_bytes_of_two_homes(world, tmp_path):
    await exported(world)
    first = await published(world)
    for name, engine in (("parts", Here(few_rows=0)), ("ray", RayEngine(workers=2))):
        settings = msgspec.structs.replace(world["publisher"].settings, data=tmp_path / f"again-{name}")
        again = await publish(world["publisher"].pool, settings, NOW, CROWD, engine, HomesAsked())
        assert again == first
        assert files(settings, again.release) == files(world["publisher"].settings, first.release)


@changes("one")
async def test_a_release_of_an_earlier_day_is_the_one_of_then(world):
    """The publisher asks for a day that the homes' newest export goes beyond: as one database it takes the rows of then."""
    await exported(world)
    day = NOW - timedelta(days=2)
    alone = await publish(world["one"].pool, world["one"].settings, day, CROWD)
    together = await published(world, day)
    assert together.content_sha256 == alone.content_sha256
    assert {facts.through for facts in together.homes.values()} == {day.date()}


async def test_a_home_that_is_behind_is_named_with_its_days(world):
    await exported(world, homes=HOMES[:1])
    await exported(world, TODAY - timedelta(days=3), HOMES[1:])
    lines = []
    made = await published(world, tell=lines.append)
    assert made.homes["medellin"].through == TODAY - timedelta(days=3)
    assert made.homes["medellin"].note == "behind by 3 days"
    assert lines == ["home manila: days up to 2026-11-23", "home medellin: days up to 2026-11-20; behind by 3 days"]
    card = (world["publisher"].settings.releases / made.release / "card.md").read_text()
    assert "| medellin | 2026-11-20 | behind by 3 days |" in card


async def test_a_home_restored_to_yesterday_is_named_and_waits_for_the_operator(world):
    """People who erased themselves since yesterday are back in it, so nothing is published until the operator decides."""
    before, _ = await exported(world)
    (after,) = await exported(world, homes=HOMES[:1])
    await published(world)
    bucket = world["manila"].settings.data.parent / "bucket" / "manila"
    index, manifest = bucket / "index.json", bucket / "home.json"
    for file in (index, manifest):
        file.write_text(file.read_text().replace(f'"number":{after.number}', f'"number":{before.number}'))
    with pytest.raises(BadSettings, match="home manila: it went back"):
        await published(world)
    without = await published(world, without=["manila"])
    assert without.homes["manila"].through is None
    assert without.homes["medellin"].through == TODAY
    lines = []
    await published(world, tell=lines.append, accepted=["manila"])
    assert lines[0].startswith("home manila: days up to 2026-11-23; it went back")
    await published(world, tell=lines.append)
    assert lines[2:] == [f"home {home}: days up to 2026-11-23" for home in HOMES]


@changes("manila")
async def test_an_erasure_in_a_home_reaches_the_next_release(world):
    await exported(world)
    await published(world)
    manila = world["manila"]
    person = await manila.pool.fetchval("SELECT min(number) FROM intake.contributors")
    async with manila.pool.acquire() as db, db.transaction():
        for store in (contributors, observations, words, overheads, sightings):
            await store.erase(db, person)
    await exported(world)
    homes = judged(found_homes(bucket_of(world), ()), expected()).homes
    rows = gathered(homes, TODAY)
    everyone = pl.concat([part.unordered() for part in rows.exported.parts])
    tables = (everyone, rows.exported.around.people, rows.beside.spent, rows.beside.sightings)
    assert [person in frame["contributor"] for frame in tables] == [False] * 4
    await published(world)
    assert (
        await world["publisher"].pool.fetchval("SELECT count(*) FROM intake.contributors WHERE number = $1", person)
        == 0
    )


def bucket_of(world):
    return world["publisher"].settings.segments_url


@changes("one")
async def test_the_same_number_in_two_homes_is_two_people(world):
    """Homes made from copies of one server have the same numbers for people who have nothing to do with each other."""
    copied = world["one"]
    bucket = bucket_of(world)
    for home in HOMES:
        await copied.pool.execute(FRESH_ID)
        settings = msgspec.structs.replace(copied.settings, home=home, segments_url=f"{bucket}/{home}")
        await export_home(copied.pool, settings, TODAY)
    rows = gathered(judged(found_homes(bucket, ()), expected()).homes, TODAY)
    people = rows.exported.around.people["contributor"]
    assert (people.len(), people.n_unique()) == (2 * PEOPLE, 2 * PEOPLE)
    everyone = pl.concat([part.unordered() for part in rows.exported.parts])
    assert everyone["contributor"].n_unique() == 2 * PEOPLE
    assert everyone.height == 2 * everyone.filter(pl.col("contributor").is_in(people[:PEOPLE].implode())).height
    assert rows.beside.spent["contributor"].n_unique() == 2 * PEOPLE
    made = await published(world)
    assert made.tables["client_rates"].rows >= 2


def test_only_numbers_that_another_home_has_too_are_changed():
    new = new_numbers({"b": [1, 2, 3], "a": [3, 4]})
    assert new["a"] == {}
    assert set(new["b"]) == {3}
    assert new == new_numbers({"a": [4, 3], "b": [3, 2, 1]})


@changes(*HOMES)
async def test_a_name_is_published_where_five_people_of_all_homes_sent_it(world):
    """Three of one home and three of the other are six; each alone would be too few."""
    for home in HOMES:
        pool = world[home].pool
        kept = [row["number"] for row in await pool.fetch("SELECT number FROM intake.contributors LIMIT 3")]
        await pool.execute("DELETE FROM intake.words WHERE NOT contributor = ANY($1::bigint[])", kept)
    await exported(world)
    homes = judged(found_homes(bucket_of(world), ()), expected()).homes
    both = gathered(homes, TODAY).exported.around.words.alike
    assert set(both.filter(pl.col("kind") == "client_name")["text"]) >= {"Harbour Labs", "Orchard Labs"}
    assert gathered(homes[:1], TODAY).exported.around.words.alike.is_empty()


async def test_files_that_are_damaged_or_half_written_are_named_with_their_home(world):
    first, _ = await exported(world)
    bucket = world["manila"].settings.data.parent / "bucket" / "manila"
    index = bucket / "index.json"
    index.write_text(index.read_text().replace(f'"number":{first.number}', f'"number":{first.number + 1}'))
    with pytest.raises(DamagedHome, match="home manila: it is exporting"):
        await published(world)
    index.write_text(index.read_text().replace(f'"number":{first.number + 1}', f'"number":{first.number}'))
    segment = next(bucket.glob("[0-9][0-9]/*.parquet"))
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-9])
    with pytest.raises(DamagedHome, match=f"home manila: the segment {segment.parent.name}/.* is missing or damaged"):
        await published(world)
    assert segment.exists(), "a publisher deletes nothing of a home"
    segment.write_bytes(whole)
    (people,) = bucket.glob("tables/people-*.parquet")
    people.write_bytes(b"cut short")
    with pytest.raises(DamagedHome, match="home manila: its table people is lost or damaged"):
        await published(world)


@changes("one")
async def test_a_publisher_has_no_rows_of_its_own_and_a_home_does_not_publish(world):
    await exported(world)
    one = world["one"]
    with_bucket = msgspec.structs.replace(one.settings, segments_url=bucket_of(world))
    with pytest.raises(BadSettings, match="holds rows of its own"):
        await publish(one.pool, with_bucket, NOW, CROWD, homes=HomesAsked())
    for is_of_homes in (True, False):
        with pytest.raises(BadSettings, match="a home exports"):
            homes_asked(world["manila"].settings, (), (), is_of_homes=is_of_homes)


# What is wrong with a home, by its manifest alone

DATABASE = UUID(int=7)


def manifest(home="manila", **changes):
    given = {"layout": LAYOUT, "home": home, "nature": "demo", "schema": "0021", "database": DATABASE, "number": 5}
    return HomeManifest(**{**given, "through": TODAY, "tables": {}, **changes})


def found(home="manila", **changes):
    return Found(home, HomeFiles(manifest(home, **changes), None))


def expected(*known, **changes):
    given = {"day": TODAY, "nature": "demo", "schema": "0021", "known": {one.home: one for one in known}}
    return Expected(**{**given, **changes})


def test_homes_in_order_are_published_without_a_word():
    decided = judged([found(), found("medellin")], expected(known_home(manifest(number=5))))
    assert decided.lines == ("home manila: days up to 2026-11-23", "home medellin: days up to 2026-11-23")
    assert [facts.note for facts in decided.facts.values()] == [None, None]


def test_another_schema_is_told_and_published():
    decided = judged([found(schema="0019")], expected())
    assert decided.facts["manila"].note == "its schema is 0019, the publisher's 0021"


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (found(number=3), "home manila: it went back: its export is 3 and was 4"),
        (found(database=UUID(int=8)), "home manila: another database writes there"),
        (found(nature="real"), "home manila: it holds real data"),
        (Found("manila", None), "home manila: its manifest is gone from the bucket"),
        (Found("manila", None, "its files have layout 2"), "home manila: its files have layout 2"),
    ],
)
def test_what_cannot_be_used_is_named_and_stops_until_the_operator_decides(one, words):
    before = KnownHome("manila", DATABASE, 4, "0021", TODAY)
    with pytest.raises(BadSettings) as stopped:
        judged([one, found("medellin")], expected(before))
    assert str(stopped.value).startswith(words)
    assert "\n" not in str(stopped.value)
    decided = judged([one, found("medellin")], expected(before, without=frozenset({"manila"})))
    assert [home.manifest.home for home in decided.homes] == ["medellin"]
    assert decided.facts["manila"].through is None


def test_a_bucket_without_a_home_says_what_to_do():
    with pytest.raises(BadSettings, match="run taskwage export"):
        judged([], expected())


def test_a_publisher_only_reads_below_the_homes(tmp_path):
    (tmp_path / "bucket" / "manila").mkdir(parents=True)
    assert found_homes((tmp_path / "bucket").as_uri(), ["nairobi"]) == [Found("nairobi", None)]
    assert [path.name for path in (tmp_path / "bucket").iterdir()] == ["manila"]
