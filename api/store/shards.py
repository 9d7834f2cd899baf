"""The shards as the coordinator knows them: foreign servers by number, and which of them has which partition.

PostgreSQL's own catalogue is the only list, addresses and logins included: whoever reaches the coordinator reaches the
shards. `SHARD_URLS` says what shall stand there. Where the map of partitions is empty there is one server, this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import asyncpg

from api.errors import CannotStart
from api.store.database import translated
from api.store.places import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from api.store.database import Database

CONNECT_SECONDS = 3.0  # a server in the next rack answers in milliseconds; one that is down must not hold us up
SERVER = "taskwage_shard_{number}"
# What the coordinator's own connections to a shard are made with. A cursor is planned for all of its rows; many rows
# travel at once; sixteen partitions are asked side by side.
HOW = {
    "async_capable": "true",
    "batch_size": "1000",
    "fetch_size": "20000",
    "connect_timeout": str(round(CONNECT_SECONDS)),
    "keepalives_idle": "30",
    "options": "-c cursor_tuple_fraction=1",
}
OWNERS = "SELECT number, shard FROM intake.partitions"
KNOWN = """
SELECT substr(s.srvname, 16)::int AS number, s.srvoptions AS server, m.umoptions AS login
FROM pg_foreign_server s LEFT JOIN pg_user_mappings m ON m.srvid = s.oid AND m.usename = current_user
WHERE s.srvname ~ '^taskwage_shard_[0-9]+$' ORDER BY 1
"""
MEMBERSHIP = "SELECT role, cluster, number FROM intake.membership"
FOUND = "UPDATE intake.membership SET cluster = coalesce(cluster, gen_random_uuid()) RETURNING cluster"
JOIN = "UPDATE intake.membership SET cluster = $1, number = $2 WHERE cluster IS NULL"
CAN = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgres_fdw')"
EXTEND = "CREATE EXTENSION IF NOT EXISTS postgres_fdw"
IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
CREATE = "CREATE SERVER {server} FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({options})"
CREATE_LOGIN = "CREATE USER MAPPING FOR CURRENT_USER SERVER {server} OPTIONS ({options})"
DROP_LOGIN = "DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER {server}"
ALTER = "ALTER SERVER {server} OPTIONS ({options})"


class Membership(NamedTuple):
    """What a database is among the servers: of which cluster (none: not yet of any), and its number there."""

    role: str
    cluster: UUID | None
    number: int


async def owners(db: Database) -> dict[int, int]:
    """The shard of each partition; nothing where all rows are here."""
    return {row["number"]: row["shard"] for row in await db.fetch(OWNERS)}


async def known(db: Database) -> dict[int, Place]:
    """Every shard by its number."""
    return {row["number"]: Place.told(_options(row["server"]), _options(row["login"])) for row in await db.fetch(KNOWN)}


async def membership(db: Database) -> Membership:
    """What the database of `db` is."""
    (found,) = await db.fetch(MEMBERSHIP)
    return Membership(found["role"], found["cluster"], found["number"])


async def found(db: Database) -> UUID:
    """The cluster of a coordinator, made up when first asked for."""
    cluster: UUID = await db.fetchval(FOUND)
    return cluster


async def join(shard: Database, cluster: UUID, number: int) -> int:
    """Make the database of `shard` a shard of `cluster`, `number` where it has none yet; its number.

    Raises:
        CannotStart: it is something else already.
    """
    await shard.execute(JOIN, cluster, number)
    mine = await membership(shard)
    if mine.role != "shard" or mine.cluster != cluster:
        what = "a server of its own" if mine.role != "shard" else "a shard of another coordinator"
        raise CannotStart(f"a database that SHARD_URLS names is {what}: give an empty one")
    return mine.number


async def introduce(db: Database, number: int, place: Place) -> None:
    """Tell the coordinator of the shard `number`, or that its address or login changed.

    Raises:
        CannotStart: postgres_fdw is not there and we may not make it.
    """
    server = SERVER.format(number=number)
    before = (await known(db)).get(number)
    if before == place:
        return
    if before is None:
        await _extend(db)
        await db.execute(CREATE.format(server=server, options=_list(_served(place))))
    else:
        options = _served(place)
        told = _options((await _row(db, number))["server"])
        await db.execute(ALTER.format(server=server, options=_list(options, told)))
    await db.execute(DROP_LOGIN.format(server=server))
    await db.execute(CREATE_LOGIN.format(server=server, options=_list(await _login(db, place))))


async def _row(db: Database, number: int) -> asyncpg.Record:
    return next(row for row in await db.fetch(KNOWN) if row["number"] == number)


async def _extend(db: Database) -> None:
    if await db.fetchval(CAN):
        return
    try:
        await db.execute(EXTEND)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedFileError, asyncpg.FeatureNotSupportedError):
        raise CannotStart(
            "the coordinator needs the extension postgres_fdw (it comes with PostgreSQL): have an administrator run "
            "CREATE EXTENSION postgres_fdw and GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw to our user"
        ) from None


def _served(place: Place) -> dict[str, str]:
    address = {"host": place.host, "port": str(place.port), "dbname": place.database}
    return {**address, **dict(place.options), **HOW}


async def _login(db: Database, place: Place) -> dict[str, str]:
    login = {"user": place.user, "password": place.password}
    kept = {name: value for name, value in login.items() if value is not None}
    if place.password is None and await db.fetchval(IS_SUPERUSER):
        kept["password_required"] = "false"
    return kept


def _list(options: Mapping[str, str], before: Mapping[str, str] | None = None) -> str:
    """Options as SQL writes them; beside those of `before`, what is to be set anew or added."""
    verbs = {name: "" if before is None else "SET " if name in before else "ADD " for name in options}
    return ", ".join(f"{verbs[name]}\"{name}\" '{_quoted(value)}'" for name, value in options.items())


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def _options(told: list[str] | None) -> dict[str, str]:
    """`name=value` pairs of the catalogue."""
    return dict(pair.split("=", 1) for pair in told or [])


async def connected(place: Place) -> asyncpg.Connection[asyncpg.Record]:
    """A connection to a shard, for a job; whoever serves keeps pools (`api.store.shard`).

    Raises:
        DatabaseGone: it does not answer.
    """
    with translated():
        return await asyncpg.connect(place.dsn, timeout=CONNECT_SECONDS)
