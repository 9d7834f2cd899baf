"""A market whose truth is known is found again: bias, coverage of the intervals, components (a fast subset of part G)."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from analytics.estimator import estimate
from analytics.model.policy import ARCHIVE
from analytics.simulation.synthetic import AS_OF, Market, made


def found(markets):
    """Client cells of all markets beside their truth."""
    tables = []
    for market in markets:
        rows, truth = made(market)
        rates = estimate(rows, as_of=AS_OF, policy=ARCHIVE)
        cells = rates.cells.filter(pl.col("level") == "client")
        tables.append(cells.join(truth.rename({"theta": "true_theta", "effective": "true_effective"}), on="client_key"))
    return pl.concat(tables)


def bias_and_coverage(table):
    figures = {}
    for name, spread in (("theta", "variance"), ("effective", "effective_variance"), ("published", "pooled_variance")):
        told = table["theta"] if name == "theta" else table["effective_usd_per_hour"].log()
        miss = (told - table["true_theta" if name == "theta" else "true_effective"]).to_numpy()
        figures[name] = (miss.mean(), (np.abs(miss) <= 1.96 * np.sqrt(table[spread].to_numpy())).mean())
    return figures


@pytest.mark.parametrize("noise", ["normal", "t5"])
@pytest.mark.parametrize("contributors", [10, 20])
def test_rates_are_unbiased_and_intervals_cover(contributors, noise):
    settings = {"clients": 120, "contributors": contributors, "noise": noise, "unsubmitted": 0.13, "rejected": 0.007}
    table = found(Market(**settings, seed=seed) for seed in range(10))
    assert table.height == 1200
    for name, (bias, coverage) in bias_and_coverage(table).items():
        assert abs(bias) < np.log(1.03), name
        assert 0.90 <= coverage <= 0.99, name


def test_intervals_cover_where_components_are_defaults():
    table = found(Market(clients=12, contributors=10, seed=seed) for seed in range(25))
    assert table.height == 300
    assert 0.90 <= bias_and_coverage(table)["theta"][1] <= 0.995


def test_the_components_of_the_market_are_found():
    rows, _ = made(Market(clients=200, contributors=20, seed=3))
    told = estimate(rows, as_of=AS_OF, policy=ARCHIVE).components.row(0, named=True)
    assert told["clients_counted"] == 200
    assert not told["is_default"]
    assert told["sigma_e"] == pytest.approx(0.95, rel=0.08)
    assert told["client_s_b"] == pytest.approx(np.hypot(0.55, 0.90), rel=0.08)
    assert told["client_tau"] == pytest.approx(0.70, rel=0.15)
    assert told["gamma"] == pytest.approx(0.6, abs=0.15)


def test_too_few_clients_leave_the_defaults_and_say_so():
    found = estimate(made(Market(clients=24))[0], as_of=AS_OF, policy=ARCHIVE).components.row(0, named=True)
    assert (found["is_default"], found["client_tau"], found["gamma"]) == (True, 0.7, 0.6)
    assert (found["sigma_e_source"], found["s_b_source"]) == ("measured", "measured")  # people tell these, not clients


def test_one_task_data_split_the_spread_of_people_and_say_so():
    rows = made(Market(clients=12, contributors=20, most_tasks=1))[0]
    found = estimate(rows, as_of=AS_OF, policy=ARCHIVE).components.row(0, named=True)
    assert (found["sigma_e_source"], found["s_b_source"]) == ("split", "measured")
    assert found["total_spread"] == pytest.approx(np.sqrt(0.55**2 + 0.90**2 + 0.95**2), rel=0.1)
    assert found["sigma_e"] == pytest.approx(np.sqrt(0.45) * found["total_spread"])
    few = estimate(made(Market(clients=2, contributors=10, most_tasks=1))[0], as_of=AS_OF, policy=ARCHIVE).components
    assert few["s_b_source"].to_list() == ["split"]
    assert few["client_s_b"][0] == pytest.approx(np.sqrt(0.55) * few["total_spread"][0])


def test_a_client_that_pays_twice_as_much_is_seen_to():
    rows, _ = made(Market(clients=40, contributors=30, seed=6))
    key = rows["client_key"].min()
    richer = pl.when(pl.col("client_key") == key).then(2).otherwise(1) * pl.col("reward_micros")

    def rate(frame):
        cells = estimate(frame, as_of=AS_OF, policy=ARCHIVE).cells
        return cells.filter(pl.col("client_key") == key, pl.col("level") == "client")["effective_usd_per_hour"][0]

    assert rate(rows.with_columns(reward_micros=richer)) / rate(rows) == pytest.approx(2.0, rel=0.12)
