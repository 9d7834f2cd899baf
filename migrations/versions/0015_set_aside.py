"""First and last day on which a flag took a vote away: a release sets few contributors aside who were not before.

Null where a flag was raised and nobody was set aside, as too many would have been at once.
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

UP = "ALTER TABLE intake.flags ADD COLUMN first_set_aside_on date, ADD COLUMN last_set_aside_on date"
DOWN = "ALTER TABLE intake.flags DROP COLUMN first_set_aside_on, DROP COLUMN last_set_aside_on"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
