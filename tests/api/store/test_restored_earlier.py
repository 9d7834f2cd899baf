"""A database restored to an earlier moment gives nobody the number, and so the rows, of a person who came after it."""

from __future__ import annotations

import msgspec

from api.commands.backup import backup, restore
from tests.builders import observation

PEOPLE = 12
NUMBERS = "SELECT number FROM intake.contributors"


async def numbers(site):
    return {row["number"] for row in await site.rows(NUMBERS)}


async def test_people_who_enrol_after_a_restore_have_numbers_and_rows_of_their_own(site, serving, tmp_path, empty_dsn):
    """With a sequence the first new person got another's 40 rows, whose segments and shards had survived the restore."""
    earlier = msgspec.structs.replace(site.settings, data=tmp_path / "earlier", database_url=empty_dsn)
    await site.enrol()
    await backup(site.pool, site.settings, tmp_path / "earlier.backup")
    before = await numbers(site)
    for _ in range(PEOPLE):
        await site.share(await site.enrol(), observation())
    await restore(empty_dsn, earlier, tmp_path / "earlier.backup")
    async with serving(earlier) as restored:
        newcomers = [await restored.enrol() for _ in range(PEOPLE)]
        given, lost = await numbers(restored) - before, await numbers(site) - before
        assert (len(given), len(lost)) == (PEOPLE, PEOPLE)
        assert not given & lost
        export = (await restored.http.get("/v1/contributors/me/export", headers=newcomers[0])).json()
        assert export["observations"] == []
