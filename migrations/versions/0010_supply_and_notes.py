"""Counts of open listings, and what clients were answered.

`sightings` are one contributor's counts of one platform and day: append only, the highest revision counts. `notes` are
the site's own public words; a note is withdrawn, never changed, so that a past release can be made again.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

UP = (
    """
    CREATE TABLE intake.sightings (
        id uuid NOT NULL,
        contributor int NOT NULL,
        day date NOT NULL,
        received_on date NOT NULL,
        revision smallint NOT NULL,
        platform text NOT NULL,
        watched_minutes smallint[] NOT NULL,
        appeared smallint[] NOT NULL,
        lives smallint[] NOT NULL,
        PRIMARY KEY (contributor, id, revision)
    )
    """,
    """
    CREATE TABLE intake.notes (
        number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        client_key bigint,
        written_on date NOT NULL,
        withdrawn_on date,
        platform text NOT NULL,
        client_id text,
        kind text NOT NULL CHECK (kind IN ('objection', 'correction', 'note')),
        text text NOT NULL
    )
    """,
)
DOWN = ("DROP TABLE intake.notes", "DROP TABLE intake.sightings")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
