"""Several servers (withdrawn in step 0012): what this database is among them, and which server has which rows.

On the coordinator of several servers `observations`, `clients` and `tasks` were sixteen foreign tables each, by the hash
of `client_key`; `partitions` says which server has which.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

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
    op.execute("INSERT INTO intake.membership (role) VALUES ('coordinator')")


def downgrade() -> None:
    for statement in (UNSPLIT_ONLY, *DOWN):
        op.execute(statement)
