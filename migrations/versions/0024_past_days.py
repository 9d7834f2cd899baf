"""Days that left PostgreSQL: which files hold them, and what the server must know of their rows without opening a file.

`past_files` is the authority on which files count; it changes in the same transaction as the rows leave. `past_keys`
holds each revision's key, number, day and client in compressed pages. `past_people` holds what a contributor's
standing needs. `past_erased` names contributors whose rows must still be taken out of a file. `past_drafts` names files
that this database wrote and that do not count: those of a move that was cut short, and those that another replaced.
`moved_revisions` are the past revisions of records that changed their client.
"""

from __future__ import annotations

from alembic import op
from alembic.util import CommandError
from sqlalchemy import text

revision = "0024"
down_revision = "0023"

UP = (
    """
    CREATE TABLE intake.past_files (
        number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        first_day date NOT NULL,
        last_day date NOT NULL,
        bucket int NOT NULL,
        buckets int NOT NULL,
        rows bigint NOT NULL,
        bytes bigint NOT NULL,
        name text NOT NULL UNIQUE,
        sha256 text NOT NULL,
        e_tag text NOT NULL,
        pieces bigint[] NOT NULL,
        piece_rows bigint[] NOT NULL,
        piece_sums numeric[] NOT NULL
    )
    """,
    "CREATE INDEX past_files_days ON intake.past_files (last_day)",
    """
    CREATE TABLE intake.past_keys (
        file int NOT NULL REFERENCES intake.past_files ON DELETE CASCADE,
        first_key bigint NOT NULL,
        keys bytea NOT NULL,
        PRIMARY KEY (file, first_key)
    )
    """,
    "ALTER TABLE intake.past_keys ALTER COLUMN keys SET STORAGE EXTERNAL",
    """
    CREATE TABLE intake.past_people (
        contributor bigint NOT NULL,
        file int NOT NULL REFERENCES intake.past_files ON DELETE CASCADE,
        records int NOT NULL,
        summary bytea NOT NULL,
        PRIMARY KEY (contributor, file)
    )
    """,
    "CREATE INDEX past_people_file ON intake.past_people (file)",
    """
    CREATE TABLE intake.past_erased (
        file int NOT NULL REFERENCES intake.past_files ON DELETE CASCADE,
        contributor bigint NOT NULL,
        PRIMARY KEY (file, contributor)
    )
    """,
    "CREATE TABLE intake.past_drafts (name text PRIMARY KEY)",
    """
    CREATE TABLE intake.past_tasks (
        client_key bigint NOT NULL,
        task_key bigint NOT NULL,
        last_day date NOT NULL,
        PRIMARY KEY (task_key, client_key)
    )
    """,
    """
    CREATE TABLE intake.moved_revisions (
        contributor bigint NOT NULL,
        id uuid NOT NULL,
        client_key bigint NOT NULL,
        received_on date NOT NULL,
        revision smallint NOT NULL,
        PRIMARY KEY (contributor, id, revision)
    )
    """,
    "ALTER TABLE intake.words ADD COLUMN past_to date",
)
TABLES = (
    "moved_revisions",
    "past_tasks",
    "past_drafts",
    "past_erased",
    "past_people",
    "past_keys",
    "past_files",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().scalar(text("SELECT EXISTS (SELECT FROM intake.past_files)")):
        raise CommandError("rows of past days are in files only, which an earlier version cannot read")
    op.execute("ALTER TABLE intake.words DROP COLUMN past_to")
    for table in TABLES:
        op.execute(f"DROP TABLE intake.{table}")
