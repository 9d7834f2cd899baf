"""Who shares: a pseudonym, a day, and the hash of a secret. No address, no instant, no name.

`number` is what rows carry (4 bytes for 16); it means nothing outside this database. An imported worker has
no secret. `challenges` holds proofs of work already used, until they would have expired anyway.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

UP = (
    """
    CREATE TABLE intake.contributors (
        number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        secret_hash bytea UNIQUE CHECK (length(secret_hash) = 32),
        enrolled_on date NOT NULL,
        origin "char" NOT NULL,
        country char(2)
    )
    """,
    """
    CREATE TABLE intake.challenges (
        hash bytea PRIMARY KEY,
        expires_hour timestamptz NOT NULL
    )
    """,
)
DOWN = (
    "DROP TABLE intake.challenges",
    "DROP TABLE intake.contributors",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
