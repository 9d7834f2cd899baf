"""The table of what becomes of a revision, and that the order of arrival never changes what is kept."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.intake.revisions import STORED, Kept, settle, settle_moves, status

DAY, LATER = date(2026, 11, 1), date(2026, 11, 20)


@pytest.mark.parametrize(
    ("kept", "sent", "expected"),
    [
        (None, Kept(1, DAY), "accepted"),
        (None, Kept(5, DAY), "accepted"),
        (Kept(1, DAY), Kept(2, LATER), "updated"),
        (Kept(2, DAY), Kept(2, LATER), "duplicate"),
        (Kept(3, DAY), Kept(2, LATER), "stale"),
    ],
)
def test_a_revision_is_settled_by_what_is_kept(kept, sent, expected):
    assert status(kept, sent) == expected


def test_a_revision_that_names_another_client_moves_its_record():
    kept = {"a": Kept(1, DAY, 11)}
    sent = [("a", Kept(2, LATER, 22)), ("a", Kept(3, LATER, 22)), ("a", Kept(3, LATER, 11)), ("b", Kept(1, LATER, 11))]
    assert settle_moves(kept, sent) == [
        ("updated", True),
        ("updated", False),
        ("duplicate", False),
        ("accepted", False),
    ]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 5)), max_size=30))
def test_whatever_the_order_the_highest_revision_of_each_is_stored_once(sent):
    settled = settle({}, [(key, Kept(revision, DAY)) for key, revision in sent])
    stored = [item for item, verdict in zip(sent, settled, strict=True) if verdict in STORED]
    assert len(stored) == len(set(stored))
    for key in {key for key, _ in sent}:
        highest = max(revision for known, revision in sent if known == key)
        assert [item for item in stored if item[0] == key][-1] == (key, highest)
