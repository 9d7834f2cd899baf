"""The pretend client's later decisions, derived from the attempt's id, so that no state is needed."""

from __future__ import annotations

import hashlib
from typing import Literal

from msgspec import Struct

from api.http.pages.practice.attempts import Attempt

REVIEW_SECONDS = 60  # at least, until a decision, and again until the pay; up to 255 more
REJECTED_OF_TEN = 1
BONUS_OF_TEN = 2
CENT = 10_000

Outcome = Literal["open", "submitted", "approved", "rejected", "paid", "returned", "expired"]


class Decision(Struct, frozen=True):
    """How an attempt stands with its client; `paid_micros` is there once it is paid, bonus included."""

    outcome: Outcome
    paid_micros: int | None = None


def decision(attempt: Attempt, now: int) -> Decision:
    """Return the decision about `attempt` by `now`."""
    standing = attempt.standing(now)
    if standing != "submitted":
        return Decision(standing)
    review, payment, verdict, bonus = hashlib.sha256(attempt.id.encode()).digest()[:4]
    waited = attempt.elapsed(now) - attempt.lasted - REVIEW_SECONDS - review
    if waited < 0:
        return Decision("submitted")
    if verdict % 10 < REJECTED_OF_TEN:
        return Decision("rejected")
    if waited < REVIEW_SECONDS + payment:
        return Decision("approved")
    return Decision("paid", attempt.posting.reward_micros + _bonus_micros(attempt.posting.reward_micros, bonus))


def _bonus_micros(reward_micros: int, lot: int) -> int:
    """Nothing, or for two in ten a tenth to a half of the reward in whole cents."""
    if lot % 10 >= BONUS_OF_TEN:
        return 0
    tenths = 1 + lot // 10 % 5
    return max(CENT, reward_micros * tenths // 10 // CENT * CENT)
