"""What each contributor stored today, and how often they took their copy: counts that bound one person's share of a disk.

Unlogged, as the other limits are: in no backup and on no standby, and gone after a day.
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"

UP = """
CREATE UNLOGGED TABLE intake.daily_use (
    contributor bigint NOT NULL,
    day date NOT NULL,
    items int NOT NULL DEFAULT 0,
    names int NOT NULL DEFAULT 0,
    exports int NOT NULL DEFAULT 0,
    PRIMARY KEY (contributor, day)
)
"""
DOWN = "DROP TABLE intake.daily_use"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
