"""Two against one, in turn: the rows that `python -m benchmarks --cluster` prints, from a very small run."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.cluster import Effort, cluster
from benchmarks.pairs import Machine
from benchmarks.processors import seconds_of
from benchmarks.workers import Done, Workers, count


def workers(number):
    return Workers(number, ThreadPoolExecutor(number))


def test_whoever_is_free_takes_the_next_task():
    took = {"a": 5.0, "b": 3.0, "c": 2.0, "d": 1.0}
    assert workers(1).busiest(lambda task: Done(1, took[task]), "abcd") == 11.0
    assert workers(2).busiest(lambda task: Done(1, took[task]), "abcd") == 6.0
    assert workers(9).busiest(lambda task: Done(1, took[task]), "abcd") == 5.0


def test_a_process_that_works_takes_processor_time():
    before = seconds_of(os.getpid())
    while seconds_of(os.getpid()) == before:
        count(0)
    assert seconds_of(os.getpid()) > before


async def test_both_ways_are_asked_in_turn():
    asked = []

    def way(name, pause):
        async def ask():
            asked.append(name)
            await asyncio.sleep(pause)

        return ask

    found = await Machine(workers(1), workers(2)).compared(way("one", 0.03), way("other", 0.001), 3)
    assert asked == ["one", "other"] * 3
    assert found.one > found.other
    assert found.ratio > 1
    assert found.limit > 0


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    return {figure.name: figure for figure in asyncio.run(cluster(folder, Effort(5_000, 1, (2,))))}


def test_every_promised_row_is_there_with_its_goal(figures):
    name = "two_workers_over_one"
    assert str(figures[name].target) == str(figures[f"{name}_cpu"].target) == ">= 1.8"
    assert "limit meanwhile" in figures[name].against
    assert "machine_two_over_one" in figures
    assert all(figure.unit == "ratio" and figure.value > 0 for figure in figures.values())
