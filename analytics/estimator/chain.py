"""Shrinkage along the chain task -> client -> platform -> all, and its variance: steps D6 to D9."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.estimator.groups import Floats, Ints
from analytics.estimator.shares import MOST_KEPT_SHARE, MOST_PAID_SHARE, Shares, own_part, shrunk_share

MOST_SHARE_VARIANCE = 4.0  # of a log share: the most that [0.02, 2] allows
Z95 = 1.96


SHARE_LEVELS = ("all", "platform", "client", "task")  # the level whose share is used; by number in `Estimates`
UNKNOWN = -1  # of no level


@dataclass(frozen=True)
class Estimates:
    """Values by group after shrinkage: log rate and variance, log reward level, both shares, and the level of each
    share.

    A share is a number even if its level is UNKNOWN: children with a share of their own are shrunk towards it, but it
    is never published.
    """

    theta: Floats
    variance: Floats
    pooled_variance: Floats
    level: Floats
    paid: Floats
    kept: Floats
    paid_level: Ints
    kept_level: Ints

    def of(self, index: Ints) -> Estimates:
        """Return the values of each child's parent, `index` giving the parent's row."""
        return Estimates(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Components:
    """By group, its platform's tau^2, gamma, pooled spread s^2 and the inflation of step D11."""

    between: Floats
    slope: Floats
    pooled_spread: Floats
    inflation: Floats


def root(summary: pl.DataFrame) -> Estimates:
    """Return the end of the chain: all platforms together, without a parent. Without a pair a share is 1, of no level."""
    paid, kept = summary["paid"].to_numpy(), summary["kept"].to_numpy()
    variance = summary["variance"].to_numpy()
    every = SHARE_LEVELS.index("all")
    return Estimates(
        np.nan_to_num(summary["centre"].to_numpy()),
        variance,
        variance,
        np.nan_to_num(summary["level"].to_numpy()),
        np.clip(np.where(np.isfinite(paid), paid, 1.0), 0.02, MOST_PAID_SHARE),
        np.clip(np.where(np.isfinite(kept), kept, 1.0), 0.02, MOST_KEPT_SHARE),
        np.where(summary["paid_is_own"].to_numpy(), every, UNKNOWN),
        np.where(summary["kept_is_timed"].to_numpy() & np.isfinite(kept), every, UNKNOWN),
    )


def shrink(summary: pl.DataFrame, name: str, parent: Estimates, components: Components) -> Estimates:
    """Return B = V/(V + tau^2), theta = (1-B) m + B mu, Var = (1-B) V + B^2 Var_parent (steps D6 and D7), shares by D8.

    `name` is the level of `summary`. mu = theta_parent + gamma (level of the child - level of the parent).
    `pooled_variance` is the same with the platform's pooled s^2 (step F), so that an interval tells nothing of the people
    inside.
    """
    centre, level = summary["centre"].to_numpy(), summary["level"].to_numpy()
    is_known = np.isfinite(centre)
    reach = np.where(np.isfinite(level), level - parent.level, 0.0)
    mean = parent.theta + components.slope * reach
    own = summary["variance"].to_numpy()
    pooled = own * components.pooled_spread / summary["spread"].to_numpy()
    factor = shrinkage_factor(own, components.between)
    paid, paid_level = share_of(summary, "paid", name, (parent.paid, parent.paid_level))
    kept, kept_level = share_of(summary, "kept", name, (parent.kept, parent.kept_level))
    if name == "platform":  # other platforms are no evidence for one without decided work (step B)
        paid_level = np.where(summary["paid_is_decided"].to_numpy(), paid_level, UNKNOWN)
    return Estimates(
        np.where(is_known, (1 - factor) * np.where(is_known, centre, 0.0) + factor * mean, mean),
        components.inflation * joint_variance(own, components.between, parent.variance),
        components.inflation * joint_variance(pooled, components.between, parent.pooled_variance),
        np.where(np.isfinite(level), level, parent.level),
        paid,
        kept,
        paid_level,
        kept_level,
    )


def share_of(summary: pl.DataFrame, share: str, name: str, parent: tuple[Floats, Ints]) -> tuple[Floats, Ints]:
    """Return the group's share after shrinkage and its level: its own if the summary allows, else its parent's."""
    is_own = summary[f"{share}_is_own"].to_numpy()
    most = MOST_PAID_SHARE if share == "paid" else MOST_KEPT_SHARE
    value = shrunk_share(shares(summary, share), parent[0], most)
    return value, np.where(is_own, SHARE_LEVELS.index(name), parent[1])


def shrinkage_factor(own: Floats, between: Floats) -> Floats:
    """Return B = V/(V + tau^2), the parent's part of the answer; 1 without votes."""
    return np.where(np.isfinite(own), 1.0 / (1.0 + between / np.where(np.isfinite(own), own, 1.0)), 1.0)


def joint_variance(own: Floats, between: Floats, above: Floats) -> Floats:
    """Return (1-B) V + B^2 Var_parent; without votes the first part is tau^2, the spread of such children."""
    factor = shrinkage_factor(own, between)
    first = np.where(np.isfinite(own), (1 - factor) * np.where(np.isfinite(own), own, 0.0), between)
    return first + factor**2 * above


def shares(summary: pl.DataFrame, name: str) -> Shares:
    columns = (f"{name}_contributors", name, f"{name}_variance")
    return Shares(*(summary[column].to_numpy() for column in columns))


def share_variance(share: Floats, contributors: Floats, variance: Floats) -> Floats:
    """Return the contribution of an uncertain share to Var_eff: (K/(K+10))^2 Var(Q)/q^2 (step D9)."""
    return own_part(contributors) * np.minimum(variance / share**2, MOST_SHARE_VARIANCE)
