"""Shared spreads and centres on steps, so that a few more rows leave them where they were.

Every client of a platform leans on these. Were they told to the last digit, one new row would move every cell of its
platform by a hair, and nothing that was counted before could be used again (`analytics.estimator.resumed`). Steps are
fixed and do not hang on what was published before: the same rows give the same values, however they came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from analytics.estimator.groups import Floats

# Times are held back 2.5 sigma_e and 3 S_p away: half a step moves these edges by 3 % of that, and few times lie there.
BOUNDS_STEP = 1 / 16
# sigma_e and s_b within 0.008. A vote made of one task moves by sigma_e times that: 0.7 % where sigma_e is 0.95.
SPREAD_STEP = 1 / 64


def steady(values: Floats, step: float) -> Floats:
    """`values` on the nearest whole `step`, a power of two, so that they are exact; NaN stays NaN."""
    nearest: Floats = np.rint(values / step) * step
    return nearest
