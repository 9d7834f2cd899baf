"""Private: what each release said of every cell, and marks of who was in it then, so that the next release changes no
figure by one person's joining or leaving (`analytics/disclosure/change_control.py`).

A mark is a keyed hash of a contributor within one cell; its secret is in `intake.keys`. `is_whole` becomes true when
the release itself stands in its folder.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

UP = (
    """
    CREATE TABLE intake.memories (
        release text PRIMARY KEY,
        policy text NOT NULL,
        as_of date NOT NULL,
        sequence int NOT NULL,
        is_whole boolean NOT NULL,
        content_sha256 text NOT NULL,
        content bytea NOT NULL
    )
    """,
    "CREATE INDEX memories_newest ON intake.memories (policy, as_of, sequence)",
    "ALTER TABLE intake.memories ALTER COLUMN content SET STORAGE EXTERNAL",  # packed already
)
DOWN = ("DROP TABLE intake.memories",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
