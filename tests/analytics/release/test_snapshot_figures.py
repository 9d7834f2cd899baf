"""A snapshot row says which figure it is, and a reader that knows nothing of task rates finds no pay in one.

`tests/fixtures/wire/snapshot_figures.json` is made here by the encoder from invented cells; the extension's tests read it.
To make it again: `WRITE_FIXTURES=1 python -m pytest tests/analytics/release/test_snapshot_figures.py -n 0`.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analytics.disclosure.thresholds import FIGURES, disclose
from analytics.estimator import Rates
from analytics.estimator.rates import CELLS, COMPONENTS
from analytics.model.identifiers import snapshot_key
from analytics.model.policy import ARCHIVE
from analytics.release.snapshot import UNSEEN, VALUES, Snapshot, encoded, snapshot_rates

FIXTURE = Path(__file__).parents[2] / "fixtures" / "wire" / "snapshot_figures.json"
DAY = date(2026, 11, 23)
NO_DECISION = {"decided_contributors": 0, "paid_share": None, "is_own_paid_share": False}
ROWS = {
    "number": {"contributors": 30},
    "range": {"contributors": 7, "level": "task"},  # of the first client, whose decisions it uses
    "task_rate_of_few": {"contributors": 7, **NO_DECISION},
    "task_rate_of_few_untimed": {"contributors": 7, "kept_share": None, "level": "task"},
    "task_rate_undecided": {"contributors": 30, **NO_DECISION},
    "task_rate_time_unknown": {"contributors": 30, "kept_share": None},
    "divided": {"contributors": 28, "near_contributors": 4.0},
    "many_people": {"contributors": 2_500},
}
KEYS = {name: place << 40 for place, name in enumerate(ROWS, start=1)}
TASKS = [name for name, figures in ROWS.items() if figures.get("level") == "task"]


def client(key, figures):
    return dict.fromkeys(CELLS, None) | {
        "level": "client",
        "platform": "practice",
        "client_key": key,
        "parent": "platform",
        "people": figures["contributors"],
        "decided_contributors": figures["contributors"],
        "days_to_pay_contributors": figures["contributors"],
        "pooled_variance": 0.1,
        "paid_share": 0.9,
        "paid_share_variance": 0.0,
        "kept_share": 0.8,
        "submitted_share": 0.8,
        "pending_share": 0.1,
        "undecided_share": 0.1,
        "is_own_paid_share": True,
        "task_usd_per_hour": 4.4,
        "effective_usd_per_hour": 3.2,
        "child_theta": 1.4,
        "child_log_reward": -1.0,
        "days_to_pay": 3.0,
    } | figures  # fmt: skip


def task_keys(name):
    return {"client_key": KEYS["number"], "task_key": KEYS[name]} if name in TASKS else {}


def shown():
    cells = pl.DataFrame(
        [client(KEYS[name], figures | task_keys(name)) for name, figures in ROWS.items()],
        schema=CELLS,
    )
    return disclose(Rates(DAY, "archive", cells, pl.DataFrame(schema=COMPONENTS), {}), ARCHIVE).cells


def rows_by_name():
    _, rates = snapshot_rates(shown(), "practice")
    return {name: list(rates[snapshot_key(key)]) for name, key in KEYS.items()}


def golden():
    """The fixture: a whole snapshot as it is encoded, the key of each row by its name, and its figure in the tables."""
    cells = shown().with_columns(key=pl.coalesce("task_key", "client_key")).sort("key")
    _, rates = snapshot_rates(cells, "practice")
    snapshot = Snapshot(
        1.5, DAY, "version 4", "demo", "practice", None, rates, "2026-11-23", 1.05, 0.95, 0.6, {"USD": 1.0}
    )
    return {
        "keys": {name: snapshot_key(key) for name, key in KEYS.items()},
        "figures": dict(zip(ROWS, cells["figure"].to_list(), strict=True)),
        "snapshot": json.loads(encoded(snapshot)),
    }


def test_the_golden_snapshot_is_what_the_encoder_makes():
    if os.environ.get("WRITE_FIXTURES"):
        FIXTURE.write_text(json.dumps(golden(), indent=2) + "\n", encoding="utf-8")
    assert json.loads(FIXTURE.read_text(encoding="utf-8")) == golden()


def test_the_golden_snapshot_shows_every_figure():
    assert set(golden()["figures"].values()) == set(FIGURES)


@pytest.mark.parametrize("name", ["task_rate_undecided", "task_rate_time_unknown"])
def test_a_task_rate_leaves_every_place_of_effective_pay_empty(name):
    row = dict(zip((*VALUES, *UNSEEN, "task_low", "task_high"), rows_by_name()[name], strict=True))
    effective = ("effective_usd_per_hour", "low_usd_per_hour", "high_usd_per_hour", *UNSEEN)
    assert [row[place] for place in effective] == [None] * len(effective)
    assert row["task_low"] <= row["task_usd_per_hour"] <= row["task_high"]


def test_a_task_rate_says_by_the_missing_share_why_it_is_one():
    paid, kept = VALUES.index("paid_share"), VALUES.index("kept_share")
    undecided, untimed = (rows_by_name()[name] for name in ("task_rate_undecided", "task_rate_time_unknown"))
    assert undecided[paid] is None
    assert undecided[kept] is not None
    assert untimed[paid] is not None
    assert untimed[kept] is None


def test_a_task_rate_of_few_people_has_its_ends_and_no_number():
    people, *shares, low, high = rows_by_name()["task_rate_of_few"]
    assert (people, set(shares)) == (5, {None})
    assert low < high


def test_a_task_rate_of_few_people_says_by_the_missing_share_that_time_is_unknown():
    row = dict(
        zip((*VALUES, *UNSEEN, "task_low", "task_high"), rows_by_name()["task_rate_of_few_untimed"], strict=True)
    )
    assert (row["task_usd_per_hour"], row["kept_share"], row["paid_share"]) == (None, None, 0.9)
    assert row["task_low"] < row["task_high"]


def test_a_divided_row_has_people_and_nothing_else():
    assert rows_by_name()["divided"] == [20, *[None] * (len(VALUES) + len(UNSEEN) - 1)]


def test_a_row_of_a_hundred_people_and_more_stays_in_the_bands_that_every_extension_reads():
    """An extension refuses a whole snapshot for one band that it does not know."""
    assert rows_by_name()["many_people"][0] == 50
    assert {row[0] for row in rows_by_name().values()} <= {5, 10, 20, 50}
