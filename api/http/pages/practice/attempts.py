"""One visitor's claims: a short list that exists only in a cookie.

The server keeps no state and learns no identity. The cookie is not signed: a visitor who changes it affects only their
own view. Time is the server's, passed as `now`, in whole seconds since 1970.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import Struct

from api.http.pages.practice.catalogue import Posting, catalogue

COOKIE = "practice"
MOST_ATTEMPTS = 30  # about 1,100 bytes: well inside the 4,096 that every browser keeps
STATES = {"o": "open", "s": "submitted", "r": "returned"}
_CODES = {state: code for code, state in STATES.items()}
_ENTRY = re.compile(r"([0-9a-f]{12})\.([a-z0-9-]{1,20})\.([0-9]{1,11})\.([0-9]{1,8})\.([osr])", re.ASCII)

Standing = Literal["open", "submitted", "returned", "expired"]


class Attempt(Struct, frozen=True):
    """One claim of one posting. `lasted`: seconds until it was submitted or returned; 0 while it is open."""

    id: str
    task: str
    claimed: int
    lasted: int = 0
    state: str = "open"

    @property
    def posting(self) -> Posting:
        """Return the claimed posting; a cookie with an unknown one is rejected."""
        posting = catalogue().task(self.task)
        assert posting is not None
        return posting

    def elapsed(self, now: int) -> int:
        return max(0, now - self.claimed)

    def standing(self, now: int) -> Standing:
        """Return the state at `now`: an open attempt past its limit is expired."""
        if self.state == "submitted":
            return "submitted"
        if self.state == "returned":
            return "returned"
        return "expired" if self.elapsed(now) >= self.posting.limit_seconds else "open"

    def ended(self, state: Literal["submitted", "returned"], now: int) -> Attempt:
        """The attempt after the visitor handed it in or gave it back at `now`."""
        return msgspec.structs.replace(self, state=state, lasted=self.elapsed(now))


class Attempts(Struct, frozen=True):
    """All that one visitor has claimed, oldest first."""

    every: tuple[Attempt, ...] = ()

    def find(self, attempt_id: str) -> Attempt | None:
        return next((attempt for attempt in self.every if attempt.id == attempt_id), None)

    def open_on(self, task_id: str, now: int) -> Attempt | None:
        """The attempt that is still running on a task, so that claiming twice is claiming once."""
        return next((one for one in self.every if one.task == task_id and one.standing(now) == "open"), None)

    def open(self, now: int) -> list[Attempt]:
        return [attempt for attempt in self.every if attempt.standing(now) == "open"]

    def with_(self, attempt: Attempt) -> Attempts:
        """The same list with `attempt` put in its place, or at the end; the oldest fall off."""
        if self.find(attempt.id) is None:
            return Attempts((*self.every, attempt)[-MOST_ATTEMPTS:])
        return Attempts(tuple(attempt if one.id == attempt.id else one for one in self.every))


def to_cookie(attempts: Attempts) -> str:
    """Encode the list in characters that a cookie need not quote."""
    return "_".join(_entry(attempt) for attempt in attempts.every)


def from_cookie(text: str | None) -> Attempts:
    """Decode the list of a cookie; a malformed one, or an unknown task, gives an empty list."""
    matches = [_ENTRY.fullmatch(entry) for entry in (text or "").split("_")[:MOST_ATTEMPTS]]
    entries = [match.groups() for match in matches if match]
    return Attempts(tuple(_attempts(entries))) if len(entries) == len(matches) else Attempts()


def _entry(attempt: Attempt) -> str:
    return f"{attempt.id}.{attempt.task}.{attempt.claimed}.{attempt.lasted}.{_CODES[attempt.state]}"


def _attempts(entries: list[tuple[str, ...]]) -> Iterator[Attempt]:
    for attempt_id, task, claimed, lasted, code in entries:
        if catalogue().task(task):
            yield Attempt(attempt_id, task, int(claimed), int(lasted), STATES[code])
