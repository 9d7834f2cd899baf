"""Private: suspected manipulation by contributor when a release was made, and what a person decided about it.

`flags` can be made again from raw rows. `reviews` is append only: the last word up to a day is the word of that day,
so that a past release can be made again. Both go with their contributor.
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

UP = (
    """
    CREATE TABLE intake.flags (
        contributor int NOT NULL REFERENCES intake.contributors (number) ON DELETE CASCADE,
        first_raised_on date NOT NULL,
        last_raised_on date NOT NULL,
        flag text NOT NULL,
        evidence text NOT NULL,
        PRIMARY KEY (contributor, flag)
    )
    """,
    """
    CREATE TABLE intake.reviews (
        number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        contributor int NOT NULL REFERENCES intake.contributors (number) ON DELETE CASCADE,
        decided_on date NOT NULL,
        flag text NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('cleared', 'confirmed'))
    )
    """,
    "CREATE INDEX reviews_contributor ON intake.reviews (contributor)",
)
DOWN = ("DROP TABLE intake.reviews", "DROP TABLE intake.flags")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
