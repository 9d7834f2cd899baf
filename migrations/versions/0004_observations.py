"""Raw rows as they were shared: append only, one row a revision; the highest revision counts.

The key begins with `client_key`, the column by which rows can be spread over servers, and is inserted with a
plain ON CONFLICT DO NOTHING, which foreign partitions allow. Columns go from wide to narrow so that no byte
is padding. Letters of `reward_per`, `outcome` and `timer` are those of `api/store/codes.py`. `claimed_hour`
is cut to the hour and `received_on` is a day: no exact instant is kept. `received_on` is the day of the first
revision, whatever came later.
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
        contributor bigint NOT NULL,
        reward_micros bigint,
        paid_micros bigint,
        claimed_hour timestamptz NOT NULL,
        id uuid NOT NULL,
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
        PRIMARY KEY (client_key, id, revision)
    )
    """,
    "CREATE INDEX observations_contributor ON intake.observations (contributor)",
)
DOWN = ("DROP TABLE intake.observations",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
