"""Numbers in words for people, in each language: readable, and never a 0 where nothing is known."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.reporting.wording import NOTHING, RIGHT_TO_LEFT, English, Wording, cell

ENGLISH, SPANISH, ARABIC = (Wording(tag) for tag in ("en", "es", "ar"))


@pytest.mark.parametrize(
    ("amount", "words"),
    [(3.2, "$3.20"), (0.0, "$0.00"), (0.0834, "$0.083"), (1234.5, "$1,234.50"), (10.8, "$10.80")],
)
def test_pay_is_in_dollars_with_as_many_cents_as_matter(amount, words):
    assert ENGLISH.usd(amount) == words


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_what_is_not_published_is_a_dash_and_not_a_zero(language):
    words = Wording(language)
    for worded in (words.usd, words.share, words.days, words.number, words.minutes, words.hours, cell):
        assert worded(None) == NOTHING
        assert worded(0.0) != NOTHING
    assert words.between(None, None) == NOTHING


def test_every_language_writes_numbers_its_own_way():
    assert SPANISH.usd(1234.5) == "1.234,50\xa0US$"
    assert SPANISH.share(0.85) == "85\xa0%"
    assert SPANISH.long_date(date(2026, 11, 3)) == "3 de noviembre de 2026"
    assert ARABIC.long_date(date(2026, 11, 3)) == "3 نوفمبر 2026"


def test_a_figure_keeps_its_order_where_words_run_from_right_to_left():
    assert {"ar"} == RIGHT_TO_LEFT
    assert ARABIC.usd(3.2) == "\u2066$3.20\u2069"
    assert ARABIC.isolated("50+") == "\u206650+\u2069"
    assert ENGLISH.isolated("50+") == "50+"


def test_a_share_is_in_percent():
    assert ENGLISH.share(0.85) == "85%"
    assert ENGLISH.share(1.02) == "102%"
    assert ENGLISH.share_exactly(0.875) == "87.5%"


@pytest.mark.parametrize(("count", "words"), [(1.98, "2 days"), (1.2, "1 day"), (0.44, "0.4 days"), (21.0, "21 days")])
def test_a_span_is_in_days(count, words):
    assert ENGLISH.days(count) == words


@pytest.mark.parametrize(("count", "words"), [(1, "يوم واحد"), (2, "يومان"), (5, "5 أيام"), (21, "21 يومًا")])
def test_arabic_counts_days_as_arabic_does(count, words):
    assert ARABIC.days(count) == words


def test_a_date_is_written_out():
    assert ENGLISH.long_date(date(2026, 11, 3)) == "3 November 2026"


def test_a_cell_stands_as_it_is_published():
    assert cell(0.85) == "0.85"
    assert cell("10-19") == "10-19"
    assert cell(50) == "50"


def test_english_says_a_sentence_with_its_places_filled():
    assert English().say("%(count)s people", count="5") == "5 people"


def test_direction_marks_in_other_people_s_words_turn_nothing_else_around():
    from analytics.reporting.wording import isolated_words

    assert isolated_words("Harbour Labs") == "Harbour Labs"
    shown = isolated_words("evil \u202eelpmaxe\u2069 tail")
    assert shown == "\u2068evil \u202eelpmaxe tail\u2069"
