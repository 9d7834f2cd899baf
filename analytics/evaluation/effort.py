"""Sizes of the evaluation: the fast subset is for every change, the full one for the published thresholds."""

from __future__ import annotations

from dataclasses import dataclass

SEED_SETS_APART = 10_000_000  # more than any test counts seeds up


@dataclass(frozen=True)
class Effort:
    """Sizes of the synthetic evidence."""

    name: str
    cells: int  # of each kind in tests 1 and 3
    crowds: tuple[int, ...]  # K of tests 1 and 3
    few_clients_markets: int  # of 12 clients, test 2
    attacks: int  # markets that are attacked, tests 4 to 8
    logs: int  # random overlapping logs, test 9
    steps: int  # markets in which a client halves its pay, test 15
    victims: int  # of each K, test 16
    scale_cells: int  # contributor x client cells, test 19
    seed_set: int = 0  # another set draws all markets again

    def seed(self, first: int) -> int:
        """Return the seed to use in place of `first`, which belongs to set 0."""
        return first + SEED_SETS_APART * self.seed_set


FAST = Effort("fast", 480, (5, 10), 15, 2, 2_000, 2, 1_000, 20_000)
FULL = Effort("full", 6_000, (5, 10, 20, 50), 250, 25, 10_000, 25, 1_000, 1_000_000)
