"""How fast units of open listings went: beside the other counts of `sightings`, null where the sender counted none.

New columns without a default change no row, so that a large table is not rewritten.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

UP = "ALTER TABLE intake.sightings ADD COLUMN units_minutes int[], ADD COLUMN units_gone int[]"
DOWN = "ALTER TABLE intake.sightings DROP COLUMN units_gone, DROP COLUMN units_minutes"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
