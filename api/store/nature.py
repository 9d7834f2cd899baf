"""The kind of data in a database, real or simulated work: set once, never changed."""

from __future__ import annotations

from typing import Literal

from api.errors import WrongNature
from api.store.database import Database

Nature = Literal["real", "demo"]
CLAIM = "INSERT INTO intake.nature (nature) VALUES ($1) ON CONFLICT DO NOTHING"
READ = "SELECT nature FROM intake.nature"


async def claim(db: Database, nature: Nature) -> None:
    """Make the database one of `nature`, or check that it already is.

    Raises:
        WrongNature: The database holds the other kind; demo data and real data never mix.
    """
    await db.execute(CLAIM, nature)
    found = await db.fetchval(READ)
    if found != nature:
        raise WrongNature(f"this database holds {found} data, and {nature} data was asked for: choose another --data")
