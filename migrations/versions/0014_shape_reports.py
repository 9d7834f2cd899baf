"""Shapes of changed pages that workers sent. A row holds the day of its arrival and nothing of who sent it."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

UP = """
CREATE TABLE intake.shape_reports (
    number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pack_version smallint NOT NULL,
    received_on date NOT NULL,
    platform text NOT NULL,
    page text NOT NULL,
    report text NOT NULL
)
"""
DOWN = "DROP TABLE intake.shape_reports"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
