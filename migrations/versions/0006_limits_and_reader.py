"""What limits enrolment in all processes together, and a role that may look at volumes and at nothing else.

The tables of limits are unlogged: in no write-ahead log, no standby, no backup, and empty after a crash. A
`place` is 20 bits of a hash of a neighbourhood of addresses, salted anew each day: many neighbourhoods share
one, so that even with the salt it does not tell which. Nothing of it is joined to a contributor.

Releases are files and every release is open, so nobody needs to read this database to have our numbers. What
remains for a reader is the size of things: `published.volume`, for whoever watches the disk. `taskwage_reader`
sees that and no private schema. Where we may not make a role, there is none, and the view is only the owner's.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

MAKE_READER = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'taskwage_reader') THEN
        CREATE ROLE taskwage_reader NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'no right to make the role taskwage_reader';
    WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server made it just now
END $$
"""
LET_READ = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'taskwage_reader') THEN
        GRANT USAGE ON SCHEMA published TO taskwage_reader;
        GRANT SELECT ON published.volume TO taskwage_reader;
    END IF;
END $$
"""
VOLUME = """
CREATE VIEW published.volume AS
SELECT root.relname::text AS table_name,
    sum(greatest(part.reltuples, 0))::bigint AS row_estimate,
    sum(pg_total_relation_size(part.oid))::bigint AS bytes
FROM pg_class part
JOIN pg_namespace place ON place.oid = part.relnamespace
JOIN pg_class root ON root.oid = coalesce(pg_partition_root(part.oid), part.oid)
WHERE place.nspname = 'intake' AND part.relkind = 'r' AND part.relpersistence = 'p'
GROUP BY root.relname
"""
UP = (
    "CREATE UNLOGGED TABLE intake.enrolment_salts (day date PRIMARY KEY, salt bytea NOT NULL)",
    """
    CREATE UNLOGGED TABLE intake.enrolment_places (
        day date NOT NULL,
        place int NOT NULL,
        used int NOT NULL,
        PRIMARY KEY (day, place)
    )
    """,
    "CREATE UNLOGGED TABLE intake.enrolment_hours (hour timestamptz PRIMARY KEY, used int NOT NULL)",
    "REVOKE ALL ON SCHEMA intake FROM PUBLIC",
    "CREATE SCHEMA published",
    VOLUME,
    MAKE_READER,
    LET_READ,
)
# The role stays: it belongs to the whole server, and other databases may use it.
DOWN = (
    "DROP SCHEMA published CASCADE",
    "DROP TABLE intake.enrolment_hours",
    "DROP TABLE intake.enrolment_places",
    "DROP TABLE intake.enrolment_salts",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
