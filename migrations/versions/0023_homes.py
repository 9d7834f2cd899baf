"""A publisher's memory of homes: the manifest of each that its last release was made from."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"

UP = """
CREATE TABLE intake.homes (
    home text PRIMARY KEY,
    database uuid NOT NULL,
    number bigint NOT NULL,
    schema text NOT NULL,
    through date NOT NULL
)
"""
DOWN = "DROP TABLE intake.homes"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
