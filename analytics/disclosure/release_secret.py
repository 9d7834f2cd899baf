"""The release secret: 256 random bits of one publisher, the source of every hidden draw of a release.

It never enters a release. Draws are keyed hashes, so the same secret gives the same draws for the lifetime of a cell.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics.disclosure.pseudonyms import Key, siphash
from analytics.estimator.groups import Floats

SECRET_BYTES = 32
KEY_BYTES = 16


@dataclass(frozen=True)
class ReleaseSecret:
    """The secret of one publisher. Every purpose has its own key, so that no draw reveals another."""

    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.value) < SECRET_BYTES:
            raise ValueError(f"the release secret has {len(self.value)} bytes; it needs {SECRET_BYTES}")

    def key(self, purpose: str) -> Key:
        """Return the hash key of one purpose."""
        return Key.of(hashlib.blake2b(purpose.encode(), key=self.value[:64], digest_size=KEY_BYTES).digest())

    def draws(self, purpose: str, *words: NDArray[np.uint64]) -> Floats:
        """Return numbers spread evenly over [0, 1), one for each row of `words`."""
        bits = siphash(self.key(purpose), *(np.ascontiguousarray(word) for word in words))
        even: Floats = (bits >> np.uint64(11)).astype(np.float64) / (1 << 53)
        return even
