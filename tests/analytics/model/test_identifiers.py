"""Which names are the same name."""

import pytest

from analytics.model import identifiers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Label 12 photos", "label 9  photos"),
        ("Label\u00a012 photos ", "LABEL 7 PHOTOS"),
        ("Job 746647", "Job 746297"),
        ("Ｌabel １２ photos", "label 3 photos"),
    ],
)
def test_titles_that_differ_in_case_blanks_or_numbers_are_one_group(one, other):
    assert identifiers.title_group(one) == identifiers.title_group(other)


@pytest.mark.parametrize(("one", "other"), [("746647", "746297"), ("Label photos", "Label a photo"), ("12", "a 12")])
def test_titles_that_differ_otherwise_are_two_groups(one, other):
    assert identifiers.title_group(one) != identifiers.title_group(other)


def test_a_client_is_known_by_its_best_name():
    assert identifiers.client_name("p", "7", "Acme", "t", "x") == identifiers.client_name(
        "p", "7", "Renamed", None, "y"
    )
    assert identifiers.client_name("p", None, "ACME 1", "t", "x") == identifiers.client_name(
        "p", None, "Acme 2", None, "y"
    )
    hidden = {identifiers.client_name("p", None, None, task, "x") for task in ("a", "b", None)}
    assert len(hidden) == 3


def test_a_snapshot_key_is_twelve_hex_digits_whatever_the_sign():
    for name in map(str, range(50)):
        found = identifiers.snapshot_key(identifiers.key(name))
        assert len(found) == 12
        assert int(found, 16) >= 0


@pytest.mark.parametrize("letter", ["\u2060", "\ufeff", "\u00ad", "\u200d", "\ufe0f", "\u200b", "\u202e", "\u061c"])
def test_a_letter_that_nobody_sees_makes_no_second_client_and_no_second_title(letter):
    plain = identifiers.client_name("p", None, "Good Research", None, "x")
    for place in range(len("Good Research") + 1):
        marked = "Good Research"[:place] + letter + "Good Research"[place:]
        assert identifiers.client_name("p", None, marked, None, "x") == plain


def test_letters_that_look_alike_fold_in_a_word_that_has_latin_letters_and_no_other():
    assert identifiers.title_group("R\u0430te pictur\u0435s") == "rate pictures"
    assert identifiers.title_group("Оцените фото") == "оцените фото"
