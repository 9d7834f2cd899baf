"""The table by country: fifty people, noise that is the same for the same rows, and one table a quarter."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import polars as pl
import pytest

from analytics.disclosure.pseudonyms import Key
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.release_state import STATE_MEMBERS, ReleaseState
from analytics.disclosure.thresholds import Disclosed
from analytics.model.encoding import schema
from analytics.model.policy import CROWD
from analytics.tables.countries import (
    EPSILON,
    People,
    country_rates,
    laplace,
    quarter_before,
    quarter_name,
    with_countries,
)
from analytics.tables.dictionary.registry import COUNTRY_RATES
from analytics.tables.work import hours_of
from analytics.tables.work_facts import work_facts
from tests.secret import SECRET

DAY = date(2026, 11, 23)
NOISE = SECRET.key("noise")


def worked(people, platform="here", usd=4.0, age=80, seconds=3600, day=DAY):
    """Facts of one attempt each, so many days old."""
    rows = pl.DataFrame({"contributor": list(people)}, schema={"contributor": pl.Int64}).with_columns(
        platform=pl.lit(platform), client_key=pl.lit(1, pl.Int64), outcome=pl.lit("approved"), submitted=pl.lit(True),
        reward=pl.lit(usd), credited=pl.lit(usd), seconds=pl.lit(float(seconds)), age_days=pl.lit(float(age)),
    )  # fmt: skip
    return hours_of(work_facts(rows, day, CROWD))


def countries(**people):
    pairs = [(person, country) for country, some in people.items() for person in some]
    return pl.DataFrame(pairs, schema={"contributor": pl.Int64, "country": pl.String}, orient="row")


def told(rows, where, secret=SECRET):
    return country_rates(rows, where, DAY, secret)


@pytest.mark.parametrize(("day", "name", "first"), [
    (date(2026, 11, 23), "2026Q3", date(2026, 7, 1)),
    (date(2026, 1, 1), "2025Q4", date(2025, 10, 1)),
    (date(2026, 3, 31), "2025Q4", date(2025, 10, 1)),
    (date(2026, 4, 1), "2026Q1", date(2026, 1, 1)),
])  # fmt: skip
def test_a_day_tells_of_the_last_quarter_that_was_over(day, name, first):
    assert (quarter_name(day), quarter_before(day)[0]) == (name, first)


def test_a_row_needs_fifty_to_sixty_people_as_a_secret_draws():
    found = told(worked(range(109)), countries(PH=range(60), CO=range(60, 109)))
    assert found.select("platform", "country").rows() == [("here", None), ("here", "PH")]
    assert set(found["contributors"]) <= {"50-99", "100-499"}
    drawn = [told(worked(range(55)), countries(), ReleaseSecret(bytes([n]) * 32)).height for n in range(40)]
    assert set(drawn) == {0, 1}
    assert found.schema == {name: kind for name, kind in schema(COUNTRY_RATES).items() if name != "release"}
    assert found["epsilon"].sum() == EPSILON  # what one person in both rows spends


def test_only_work_of_the_quarter_counts():
    assert told(pl.concat([worked(range(60), age=20.0), worked(range(60), age=150.0)]), countries()).is_empty()


def test_a_person_counts_on_one_platform_only():
    both = pl.concat([worked(range(60)), worked(range(60), "there", seconds=7200.0)])
    assert told(both, countries())["platform"].to_list() == ["there"]


def test_one_person_s_hour_moves_the_mean_by_no_more_than_the_noise_is_for():
    """The bound on ln hours is what epsilon is reckoned from: a million in an hour counts as 40 dollars."""
    people = worked(range(60))
    wild = pl.concat([worked(range(59)), worked([59], usd=1e6)])
    calm, moved = (told(rows, countries()).row(0, named=True)["effective_usd_per_hour"] for rows in (people, wild))
    assert calm != moved  # other data, other noise
    scale = 2 * math.log(40 / 0.25) / 60
    assert abs(math.log(moved / calm)) < 40 * scale


def test_the_noise_is_that_of_laplace_and_comes_from_the_secret():
    count = 20_000
    cells = pl.DataFrame(
        {"platform": ["here"] * count, "country": [""] * count, "data": pl.Series(range(count), dtype=pl.UInt64)}
    )
    noise = laplace(cells, "2026Q3", NOISE)
    assert np.isfinite(noise).all()
    assert abs(np.median(noise)) < 0.05
    assert abs(np.mean(np.abs(noise)) - 1.0) < 0.05  # the mean distance of Laplace noise of scale 1
    assert np.array_equal(noise, laplace(cells, "2026Q3", NOISE))
    for other in (laplace(cells, "2026Q4", NOISE), laplace(cells, "2026Q3", Key.of(bytes(16)))):
        assert abs(np.corrcoef(noise, other)[0, 1]) < 0.05


def test_the_same_rows_make_the_same_table_in_any_order():
    rows, where = worked(range(60)), countries(PH=range(60))
    assert told(rows.reverse(), where.reverse()).equals(told(rows, where))


def told_by(day, people, before=None, policy="crowd"):
    """The release of `day` with its table of countries, and what is remembered; `before` is the memory of before."""
    nothing = ReleaseState(DAY, pl.DataFrame(), pl.DataFrame(schema=STATE_MEMBERS))
    disclosed = Disclosed(day, policy, pl.DataFrame())
    return with_countries(disclosed, People(worked(people, day=day), countries()), (before, nothing), SECRET)


def test_a_table_stands_until_its_quarter_is_over_whoever_leaves():
    first, before = told_by(DAY, range(60))
    assert first.countries.height == 1
    again, _ = told_by(date(2026, 12, 7), range(55), before)
    assert again.countries.equals(first.countries)
    later, _ = told_by(date(2027, 1, 4), range(55), before)
    assert later.countries["quarter"].to_list() == ["2026Q4"]


def test_an_export_has_no_quarters():
    told, after = told_by(DAY, range(60), policy="archive")
    assert (told.countries, after.countries) == (None, None)
