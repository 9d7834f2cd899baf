"""A publish that goes on from another's workings: to the byte what it would be from the beginning."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from functools import partial

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import Different
from analytics.estimator import resumed as module
from analytics.estimator.estimate import arrivals_of, rates_of
from analytics.estimator.flags import raised
from analytics.estimator.parts import InMemory
from analytics.estimator.resumed import Resumed
from analytics.estimator.scopes import of_frame
from analytics.estimator.workings import Recorded, Workings, code_of
from analytics.ground import Ground
from analytics.marks import Key, cell_ids, members_of
from analytics.policy import ARCHIVE, CROWD
from analytics.synthetic import AS_OF, Market, made
from analytics.weeks import weeks
from analytics.work import Work

DAY = AS_OF.date()
KEY = Key.of(bytes(range(16)))
CODE = "this"


def market(policy, seed=3, clients=60):
    fields = {"origin": "crowd", "days": 60} if policy is CROWD else {}
    return made(Market(clients=clients, contributors=9, unsubmitted=0.1, rejected=0.02, seed=seed, **fields))[0]


SOME = market(ARCHIVE)["client_key"].unique().sort()[7]


def cut(rows, count):
    return [partial(rows.filter, pl.col("client_key").hash(5) % count == number) for number in range(count)]


def sums(rows):
    """What a database would count of each client."""
    return [of_frame(rows.with_columns(row=rows.hash_rows()).group_by("client_key").agg(pl.len(), pl.col("row").sum()))]


def said(parts, policy, aside=frozenset()):
    """Everything that a release is made of."""
    studied = arrivals_of(parts, DAY, policy).study()
    if aside:
        studied = studied.arrivals.study(aside)
    flags = raised(studied)
    rates = rates_of(studied)
    wanted = rates.cells.with_columns(cell_ids(rates.cells)).select("client_key", "cell")
    work = Work.of_study(studied)
    ground = Ground(DAY, policy, KEY, rates.cells)
    tables, memories = weeks(work, dict(rates.components.select("platform", "sigma_e").rows()), ground, {})
    some = studied.rows_of(pl.Series(sorted(studied.told["sizes"]["client_key"])[:5]))
    return [
        rates.cells.write_csv(),
        rates.components.write_csv(),
        str(rates.left_out),
        flags.write_csv(),
        members_of(studied, KEY, wanted).sort("cell", "person").write_csv(),
        work.hours.sort(work.hours.columns).write_csv(),
        *(table.write_csv() for table in tables.values()),
        *(memory.members.write_csv() for memory in memories.values()),
        some.sort(some.columns).write_csv(),
    ]


def recorded(rows, policy, folder, aside=frozenset()):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with Recorded(cut(rows, 4), folder, 2, sums(rows)) as parts:
        said(parts, policy, aside)
        parts.finished(CODE)
    return Workings.standing(folder, CODE)


def resumed(workings, rows):
    """Parts that go on from `workings`; only the rows of clients that changed are there."""
    changed = workings.changed(sums(rows))
    return Resumed(workings, changed, rows.filter(pl.col("client_key").is_in(changed.implode())))


def with_more_at(rows, client, **fields):
    """As many rows again at one client, with other times and whatever else is said of them."""
    more = rows.filter(client_key=client).with_columns(**{"active_seconds": pl.col("active_seconds") * 1.7, **fields})
    return pl.concat([rows, more])


CHANGES = {
    "nothing": lambda rows: rows,
    "another order": lambda rows: rows.sample(fraction=1.0, shuffle=True, seed=2),
    "more rows at one client": lambda rows: with_more_at(rows, SOME),
    "a client is gone": lambda rows: rows.filter(pl.col("client_key") != SOME),
    "a new client": lambda rows: with_more_at(rows, SOME, client_key=pl.lit(1007, pl.Int64)),
    "a new contributor": lambda rows: with_more_at(rows, SOME, contributor=pl.lit(10**6, pl.Int64)),
    "a contributor is gone": lambda rows: rows.filter(
        ~pl.col("contributor").is_in(rows.filter(client_key=SOME)["contributor"].head(1).implode())
    ),
    "days that become too long": lambda rows: with_more_at(
        rows, SOME, active_seconds=pl.lit(14000.0), claimed_hour=pl.lit(rows["claimed_hour"].min())
    ),
}  # fmt: skip


@pytest.mark.parametrize("policy", [ARCHIVE, CROWD], ids=lambda policy: policy.name)
@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_and_what_did_not_give_the_bytes_of_all_together(change, policy, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_CHANGED", 1.0)
    rows = market(policy)
    after = CHANGES[change](rows)
    found = resumed(recorded(rows, policy, tmp_path / "workings"), after)
    assert after.equals(rows) is (change == "nothing")
    assert said(found, policy) == said(InMemory(cut(after, 3)), policy)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_whatever_few_clients_do_the_bytes_are_those_of_all_together(tmp_path_factory, data):
    """Rows of some clients come, go and change, once and again: the workings are always those of the beginning."""
    policy = data.draw(st.sampled_from([ARCHIVE, CROWD]))
    rows = market(policy, seed=data.draw(st.integers(0, 3)))
    workings = recorded(rows, policy, tmp_path_factory.mktemp("parts") / "workings")
    for _ in range(2):
        some = data.draw(st.lists(st.sampled_from(rows["client_key"].unique().sort().to_list()), max_size=4))
        kept, times = data.draw(st.floats(0.0, 1.0)), data.draw(st.floats(0.3, 3.0))
        inside = pl.col("client_key").is_in(some)
        changed = rows.filter(inside).sample(fraction=kept, seed=data.draw(st.integers(0, 99)))
        rows = pl.concat([rows.filter(~inside), changed.with_columns(pl.col("active_seconds") * times)])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "MOST_CHANGED", 1.0)
            found = said(resumed(workings, rows), policy)
        assert found == said(InMemory(cut(rows, 2)), policy)


def test_a_client_without_a_row_left_is_no_hindrance_where_others_are_gone_through_again(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_CHANGED", 1.0)
    rows = market(ARCHIVE, seed=2)
    workings = recorded(rows, ARCHIVE, tmp_path / "workings")
    gone = rows.filter(pl.col("client_key") != -9_108_710_899_773_664_963)  # a spread moves by a step without it
    assert said(resumed(workings, gone), ARCHIVE) == said(InMemory(cut(gone, 2)), ARCHIVE)


def test_people_set_aside_may_be_others_this_time(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_CHANGED", 1.0)
    rows = market(CROWD)
    workings = recorded(rows, CROWD, tmp_path / "workings", {1, 2, 3})
    more = with_more_at(rows, SOME)
    for aside in ({1, 2, 3}, {2, 9}):
        assert said(resumed(workings, more), CROWD, aside) == said(InMemory(cut(more, 2)), CROWD, aside)
    with pytest.raises(Different):  # cells were kept without these people, and are needed with them
        said(resumed(workings, more), CROWD)


def test_a_question_that_was_not_asked_then_is_asked_of_everybody(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_CHANGED", 1.0)
    rows = with_more_at(market(ARCHIVE), SOME)
    parts = resumed(recorded(market(ARCHIVE), ARCHIVE, tmp_path / "workings"), rows)
    found, whole = (arrivals_of(one, DAY, ARCHIVE).study().each(counted) for one in (parts, InMemory(cut(rows, 1))))
    assert found.sort("client_key").equals(whole.sort("client_key"))


def counted(rows):
    return rows.group_by("client_key").agg(pl.len())


def test_another_day_or_policy_begins_anew(tmp_path):
    rows = market(ARCHIVE)
    workings = recorded(rows, ARCHIVE, tmp_path / "workings")
    for day, policy in ((DAY + timedelta(days=1), ARCHIVE), (DAY, replace(ARCHIVE, band_contributors=6))):
        with pytest.raises(Different):
            arrivals_of(resumed(workings, rows), day, policy).study()


def test_too_many_changed_clients_begin_anew(tmp_path):
    rows = market(ARCHIVE)
    workings = recorded(rows, ARCHIVE, tmp_path / "workings")
    later = rows.with_columns(pl.col("active_seconds") + 1.0)
    with pytest.raises(Different):
        arrivals_of(resumed(workings, later), DAY, ARCHIVE).study()


def test_workings_that_are_not_whole_or_of_other_code_are_none(tmp_path):
    folder = tmp_path / "workings"
    recorded(market(ARCHIVE), ARCHIVE, folder)
    assert Workings.standing(folder, "other") is None
    assert Workings.standing(folder, CODE) is not None
    for broken in ("tasks-03.arrow", "head.json"):
        (folder / broken).write_bytes((folder / broken).read_bytes()[:-9])
        assert Workings.standing(folder, CODE) is None
        recorded(market(ARCHIVE), ARCHIVE, folder)
    (folder / "rows-00.arrow").unlink()
    assert Workings.standing(folder, CODE) is None
    assert Workings.standing(tmp_path / "nowhere", CODE) is None


def test_workings_do_not_give_the_secret_of_marks_away(tmp_path):
    recorded(market(ARCHIVE), ARCHIVE, tmp_path / "workings")
    whole = b"".join(path.read_bytes() for path in (tmp_path / "workings").iterdir())
    for word in (KEY.first, KEY.second):
        assert word.to_bytes(8, "little") not in whole
        assert word.to_bytes(8, "big") not in whole
        assert str(word).encode() not in whole
        assert f"{word:x}".encode() not in whole


def test_code_is_another_when_a_line_of_it_is(tmp_path):
    (tmp_path / "one.py").write_text("a = 1\n")
    first = code_of(tmp_path)
    assert code_of(tmp_path) == first
    (tmp_path / "one.py").write_text("a = 2\n")
    assert code_of(tmp_path) != first
