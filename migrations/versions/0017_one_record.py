"""One record is (contributor, id), and contributor numbers have 64 bits.

A record may change its client by a later revision. `moved_records` names those that did, so that a release can leave
out the rows of the earlier client without comparing every row with every other. Rows of before are looked through once.

Numbers are made at random by the server from now on, so that a promoted standby cannot give one twice; numbers given
before stay. The key of `observations` is built again under a lock: some ten seconds for ten million rows.

The way back gives the contributors whose number needs more than 31 bits a smaller one, in all their rows; of two
contributors' records of one id it keeps the one that came first.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0017"
down_revision = "0016"

WIDER = ("overheads", "sightings", "flags", "reviews")
KEY = """
SELECT array_agg(a.attname::text ORDER BY k.place) = ARRAY['id', 'revision', 'contributor']
FROM pg_constraint c CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k (number, place)
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
WHERE c.conrelid = 'intake.observations'::regclass AND c.contype = 'p'
"""
NUMBER = "ALTER TABLE intake.contributors ALTER COLUMN number DROP IDENTITY IF EXISTS, ALTER COLUMN number TYPE bigint"
NUMBER_BACK = "ALTER TABLE intake.contributors ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY"
NEXT_NUMBER = """
SELECT setval(pg_get_serial_sequence('intake.contributors', 'number'),
    coalesce((SELECT max(number) FROM intake.contributors), 0) + 1, false)
"""
MOVED = """
CREATE TABLE intake.moved_records (
    contributor bigint NOT NULL,
    id uuid NOT NULL,
    PRIMARY KEY (contributor, id)
)
"""
FIND_MOVED = """
INSERT INTO intake.moved_records (contributor, id)
SELECT contributor, id FROM intake.observations GROUP BY contributor, id HAVING min(client_key) < max(client_key)
"""
# The same id of another contributor is a record of its own; the narrow key holds one of them only.
TWINS = """
DELETE FROM intake.observations o WHERE EXISTS (
    SELECT FROM intake.observations other
    WHERE (other.id, other.revision) = (o.id, o.revision)
    AND (other.received_on, other.contributor) < (o.received_on, o.contributor))
"""
SMALLER = """
CREATE TEMPORARY TABLE smaller ON COMMIT DROP AS
SELECT number, row_number() OVER (ORDER BY enrolled_on, id)
    + (SELECT coalesce(max(number), 0) FROM intake.contributors WHERE number < 1000000000) AS smaller
FROM intake.contributors WHERE number >= 1000000000
"""
RENUMBER = """
UPDATE intake.{table} SET {column} = smaller.smaller FROM smaller WHERE smaller.number = intake.{table}.{column}
"""
REFERRING = ("flags", "reviews")
REFERS = "FOREIGN KEY (contributor) REFERENCES intake.contributors (number) ON DELETE CASCADE"


def upgrade() -> None:
    db = op.get_bind()
    db.execute(text(NUMBER))
    for name in WIDER:
        db.execute(text(f"ALTER TABLE intake.{name} ALTER COLUMN contributor TYPE bigint"))
    wider = "ALTER COLUMN contributor TYPE bigint"
    if not db.scalar(text(KEY)):
        wider += ", DROP CONSTRAINT observations_pkey, ADD PRIMARY KEY (id, revision, contributor)"
    db.execute(text(f"ALTER TABLE intake.observations {wider}"))
    db.execute(text(MOVED))
    db.execute(text(FIND_MOVED))


def downgrade() -> None:
    db = op.get_bind()
    db.execute(text("DROP TABLE intake.moved_records"))
    db.execute(text(TWINS))
    db.execute(text(SMALLER))
    for name in REFERRING:
        db.execute(text(f"ALTER TABLE intake.{name} DROP CONSTRAINT {name}_contributor_fkey"))
    for name in ("observations", *WIDER):
        db.execute(text(RENUMBER.format(table=name, column="contributor")))
    db.execute(text(RENUMBER.format(table="contributors", column="number")))
    narrow = "ALTER COLUMN contributor TYPE int"
    for name in WIDER:
        db.execute(text(f"ALTER TABLE intake.{name} {narrow}"))
    key = "DROP CONSTRAINT observations_pkey, ADD PRIMARY KEY (id, revision)"
    db.execute(text(f"ALTER TABLE intake.observations {narrow}, {key}"))
    db.execute(text("ALTER TABLE intake.contributors ALTER COLUMN number TYPE int"))
    for name in REFERRING:
        db.execute(text(f"ALTER TABLE intake.{name} ADD CONSTRAINT {name}_contributor_fkey {REFERS}"))
    db.execute(text(NUMBER_BACK))
    db.execute(text(NEXT_NUMBER))
