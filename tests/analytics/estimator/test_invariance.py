"""What must not change a rate: order, threads, volume, small clients, people who do not count yet."""

from __future__ import annotations

import os
import subprocess
import sys

import polars as pl
from attempts import AS_OF, attempt, frame, mature_history, team
from polars.testing import assert_frame_equal

from analytics.disclosure.thresholds import disclose
from analytics.estimator import estimate
from analytics.model.policy import ARCHIVE, CROWD
from analytics.simulation.synthetic import AS_OF as MARKET_DAY
from analytics.simulation.synthetic import Market, made

HASH_OF_RATES = """
import hashlib
from analytics.estimator import estimate
from analytics.model.policy import ARCHIVE
from analytics.simulation.synthetic import AS_OF, Market, made
rows, _ = made(Market(clients=60, contributors=12, unsubmitted=0.13, rejected=0.01, seed=4))
rates = estimate(rows.sample(fraction=1, shuffle=True, seed={seed}), as_of=AS_OF, policy=ARCHIVE)
content = rates.cells.write_csv() + rates.components.write_csv()
print(hashlib.sha256(content.encode()).hexdigest())
"""


def market(**fields):
    return made(Market(**{"clients": 40, "contributors": 10, "unsubmitted": 0.13, "rejected": 0.01, **fields}))[0]


def rates(rows, policy=ARCHIVE):
    return estimate(rows, as_of=MARKET_DAY, policy=policy)


def clients_of(rates):
    return disclose(rates, ARCHIVE).cells.filter(pl.col("level") != "platform")


def test_any_order_of_rows_gives_the_same_bytes():
    rows = market()
    first = rates(rows)
    for seed in range(3):
        again = rates(rows.sample(fraction=1, shuffle=True, seed=seed))
        assert again.cells.write_csv() == first.cells.write_csv()
        assert again.components.write_csv() == first.components.write_csv()


def test_any_number_of_threads_gives_the_same_bytes():
    def digest(threads, seed):
        environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
        command = [sys.executable, "-c", HASH_OF_RATES.format(seed=seed)]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    assert digest(1, 1) == digest(2, 2) == digest(4, 3)


def test_only_the_day_of_publishing_matters():
    rows = market()
    assert_frame_equal(rates(rows).cells, estimate(rows, as_of=MARKET_DAY.replace(hour=23), policy=ARCHIVE).cells)


def test_a_client_with_four_contributors_alters_no_byte_of_another_client():
    rows = market()
    four = made(Market(clients=30, contributors=4, seed=9, pool=3, mu=4.0))[0].with_columns(
        client_key=pl.col("client_key") + 1, task_key=pl.col("task_key") + 1
    )
    known = rows["contributor"].unique().sort()
    four = four.with_columns(contributor=pl.col("contributor").replace_strict(range(12), known.head(12)))
    alone, together = clients_of(rates(rows)), clients_of(rates(pl.concat([rows, four])))
    assert together.height > 0
    assert together.write_csv() == alone.write_csv()


def test_people_who_are_not_mature_alter_no_byte_at_all():
    mature = [row for person in range(1, 13) for row in mature_history(person, seconds=300.0 + 20 * person)]
    young = [row for person in range(50, 70) for row in mature_history(person, tasks=7, seconds=10.0)]
    few = estimate(frame(mature), as_of=AS_OF, policy=CROWD)
    more = estimate(frame([*young, *mature]), as_of=AS_OF, policy=CROWD)
    assert few.cells.filter(pl.col("contributors") >= 10).height == 5
    assert more.cells.write_csv() == few.cells.write_csv()


def test_one_contributor_in_two_task_groups_is_one_voter_of_the_client():
    rows = [*team(6), *(attempt(1, person, task_key=77) for person in range(1, 7))]
    cells = estimate(frame(rows), as_of=AS_OF, policy=ARCHIVE).cells
    assert cells.sort("level", "task_key")["contributors"].to_list() == [6, 6, 6, 6]


def test_what_numbers_people_bear_alters_no_published_byte():
    rows = market(clients=60, contributors=20)
    known = rows["contributor"].unique().sort()
    others = known.sample(len(known), shuffle=True, seed=5) * 7_919 - 10**9
    renamed = rows.with_columns(pl.col("contributor").replace_strict(known, others))
    told, again = (disclose(rates(frame), ARCHIVE).cells for frame in (rows, renamed))
    assert again.write_csv() == told.write_csv()
