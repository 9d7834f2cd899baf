"""Rules on the rows that count and the figures that may be published: a frozen value with two named presets.

Rules and letters are those of the estimator's specification: B decay and pending pay, E admission, F release.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Maturity:
    """Least values before a contributor counts (step E); `analytics.estimator.maturity` measures them.

    There is no least number of tasks, so volume alone matures no contributor.
    """

    days_since_first: int = 14
    arrival_days: int = 5
    client_days: int = 8  # of one client at most `arrival_days` count
    clients: int = 2


@dataclass(frozen=True)
class Policy:
    """One way to turn raw rows into a release.

    `half_life_days` None: no decay. `maturity` None: everyone counts. `pending_days` None: work that was never reviewed
    stays credited at its client's paid share instead of falling to 0, because an export is a photograph, not a history.
    """

    name: str
    origins: tuple[str, ...]
    half_life_days: float | None
    maturity: Maturity | None
    pending_days: int | None
    least_decay: float = 1 / 64
    vote_days: int | None = None  # D4: votes within these days count alike, older ones not at all; None: no window
    vote_people: int = 60  # D4: but this many of the latest people always count
    grown_clients: int = 4  # D4, E: a contributor with so many clients
    grown_days: int = 45  # and so many days since the first arrival is grown and has a whole vote
    young_vote: float = 1.0  # the vote of the others
    shares_copied_votes: bool = False  # D4: people with identical timing vectors have one vote together
    reprices: bool = False  # C0: old work counts at the pay listed now
    band_contributors: int = 5  # from this number a band, from the next a number
    number_contributors: int = 10
    largest_share: float = 0.25  # of the votes in a cell, held by one contributor
    is_guarded: bool = True  # a secret moves borders and the grid, and figures change by several people at a time (F)
    fewest_changes: int = 3  # contributors who came or left before a cell's figures may change: drawn from 3 to 7 (F)
    most_changes: int = 7
    counted_once_days: int = 28  # in which a person counts as one change of a cell at most (F)
    repeat_days: int | None = 270  # how long old figures remain without enough changes; None: without a limit
    absence_days: int = 28  # how long figures may still count a person who erased their data (F)
    screens: bool = (
        True  # E: sets suspected manipulation aside; the workers of an export were enrolled by their platform
    )


CROWD = Policy(
    "crowd",
    ("crowd",),
    half_life_days=45.0,
    maturity=Maturity(),
    pending_days=30,
    vote_days=75,
    young_vote=2 / 3,
    shares_copied_votes=True,
    reprices=True,
)
ARCHIVE = Policy(
    "archive",
    ("archive",),
    half_life_days=None,
    maturity=None,
    pending_days=None,
    is_guarded=False,
    repeat_days=None,
    screens=False,
)
POLICIES = {policy.name: policy for policy in (CROWD, ARCHIVE)}
