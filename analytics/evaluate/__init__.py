"""The self-evaluation: what the estimator promises, held against markets whose truth is known, and against rows."""

from analytics.evaluate.effort import FAST, FULL, Effort
from analytics.evaluate.figure import Figure
from analytics.evaluate.own_rows import EVALUATION, of_release

__all__ = ["EVALUATION", "FAST", "FULL", "Effort", "Figure", "of_release"]
