"""Single steps on inputs whose answer is known."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.estimator import groups as groups_module
from analytics.estimator.centre import huber_centre
from analytics.estimator.groups import Groups, by_value, in_order, mix, ranks
from analytics.estimator.shares import LEAST_SHARE, MOST_PAID_SHARE, Shares, pooled_shares, shrunk_share
from analytics.estimator.vote_weights import effective_votes, share_cap, whole_voters, within_window
from analytics.model.policy import ARCHIVE, CROWD

VALUES = st.lists(st.floats(-20, 20), min_size=1, max_size=30)


def one(size):
    return Groups.of(np.zeros(size, np.int64))


def test_groups_are_runs_of_equal_keys():
    groups = Groups.of(np.array([1, 1, 2, 2, 2]), np.array([7, 8, 8, 8, 9]))
    assert groups.sizes.tolist() == [1, 1, 2, 1]
    assert groups.sum(np.arange(5.0)).tolist() == [0, 1, 5, 4]


def test_no_rows_make_no_groups():
    groups = Groups.of(np.zeros(0, np.int64))
    assert (len(groups), len(groups.sum(np.zeros(0))), len(groups.median(np.zeros(0)))) == (0, 0, 0)


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.one_of(st.sampled_from([0.0, -0.0, 1.0]), st.floats(-1e9, 1e9)))),
    st.integers(0, 40),
)
def test_rows_are_sorted_by_group_and_value_as_ranks_sort_them(rows, places):
    """Even where so few places are left that most values look alike, or none at all."""
    group = np.array([key for key, _ in rows], np.int64)
    values = np.array([value for _, value in rows], np.float64)
    expected = in_order(group, ranks(values)) if rows else np.zeros(0, np.int64)
    with patch.multiple(groups_module, MOST_PLACES=1 << places, FEWEST_PLACES=1):
        assert by_value(group, values).tolist() == expected.tolist()
    assert by_value(group, values).tolist() == expected.tolist()


def test_many_rows_of_one_group_and_numbers_of_64_bits_are_sorted_by_value():
    random = np.random.default_rng(1)
    group = np.sort(random.integers(0, 5, 200_000))
    for values in (random.standard_t(2, 200_000), random.integers(0, 1 << 63, 200_000).astype(np.uint64) * 2):
        assert np.array_equal(by_value(group, values), in_order(group, ranks(values)))


@given(VALUES)
def test_the_median_of_equal_weights_is_the_median(values):
    assert one(len(values)).median(np.array(values))[0] == pytest.approx(np.median(values))


def test_a_weighted_median_takes_the_middle_of_the_two_where_the_weight_halves():
    assert one(3).median(np.array([1.0, 2.0, 9.0]), np.array([1.0, 1.0, 2.0]))[0] == 5.5
    assert one(3).median(np.array([1.0, 2.0, 9.0]), np.array([1.0, 1.0, 3.0]))[0] == 9.0
    assert np.isnan(one(2).median(np.array([np.nan, 1.0]), np.array([1.0, 0.0]))[0])


@given(VALUES, st.floats(0.1, 3))
def test_the_centre_lies_within_the_votes_and_balances_their_pull(values, scale):
    votes = np.array(values)
    centre = huber_centre(votes, np.ones(len(votes)), np.array([scale]), one(len(votes)))[0]
    assert votes.min() <= centre <= votes.max()
    assert abs(np.clip((votes - centre) / scale, -0.8, 0.8).sum()) < 1e-6


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=30), st.floats(0.1, 3), st.floats(0, 1e6))
def test_one_false_vote_moves_the_centre_no_further_than_its_clip(values, scale, lie):
    votes = np.array(values)
    honest = huber_centre(votes, np.ones(len(votes)), np.array([scale]), one(len(votes)))[0]
    told = np.append(votes, honest + lie)
    moved = huber_centre(told, np.ones(len(told)), np.array([scale]), one(len(told)))[0]
    assert moved <= votes.max() + 0.8 * scale / len(votes) + 1e-6


def test_a_group_is_centred_by_its_own_rows_alone():
    random = np.random.default_rng(1)
    key = np.repeat(np.arange(50), random.integers(1, 20, 50))
    votes, weights = random.normal(size=len(key)) * 3, random.random(len(key))
    together = huber_centre(votes, weights, np.ones(50), Groups.of(key))
    for number in range(50):
        rows = key == number
        assert huber_centre(votes[rows], weights[rows], np.ones(1), one(rows.sum()))[0] == together[number]


def test_votes_within_75_days_count_alike_and_so_do_the_latest_sixty():
    ages = np.array([0.0, 75.0, 76.0])
    assert within_window(ages, np.ones(3, bool), one(3), CROWD).all()  # fewer than sixty: all count
    many = np.arange(200.0)
    assert within_window(many, np.ones(200, bool), one(200), CROWD).sum() == 76
    quiet = 100.0 + np.arange(200.0) // 4
    assert within_window(quiet, np.ones(200, bool), one(200), CROWD).sum() == 60
    tied = np.repeat([100.0, 200.0], [59, 41])
    assert within_window(tied, np.ones(100, bool), one(100), CROWD).all()  # ties at the edge are in
    assert within_window(np.array([900.0]), np.ones(1, bool), one(1), ARCHIVE).all()


def test_the_window_of_a_group_does_not_depend_on_other_groups():
    ages = np.concatenate([np.arange(200.0), 100.0 + np.arange(100.0)])
    groups = Groups.of(np.repeat([0, 1], [200, 100]))
    found = within_window(ages, np.ones(300, bool), groups, CROWD)
    assert (found[:200].sum(), found[200:].sum()) == (76, 60)


def test_copies_of_one_timing_vector_are_one_voter_and_one_effective_vote():
    parts = np.array([1 / 6] * 6 + [1.0] * 4)
    assert whole_voters(np.array([parts.sum()]))[0] == 5
    copies = np.array([7] * 6 + [0] * 4, np.uint64)
    assert effective_votes(parts, copies, one(10))[0] == pytest.approx(5.0)
    assert effective_votes(parts, np.zeros(10, np.uint64), one(10))[0] == pytest.approx(25 / (6 / 36 + 4))


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=30))
def test_effective_votes_are_kish_s_where_nobody_copies(weights):
    weight = np.array(weights)
    found = effective_votes(weight, np.zeros(len(weight), np.uint64), one(len(weight)))[0]
    assert found == pytest.approx(weight.sum() ** 2 / (weight**2).sum())


@given(st.lists(st.floats(1 / 64, 1), min_size=4, max_size=40))
def test_nobody_holds_more_than_a_quarter_of_the_votes(weights):
    weight = np.array(weights)
    cap = share_cap(weight, np.ones(len(weight), bool), one(len(weight)), 0.25)[0]
    capped = np.minimum(weight, cap)
    assert capped.max() <= 0.25 * capped.sum() * (1 + 1e-9)
    assert (capped[weight <= capped.max() * 0.999] == weight[weight <= capped.max() * 0.999]).all()


@given(st.lists(st.floats(1 / 64, 1), min_size=1, max_size=3))
def test_three_voters_keep_their_weights(weights):
    weight = np.array(weights)
    assert share_cap(weight, np.ones(len(weight), bool), one(len(weight)), 0.25)[0] == np.inf


@given(
    st.lists(
        st.tuples(st.floats(0, 1e6), st.just(0.0) | st.floats(1e-6, 1e6), st.just(0.0) | st.floats(1 / 64, 1)),
        min_size=1,
        max_size=20,
    ),
    st.floats(0.02, 2),
)
def test_a_share_stays_within_its_bounds_whatever_is_declared(pairs, parent):
    num, den, weight = (np.array(column) for column in zip(*pairs, strict=True))
    shares = pooled_shares(num, den, weight, MOST_PAID_SHARE, one(len(pairs)))
    share = shrunk_share(shares, np.array([parent]), MOST_PAID_SHARE)[0]
    assert LEAST_SHARE <= share <= MOST_PAID_SHARE
    assert np.isfinite(shares.variance[0])


def test_a_flood_of_paid_work_has_one_voice_in_the_paid_share():
    num, den = np.array([0.0] * 9 + [1e6]), np.array([1.0] * 9 + [1e6])
    assert pooled_shares(num, den, np.ones(10), 2.0, one(10)).share[0] == pytest.approx(0.1)


def test_without_pairs_the_parent_s_share_stands():
    nobody = Shares(np.zeros(1), np.array([np.nan]), np.zeros(1))
    assert shrunk_share(nobody, np.array([0.7]), 1.0)[0] == 0.7


def test_mixing_is_the_same_for_ever():
    assert mix(np.array([0, 1, -5])).tolist() == [7960286522194355700, 16834447057089888969, 2185194620014831856]
