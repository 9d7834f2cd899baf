"""Own factor of a person: the ratio of their rates to the predictions for the same titles (step D12).

The extension computes it on the worker's device, from the worker's own ledger; nothing of it is sent. This module is
the reference for tests of the device's form (`tests/fixtures/wire/own_factor.json`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

DEFAULT_S_B, DEFAULT_SIGMA_E = 1.05, 0.95  # without a snapshot's values
PERSON_PART, TITLE_PART = 0.4, 0.6  # of s_b^2: the person everywhere, and the person at one title
FEWEST_TITLES, FEWEST_TASKS = 3, 5  # from which on the factor is shown


@dataclass(frozen=True)
class OwnFactor:
    """Logarithm of the person's factor for a title never done, and for each title that was."""

    anywhere: float
    by_title: dict[str, float]
    is_shown: bool


def own_factor(
    deviations: Mapping[str, list[float]], s_b: float = DEFAULT_S_B, sigma_e: float = DEFAULT_SIGMA_E
) -> OwnFactor:
    """Return the own factor from `deviations`: by title, ln(own rate / predicted rate) of each finished task.

    `s_b` and `sigma_e` are those of the platform's snapshot. With d_k the median of a title's n_k deviations,
    v_k = 1 / (.6 s_b^2 + sigma_e^2 / n_k), the factor is b = sum v_k d_k / (1 / (.4 s_b^2) + sum v_k). At a title done
    before it is b + (d_k - b) .6 s_b^2 v_k.
    """
    at_title = TITLE_PART * s_b**2
    done = {title: values for title, values in deviations.items() if values}
    middles = {title: median(values) for title, values in done.items()}
    weights = {title: 1.0 / (at_title + sigma_e**2 / len(values)) for title, values in done.items()}
    total = 1.0 / (PERSON_PART * s_b**2) + sum(weights.values())
    anywhere = sum(weights[title] * middles[title] for title in done) / total
    by_title = {title: anywhere + at_title * weights[title] * (middles[title] - anywhere) for title in done}
    tasks = sum(len(values) for values in done.values())
    return OwnFactor(anywhere, by_title, len(done) >= FEWEST_TITLES and tasks >= FEWEST_TASKS)
