"""The release secret gets the name of its purpose: every hidden draw of a release comes from it, not pseudonyms alone."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("UPDATE intake.keys SET name = 'release' WHERE name = 'marks'")


def downgrade() -> None:
    op.execute("UPDATE intake.keys SET name = 'marks' WHERE name = 'release'")
