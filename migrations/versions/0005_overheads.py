"""Unpaid time, one platform and day of one contributor: append only, the highest revision counts."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

UP = (
    """
    CREATE TABLE intake.overheads (
        id uuid NOT NULL,
        contributor int NOT NULL,
        day date NOT NULL,
        received_on date NOT NULL,
        search_seconds real NOT NULL,
        watch_seconds real NOT NULL,
        preview_seconds real NOT NULL,
        qualification_seconds real NOT NULL,
        messages_seconds real NOT NULL,
        payment_seconds real NOT NULL,
        learning_seconds real NOT NULL,
        revision smallint NOT NULL,
        platform text NOT NULL,
        PRIMARY KEY (contributor, id, revision)
    )
    """,
)
DOWN = ("DROP TABLE intake.overheads",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
