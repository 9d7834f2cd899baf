"""Shrinkage along the chain task -> client -> platform -> all, and its variance: steps D6 to D9."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.estimator.groups import Floats
from analytics.estimator.shares import MOST_KEPT_SHARE, MOST_PAID_SHARE, Shares, own_part, shrunk_share

MOST_SHARE_VARIANCE = 4.0  # of a log share: all that [0.02, 2] leaves room for
Z95 = 1.96


@dataclass(frozen=True)
class Believed:
    """By group, what is believed after asking the parent: log rate and variance, log reward level, both
    shares.
    """

    theta: Floats
    variance: Floats
    pooled_variance: Floats
    level: Floats
    paid: Floats
    kept: Floats

    def of(self, index: np.ndarray) -> Believed:
        """The believed values of each child's parent, `index` giving the parent's row."""
        parts = (self.theta, self.variance, self.pooled_variance, self.level, self.paid, self.kept)
        return Believed(*(part[index] for part in parts))


@dataclass(frozen=True)
class Components:
    """By group, its platform's tau^2, gamma, pooled spread s^2 and the factor of step D11."""

    between: Floats
    slope: Floats
    pooled_spread: Floats
    doubt: Floats


def root(summary: pl.DataFrame) -> Believed:
    """The end of the chain: what everybody together says, with nothing above it. Without a pair a share is
    1.
    """
    paid, kept = summary["paid"].to_numpy(), summary["kept"].to_numpy()
    variance = summary["variance"].to_numpy()
    return Believed(
        np.nan_to_num(summary["centre"].to_numpy()),
        variance,
        variance,
        np.nan_to_num(summary["level"].to_numpy()),
        np.clip(np.where(np.isfinite(paid), paid, 1.0), 0.02, MOST_PAID_SHARE),
        np.clip(np.where(np.isfinite(kept), kept, 1.0), 0.02, MOST_KEPT_SHARE),
    )


def believe(summary: pl.DataFrame, parent: Believed, components: Components) -> Believed:
    """B = V/(V + tau^2); theta = (1-B) m + B mu; Var = (1-B) V + B^2 Var_parent (steps D6 and D7), shares by
    step D8.

    mu = theta_parent + gamma (level of the child - level of the parent). `pooled_variance` is the same with
    the platform's pooled s^2 (step F), so that an interval tells nothing of the people inside.
    """
    centre, level = summary["centre"].to_numpy(), summary["level"].to_numpy()
    known = np.isfinite(centre)
    reach = np.where(np.isfinite(level), level - parent.level, 0.0)
    mean = parent.theta + components.slope * reach
    own = summary["variance"].to_numpy()
    pooled = own * components.pooled_spread / summary["spread"].to_numpy()
    pull = lean(own, components.between)
    return Believed(
        np.where(known, (1 - pull) * np.where(known, centre, 0.0) + pull * mean, mean),
        components.doubt * joint_variance(own, components.between, parent.variance),
        components.doubt * joint_variance(pooled, components.between, parent.pooled_variance),
        np.where(np.isfinite(level), level, parent.level),
        shrunk_share(shares(summary, "paid"), parent.paid, MOST_PAID_SHARE),
        shrunk_share(shares(summary, "kept"), parent.kept, MOST_KEPT_SHARE),
    )


def lean(own: Floats, between: Floats) -> Floats:
    """B = V/(V + tau^2): how much of the answer is the parent's; 1 where nobody votes."""
    return np.where(np.isfinite(own), 1.0 / (1.0 + between / np.where(np.isfinite(own), own, 1.0)), 1.0)


def joint_variance(own: Floats, between: Floats, above: Floats) -> Floats:
    """(1-B) V + B^2 Var_parent; where nobody votes the spread of such children, tau^2, stands for the first
    part.
    """
    pull = lean(own, between)
    first = np.where(np.isfinite(own), (1 - pull) * np.where(np.isfinite(own), own, 0.0), between)
    return first + pull**2 * above


def shares(summary: pl.DataFrame, name: str) -> Shares:
    columns = (f"{name}_contributors", name, f"{name}_variance")
    return Shares(*(summary[column].to_numpy() for column in columns))


def share_variance(share: Floats, contributors: Floats, variance: Floats) -> Floats:
    """What an uncertain share adds to Var_eff: (K/(K+10))^2 Var(Q)/q^2 (step D9)."""
    return own_part(contributors) * np.minimum(variance / share**2, MOST_SHARE_VARIANCE)
