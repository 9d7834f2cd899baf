"""The spreads of step D11 and the constants of other steps, against scipy's own solvers and distributions."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq, minimize
from scipy.stats import binom, norm

from analytics.disclosure.thresholds import NEAR_CHANCE, binomial_at_most
from analytics.estimator.centre import CLIP, EFFICIENCY
from analytics.estimator.components import (
    HUBER_REGRESSION,
    PairDraw,
    Spreads,
    between_variance,
    contributor_variances,
    pairs,
    reward_slope,
)
from analytics.estimator.default_spreads import CLIENT_SPREAD, NORMAL_QUARTILE
from analytics.estimator.screening import chance
from analytics.estimator.winsorise import matched_spread


@pytest.mark.parametrize("seed", range(5))
def test_tau_is_the_root_of_the_equation_of_paule_and_mandel(seed):
    random = np.random.default_rng(seed)
    family = np.sort(random.integers(0, 6, 60))
    variance = random.uniform(0.05, 0.6, 60)
    residual = family + 0.7 * random.standard_normal(60) + np.sqrt(variance) * random.standard_normal(60)

    def excess(between):
        total = 0.0
        for number in np.unique(family):
            own, weight = residual[family == number], 1 / (variance[family == number] + between)
            total += np.sum(weight * (own - np.average(own, weights=weight)) ** 2) - (len(own) - 1)
        return total

    assert between_variance(residual, variance, family) == pytest.approx(brentq(excess, 0, 16), rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_gamma_is_the_slope_of_the_least_huber_loss(seed):
    random = np.random.default_rng(seed)
    level, variance = random.normal(0, 0.8, 80), random.uniform(0.05, 0.4, 80)
    spread = np.sqrt(variance + CLIENT_SPREAD**2)
    centre = 0.5 * level + spread * random.standard_t(3, 80)

    def loss(line):
        distance = np.abs(centre - line[0] - line[1] * level) / spread
        near = distance <= HUBER_REGRESSION
        return np.sum(np.where(near, distance**2 / 2, HUBER_REGRESSION * distance - HUBER_REGRESSION**2 / 2))

    least = minimize(loss, [0.0, 0.5], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000})
    assert reward_slope(centre, variance, level) == pytest.approx(min(max(least.x[1], 0), 1), abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_s_b_is_the_root_of_the_equation_of_all_pairs_within_clients(seed):
    random = np.random.default_rng(seed)
    client = np.repeat([1, 2, 3], [11, 14, 10])
    noise = random.uniform(0.1, 0.8, len(client))
    vote = client + 0.9 * random.standard_normal(len(client)) + np.sqrt(noise) * random.standard_normal(len(client))
    cells = pl.DataFrame({"platform": np.zeros(len(client), np.int64), "client_key": client, "vote": vote, "noise": noise,
                          "log_pay": vote})  # fmt: skip
    drawn = pairs(cells, ("platform", "client_key"), PairDraw.of(np.array([len(client)])))
    both = [(i, j) for i, j in combinations(range(len(client)), 2) if client[i] == client[j]]
    assert drawn.height == len(both)

    def excess(variance):
        ratios = [abs(vote[i] - vote[j]) / np.sqrt(2 * variance + noise[i] + noise[j]) for i, j in both]
        return np.median(ratios) - NORMAL_QUARTILE

    spreads = Spreads(np.array([0.9]), np.array([np.nan]))
    found = contributor_variances(drawn, np.array([True]), spreads)[0]
    assert found == pytest.approx(brentq(excess, 0.01, 16), rel=1e-9)


def test_matched_sigma_undoes_the_mean_of_log_normal_times():
    """For normal residuals of spread sigma the mean of e^-residual is e^(sigma^2/2)."""
    sigma = 0.8
    mean = quad(lambda x: np.exp(-sigma * x) * norm.pdf(x), -12, 12)[0]
    growths = pl.DataFrame(
        {"platform": [0], "contributor": [1], "client_key": [1], "growth": [3 * mean], "tasks": [3.0]}
    )
    assert matched_spread(growths, 1)[0] == pytest.approx(sigma, rel=1e-9)


def test_the_constants_of_normal_votes_are_those_of_scipy():
    assert pytest.approx(norm.ppf(0.75), abs=1e-4) == NORMAL_QUARTILE
    assert pytest.approx(norm.cdf(CLIP) - norm.cdf(-CLIP), abs=5e-4) == NEAR_CHANCE
    inside = norm.cdf(CLIP) - norm.cdf(-CLIP)
    square = quad(lambda x: x**2 * norm.pdf(x), -CLIP, CLIP)[0] + 2 * CLIP**2 * norm.sf(CLIP)
    assert pytest.approx(inside**2 / square, abs=5e-4) == EFFICIENCY


@pytest.mark.parametrize(("seen", "trials"), [(0, 10), (3, 15), (7, 28), (40, 120)])
def test_binomial_tails_are_those_of_scipy(seen, trials):
    assert binomial_at_most(seen, trials, NEAR_CHANCE) == pytest.approx(binom.cdf(seen, trials, NEAR_CHANCE), rel=1e-9)
    assert chance(seen, trials, 0.01) == pytest.approx(binom.sf(seen - 1, trials, 0.01), rel=1e-9)
