"""Random numbers without a state: a mixed number is always the same random number.

No worker or row is stored, because its properties follow from its number. Streams keep apart different properties of
the same number.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = "NDArray[Any]"  # uint64
Reals: TypeAlias = "NDArray[np.float64]"
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ALL = 0xFFFFFFFFFFFFFFFF


def mixed(seed: int, stream: int, *numbers: Numbers) -> Numbers:
    """Return 64 random bits for each of `numbers` (of several: each tuple), by the finaliser of splitmix64."""
    bits = np.uint64((seed * 1_000_003 + stream) * _GOLDEN & _ALL)
    mix: Numbers = np.zeros(1, np.uint64) + bits
    for number in numbers:
        mix = (mix ^ number.astype(np.uint64)) + np.uint64(_GOLDEN)
        mix = (mix ^ (mix >> np.uint64(30))) * _FIRST
        mix = (mix ^ (mix >> np.uint64(27))) * _SECOND
        mix = mix ^ (mix >> np.uint64(31))
    return mix


def uniform(bits: Numbers) -> Reals:
    """Return uniform numbers from 0 to 1, without 1."""
    shares: Reals = (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return shares


def normal(bits: Numbers) -> Reals:
    """Return normal numbers of mean 0 and variance 1, from the two halves of the bits (Box and Muller)."""
    first = ((bits >> np.uint64(32)) + np.uint64(1)) * 2.0**-32
    second = (bits & np.uint64(0xFFFFFFFF)) * 2.0**-32
    deviates: Reals = np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)
    return deviates


def rank(bits: Numbers, count: int | Numbers, slope: float) -> Numbers:
    """Return ranks from 0 to count - 1 with weights rank^-slope (Zipf), by the continuous inverse: low ranks are
    frequent.
    """
    most = np.asarray(count, np.float64) + 1
    share = uniform(bits)
    left = 1 - slope
    found = most**share if left == 0 else (share * (most**left - 1) + 1) ** (1 / left)
    return np.minimum(found - 1, most - 2).astype(np.uint64)
