"""Several servers: what this database is among them, and which server has which rows.

The same steps run on the coordinator and on every shard. A coordinator begins as the only server, its tables whole;
the map `partitions` is empty then. When rows are spread, each of sixteen hash partitions by `client_key` is on one
shard, and stands in the coordinator's `observations`, `clients` and `tasks` as a foreign table: what asks them there
asks all servers. On a shard these three are split from the beginning and hold the partitions that are the shard's;
its other tables stay empty.

`cluster` and `number` say whose shard it is, so that a wrong address in `SHARD_URLS` cannot mix two clusters.
"""

from __future__ import annotations

from alembic import op

from migrations.roles import SHARD, role

revision = "0009"
down_revision = "0008"

SPLIT = ("observations", "clients", "tasks")
UP = (
    """
    CREATE TABLE intake.membership (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        role text NOT NULL CHECK (role IN ('coordinator', 'shard')),
        cluster uuid,
        number int NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE intake.partitions (
        number smallint PRIMARY KEY CHECK (number BETWEEN 0 AND 15),
        shard int NOT NULL
    )
    """,
)
DOWN = ("DROP TABLE intake.partitions", "DROP TABLE intake.membership")
UNSPLIT_ONLY = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM intake.partitions) THEN
        RAISE EXCEPTION 'rows are spread over shards: back up, and restore where there are none';
    END IF;
END $$
"""


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)
    mine = role()
    op.execute(f"INSERT INTO intake.membership (role) VALUES ('{mine}')")
    if mine == SHARD:
        for name in SPLIT:
            op.execute(f"ALTER TABLE intake.{name} RENAME TO {name}_whole")
            op.execute(f"CREATE TABLE intake.{name} (LIKE intake.{name}_whole) PARTITION BY HASH (client_key)")
            op.execute(f"DROP TABLE intake.{name}_whole")


def downgrade() -> None:
    if role() == SHARD:
        raise NotImplementedError("a shard's schema goes forward only: drop the database instead")
    for statement in (UNSPLIT_ONLY, *DOWN):
        op.execute(statement)
