"""The list of attempts survives its cookie, whatever is in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.http.pages.practice.attempts import MOST_ATTEMPTS, Attempt, Attempts, from_cookie, to_cookie
from api.http.pages.practice.catalogue import catalogue

ATTEMPT = st.builds(
    Attempt,
    id=st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    task=st.sampled_from([task.id for task in catalogue().tasks]),
    claimed=st.integers(0, 10**10),
    lasted=st.integers(0, 10**7),
    state=st.sampled_from(["open", "submitted", "returned"]),
)


@given(st.lists(ATTEMPT, max_size=MOST_ATTEMPTS, unique_by=lambda attempt: attempt.id))
def test_a_list_comes_back_from_its_cookie(every):
    attempts = Attempts(tuple(every))
    assert from_cookie(to_cookie(attempts)) == (attempts if every else Attempts())
    assert len(to_cookie(attempts)) < 1500


@given(st.text())
def test_any_text_at_all_is_a_list(text):
    assert len(from_cookie(text).every) <= MOST_ATTEMPTS


@given(st.lists(ATTEMPT, max_size=60, unique_by=lambda attempt: attempt.id))
def test_only_the_latest_are_kept(every):
    attempts = Attempts()
    for attempt in every:
        attempts = attempts.with_(attempt)
    assert attempts.every == tuple(every[-MOST_ATTEMPTS:])


def test_an_open_attempt_is_expired_from_its_limit_on():
    attempt = Attempt("a" * 12, "t-15", 1000)
    assert attempt.standing(1000 + 119) == "open"
    assert attempt.standing(1000 + 120) == "expired"
    assert attempt.ended("submitted", 1060).standing(5000) == "submitted"


def test_a_claim_from_a_clock_ahead_of_ours_has_just_begun():
    assert Attempt("a" * 12, "t-1", 2000).elapsed(1000) == 0
