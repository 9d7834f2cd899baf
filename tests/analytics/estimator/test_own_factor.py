"""The own factor of step D12, in the form that the extension is held against."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.estimator.own_factor import own_factor

GOLDEN = json.loads((Path(__file__).parents[2] / "fixtures" / "wire" / "own_factor.json").read_text())
DEVIATIONS = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.floats(-3, 3), min_size=1, max_size=9))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["words"])
def test_the_golden_figures_come_out(case):
    found = own_factor(case["deviations"], case["s_b"], case["sigma_e"])
    assert found.anywhere == pytest.approx(case["anywhere"], abs=1e-11)
    assert found.by_title == pytest.approx(case["by_title"], abs=1e-11)
    assert found.is_shown == case["is_shown"]


@given(DEVIATIONS, st.floats(0.1, 2), st.floats(0, 2))
def test_the_factor_is_the_mean_of_the_posterior_of_a_normal_model(deviations, s_b, sigma_e):
    """Title medians d_k are the person's factor, plus the title's own, plus noise: solved as linear equations."""
    titles = sorted(deviations)
    middles = np.array([np.median(deviations[title]) for title in titles])
    noise = np.diag([sigma_e**2 / len(deviations[title]) for title in titles])
    person, title = 0.4 * s_b**2, 0.6 * s_b**2
    among = person * np.ones((len(titles), len(titles))) + title * np.eye(len(titles)) + noise
    solved = np.linalg.solve(among, middles) if titles else middles
    found = own_factor(deviations, s_b, sigma_e)
    assert found.anywhere == pytest.approx(person * solved.sum(), abs=1e-8)
    for number, name in enumerate(titles):
        assert found.by_title[name] == pytest.approx(person * solved.sum() + title * solved[number], abs=1e-8)
