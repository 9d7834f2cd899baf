"""What leaves the estimator: thresholds, grids, bands, names."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.disclosure import rounding
from analytics.disclosure.borders import OFFSET
from analytics.disclosure.pseudonyms import cell_ids
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.thresholds import Draws, Names, disclose, named
from analytics.estimator import Rates
from analytics.estimator.rates import CELLS, COMPONENTS
from analytics.model.policy import ARCHIVE, CROWD
from analytics.simulation.synthetic import AS_OF
from tests.secret import SECRET

NUMBERS = ("effective_usd_per_hour", "task_usd_per_hour", "paid_share", "kept_share", "submitted_share")


def cell(contributors, level="client", client_key=1, task_key=None, **figures):
    row = dict.fromkeys(CELLS, None) | {
        "level": level,
        "platform": "here",
        "client_key": client_key,
        "task_key": task_key,
        "parent": "platform",
        "contributors": contributors,
        "people": contributors,
        "decided_contributors": contributors,
        "days_to_pay_contributors": contributors,
        "pooled_variance": 0.1,
        "paid_share": 0.93,
        "paid_share_variance": 0.0,
        "kept_share": 0.87,
        "submitted_share": 0.87,
        "pending_share": 0.1,
        "undecided_share": 0.1,
        "is_own_paid_share": True,
        "task_usd_per_hour": 4.4,
        "effective_usd_per_hour": 3.5,
        "days_to_pay": 3.0,
    }
    return row | figures


def disclosed(*cells):
    frame = pl.DataFrame(list(cells), schema=CELLS)
    return disclose(Rates(AS_OF.date(), "archive", frame, pl.DataFrame(schema=COMPONENTS), {}), ARCHIVE)


def only(*cells):
    return disclosed(*cells).cells.row(0, named=True)


@pytest.mark.parametrize("contributors", [0, 1, 4])
def test_fewer_than_five_people_have_no_row(contributors):
    assert disclosed(cell(contributors)).cells.is_empty()


def crowd(*cells, secret=SECRET, divided=()):
    frame = pl.DataFrame(list(cells), schema=CELLS)
    rates = Rates(AS_OF.date(), "crowd", frame, pl.DataFrame(schema=COMPONENTS), {})
    return disclose(rates, CROWD, Draws(secret, divided=pl.Series("cell", divided, pl.UInt64))).cells


@pytest.mark.parametrize("contributors", [5, 9])
def test_five_to_nine_people_have_a_band_and_no_number(contributors):
    row = disclosed(cell(400, "platform", None), cell(contributors)).cells.row(1, named=True)
    assert [row[name] for name in NUMBERS] == [None] * len(NUMBERS)
    assert (row["contributors"], row["contributors_at_least"], row["figure"]) == ("5-9", 5, "range")
    assert row["low_usd_per_hour"] < 3.56 < row["high_usd_per_hour"]
    assert (row["days_to_pay"], row["paid_share_low"]) == (None, None)


@pytest.mark.parametrize(
    ("contributors", "band"),
    [(10, "10-19"), (20, "20-49"), (50, "50-99"), (100, "100-499"), (500, "500-1,999"), (2000, "2,000+")],
)
def test_an_archive_has_its_borders_as_written_and_a_grid_of_five_percent_at_every_one(contributors, band):
    row, fewer = only(cell(contributors)), only(cell(contributors - 1))
    assert (row["contributors"], row["task_usd_per_hour"]) == (band, 4.32)  # 1.05^30
    assert fewer["contributors"] != band


def test_sixty_people_at_six_dollars_are_published_as_the_nearest_place_of_the_grid():
    row = only(cell(60, task_usd_per_hour=6.0, paid_share=1.0, kept_share=1.0, pooled_variance=0.0))
    assert row["effective_usd_per_hour"] == row["task_usd_per_hour"] == 6.08
    assert row["low_usd_per_hour"] <= 6.0 <= row["high_usd_per_hour"]


@given(st.floats(0.02, 2.0), st.floats(0.02, 1.0), st.floats(0.1, 80.0), st.integers(14, 4000))
@settings(max_examples=50, deadline=None)
def test_the_effective_rate_is_the_product_of_what_is_shown_and_its_interval_holds_it(paid, kept, rate, people):
    row = crowd(cell(people, paid_share=paid, kept_share=kept, task_usd_per_hour=rate)).row(0, named=True)
    product = row["task_usd_per_hour"] * row["paid_share"] * row["kept_share"]
    assert row["effective_usd_per_hour"] == pytest.approx(product, rel=0.006)
    assert row["low_usd_per_hour"] <= row["effective_usd_per_hour"] <= row["high_usd_per_hour"]


def test_a_rounded_interval_holds_the_unrounded_one_whatever_the_secret():
    for number in range(50):
        secret = ReleaseSecret(bytes([number]) * 32)
        row = crowd(cell(60, paid_share=1.0, kept_share=1.0), secret=secret).row(0, named=True)
        reach = 1.96 * math.sqrt(0.1)
        assert row["low_usd_per_hour"] <= 4.4 * math.exp(-reach)
        assert row["high_usd_per_hour"] >= 4.4 * math.exp(reach)


def test_every_cell_draws_its_own_border_of_a_row_from_five_to_nine_and_of_a_number_from_ten_to_fourteen():
    keys = range(2000)
    rows = {people: crowd(*(cell(people, client_key=key) for key in keys)) for people in range(4, 16)}
    shown = {people: frame.height / len(keys) for people, frame in rows.items()}
    numbers = {
        people: frame.filter(pl.col("effective_usd_per_hour").is_not_null()).height / len(keys)
        for people, frame in rows.items()
    }
    assert (shown[4], shown[9], numbers[9], numbers[14]) == (0, 1, 0, 1)
    for place, people in enumerate((5, 6, 7, 8), start=1):
        assert shown[people] == pytest.approx(place / 5, abs=0.04)
        assert numbers[people + 5] == pytest.approx(place / 5, abs=0.04)
    assert set(rows[12]["contributors"]) == {"5-9", "10-19"}  # the words stay the nominal ones


def test_the_borders_of_a_cell_are_independent_and_stay_for_its_life():
    few, more = (crowd(*(cell(people, client_key=key) for key in range(500))) for people in (6, 12))
    has_row = set(few["client_key"])
    has_number = set(more.filter(pl.col("effective_usd_per_hour").is_not_null())["client_key"])
    both = len(has_row & has_number) / 500
    assert both == pytest.approx(0.4 * 0.6, abs=0.06)
    assert set(crowd(*(cell(6, client_key=key) for key in range(500)))["client_key"]) == has_row


def test_a_crowd_without_a_release_secret_is_not_disclosed():
    with pytest.raises(ValueError, match="needs a release secret"):
        crowd(cell(20), secret=None)


def test_a_client_s_first_task_group_has_the_draws_of_its_client():
    keys = range(300)
    clients = crowd(*(cell(7, client_key=key) for key in keys))
    first = pl.DataFrame({"client_key": keys, "task_key": [key + 10_000 for key in keys]})
    frame = pl.DataFrame([cell(7, "task", key, key + 10_000) for key in keys], schema=CELLS)
    rates = Rates(AS_OF.date(), "crowd", frame, pl.DataFrame(schema=COMPONENTS), {})
    same = disclose(rates, CROWD, Draws(SECRET, first)).cells
    other = disclose(rates, CROWD, Draws(SECRET)).cells
    assert same["client_key"].to_list() == clients["client_key"].to_list() != other["client_key"].to_list()


def test_a_paid_share_needs_as_many_decided_people_as_a_number_and_else_the_platform_s_is_used_and_shown():
    house = cell(400, "platform", None, paid_share=0.75)
    row = disclosed(house, cell(30, decided_contributors=9, days_to_pay_contributors=9)).cells.row(1, named=True)
    assert (row["paid_share"], row["paid_share_from"]) == (0.75, "platform")
    assert row["effective_usd_per_hour"] == pytest.approx(
        row["task_usd_per_hour"] * 0.75 * row["kept_share"], rel=0.006
    )
    assert [row[name] for name in ("paid_share_low", "paid_share_high", "days_to_pay")] == [None] * 3


@pytest.mark.parametrize("unknown", [{"decided_contributors": 0, "paid_share": None}, {"kept_share": None}])
def test_where_a_share_is_not_known_the_row_has_a_task_rate_and_says_so(unknown):
    row = only(cell(30, **unknown))
    assert (row["figure"], row["effective_usd_per_hour"]) == ("task_rate", None)
    assert row["low_usd_per_hour"] <= row["task_usd_per_hour"] <= row["high_usd_per_hour"]


def test_five_to_nine_people_with_nothing_decided_have_the_interval_of_a_task_rate():
    undecided = {"decided_contributors": 0, "paid_share": None, "is_own_paid_share": False}
    row = only(cell(7, **undecided))
    assert (row["figure"], row["effective_usd_per_hour"], row["task_usd_per_hour"]) == ("task_rate", None, None)
    other = only(cell(7, kept_share=0.2, **undecided))
    ends = ("low_usd_per_hour", "high_usd_per_hour")
    assert [row[end] for end in ends] == [pytest.approx(other[end], rel=0.3) for end in ends]  # no share is in it
    known = disclosed(cell(400, "platform", None), cell(7, **undecided)).cells.row(1, named=True)
    assert (known["level"], known["figure"]) == ("client", "range")


def test_five_to_nine_people_whose_time_of_returned_work_is_unknown_have_the_interval_of_a_task_rate():
    house = cell(400, "platform", None)
    row = disclosed(house, cell(7, kept_share=None)).cells.row(1, named=True)
    assert (row["figure"], row["effective_usd_per_hour"], row["task_usd_per_hour"]) == ("task_rate", None, None)
    assert (row["paid_share"], row["paid_share_from"], row["kept_share"]) == (0.95, "platform", None)
    least = disclosed(house, cell(7, kept_share=None, paid_share=0.1)).cells.row(1, named=True)
    ends = ("low_usd_per_hour", "high_usd_per_hour")
    assert [row[end] for end in ends] == [least[end] for end in ends]  # neither share is in it
    assert row["low_usd_per_hour"] < 4.4 < row["high_usd_per_hour"]


def test_undecided_pay_is_shown_as_a_share_with_the_rate_if_none_of_it_is_paid():
    row = only(cell(30, undecided_share=0.5))
    assert row["none_paid_usd_per_hour"] == pytest.approx(row["effective_usd_per_hour"] / 2, rel=0.006)
    assert only(cell(30, undecided_share=0.1))["none_paid_usd_per_hour"] is None
    assert only(cell(30, undecided_share=0.5))["undecided_share"] == 0.5


def test_shares_but_the_paid_one_stay_within_one_and_so_do_their_bounds():
    row = only(cell(60, paid_share=1.9, paid_share_variance=0.3, kept_share=1.0, submitted_share=1.0))
    assert row["paid_share_high"] > 1.9
    assert row["paid_share_low"] >= 0
    assert row["kept_share"] <= 1
    assert row["submitted_share"] <= 1


def test_pay_on_the_same_day_is_a_wait_of_under_a_day():
    assert only(cell(30, days_to_pay=0.0))["days_to_pay"] == 0.0
    assert only(cell(30, days_to_pay=0.5))["days_to_pay"] == 0.0
    assert only(cell(30, days_to_pay=3.0))["days_to_pay"] == pytest.approx(3.0, rel=0.05)


NOTHING_SHOWN = ("effective_usd_per_hour", "low_usd_per_hour", "high_usd_per_hour", *NUMBERS[1:])


def test_a_divided_cell_has_its_band_and_no_figure_at_all():
    row = only(cell(28, near_contributors=4.0))  # half far below and half far above
    assert (row["figure"], row["contributors"]) == ("divided", "20-49")
    assert [row[name] for name in NOTHING_SHOWN] == [None] * len(NOTHING_SHOWN)
    assert only(cell(28, near_contributors=16.0))["figure"] == "number"


def test_a_cell_is_divided_only_where_chance_does_not_explain_it():
    assert only(cell(10, near_contributors=3.0))["figure"] == "number"  # 30 %, of ten people: chance 6 %
    assert only(cell(10, near_contributors=1.0))["figure"] == "divided"


def test_a_divided_cell_has_one_figure_again_from_45_percent():
    alone = pl.DataFrame([cell(100)], schema=CELLS)
    number = cell_ids(alone)[0]
    assert crowd(cell(100, near_contributors=42.0))["figure"].to_list() == ["number"]
    assert crowd(cell(100, near_contributors=42.0), divided=[number])["figure"].to_list() == ["divided"]
    assert crowd(cell(100, near_contributors=45.0), divided=[number])["figure"].to_list() == ["number"]


def test_the_interval_is_made_from_the_pooled_variance():
    rows = [
        only(cell(30, variance=v, effective_variance=v, low_usd_per_hour=v, high_usd_per_hour=v)) for v in (0.01, 9.0)
    ]
    assert rows[0] == rows[1]


@given(st.floats(-6, 6), st.floats(-6, 6), st.sampled_from([0.05, 0.1, 0.2, 0.3]), st.floats(0, 0.999))
def test_the_grid_keeps_order_and_stays_within_a_step(one, other, step, offset):
    frame = pl.DataFrame({"log": [min(one, other), max(one, other)]}).with_columns(pl.lit(offset).alias(OFFSET))
    wide = pl.lit(step)
    near, down, up = (
        frame.select(way(pl.col("log"), wide)).to_series()
        for way in (rounding.rate, rounding.low_end, rounding.high_end)
    )
    assert near[0] <= near[1]
    for place, value in enumerate(frame["log"]):
        assert down[place] <= near[place] <= up[place]
        assert abs(math.log(near[place]) - value) <= math.log1p(step) + 0.006
        assert math.log(down[place]) - 0.006 <= value <= math.log(up[place]) + 0.006


@given(st.floats(0, 2), st.floats(0, 2))
def test_shares_keep_order_and_stay_within_half_a_step(one, other):
    frame = pl.DataFrame({"share": [min(one, other), max(one, other)]})
    near = frame.select(rounding.share(pl.col("share")))["share"]
    assert near[0] <= near[1]
    assert (near - frame["share"]).abs().max() <= 0.025 + 1e-9
    low, high = frame.select(low=rounding.share_low(pl.col("share")), high=rounding.share_high(pl.col("share")))
    assert ((low <= frame["share"] + 1e-9) & (low >= 0)).all()
    assert (high <= 1).all()


NAMES = Names(
    pl.DataFrame(
        {"client_key": [1, 2], "platform": ["here"] * 2, "client_id": ["A1", None], "client_name": ["Ann", "Bo"]}
    ),
    pl.DataFrame({"task_key": [7, 8], "client_key": [1, 1], "title": ["Label", "Rate"], "task_id": ["T7", None]}),
    frozenset({"here"}),
)


def test_a_client_s_name_needs_ten_people_and_a_platform_that_shows_it():
    cells = disclosed(cell(10, client_key=1), cell(9, client_key=2))
    assert named(cells, NAMES, ARCHIVE)["client_name"].to_list() == ["Ann", None]
    hidden = Names(NAMES.clients, NAMES.tasks, frozenset())
    shown = named(cells, hidden, ARCHIVE)
    assert shown["client_name"].to_list() == [None, None]
    assert shown["client_id"].to_list() == ["A1", None]


def test_a_task_bears_its_title_from_five_people_and_the_name_only_of_a_named_client():
    few = disclosed(cell(9, client_key=1), cell(5, "task", task_key=7), cell(4, "task", task_key=8))
    row = named(few, NAMES, ARCHIVE).filter(pl.col("level") == "task").row(0, named=True)
    assert (row["title"], row["task_id"], row["client_name"]) == ("Label", "T7", None)
    enough = disclosed(cell(10, client_key=1), cell(5, "task", task_key=7))
    assert named(enough, NAMES, ARCHIVE)["client_name"].to_list() == ["Ann", "Ann"]


def test_a_key_that_nobody_named_stays_a_key():
    assert named(disclosed(cell(10, client_key=99)), NAMES, ARCHIVE)["client_id"].to_list() == [None]
