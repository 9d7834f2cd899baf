"""No table, filter, sort or page shows a cell under its threshold, alone or by subtraction: over random small crowds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.disclosure.borders import WORDS
from analytics.disclosure.thresholds import Names, disclose
from analytics.estimator.estimate import rates_of
from analytics.estimator.study import study
from analytics.model.identifiers import key, snapshot_key
from analytics.model.observations import SCHEMA
from analytics.model.policy import ARCHIVE
from analytics.query import BadQuery, parse, run
from analytics.release.builder import PublicationMetadata, contents_of
from analytics.tables.dictionary.registry import TABLES
from analytics.tables.overheads import CLASSES, SPENT
from analytics.tables.release_context import ReleaseContext
from analytics.tables.supplementary import SupplementaryInputs, supplementary_tables
from analytics.tables.supply import HOURS, SIGHTINGS
from analytics.tables.work import Work
from tests.secret import SECRET

DAY = date(2026, 11, 23)
FEWEST, NUMBER = ARCHIVE.band_contributors, ARCHIVE.number_contributors
NUMBERS = {
    "platform_rates": (
        "effective_usd_per_hour",
        "task_usd_per_hour",
        "paid_share",
        "kept_share",
        "all_in_usd_per_hour",
    ),
    "client_rates": ("effective_usd_per_hour", "task_usd_per_hour", "paid_share", "kept_share"),
    "task_rates": ("effective_usd_per_hour", "task_usd_per_hour", "paid_share", "kept_share"),
    "platform_weeks": ("effective_usd_per_hour", "task_usd_per_hour", "paid_share", "kept_share"),
    "client_weeks": ("effective_usd_per_hour", "task_usd_per_hour", "paid_share", "kept_share"),
    "outcomes": ("paid_share", "paid_share_low", "submitted_share", "rejected_share", "returned_share", "days_to_pay"),
    "overheads": ("minutes_per_task_hour",),
    "supply": ("new_listings_per_hour", "units_gone_per_hour", "life_share"),
}
CELLS = {
    "platform_rates": ("platform",),
    "client_rates": ("platform", "client"),
    "task_rates": ("platform", "client", "task"),
    "platform_weeks": ("platform", "week"),
    "client_weeks": ("platform", "client", "week"),
}


@st.composite
def crowds(draw):
    """Rows of a few clients, each with its own few people."""
    rows = []
    for client in range(draw(st.integers(1, 5))):
        platform = draw(st.sampled_from(["here", "there"]))
        first, people = draw(st.integers(0, 12)), draw(st.integers(1, 14))
        weeks = draw(st.sets(st.integers(0, 3), min_size=1, max_size=3))
        outcome = draw(st.sampled_from(["approved", "rejected", "submitted"]))
        for person in range(first, first + people):
            for week in sorted(weeks):
                if (person + week * 7 + client) % 5:
                    ended = "returned" if (person + week) % 6 == 0 else outcome
                    rows.append((platform, client, person, ended, week, 60.0 + 37 * ((person * 7 + client) % 23)))
    return rows


def observations(rows):
    monday = datetime(2026, 11, 16, 9, tzinfo=UTC)
    told = [
        {
            "platform": platform, "client_key": key(f"client {client}"), "task_key": key(f"task {client} {person % 2}"),
            "contributor": person, "origin": "archive", "reward_micros": 500_000, "active_seconds": seconds,
            "open_seconds": seconds, "outcome": outcome, "claimed_hour": monday - timedelta(weeks=week),
            "decided_on": DAY, "received_on": DAY,
        }
        for platform, client, person, outcome, week, seconds in rows
    ]  # fmt: skip
    return pl.DataFrame(told, schema=SCHEMA)


def beside(rows):
    """Unpaid time and counts of everybody who worked."""
    people = sorted({(person, platform) for platform, _, person, *_ in rows})
    spent = [(person, platform, DAY - timedelta(days=3), *[60.0] * len(CLASSES)) for person, platform in people]
    seen = [
        (person, platform, DAY - timedelta(days=3 + person % 2),
         [30 if hour in (3, 4 + person % 4) else 0 for hour in range(HOURS)], [1] * HOURS, [3, 3, 3, 3, 3, person],
         [60, 60, 60 * (person % 2), 0, 0], [person, 4, person % 2, 0, 0])
        for person, platform in people
    ]  # fmt: skip
    return SupplementaryInputs(
        pl.DataFrame(spent, schema=SPENT, orient="row"),
        pl.DataFrame(seen, schema=SIGHTINGS, orient="row"),
        SupplementaryInputs.nothing().notes,
    )


NO_NAMES = Names(
    pl.DataFrame(schema={"client_key": pl.Int64, "client_id": pl.String, "client_name": pl.String}),
    pl.DataFrame(schema={"task_key": pl.Int64, "task_id": pl.String, "title": pl.String}),
    frozenset(),
)


def released(rows):
    """Every table of a release of these rows."""
    studied = study(observations(rows), as_of=datetime(2026, 11, 23, tzinfo=UTC), policy=ARCHIVE)
    rates = rates_of(studied)
    told = disclose(rates, ARCHIVE)
    context = ReleaseContext(DAY, ARCHIVE, SECRET, told.cells)
    tables, _ = supplementary_tables(Work.of_study(studied), beside(rows), rates, context, None)
    return contents_of(told, NO_NAMES, PublicationMetadata("demo", {}), tables).tables("r")


def worked(rows, names):
    """Who worked in each cell, by the words that a table shows it under."""
    found = {}
    for platform, client, person, outcome, week, _ in rows:
        monday = date(2026, 11, 16) - timedelta(weeks=week)
        words = {
            "platform": platform,
            "client": snapshot_key(key(f"client {client}")),
            "task": snapshot_key(key(f"task {client} {person % 2}")),
            "week": "{}-W{:02}".format(*monday.isocalendar()[:2]),
        }
        if outcome != "returned":
            found.setdefault(tuple(words[name] for name in names), set()).add(person)
    return found


COLUMNS = {"platform": "platform", "client": "client_key", "task": "task_key", "week": "week"}
few = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@few
@given(crowds())
def test_no_row_stands_for_fewer_than_five_people_and_no_number_for_fewer_than_ten(rows):
    tables = released(rows)
    for name, keys in CELLS.items():
        people = worked(rows, keys)
        for row in tables[name].to_dicts():
            voters = people.get(tuple(row[COLUMNS[name]] for name in keys), set())
            assert len(voters) >= max(FEWEST, row["contributors_at_least"])
    for name, figures in NUMBERS.items():
        for row in tables[name].to_dicts():
            assert row["contributors_at_least"] >= FEWEST
            assert row["contributors_at_least"] >= NUMBER or all(row[figure] is None for figure in figures)


@few
@given(crowds())
def test_no_week_shows_by_subtraction_from_its_whole(rows):
    tables = released(rows)
    weeks, clients = tables["platform_weeks"], tables["client_weeks"]
    wholes = [(weeks, ("platform",)), (clients, ("platform", "client")), (clients, ("platform", "week"))]
    for parts, names in wholes:
        fine = ("platform", "week") if parts is weeks else ("platform", "client", "week")
        shown = {tuple(row[COLUMNS[name]] for name in fine) for row in parts.to_dicts()}
        everyone = worked_at_all(rows, fine)
        tops = {tuple(row[COLUMNS[name]] for name in names) for row in parts.to_dicts()}
        if names == ("platform", "week"):
            tops &= {tuple(row[COLUMNS[name]] for name in names) for row in weeks.to_dicts()}
        places = [fine.index(name) for name in names]
        for top in tops:
            rest = {
                person
                for cell, people in everyone.items()
                if tuple(cell[place] for place in places) == top and cell not in shown
                for person in people
            }
            assert not 0 < len(rest) < FEWEST


def worked_at_all(rows, names):
    """The same as `worked`, with people who only gave work back."""
    return worked([(*row[:3], "approved", *row[4:]) for row in rows], names)


@few
@given(crowds())
def test_every_table_tells_of_the_same_cells_and_bands_as_the_rates(rows):
    tables = released(rows)
    band = ["platform", "client_key", "contributors", "contributors_at_least"]
    rates = pl.concat([tables["platform_rates"].with_columns(client_key=pl.lit(None, pl.String)).select(band),
                       tables["client_rates"].select(band)])  # fmt: skip
    assert tables["outcomes"].select(band).sort(band).equals(rates.sort(band))
    clients, platforms = (
        set(tables[name][key]) for name, key in (("client_rates", "client_key"), ("platform_rates", "platform"))
    )
    assert set(tables["client_weeks"]["client_key"]) | set(tables["task_rates"]["client_key"]) <= clients
    for name in ("platform_weeks", "overheads", "supply", "client_weeks", "client_rates"):
        assert set(tables[name]["platform"]) <= platforms


@few
@given(crowds(), st.integers(1, 4))
def test_a_client_of_four_people_is_in_no_table(rows, people):
    small = [("here", 40, person, "approved", 1, 600.0) for person in range(900, 900 + people)]
    tables = released(rows + small)
    told = [table["client_key"].to_list() for table in tables.values() if "client_key" in table.columns]
    assert snapshot_key(key("client 40")) not in {known for names in told for known in names}


@few
@given(crowds(), st.sampled_from(sorted(NUMBERS)), st.randoms(use_true_random=False))
def test_no_filter_sort_or_page_gives_more_than_the_rows_of_the_file(rows, name, random):
    table, frame = TABLES[name], released(rows)[name]
    column = random.choice(table.columns)
    other = random.choice(table.columns)
    value = random.choice([*frame[column.name].drop_nulls().unique().to_list(), "here", "5"])
    asked = [
        (f"{column.name}__{random.choice(column.filters)}", str(value)),
        ("sort", f"-{other.name}"),
        ("limit", "2"),
    ]
    seen, after = [], []
    try:
        while True:
            page = run(parse(table, [*asked, *after]), frame.lazy(), "r")
            seen += page.frame.rows()
            if page.after is None:
                break
            after = [("after", page.after)]
    except BadQuery:
        return  # a value of another type: nothing was told
    published = frame.rows()
    assert len(seen) == len(set(seen)) <= len(published)
    assert set(seen) <= set(published)


@pytest.mark.parametrize("name", TABLES)
def test_no_column_counts_people_or_work(name):
    """People are told as bands, work not at all: nothing can be added up and taken away."""
    counts = [
        column.name for column in TABLES[name].columns if column.unit in ("people", "tasks", "observations", "hours")
    ]
    assert set(counts) <= {"contributors", "contributors_at_least"}
    assert set(released_empty()[name]["contributors"].unique()) <= set(WORDS.values()) if counts else True


def released_empty():
    return released([("here", 0, person, "approved", 1, 300.0) for person in range(12)])


def test_the_worker_of_one_platform_in_two_tables_is_never_alone():
    """Fifty people and noise: a small crowd has no row in either table of people's own hours."""
    tables = released([("here", 0, person, "approved", 1, 300.0) for person in range(49)])
    assert tables["worker_rates"].is_empty()
    assert tables["country_rates"].is_empty()
