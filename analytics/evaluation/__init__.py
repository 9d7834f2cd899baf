"""The self-evaluation: tests of the estimator's promises on markets with known truth, and on rows."""

from analytics.evaluation.effort import FAST, FULL, Effort
from analytics.evaluation.figure import Figure
from analytics.evaluation.own_rows import EVALUATION, of_release

__all__ = ["EVALUATION", "FAST", "FULL", "Effort", "Figure", "of_release"]
