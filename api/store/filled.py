"""A database filled with many invented rows, for measurements only. PostgreSQL generates ten million in a minute."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from api.store.database import Database

FILL_SECONDS = 3600.0
PEOPLE = """
INSERT INTO intake.contributors (number, id, secret_hash, enrolled_on, origin)
SELECT number, gen_random_uuid(), NULL, $2::date, 'c' FROM generate_series(1, $1::int) AS number
"""
CLIENTS = """
INSERT INTO intake.clients (client_key, platform, client_id, client_name)
SELECT client, (($2::text[])[1 + client % cardinality($2::text[])]), 'A' || client, 'Client ' || client
FROM generate_series(1, $1::int) AS client
ON CONFLICT DO NOTHING
"""
TASKS = """
INSERT INTO intake.tasks (client_key, task_key, task_id, title)
SELECT client, client * 1000::bigint + task, NULL, 'Task ' || task || ' of client ' || client
FROM generate_series(1, $1::int) AS client, generate_series(0, $2::int - 1) AS task
ON CONFLICT DO NOTHING
"""
# Each contributor works for about a dozen clients; few clients have most of the work; times are lognormal.
ROWS = """
INSERT INTO intake.observations (client_key, task_key, reward_micros, paid_micros, id, contributor, claimed_hour,
    active_seconds, open_seconds, limit_seconds, units, decided_on, received_on, revision, pack_version, reward_per,
    outcome, timer, currency)
SELECT client, client * 1000::bigint + floor(random() * $6), reward, NULL,
    (lpad(to_hex((hour::bigint * 3600000)), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8'
        || substr(md5(random()::text), 1, 15))::uuid,
    person, hour, seconds, seconds + 30, 3600, 1, NULL, DATE '1970-01-01' + hour / 24, 1, 1, 't',
    (ARRAY['a','a','a','a','p','p','r','s','g','x'])[1 + floor(random() * 10)]::"char", 'f', 'USD'
FROM (
    SELECT person, hour, 20000 + (1 + client % 37) * 15000::bigint AS reward, client,
        exp(4.4 + 0.8 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::real AS seconds
    FROM (
        SELECT person, $4::int - floor(random() * $5)::int AS hour,
            1 + (power((hashint4(person * 31 + floor(random() * 15)::int) & 65535) / 65536.0, 3) * $3)::int AS client
        FROM (SELECT $2::int + floor(random() * $7)::int AS person FROM generate_series(1, $1::int)) AS people
    ) AS work
    WHERE client % $8::int = $8::int / 2
) AS attempts
"""
FIRST_PERSON = "SELECT min(number) FROM intake.contributors"
FREEZE = "VACUUM (ANALYZE) intake.observations"


class Crowd(NamedTuple):
    """The numbers of people and clients, over `days` days up to `day`."""

    people: int
    clients: int
    tasks_each: int
    days: int
    day: date
    platforms: list[str]


async def settle_crowd(db: Database, crowd: Crowd) -> None:
    """Insert the people and the names, without observations."""
    await db.execute(PEOPLE, crowd.people, crowd.day)
    await db.execute(CLIENTS, crowd.clients, crowd.platforms)
    await db.execute(TASKS, crowd.clients, crowd.tasks_each)


async def add_rows(db: Database, crowd: Crowd, rows: int, *, every: int = 1, hours: int | None = None) -> None:
    """Insert the attempts of one in `every` clients, out of `rows` attempts in all.

    The attempts are of existing people, over the days of `crowd` or its last `hours`.
    """
    first = await db.fetchval(FIRST_PERSON)
    newest = (crowd.day.toordinal() - 719_163) * 24 + 23  # hours since 1970
    span = hours or crowd.days * 24
    await db.execute(
        ROWS,
        rows,
        first,
        crowd.clients,
        newest,
        span,
        crowd.tasks_each,
        crowd.people,
        every,
        timeout=FILL_SECONDS,
    )


async def tidied(db: Database) -> None:
    """Vacuum and analyse, as autovacuum would after a while."""
    await db.execute(FREEZE, timeout=FILL_SECONDS)
