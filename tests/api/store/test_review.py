"""Flags are kept for whoever reviews them, and a person's last word up to a day is the word of that day."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import polars as pl
import pytest

from analytics.estimator.screening import FLAGS, set_aside
from api.store import contributors, memories, review
from api.store.contributors import NewContributor

MONDAY, TUESDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 22)


@pytest.fixture
async def who(pool):
    await contributors.enrol(pool, NewContributor(uuid4(), uuid4().bytes * 2, MONDAY, None))
    return await pool.fetchval("SELECT max(number) FROM intake.contributors")


def raised(who, flag="far_from_others", evidence="3 clients"):
    return pl.DataFrame([(who, flag, evidence)], schema=FLAGS, orient="row")


async def test_a_flag_is_kept_once_with_its_first_and_last_day(pool, who):
    await review.log(pool, raised(who, evidence="4 clients"), frozenset(), SUNDAY)
    await review.log(pool, raised(who), frozenset(), MONDAY)
    (kept,) = await review.listed(pool)
    assert (kept.first_raised_on, kept.last_raised_on, kept.evidence) == (MONDAY, SUNDAY, "4 clients")
    assert kept.verdict is None


async def test_a_flag_of_somebody_who_is_gone_is_not_kept(pool, who):
    await review.log(pool, pl.concat([raised(who), raised(who + 1)]), frozenset(), MONDAY)
    assert [one.contributor for one in await review.listed(pool)] == [who]


async def test_the_last_word_up_to_a_day_counts(pool, who):
    await review.log(pool, raised(who), frozenset(), MONDAY)
    assert await review.decide(pool, who, None, "confirmed", MONDAY) == ["far_from_others"]
    assert await review.decide(pool, who, "far_from_others", "cleared", SUNDAY) == ["far_from_others"]
    for day, verdict in ((MONDAY, "confirmed"), (TUESDAY, "confirmed"), (SUNDAY, "cleared")):
        assert (await review.decided(pool, day)).rows() == [(who, "far_from_others", verdict)]
    assert (await review.listed(pool))[0].verdict == "cleared"


async def test_before_any_word_there_is_none(pool, who):
    await review.log(pool, raised(who), frozenset(), MONDAY)
    before = await review.decided(pool, MONDAY)
    assert before.is_empty()
    assert set_aside(raised(who), before) == {who}


async def test_nothing_is_decided_about_a_flag_that_was_never_raised(pool, who):
    assert await review.decide(pool, who, None, "cleared", MONDAY) == []
    await review.log(pool, raised(who), frozenset(), MONDAY)
    assert await review.decide(pool, who, "same_times", "cleared", MONDAY) == []


async def test_flags_and_words_go_with_their_contributor(pool, who):
    await review.log(pool, raised(who), frozenset(), MONDAY)
    await review.decide(pool, who, None, "confirmed", MONDAY)
    await contributors.erase(pool, who)
    assert await review.listed(pool) == []
    assert (await review.decided(pool, SUNDAY)).is_empty()


async def test_who_was_set_aside_in_the_last_release_is_not_new(pool, who):
    """An alarm keeps a flag without a day of setting aside: those people stay new in the next release."""
    for day in (MONDAY, TUESDAY):
        name = f"{day}"
        await memories.put(pool, memories.Written(name, "0" * 64, b""))
        await memories.keep(pool, name)
    await review.log(pool, raised(who), frozenset(), MONDAY)
    assert await review.set_aside_before(pool, "crowd", TUESDAY) == frozenset()
    await review.log(pool, raised(who), frozenset({who}), TUESDAY)
    assert await review.set_aside_before(pool, "crowd", TUESDAY) == frozenset()  # made again, it is new again
    assert await review.set_aside_before(pool, "crowd", SUNDAY) == {who}
    await memories.put(pool, memories.Written(f"{SUNDAY}", "0" * 64, b""))
    await memories.keep(pool, f"{SUNDAY}")
    assert await review.set_aside_before(pool, "crowd", date(2026, 11, 29)) == frozenset()
