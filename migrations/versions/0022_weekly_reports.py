"""Counts that show how well packs read their sites, and account actions that workers entered.

Both are by platform and week, append only; the highest revision counts. Neither holds anything of a page or a client.
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"

UP = (
    """
    CREATE TABLE intake.capture_health (
        id uuid NOT NULL,
        contributor bigint NOT NULL,
        week date NOT NULL,
        received_on date NOT NULL,
        expected_rows int NOT NULL,
        read_rows int NOT NULL,
        changed_pages int NOT NULL,
        agreeing_statements smallint NOT NULL,
        differing_statements smallint NOT NULL,
        revision smallint NOT NULL,
        pack_version smallint NOT NULL,
        platform text NOT NULL,
        PRIMARY KEY (contributor, id, revision)
    )
    """,
    "CREATE INDEX capture_health_week ON intake.capture_health (week)",
    """
    CREATE TABLE intake.account_actions (
        id uuid NOT NULL,
        contributor bigint NOT NULL,
        week date NOT NULL,
        received_on date NOT NULL,
        revision smallint NOT NULL,
        platform text NOT NULL,
        kind text NOT NULL,
        pending_band text NOT NULL,
        PRIMARY KEY (contributor, id, revision)
    )
    """,
)
DOWN = ("DROP TABLE intake.account_actions", "DROP TABLE intake.capture_health")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
