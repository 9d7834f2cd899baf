"""Raw rows leave as they were known on a day: the revision of then, with the day of its first arrival."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from api.store import contributors, observations, overheads
from api.store.contributors import NewContributor
from api.store.export import export
from api.store.rows import named, overhead_row
from tests.builders import NOW, observed, unpaid

TODAY = NOW.date()
LATER = TODAY + timedelta(days=9)


async def test_a_day_knows_only_what_had_come_by_its_end(pool, tmp_path):
    async with pool.acquire() as db:
        await contributors.enrol(db, NewContributor(UUID(int=1), bytes(32), TODAY, "PH"))
        number = await db.fetchval("SELECT number FROM intake.contributors")
        item = named(observed(), number, TODAY)
        day = overhead_row(unpaid(), number, TODAY)
        await observations.keep_names(db, [item])
        await observations.store(db, [item.row])
        await overheads.store(db, [day])
        await observations.store(db, [item.row._replace(revision=4, outcome=b"r", received_on=LATER)])
        await overheads.store(db, [day._replace(revision=4, watch_seconds=0.0, received_on=LATER)])
        known = {on: await export(db, tmp_path, on) for on in (TODAY - timedelta(days=1), TODAY, LATER)}
    before, then, after = known.values()
    assert (before.observations.height, before.around.overheads.height) == (0, 0)
    assert then.observations.select("outcome", "received_on").rows() == [("submitted", TODAY)]
    assert after.observations.select("outcome", "received_on").rows() == [("rejected", TODAY)]
    assert then.around.overheads.select("platform", "day", "seconds").rows() == [("practice", TODAY, 660.0)]
    assert after.around.overheads["seconds"].to_list() == [600.0]
    assert [left.name for left in tmp_path.iterdir()] == ["segments"]
