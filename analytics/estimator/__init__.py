"""The only entrance to the estimator: rows of work in, hourly rates out. Its steps are A to E of the specification."""

from analytics.estimator.estimate import estimate
from analytics.estimator.rates import Rates

VERSION = "4"
METHOD = "one contributor one vote, robust centre, shrunk to task, client, platform; version 4"

__all__ = ["METHOD", "VERSION", "Rates", "estimate"]
