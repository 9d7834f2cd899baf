"""The fast estimator and the plain one agree on every figure of every client."""

from __future__ import annotations

import numpy as np
import plain
import polars as pl
import pytest
from attempts import AS_OF, attempt, frame

from analytics.estimator import estimate
from analytics.model.policy import ARCHIVE


def random_market(seed):
    random = np.random.default_rng(seed)
    outcomes = ["approved", "paid", "rejected", "submitted", "returned", "expired", "screened_out", "abandoned"]
    for client in range(1, int(random.integers(2, 15))):
        for contributor in random.choice(24, size=int(random.integers(1, 14)), replace=False):
            for _ in range(int(random.pareto(1.0)) % 20 + 1):
                usd = float(np.round(np.exp(random.normal(-1, 1)) + 0.01, 4))
                outcome = str(random.choice(outcomes, p=[0.5, 0.1, 0.1, 0.1, 0.1, 0.04, 0.03, 0.03]))
                paid = float(np.round(usd * random.uniform(0.1, 2.5), 4)) if outcome == "paid" else None
                seconds = float(np.exp(random.normal(5, 2)))
                yield attempt(client, int(contributor), usd=usd, paid=paid, outcome=outcome, seconds=seconds,
                              days_ago=int(random.integers(0, 40)))  # fmt: skip


def as_plain(rows):
    credit = {"approved": 1.0, "paid": 1.0, "submitted": None}
    for row in rows:
        reward, paid = row["reward_micros"] / 1e6, row["paid_micros"]
        part = credit.get(row["outcome"], 0.0)
        credited = paid / 1e6 if paid is not None else None if part is None else part * reward
        seconds = min(max(row["active_seconds"], 1.0), 4 * 3600.0)
        yield {**row, "reward": reward, "credited": credited, "seconds": seconds}


@pytest.mark.parametrize("seed", range(12))
def test_every_client_agrees_with_the_plain_estimator(seed):
    rows = list(random_market(seed))
    days = {}
    for row in rows:
        key = (row["contributor"], row["claimed_hour"].date())
        days[key] = days.get(key, 0.0) + min(row["active_seconds"], 4 * 3600.0)
    rows = [row for row in rows if days[row["contributor"], row["claimed_hour"].date()] < 14 * 3600]
    expected = plain.clients(list(as_plain(rows)))
    cells = estimate(frame(rows), as_of=AS_OF, policy=ARCHIVE).cells.filter(pl.col("level") == "client")
    assert set(cells["client_key"]) == set(expected)
    for cell in cells.iter_rows(named=True):
        answer = expected[cell["client_key"]]
        assert cell["contributors"] == answer["k"]
        shares = [("paid_share", "paid")] if answer["is_known"] else []
        assert (cell["paid_share"] is not None) == answer["is_known"]
        for name, figure in (("theta", "theta"), ("variance", "var"), ("kept_share", "kept"),
                             ("effective_variance", "var_eff"), *shares):  # fmt: skip
            assert cell[name] == pytest.approx(answer[figure], rel=1e-9, abs=1e-12), name
        product = np.exp(answer["theta"]) * answer["paid"] * answer["kept"] if answer["is_known"] else None
        assert cell["effective_usd_per_hour"] == (product if product is None else pytest.approx(product, rel=1e-9))
