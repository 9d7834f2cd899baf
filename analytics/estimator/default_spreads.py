"""Default spreads for platforms with too few rows, and the limits for their use (step D11). Natural logarithms."""

from __future__ import annotations

NORMAL_QUARTILE = 0.6745
LEAST_SIGMA, MOST_SIGMA = 0.2, 2.0  # beyond them the times are not times of work
TASK_SPREAD = 0.95  # the greatest sigma_e if it is not measured
FEWEST_TELLING = 25  # contributors with two tasks at one counted client: fewer do not determine sigma_e
CONTRIBUTOR_SPREAD = 1.05  # s_b
CLIENT_SPREAD = 0.70  # tau
FEWEST_CLIENTS = 25  # step D11: with fewer, components are not estimated
SMALL_SAMPLE_INFLATION = 1.25  # and the variance is multiplied by this
