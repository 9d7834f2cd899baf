"""The table of what becomes of a revision, and that the order of arrival never changes what is kept."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.intake.revisions import STORED, StoredRevision, settle, settle_moves, status

DAY, LATER = date(2026, 11, 1), date(2026, 11, 20)


@pytest.mark.parametrize(
    ("kept", "sent", "expected"),
    [
        (None, StoredRevision(1, DAY), "accepted"),
        (None, StoredRevision(5, DAY), "accepted"),
        (StoredRevision(1, DAY), StoredRevision(2, LATER), "updated"),
        (StoredRevision(2, DAY), StoredRevision(2, LATER), "duplicate"),
        (StoredRevision(3, DAY), StoredRevision(2, LATER), "stale"),
    ],
)
def test_a_revision_is_settled_by_what_is_kept(kept, sent, expected):
    assert status(kept, sent) == expected


def test_a_revision_that_names_another_client_moves_its_record():
    kept = {"a": StoredRevision(1, DAY, 11)}
    sent = [
        ("a", StoredRevision(2, LATER, 22)),
        ("a", StoredRevision(3, LATER, 22)),
        ("a", StoredRevision(3, LATER, 11)),
        ("b", StoredRevision(1, LATER, 11)),
    ]
    assert settle_moves(kept, sent) == [
        ("updated", True),
        ("updated", False),
        ("duplicate", False),
        ("accepted", False),
    ]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 5)), max_size=30))
def test_whatever_the_order_the_highest_revision_of_each_is_stored_once(sent):
    settled = settle({}, [(key, StoredRevision(revision, DAY)) for key, revision in sent])
    stored = [item for item, verdict in zip(sent, settled, strict=True) if verdict in STORED]
    assert len(stored) == len(set(stored))
    for key in {key for key, _ in sent}:
        highest = max(revision for known, revision in sent if known == key)
        assert [item for item in stored if item[0] == key][-1] == (key, highest)
