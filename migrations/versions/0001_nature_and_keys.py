"""What this database is for, and the secrets it made for itself.

`nature` holds one row for ever: real work and simulated work never share a database. `keys` holds random
bytes made once (for challenges and for the pseudonyms of imports).
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

UP = (
    """
    CREATE TABLE intake.nature (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        nature text NOT NULL CHECK (nature IN ('real', 'demo'))
    )
    """,
    """
    CREATE TABLE intake.keys (
        name text PRIMARY KEY,
        secret bytea NOT NULL CHECK (length(secret) >= 32)
    )
    """,
)
DOWN = (
    "DROP TABLE intake.keys",
    "DROP TABLE intake.nature",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
