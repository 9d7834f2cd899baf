"""The changed-cell rule over a series of releases: figures move by three people at a time, and nobody who left stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from analytics.disclosure.change_control import candidates, packed, settle, unpacked
from analytics.disclosure.pseudonyms import MEMBERS, cell_ids
from analytics.disclosure.thresholds import Disclosed
from analytics.model.policy import ARCHIVE, CROWD

FIRST = date(2026, 9, 7)


def cells(people):
    """Of each client with five people a figure that says exactly whose data it is made of."""
    told = {client: data for client, data in people.items() if len(data) >= CROWD.band_contributors}
    return pl.DataFrame(
        {
            "level": ["client"] * len(told),
            "platform": ["here"] * len(told),
            "client_key": list(told),
            "task_key": [None] * len(told),
            "figure": [repr(sorted(data.items())) for data in told.values()],
        },
        schema={"level": pl.String, "platform": pl.String, "client_key": pl.Int64, "task_key": pl.Int64,
                "figure": pl.String},
    )  # fmt: skip


def members_of(people):
    everybody = cells({client: data | dict.fromkeys(range(900, 905), 0) for client, data in people.items()})
    ids = dict(zip(everybody["client_key"], cell_ids(everybody), strict=True))
    rows = [
        (ids[client], person, hash((client, person, data)) % 2**63)
        for client, of in people.items()
        for person, data in of.items()
    ]
    return pl.DataFrame(rows, schema=MEMBERS, orient="row").sort("cell", "person")


def released(people, day, before, policy=CROWD):
    fresh = Disclosed(day, policy.name, cells(people))
    wanted = candidates(fresh, before)["cell"]
    members = members_of(people).filter(pl.col("cell").is_in(wanted.implode()))
    told, after = settle(fresh, members, before, policy)
    return dict(told.cells.select("client_key", "figure").rows()), unpacked(packed(after))


def crowd(*people, data=0):
    return dict.fromkeys(people, data)


def figure(data):
    return repr(sorted(data.items()))


def series(*steps, policy=CROWD):
    """The figure of client 1 after each of `steps`: days after the first release, and who is there."""
    before, shown = None, []
    for days, people in steps:
        told, before = released({1: people}, FIRST + timedelta(days=days), before, policy)
        shown.append(told.get(1))
    return shown


TEN = crowd(*range(10))


@pytest.mark.parametrize("changed", [
    TEN | crowd(10),  # one joined
    TEN | crowd(10, 11),
    TEN | crowd(1, 2, data=7),  # two did more work
    TEN | crowd(1, data=7) | crowd(10),
    crowd(*range(8)),  # two left
], ids=["joined", "two joined", "two did more", "one of each", "two left"])  # fmt: skip
def test_fewer_than_three_people_s_data_move_no_figure(changed):
    assert series((0, TEN), (7, changed)) == [figure(TEN)] * 2


@pytest.mark.parametrize("changed", [
    TEN | crowd(10, 11, 12),
    TEN | crowd(1, 2, 3, data=7),
    TEN | crowd(1, data=7) | crowd(10, 11),
    crowd(*range(7)),
    crowd(*range(1, 10), 10) | crowd(2, data=3),  # one left, one came, one did more
])  # fmt: skip
def test_three_people_s_data_move_it(changed):
    assert series((0, TEN), (7, changed)) == [figure(TEN), figure(changed)]


def test_changes_add_up_over_releases_until_there_are_three():
    steps = [TEN, TEN | crowd(10), TEN | crowd(10, 11), TEN | crowd(10, 11, 12)]
    shown = series(*((7 * week, people) for week, people in enumerate(steps)))
    assert shown == [figure(TEN)] * 3 + [figure(steps[-1])]


def test_an_old_figure_stands_for_ninety_days_and_then_its_parent_does():
    assert series((0, TEN), (90, TEN), (91, TEN), (98, TEN)) == [figure(TEN)] * 2 + [None] * 2
    more = TEN | crowd(10, 11, 12)
    assert series((0, TEN), (91, TEN), (98, more)) == [figure(TEN), None, figure(more)]


def test_an_export_does_not_grow_old():
    assert series((0, TEN), (900, TEN), policy=ARCHIVE) == [figure(TEN)] * 2


def test_whoever_left_is_out_of_the_figures_by_day_twenty_eight():
    nine = crowd(*range(1, 10))
    shown = series(*((7 * week, nine if week else TEN) for week in range(6)))
    assert shown == [figure(TEN)] * 4 + [None] * 2


def test_whoever_left_goes_earlier_where_three_changed():
    shown = series((0, TEN), (7, crowd(*range(1, 10))), (14, crowd(*range(1, 12))))
    assert shown == [figure(TEN), figure(TEN), figure(crowd(*range(1, 12)))]


def test_a_cell_that_falls_below_five_keeps_its_old_figure_until_three_changed():
    five, four = crowd(*range(5)), crowd(*range(4))
    assert series((0, five), (7, four)) == [figure(five)] * 2
    assert series((0, five), (7, crowd(0, 1))) == [figure(five), None]


def test_a_cell_once_withdrawn_comes_back_only_with_three_changes_since_it_was_shown():
    five = crowd(*range(5))
    assert series((0, five), (7, crowd(0, 1)), (14, five)) == [figure(five), None, None]
    other = crowd(0, 1, 7, 8, 9)
    assert series((0, five), (7, crowd(0, 1)), (14, other)) == [figure(five), None, figure(other)]


def test_publishing_the_same_day_again_changes_nothing():
    people = {1: TEN | crowd(11), 2: crowd(*range(5)), 3: crowd(*range(4))}
    _, before = released({1: TEN, 2: crowd(*range(1, 6))}, FIRST, None)
    once = released(people, FIRST + timedelta(days=40), before)
    twice = released(people, FIRST + timedelta(days=40), once[1])
    assert twice[0] == once[0]


def test_four_people_leave_no_trace_in_a_memory():
    with_four = released({1: TEN, 2: crowd(*range(4))}, FIRST, None)
    without = released({1: TEN}, FIRST, None)
    assert packed(with_four[1]) == packed(without[1])


def test_a_memory_of_an_older_version_lacks_a_figure_and_is_read_all_the_same():
    _, before = released({1: TEN}, FIRST, None)
    older = replace(before, cells=before.cells.drop("figure"))
    assert released({1: TEN}, FIRST + timedelta(days=7), older)[0] == {1: None}


class Releases(RuleBasedStateMachine):
    """People come, work and go at two clients; a release a week. Whatever happens, what two neighbouring releases say of
    a cell differs by the data of three people or more, or not at all.
    """

    def __init__(self):
        super().__init__()
        self.day, self.memory = FIRST, None
        self.people = {1: {}, 2: {}}
        self.told, self.shown = (
            {},
            {},
        )  # figures now; of each client the data last shown, its day and the days of goings
        self.gone = {1: {}, 2: {}}
        self.work = 0

    clients, persons = st.integers(1, 2), st.integers(0, 11)

    @rule(client=clients, people=st.sets(persons, max_size=6))
    def do_work(self, client, people):
        for person in people:
            self.work += 1
            self.people[client][person] = self.work
            self.gone[client].pop(person, None)

    @rule(client=clients, people=st.sets(persons, max_size=4))
    def leave(self, client, people):
        for person in people & self.people[client].keys():
            del self.people[client][person]
            self.gone[client].setdefault(person, self.day)

    @rule(weeks=st.integers(1, 4))
    @precondition(lambda self: any(self.people.values()))
    def release(self, weeks):
        for _ in range(weeks):
            self.day += timedelta(days=7)
            now, self.memory = released(self.people, self.day, self.memory)
            for client, people in self.people.items():
                self.check(client, people, now.get(client))
            self.told = now

    def check(self, client, people, now):
        before = self.shown.get(client)
        if now is None:
            return
        if before is None or now != figure(before[0]):
            assert now == figure(people)
            assert len(people) >= CROWD.band_contributors
            if before is not None:
                differing = {p for p in before[0] | people if before[0].get(p) != people.get(p)}
                assert len(differing) >= CROWD.fewest_changes
            self.shown[client] = (dict(people), self.day)
            return
        data, since = before
        if data != people:
            assert (self.day - since).days <= CROWD.repeat_days
        for person, left in self.gone[client].items():
            assert person not in data or (self.day - left).days < CROWD.absence_days

    @invariant()
    def nobody_below_five_is_shown_for_the_first_time(self):
        for client in self.told:
            assert client in self.shown


Releases.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
test_over_any_series_of_releases_figures_move_by_three_people_or_not_at_all = Releases.TestCase
