"""Which database this is, and how often its rows left as segments: so that segments of another database, or of a later
moment than the one this database was restored to, are noticed before anything is written over them.
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"

UP = (
    """
    CREATE TABLE intake.exports (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        number bigint NOT NULL DEFAULT 0,
        database uuid NOT NULL DEFAULT gen_random_uuid()
    )
    """,
    "INSERT INTO intake.exports DEFAULT VALUES",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE intake.exports")
