"""The estimator's one door: rows of work in, honest hourly rates out. Its steps are those of the
specification A to E.
"""

from analytics.estimator.estimate import estimate
from analytics.estimator.rates import Rates

VERSION = "4"
METHOD = "one contributor one vote, robust centre, shrunk to task, client, platform; version 4"

__all__ = ["METHOD", "VERSION", "Rates", "estimate"]
