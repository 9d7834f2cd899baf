"""The catalogue and its lots: enough to choose from, nothing out of bounds, decisions that keep."""

from __future__ import annotations

from collections import Counter

import jinja2
import pytest

from analytics.model.identifiers import title_group
from api.http.pages.practice.attempts import Attempt
from api.http.pages.practice.catalogue import catalogue, dollars
from api.http.pages.practice.decisions import decision
from api.http.pages.practice.puzzles import DRAWINGS, puzzle
from api.http.pages.rendering import templates

HEX = [f"{number:012x}" for number in range(2000)]


def attempt(attempt_id, task="t-3", state="submitted"):
    return Attempt(attempt_id, task, 0, 60, state)


def test_there_are_eight_clients_and_twenty_tasks_of_theirs():
    clients = {client.id for client in catalogue().clients}
    assert len(clients) == 8
    assert len(catalogue().tasks) == 20
    assert {task.client for task in catalogue().tasks} == clients
    assert len({(task.client, title_group(task.title)) for task in catalogue().tasks}) == 20


def test_every_task_can_be_done_within_its_limit():
    assert all(0 < task.estimate_minutes < task.limit_minutes for task in catalogue().tasks)


@pytest.mark.parametrize(
    ("micros", "text"), [(350_000, "$0.35"), (20_000, "$0.02"), (12_000_000, "$12.00"), (0, "$0.00")]
)
def test_pay_is_shown_in_dollars_and_cents(micros, text):
    assert dollars(micros) == text


def test_one_in_ten_is_rejected_and_some_get_a_bonus():
    late = [decision(attempt(one), 10_000) for one in HEX]
    counted = Counter(one.outcome for one in late)
    assert set(counted) == {"rejected", "paid"}
    assert 0.07 < counted["rejected"] / len(HEX) < 0.13
    bonuses = [one.paid_micros - 350_000 for one in late if one.paid_micros is not None]
    assert min(bonuses) == 0
    assert 0.1 < sum(bonus > 0 for bonus in bonuses) / len(bonuses) < 0.3
    assert all(bonus % 10_000 == 0 and bonus <= 175_000 for bonus in bonuses)


def test_a_decision_never_goes_back():
    order = {"submitted": 0, "approved": 1, "rejected": 2, "paid": 2}
    for one in HEX[:200]:
        told = [order[decision(attempt(one), now).outcome] for now in range(60, 1000, 10)]
        assert told == sorted(told)
        assert told[0] == 0
        assert told[-1] == 2


def test_work_that_was_not_handed_in_is_never_decided():
    assert decision(attempt("a" * 12, state="returned"), 10_000).outcome == "returned"
    assert decision(attempt("a" * 12, state="open"), 10_000_000).outcome == "expired"


@pytest.mark.parametrize("task", ["t-1", "t-2", "t-4"])
def test_a_puzzle_is_the_same_each_time_and_can_be_solved(task):
    for one in HEX[:100]:
        shown = puzzle(attempt(one, task))
        assert shown == puzzle(attempt(one, task))
        right = {
            "What is this?": shown.drawings[0],
            "How many are there?": str(len(shown.drawings)),
            "Are these two the same?": "the same" if len(set(shown.drawings)) == 1 else "different",
        }[shown.question]
        assert shown.choices.count(right) == 1


def test_every_drawing_is_drawn():
    drawing = templates().get_template("drawings.html").make_module().drawing
    drawn = {name: drawing(name) for name in DRAWINGS}
    assert len(set(drawn.values())) == len(DRAWINGS)
    assert all("<path" in str(one) and name not in str(one) for name, one in drawn.items())


def test_a_template_that_is_given_too_little_fails_loudly():
    with pytest.raises(jinja2.UndefinedError):
        templates().get_template("practice/listing.html").render(nature="real", heading="x")
