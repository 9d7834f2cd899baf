"""What the measurement of several servers asks: exact percentiles of every client's times, and quiet servers to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.store.database import Database

ASK_SECONDS = 600.0
# One server, one core: as each of many servers under load has it. New connections heed it.
ALONE = """
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET max_parallel_workers_per_gather = 0', current_database());
END $$
"""
TIDY = "VACUUM (ANALYZE) intake.observations"
EACH_SHARD_ITS_OWN = "SET enable_partitionwise_aggregate = on"
KNOWN = "ANALYZE intake.observations"  # without an idea of their size it would fetch all rows and group them itself
# Grouped by the column by which rows are spread, and of nothing that postgres_fdw does not send on (greatest() is such):
# so each shard does its clients by itself.
PERCENTILES = """
SELECT count(*) AS clients, sum(people) AS people, sum(seconds[2])::float8 AS seconds, sum(open[2])::float8 AS open,
    sum(rate[2])::float8 AS rate
FROM (
    SELECT client_key, count(DISTINCT contributor),
        percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY active_seconds),
        percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY open_seconds),
        percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY reward_micros / (active_seconds + 1))
    FROM intake.observations GROUP BY client_key
) AS clients (client_key, people, seconds, open, rate)
"""
ROWS = """
SELECT sum(rows)::bigint FROM (
    SELECT client_key, count(*) AS rows FROM intake.observations GROUP BY client_key
) AS each
"""
ASKER = "SELECT max(pid) FROM pg_stat_activity WHERE application_name = 'postgres_fdw'"


async def settle(server: Database) -> None:
    """Make a server that was filled ready to be measured."""
    await server.execute(ALONE)
    await server.execute(TIDY, timeout=ASK_SECONDS)


async def ready(coordinator: Database) -> None:
    """Let this connection's questions go to the shards whole."""
    await coordinator.execute(KNOWN, timeout=ASK_SECONDS)
    await coordinator.execute(EACH_SHARD_ITS_OWN)


async def percentiles(coordinator: Database) -> tuple[object, ...]:
    """Clients, people, median seconds and median pay, summed up: the same, wherever the rows are."""
    row = await coordinator.fetchrow(PERCENTILES, timeout=ASK_SECONDS)
    assert row is not None
    return row["clients"], row["people"], f"{row['seconds']:.6g}", f"{row['rate']:.6g}"


async def largest_share(sources: Sequence[tuple[int, Database]]) -> float:
    """The part of all rows that the fullest server has."""
    rows = [await db.fetchval(ROWS) for db in {id(db): db for _, db in sources}.values()]
    return float(max(rows) / sum(rows))


async def askers(sources: Sequence[tuple[int, Database]]) -> list[int]:
    """The process on each server that answers the coordinator (of one that asks alone)."""
    return [await db.fetchval(ASKER) for db in {id(db): db for _, db in sources}.values()]
