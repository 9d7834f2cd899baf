"""Rounding of figures, so that they reveal no more than a band of people may reveal (step F).

Rates are on a public geometric grid with a secret offset, shares on whole steps of 5 points (1 point below 20 %). Only
the task rate and the shares are rounded. The effective and the all-in rate are products of the shown figures.
"""

from __future__ import annotations

import polars as pl

from analytics.disclosure.borders import OFFSET
from analytics.model.policy import Policy

# Step of the grid of rates, by the lower edge of the band shown.
CROWD_STEPS = ((5, 0.30), (10, 0.30), (20, 0.20), (50, 0.10))
ARCHIVE_STEP = 0.05
SHARE_STEP, FINE_STEP, FINE_BELOW = 0.05, 0.01, 0.2
SIGNIFICANT_DIGITS = 3
ROUNDING = 1e-9  # effect of a sum's order; a figure on the edge of a step must not depend on it


def rate_step(nominal_least: pl.Expr, policy: Policy) -> pl.Expr:
    """Return the step of the grid for a band of people."""
    if not policy.is_guarded:
        return pl.lit(ARCHIVE_STEP)
    chosen = pl.lit(CROWD_STEPS[0][1])
    for least, step in CROWD_STEPS[1:]:
        chosen = pl.when(nominal_least >= least).then(step).otherwise(chosen)
    return chosen


def place(logarithm: pl.Expr, step: pl.Expr, offset: pl.Expr | None = None) -> pl.Expr:
    """Return the place on the grid of exp(`logarithm`): floor(ln R / ln(1 + step) + offset)."""
    moved = logarithm / step.log1p() + (pl.col(OFFSET) if offset is None else offset)
    return (moved + ROUNDING).floor()


def at(places: pl.Expr, step: pl.Expr) -> pl.Expr:
    """Return the rate at a place of the grid."""
    return (places * step.log1p()).exp().round_sig_figs(SIGNIFICANT_DIGITS)


def rate(logarithm: pl.Expr, step: pl.Expr, offset: pl.Expr | None = None) -> pl.Expr:
    """Return exp(`logarithm`) on the grid."""
    return at(place(logarithm, step, offset), step)


def low_end(logarithm: pl.Expr, step: pl.Expr, shown: pl.Expr | None = None) -> pl.Expr:
    """Return the lower end of an interval, rounded outwards, never above the figure `shown`."""
    end = at(place(logarithm, step) - 1, step)
    return end if shown is None else pl.min_horizontal(end, shown)


def high_end(logarithm: pl.Expr, step: pl.Expr, shown: pl.Expr | None = None) -> pl.Expr:
    """Return the upper end of an interval, rounded outwards, never below the figure `shown`."""
    end = at(place(logarithm, step) + 1, step)
    return end if shown is None else pl.max_horizontal(end, shown)


def ends(logarithm: pl.Expr, reach: pl.Expr, factor: pl.Expr, slack: pl.Expr, step: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the ends of an interval of exp(`logarithm`) x `factor` on the grid, `reach` to each side (logarithms).

    They are whole steps away from the shown rate. Rounded separately, they would show the place of a rate within its
    step (test 16). `factor` is a product of shown shares, and `slack` the logarithm by which its rounding may be off.
    """
    wide = step.log1p()
    shown, moved = place(logarithm, step), factor.log() / wide
    away = ((reach + slack) / wide - ROUNDING).ceil() + 1
    return at((shown - away + moved + ROUNDING).floor(), step), at((shown + away + moved - ROUNDING).ceil(), step)


def share_slack(shown: pl.Expr) -> pl.Expr:
    """Return the largest distance, as a logarithm, of a share from the one shown."""
    half = pl.when(shown < FINE_BELOW).then(FINE_STEP / 2).otherwise(SHARE_STEP / 2)
    return -(1 - half / shown).log()


def product(*factors: pl.Expr) -> pl.Expr:
    """Return the product of shown figures, in three significant digits."""
    whole = factors[0]
    for factor in factors[1:]:
        whole = whole * factor
    return whole.round_sig_figs(SIGNIFICANT_DIGITS)


def share(value: pl.Expr) -> pl.Expr:
    """Return a share in whole steps of 5 points, or of 1 point below 20 %."""
    coarse, fine = stepped(value, SHARE_STEP), stepped(value, FINE_STEP)
    return pl.when(value < FINE_BELOW).then(fine).otherwise(coarse)


def stepped(value: pl.Expr, step: float) -> pl.Expr:
    """Return the nearest whole step."""
    return ((value / step + 0.5 + ROUNDING).floor() * step).round(2)


def share_low(value: pl.Expr) -> pl.Expr:
    """Return the lower bound of a share, rounded outwards, at least 0."""
    return ((value.clip(lower_bound=0.0) / SHARE_STEP + ROUNDING).floor() * SHARE_STEP).round(2)


def share_high(value: pl.Expr, most: float | None = 1.0) -> pl.Expr:
    """Return the upper bound of a share, rounded outwards, at most `most`.

    `most` is None for the paid share, which bonuses can raise.
    """
    up = ((value.clip(lower_bound=0.0) / SHARE_STEP - ROUNDING).ceil() * SHARE_STEP).round(2)
    return up if most is None else up.clip(upper_bound=most)
