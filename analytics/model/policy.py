"""Which rows count and what may be published: a frozen value with two named presets.

Rules and letters are those of the estimator's specification: B decay and pending pay, E admission, F release.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Maturity:
    """What a contributor must have behind them before they count (E)."""

    days_since_first: int = 14
    active_days: int = 5
    tasks: int = 10
    clients: int = 2


@dataclass(frozen=True)
class Policy:
    """One way to turn raw rows into a release.

    `half_life_days` None: no decay. `maturity` None: everyone counts. `pending_days` None: work that was never reviewed
    stays credited at its client's paid share instead of falling to 0 (an export is a photograph, not a history).
    """

    name: str
    origins: tuple[str, ...]
    half_life_days: float | None
    maturity: Maturity | None
    pending_days: int | None
    least_decay: float = 1 / 64
    band_contributors: int = 5  # from here a band, from the next a number
    number_contributors: int = 10
    largest_share: float = 0.25  # of the votes in a cell, held by one contributor
    fewest_changes: int = 3  # contributors whose data entered or left before a cell's figures may change (F)
    repeat_days: int | None = 90  # how long old figures stand without that many; None: an export does not grow old
    absence_days: int = 28  # how long figures may still count somebody who left (F)
    sets_aside: bool = True  # who looks like a liar (E); the workers of an export were enrolled by their platform


CROWD = Policy("crowd", ("crowd",), half_life_days=45.0, maturity=Maturity(), pending_days=30)
ARCHIVE = Policy(
    "archive",
    ("archive",),
    half_life_days=None,
    maturity=None,
    pending_days=None,
    repeat_days=None,
    sets_aside=False,
)
POLICIES = {policy.name: policy for policy in (CROWD, ARCHIVE)}
