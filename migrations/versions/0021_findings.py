"""Findings of screening about clients and platforms, for the reviewer: private, as flags are, and without a person."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"

UP = """
CREATE TABLE intake.findings (
    client_key bigint NOT NULL,
    first_raised_on date NOT NULL,
    last_raised_on date NOT NULL,
    finding text NOT NULL,
    platform text NOT NULL,
    evidence text NOT NULL,
    PRIMARY KEY (finding, platform, client_key)
)
"""
DOWN = "DROP TABLE intake.findings"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
