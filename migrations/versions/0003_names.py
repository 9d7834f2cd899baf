"""The words behind the keys of rows: a client's and a task's, each kept once.

`client_key` is the key by which rows would be spread over servers, so every table of rows carries it."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

UP = (
    """
    CREATE TABLE intake.clients (
        client_key bigint PRIMARY KEY,
        platform text NOT NULL,
        client_id text,
        client_name text
    )
    """,
    """
    CREATE TABLE intake.tasks (
        client_key bigint NOT NULL,
        task_key bigint NOT NULL,
        task_id text,
        title text NOT NULL,
        PRIMARY KEY (client_key, task_key)
    )
    """,
)
DOWN = (
    "DROP TABLE intake.tasks",
    "DROP TABLE intake.clients",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
