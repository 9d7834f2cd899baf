"""Change control over a series of releases: figures change by several people at a time, and nobody who erased stays."""

from __future__ import annotations

from ast import literal_eval
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from analytics.disclosure.change_control import (
    HELD_BACK,
    CellMembers,
    ChangeRules,
    apply_change_threshold,
    candidates,
)
from analytics.disclosure.pseudonyms import MEMBERS, cell_ids
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.release_state import packed, unpacked
from analytics.disclosure.thresholds import Disclosed
from analytics.model.policy import ARCHIVE, CROWD
from tests.secret import SECRET

FIRST = date(2026, 9, 7)
SHAPE = {
    "level": pl.String, "platform": pl.String, "client_key": pl.Int64, "task_key": pl.Int64, "figure": pl.String,
}  # fmt: skip
PRESENT = {"cell": pl.UInt64, "person": pl.UInt64}


def cells(people, fewest=CROWD.band_contributors):
    """Of each client with enough people a figure that says exactly who is in it."""
    told = {client: data for client, data in people.items() if len(data) >= fewest}
    return pl.DataFrame(
        {
            "level": ["client"] * len(told),
            "platform": ["here"] * len(told),
            "client_key": list(told),
            "task_key": [None] * len(told),
            "figure": [figure(data) for data in told.values()],
        },
        schema=SHAPE,
    )


def figure(data):
    return repr(sorted(data.items()))


def ids(people):
    frame = cells(people, 0)
    return dict(zip(frame["client_key"], cell_ids(frame), strict=True))


def members_of(people, absent=()):
    """Everybody of `people` counts; those `absent` (client, person) have rows and do not count."""
    numbers = ids(people)
    rows = [
        (numbers[client], person, hash((client, person, data)) % 2**63, person)
        for client, of in people.items()
        for person, data in of.items()
    ]
    counted = pl.DataFrame(rows, schema={**MEMBERS, "contributor": pl.Int64}, orient="row")
    present = pl.DataFrame([(numbers[client], person) for client, person in absent], schema=PRESENT, orient="row")

    def without(pairs):
        left = {
            client: {p: d for p, d in of.items() if (numbers[client], p) not in set(pairs.rows())}
            for client, of in people.items()
            if numbers[client] in set(pairs["cell"])
        }
        again = cells(left, CROWD.band_contributors - HELD_BACK)
        return again.with_columns(cell_ids(again))

    return CellMembers(counted, present, without)


def released(people, day, before, policy=CROWD, secret=SECRET, absent=()):
    fresh = Disclosed(day, policy.name, cells(people))
    wanted = candidates(fresh, before)["cell"].implode()
    members = members_of(people, absent)
    members = replace(members, counted=members.counted.filter(pl.col("cell").is_in(wanted)))
    told, after = apply_change_threshold(fresh, members, before, ChangeRules(day, policy, secret))
    return dict(told.cells.select("client_key", "figure").rows()), unpacked(packed(after))


def crowd(*people, data=0):
    return dict.fromkeys(people, data)


def series(*steps, policy=CROWD, secret=SECRET, still=()):
    """The figure of client 1 after each of `steps`: days after the first release, and who counts. People of `still` keep
    their rows when they no longer count.
    """
    before, shown = None, []
    for days, people in steps:
        absent = [(1, person) for person in still if person not in people]
        told, before = released({1: people}, FIRST + timedelta(days=days), before, policy, secret, absent)
        shown.append(told.get(1))
    return shown


TEN = crowd(*range(10))


def needed(secret=SECRET, releases=1):
    """How many changes client 1 needs."""
    frame = pl.DataFrame(
        {"cell": [ids({1: TEN})[1]], "releases": [releases]}, schema={"cell": pl.UInt64, "releases": pl.Int64}
    )
    return ChangeRules(FIRST, CROWD, secret).needed(frame)[0]


def secret_with(number):
    """A secret under which client 1 needs `number` changes after its first release, and has no refresh week early on."""
    for seed in range(2000):
        secret = ReleaseSecret(seed.to_bytes(4, "big") * 8)
        rules = [ChangeRules(FIRST + timedelta(days=7 * week), CROWD, secret) for week in range(8)]
        cell = pl.Series("cell", [ids({1: TEN})[1]], pl.UInt64)
        if needed(secret) == number and not any(rule.refreshed(cell).len() for rule in rules):
            return secret
    raise AssertionError(number)


def test_how_many_changes_a_cell_needs_is_drawn_evenly_from_three_to_seven_anew_for_each_release():
    drawn = [needed(releases=number) for number in range(1, 501)]
    assert {number: drawn.count(number) > 60 for number in set(drawn)} == dict.fromkeys(range(3, 8), True)


@pytest.mark.parametrize("number", [3, 5, 7])
def test_one_change_fewer_than_drawn_moves_no_figure_and_as_many_do(number):
    secret = secret_with(number)
    fewer = TEN | crowd(*range(10, 9 + number))
    assert series((0, TEN), (7, fewer), secret=secret) == [figure(TEN)] * 2
    enough = TEN | crowd(*range(10, 10 + number))
    assert series((0, TEN), (7, enough), secret=secret) == [figure(TEN), figure(enough)]


def test_departures_count_as_arrivals_do_once_the_person_was_there_for_28_days():
    secret = secret_with(3)
    seven = crowd(*range(7))
    assert series((0, TEN), (7, seven), (27, seven), (28, seven), secret=secret, still=TEN) == [
        *[figure(TEN)] * 3,
        figure(seven),
    ]


def test_a_person_with_any_row_left_has_not_erased_and_is_looked_for_only_where_somebody_is_missing():
    people = {1: TEN, 2: TEN}
    _, before = released(people, FIRST, None)
    rules = ChangeRules(FIRST + timedelta(days=7), CROWD, SECRET)
    fresh = Disclosed(rules.day, CROWD.name, cells(people))
    members = members_of({1: crowd(*range(9)), 2: TEN})
    numbers, asked = ids(people), []

    def remaining(of):
        asked.extend(of)
        return pl.DataFrame([(numbers[1], 9)], schema=PRESENT, orient="row")

    _, after = apply_change_threshold(fresh, replace(members, remaining=remaining), before, rules)
    _, erased = apply_change_threshold(fresh, members, before, rules)
    assert asked == [numbers[1]]
    assert after.cells["absent_since"].is_null().all()
    assert erased.cells.filter(pl.col("absent_since").is_not_null())["cell"].to_list() == [numbers[1]]


def test_revisions_and_new_work_of_members_are_no_change():
    secret = secret_with(3)
    busy = crowd(*range(10), data=7)
    assert series((0, TEN), (7, busy), (14, busy), secret=secret) == [figure(TEN)] * 3


def test_in_one_week_of_thirteen_new_work_of_members_counts_so_that_a_loyal_crowd_keeps_its_number():
    steps = [(7 * week, crowd(*range(10), data=week)) for week in range(60)]
    shown = series(*steps)
    days = [number for number, told in enumerate(shown) if number and told != shown[number - 1]]
    assert None not in shown
    assert [later - earlier for earlier, later in pairwise(days)] == [13] * (len(days) - 1)
    assert len(days) >= 4


def test_changes_add_up_over_releases_until_there_are_enough():
    secret = secret_with(3)
    steps = [TEN, TEN | crowd(10), TEN | crowd(10, 11), TEN | crowd(10, 11, 12)]
    shown = series(*((7 * week, people) for week, people in enumerate(steps)), secret=secret)
    assert shown == [figure(TEN)] * 3 + [figure(steps[-1])]


def test_a_person_who_comes_and_goes_between_two_releases_of_a_cell_is_no_change():
    secret = secret_with(3)
    more = TEN | crowd(10, 11)
    steps = [TEN, more, TEN, TEN | crowd(12, 13)]
    assert series(*((7 * week, people) for week, people in enumerate(steps)), secret=secret) == [figure(TEN)] * 4


def test_a_person_who_returns_is_no_new_arrival():
    secret = secret_with(3)
    away = crowd(*range(3, 10)) | crowd(20, 21, 22)
    back = away | crowd(0, 1, 2)
    shown = series((0, TEN), (7, away), (14, back), (42, back), secret=secret, still=range(30))
    assert shown == [figure(TEN), figure(away), figure(away), figure(away)]


def test_an_old_figure_stands_for_270_days_and_then_its_parent_does():
    assert series((0, TEN), (270, TEN), (271, TEN), (278, TEN)) == [figure(TEN)] * 2 + [None] * 2
    more = TEN | crowd(*range(10, 17))
    assert series((0, TEN), (271, TEN), (278, more)) == [figure(TEN), None, figure(more)]


def test_an_archive_always_has_its_newest_figures():
    one_more = TEN | crowd(10)
    assert series((0, TEN), (7, one_more), (900, TEN), policy=ARCHIVE) == [figure(TEN), figure(one_more), figure(TEN)]


def test_a_person_who_erased_is_out_of_the_figures_by_day_28_and_the_figure_stays():
    nine = crowd(*range(1, 10))
    shown = series(*((7 * week, nine if week else TEN) for week in range(8)))
    assert shown[:4] == [figure(TEN)] * 4
    assert None not in shown
    gone = [person for person in range(10) if f"({person}, " not in shown[4]]
    assert 0 in gone
    assert len(gone) == 1 + HELD_BACK
    assert shown[5:] == [shown[4]] * 3


def test_people_held_back_by_an_erasure_return_with_the_next_release_and_count_as_two_changes():
    secret = secret_with(3)
    nine = crowd(*range(1, 10))
    weeks = [TEN, nine, nine, nine, nine]
    before = None
    for week, people in enumerate(weeks):
        _, before = released({1: people}, FIRST + timedelta(days=7 * week), before, secret=secret)
    for arrivals in range(8):
        people = nine | crowd(*range(30, 30 + arrivals))
        told, _ = released({1: people}, FIRST + timedelta(days=35), before, secret=secret)
        if told[1] == figure(people):
            assert arrivals + HELD_BACK == needed(secret, 2)
            return
    raise AssertionError("the two never came back")


def test_a_second_erasure_needs_no_new_draw():
    nine, eight = crowd(*range(1, 10)), None
    before, shown = None, []
    for week in range(12):
        if week == 5:
            inside = [person for person in nine if f"({person}, " in shown[-1]]
            eight = {person: 0 for person in nine if person != inside[0]}
        people = TEN if week == 0 else nine if week < 5 else eight
        told, before = released({1: people}, FIRST + timedelta(days=7 * week), before)
        shown.append(told[1])
    assert shown[-1] == figure(eight)


def test_a_person_who_no_longer_counts_but_still_has_rows_is_no_erasure():
    nine = crowd(*range(1, 10))
    shown = series(*((7 * week, nine if week else TEN) for week in range(8)), still=TEN)
    assert shown == [figure(TEN)] * 8


def test_an_erasure_goes_earlier_where_enough_others_changed():
    secret = secret_with(3)
    later = crowd(*range(1, 13))
    assert series((0, TEN), (7, later), secret=secret) == [figure(TEN), figure(later)]


def test_nobody_can_take_a_client_s_number_away_by_asking_for_erasure():
    """Three accounts join ten honest people, work, and one of them leaves: the client has a figure in every week."""
    honest = crowd(*range(10))
    with_accounts = honest | crowd(50, 51, 52)
    left = honest | crowd(51, 52)
    for seed in range(20):
        secret = ReleaseSecret(bytes([seed]) * 32)
        steps = [(7 * week, honest if week < 2 else with_accounts if week < 8 else left) for week in range(26)]
        assert None not in series(*steps, secret=secret)


def test_a_cell_once_withdrawn_comes_back_only_with_enough_changes_since_it_was_shown():
    secret = secret_with(3)
    five = crowd(*range(5))
    assert series((0, five), (28, crowd(0, 1)), (35, five), secret=secret, still=five) == [figure(five), None, None]
    other = crowd(0, 1, 7, 8, 9)
    assert series((0, five), (28, crowd(0, 1)), (35, other), secret=secret, still=five) == [
        figure(five), None, figure(other),
    ]  # fmt: skip


def test_publishing_the_same_day_again_changes_nothing():
    people = {1: TEN | crowd(11), 2: crowd(*range(5)), 3: crowd(*range(4))}
    _, before = released({1: TEN, 2: crowd(*range(1, 6))}, FIRST, None)
    once = released(people, FIRST + timedelta(days=40), before)
    twice = released(people, FIRST + timedelta(days=40), once[1])
    assert twice[0] == once[0]
    assert packed(twice[1]) == packed(once[1])


def test_the_same_rows_day_secret_and_state_give_the_same_bytes_in_any_order_of_people():
    people = {1: TEN, 2: crowd(*range(6))}
    turned = {2: dict(reversed(people[2].items())), 1: dict(reversed(people[1].items()))}
    assert packed(released(people, FIRST, None)[1]) == packed(released(turned, FIRST, None)[1])


def test_four_people_leave_no_trace_in_a_state():
    with_four = released({1: TEN, 2: crowd(*range(4))}, FIRST, None)
    without = released({1: TEN}, FIRST, None)
    assert packed(with_four[1]) == packed(without[1])


def test_a_new_version_of_the_estimator_releases_every_cell_anew():
    _, before = released({1: TEN}, FIRST, None)
    older = replace(before, version="2")
    one_more = TEN | crowd(10)
    assert released({1: one_more}, FIRST + timedelta(days=7), older)[0] == {1: figure(one_more)}
    assert released({1: one_more}, FIRST + timedelta(days=7), before)[0] == {1: figure(TEN)}


class Releases(RuleBasedStateMachine):
    """People come, stop counting and erase at two clients; a release a week. Whatever happens, two neighbouring releases of
    a cell differ by three people or more, or not at all, and nobody who erased is in a figure after 28 days.
    """

    def __init__(self):
        super().__init__()
        self.day, self.state = FIRST, None
        self.people, self.still, self.erased = {1: {}, 2: {}}, set(), {}
        self.shown, self.seen = {}, set()
        self.next_person = 100

    clients, places = st.integers(1, 2), st.integers(0, 11)

    @rule(client=clients, count=st.integers(1, 6))
    def arrive(self, client, count):
        for _ in range(count):
            self.people[client][self.next_person] = 0
            self.next_person += 1

    @rule(client=clients, places=st.sets(places, max_size=4))
    def stop_counting(self, client, places):
        for person in [list(self.people[client])[p] for p in places if p < len(self.people[client])]:
            del self.people[client][person]
            self.still.add((client, person))

    @rule(client=clients, places=st.sets(places, max_size=3))
    def erase(self, client, places):
        for person in [list(self.people[client])[p] for p in places if p < len(self.people[client])]:
            del self.people[client][person]
            self.erased[(client, person)] = self.day

    @rule(weeks=st.integers(1, 4))
    @precondition(lambda self: any(self.people.values()))
    def release(self, weeks):
        for _ in range(weeks):
            self.day += timedelta(days=7)
            now, self.state = released(self.people, self.day, self.state, absent=sorted(self.still))
            for client in (1, 2):
                self.check(client, now.get(client))

    def check(self, client, now):
        if now is None:
            return
        inside = {person for person, _ in literal_eval(now)}
        before = self.shown.get(client)
        if before is not None and before != inside:
            assert len(before ^ inside) >= CROWD.fewest_changes
        self.shown[client] = inside
        self.seen.add(client)
        for (where, person), since in self.erased.items():
            assert where != client or person not in inside or (self.day - since).days <= CROWD.absence_days

    @invariant()
    def every_figure_shown_had_people_behind_it(self):
        assert all(len(self.shown[client]) >= CROWD.band_contributors - HELD_BACK for client in self.seen)


Releases.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
test_over_any_series_of_releases_figures_move_by_three_people_or_not_at_all = Releases.TestCase
