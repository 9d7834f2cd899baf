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
