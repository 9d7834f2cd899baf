"""Raw words are kept by contributor, so that a name or title is published only as five people sent it.

`intake.clients` and `intake.tasks` keep what stands behind keys for everybody: the platform's client id and the folded
title. `intake.words` holds each contributor's own spelling, and goes with their data. `intake.name_rulings` is the
operator's word: another text for a key, or none (hidden).
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from migrations.folded import folded_title

revision = "0019"
down_revision = "0018"

UP = (
    """
    CREATE TABLE intake.words (
        contributor bigint NOT NULL,
        client_key bigint NOT NULL,
        task_key bigint NOT NULL,
        sent_on date NOT NULL,
        client_name text,
        task_id text,
        title text NOT NULL,
        PRIMARY KEY (task_key, contributor)
    )
    """,
    "CREATE INDEX words_contributor ON intake.words (contributor)",
    """
    CREATE TABLE intake.name_rulings (
        kind text NOT NULL CHECK (kind IN ('client', 'task')),
        key bigint NOT NULL,
        text text,
        written_on date NOT NULL,
        PRIMARY KEY (kind, key)
    )
    """,
    "UPDATE intake.clients SET client_name = NULL",
    "UPDATE intake.tasks SET task_id = NULL",
)
DOWN = ("DROP TABLE intake.name_rulings", "DROP TABLE intake.words")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)
    connection = op.get_bind()
    for task_key, title in connection.execute(text("SELECT task_key, title FROM intake.tasks")).fetchall():
        connection.execute(
            text("UPDATE intake.tasks SET title = :title WHERE task_key = :key"),
            {"title": folded_title(title), "key": task_key},
        )


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
