"""One database again: the rows of several servers come back, and the tables that described the servers go.

Where rows were spread over servers, this step copies them from the foreign tables into tables of this database, counts
them on both sides and drops the foreign tables, all in one transaction. It refuses where a server is away. The other
servers keep their rows; drop their databases afterwards, for an erasure no longer reaches them.

A cluster kept one key a partition, so it could hold one revision twice, at two clients. The first to arrive stays.
"""

from __future__ import annotations

from alembic import op
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

revision = "0012"
down_revision = "0011"

PARTITIONS = 16
OLD_LOCK = 7204010  # servers of the version before hold it, with the partition's number, while they store
NO_LIMIT = "SET LOCAL statement_timeout = 0"  # many millions of rows may come
SERVERS = "SELECT srvname FROM pg_foreign_server WHERE srvname ~ '^taskwage_shard_[0-9]+$' ORDER BY srvname"
TABLES = ("observations", "clients", "tasks")
WHOLE = {
    "observations": (
        "CREATE TABLE intake.observations (LIKE intake.observations_spread, PRIMARY KEY (id, revision, contributor))"
        " PARTITION BY RANGE (id)",
        "CREATE TABLE intake.observations_rest PARTITION OF intake.observations DEFAULT",
        "CREATE INDEX observations_contributor ON intake.observations (contributor)",
    ),
    "clients": ("CREATE TABLE intake.clients (LIKE intake.clients_spread, PRIMARY KEY (client_key))",),
    "tasks": ("CREATE TABLE intake.tasks (LIKE intake.tasks_spread, PRIMARY KEY (client_key, task_key))",),
}
KEY = {"observations": "id, revision, contributor", "clients": "client_key", "tasks": "client_key, task_key"}
FIRST = {"observations": ", received_on, client_key", "clients": "", "tasks": ""}
GATHER = "INSERT INTO intake.{name} SELECT DISTINCT ON ({key}) * FROM intake.{name}_spread ORDER BY {key}{first}"
COUNTS = """
SELECT (SELECT count(*) FROM intake.{name}) = (SELECT count(*) FROM (SELECT DISTINCT {key} FROM intake.{name}_spread) AS d)
"""
NEW = (
    """
    CREATE TABLE intake.membership (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        role text NOT NULL CHECK (role IN ('coordinator', 'shard')),
        cluster uuid,
        number int NOT NULL DEFAULT 0
    )
    """,
    "INSERT INTO intake.membership (role) VALUES ('coordinator')",
    "CREATE TABLE intake.partitions (number smallint PRIMARY KEY CHECK (number BETWEEN 0 AND 15), shard int NOT NULL)",
)


def upgrade() -> None:
    db = op.get_bind()
    if db.scalar(text("SELECT role = 'shard' FROM intake.membership")):
        raise CommandError(
            "this database holds a part of another one's rows: run taskwage migrate with DATABASE_URL naming that one"
        )
    if db.scalar(text("SELECT EXISTS (SELECT FROM intake.partitions)")):
        _gather(db)
    op.execute("DROP TABLE intake.partitions, intake.membership")


def _gather(db: Connection) -> None:
    db.execute(text(NO_LIMIT))
    for number in range(PARTITIONS):
        db.execute(text(f"SELECT pg_advisory_xact_lock({OLD_LOCK}, {number})"))
    servers = db.execute(text(SERVERS)).all()
    try:
        for name in TABLES:
            _come_home(db, name)
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        if not state.startswith(("08", "HV", "28", "57")):
            raise
        names = ", ".join(row.srvname for row in servers)
        raise CommandError(
            f"a server that holds rows does not answer ({names}), and nothing was changed: start it and run taskwage "
            "migrate again; for embedded servers run taskwage backup with the version before, then restore with this one"
        ) from None
    for row in servers:
        db.execute(text(f"DROP SERVER {row.srvname} CASCADE"))


def _come_home(db: Connection, name: str) -> None:
    db.execute(text(f"ALTER TABLE intake.{name} RENAME TO {name}_spread"))
    for statement in WHOLE[name]:
        db.execute(text(statement))
    db.execute(text(GATHER.format(name=name, key=KEY[name], first=FIRST[name])))
    if not db.scalar(text(COUNTS.format(name=name, key=KEY[name]))):
        raise CommandError(f"the rows of {name} that arrived are not those that were sent; nothing was changed")
    db.execute(text(f"DROP TABLE intake.{name}_spread"))


def downgrade() -> None:
    for statement in NEW:
        op.execute(statement)
