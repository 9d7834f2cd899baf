"""The load generator sends what a server takes, counts what it answers, and measures raw COPY on the same rows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import msgspec
import numpy as np

from api.intake.contract import Observation
from api.store import measured
from benchmarks import invented
from benchmarks.intake import copied
from benchmarks.invented import Bodies, this_hour
from benchmarks.load import Plan, run
from benchmarks.site import enrolled

NOW = datetime.now(UTC)


def test_every_body_holds_fresh_items_of_the_contract():
    bodies = Bodies.of(1, this_hour(NOW), 20)
    read = [msgspec.json.decode(bodies.body(number))["observations"] for number in range(60)]
    items = [msgspec.convert(item, Observation, strict=False) for batch in read for item in batch]
    assert len({item.id for item in items}) == len(items) == 1200
    assert {item.id.version for item in items} == {7}


def test_ids_are_of_whole_hours_that_are_over_or_running():
    hour = this_hour(NOW)
    made = invented.ids(np.random.default_rng(1), hour, 500)
    assert len(set(made)) == 500
    assert all((id_.int >> 80) % 3_600_000 == 0 for id_ in made)
    assert max(id_.int >> 80 for id_ in made) <= int(hour.timestamp() * 1000)


async def test_what_the_generator_counts_is_what_is_stored(settings, clock, serving):
    clock.set(NOW)
    free = msgspec.structs.replace(settings, posts_per_minute=1_000_000, items_per_day=10**9)
    async with serving(free) as site:
        secrets = await enrolled(site.server.dsn, 4, NOW.date())
        plan = Plan(
            url=site.server.url,
            connections=4,
            seconds=0.5,
            warm_seconds=0.1,
            items=5,
            hour=this_hour(NOW),
            secrets=secrets,
        )
        load = await asyncio.to_thread(run, plan)
        assert load.statuses.keys() == {"200"}
        assert load.accepted == await measured.count(site.pool) == await measured.distinct(site.pool) > 0
        assert load.accepted_while_measured == load.answers * 5


async def test_a_raw_copy_leaves_an_empty_table(pool):
    assert await copied(pool, 1000, this_hour(NOW)) > 0
    assert await measured.count(pool) == 0
