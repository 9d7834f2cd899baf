"""What a platform paid for, and which version of the extension timed an attempt: null from senders older than the columns.

New columns without a default change no row, so that a large table is not rewritten. Letters of `pay_kind` are those of
`api/store/codes.py`; `extension_version` is a number that sorts (1.20.3 is 1020003).
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

NAMES = ("cap_seconds real", "paid_seconds real", 'pay_kind "char"', "extension_version int")
UP = f"ALTER TABLE intake.observations {', '.join(f'ADD COLUMN {name}' for name in NAMES)}"
DOWN = f"ALTER TABLE intake.observations {', '.join(f'DROP COLUMN {name.split()[0]}' for name in NAMES)}"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
