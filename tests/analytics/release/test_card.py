"""The data card in every release: what, how, limits, licence, the same for the same release."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.release.card import About, card
from analytics.tables.dictionary.registry import TABLES

ROWS = dict.fromkeys(TABLES, 1234)


def text(nature="real", policy="crowd"):
    return card(About("2026-11-16", date(2026, 11, 16), policy, nature, "one vote", "1"), ROWS).decode()


def test_every_table_is_told_with_its_rows_and_its_rule():
    for name, table in TABLES.items():
        assert f"| `{name}` | 1,234 | {table.meaning} |" in text()
        assert table.disclosure in text()


@pytest.mark.parametrize("words", ["ODbL-1.0", "2026-11-16", "one vote", "version\n1", "Please do not", "not a sample"])
def test_it_says_licence_request_day_method_and_limits(words):
    assert words in text()


def test_simulated_numbers_are_called_so():
    assert "simulated contributors" in text("demo")
    assert "simulated" not in text()


def test_an_archive_is_told_as_one():
    assert "Exports that platforms and clients made" in text(policy="archive")
    assert text() == text()


def test_it_names_the_platforms_whose_spreads_were_not_measured_and_no_evaluation_of_its_rows():
    about = About("2026-11-16", date(2026, 11, 16), "archive", "real", "m", "4", {"site": "split spread of tasks"})
    words = card(about, ROWS).decode()
    assert "- `site`: split spread of tasks" in words
    assert "`taskwage evaluate --full` prints every figure of version 4" in words
    assert "evaluation" not in TABLES


def test_it_gives_the_sentence_to_cite_of_the_typical_person():
    assert "the typical person earned about $2.93 an hour here (95 % sure: $1.89 to $4.54" in text()
    assert "range a to b" not in text()
