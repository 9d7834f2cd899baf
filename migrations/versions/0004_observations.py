"""Raw rows as they were shared: append only, one row a revision; the highest revision counts.

The key is `id`, whose first bits are the hour: its index grows at its end, and ranges of it are months, so
that retention drops a table instead of deleting rows. The months themselves are made as time goes by
(`api/store/partitions.py`); what belongs to none lands in `observations_rest`. Where rows are spread over
servers, by `client_key`, each server's table has this key; PostgreSQL gives none to a parent of foreign tables.

Columns go from wide to narrow so that no byte is padding. Letters of `reward_per`, `outcome` and `timer` are
those of `api/store/codes.py`. `claimed_hour` counts hours since 1970 (UTC), so that it cannot hold an exact
instant; `received_on` is the day on which the revision came.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

UP = (
    """
    CREATE TABLE intake.observations (
        client_key bigint NOT NULL,
        task_key bigint NOT NULL,
        reward_micros bigint,
        paid_micros bigint,
        id uuid NOT NULL,
        contributor int NOT NULL,
        claimed_hour int NOT NULL,
        active_seconds real NOT NULL,
        open_seconds real NOT NULL,
        limit_seconds real,
        estimate_seconds real,
        units int NOT NULL,
        decided_on date,
        received_on date NOT NULL,
        revision smallint NOT NULL,
        pack_version smallint NOT NULL,
        reward_per "char" NOT NULL,
        outcome "char" NOT NULL,
        timer "char" NOT NULL,
        currency char(3),
        PRIMARY KEY (id, revision)
    ) PARTITION BY RANGE (id)
    """,
    "CREATE TABLE intake.observations_rest PARTITION OF intake.observations DEFAULT",
    "CREATE INDEX observations_contributor ON intake.observations (contributor)",
)
DOWN = ("DROP TABLE intake.observations",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
