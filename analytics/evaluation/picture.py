"""The steps of one number, drawn from the code's real results for one client of a synthetic market."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
import polars as pl

from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.thresholds import Draws, disclose
from analytics.estimator import Rates
from analytics.estimator.estimate import rates_of
from analytics.estimator.study import study
from analytics.evaluation.markets import SMALL_CROWD, with_unpaid
from analytics.model.policy import CROWD
from analytics.model.units import SECONDS_PER_HOUR
from analytics.simulation.synthetic import AS_OF, made

SECRET = ReleaseSecret(bytes(range(32)))  # of invented people
WIDTH, LEFT, RIGHT = 860, 215, 30
LEAST, MOST = 0.1, 100.0  # USD per hour at the ends of the axis
ROW = 17
INK, FAINT, BLUE, ORANGE, GREEN = "#1f2933", "#9aa5b1", "#2563a8", "#b8560f", "#1d7a46"
STYLE = "font-family:system-ui,sans-serif;font-size:13px"


@dataclass(frozen=True)
class Cell:
    """One client with all its steps: `rows` as admitted, `votes`, their `summary`, the `rate` and the `published` row."""

    rows: pl.DataFrame
    votes: pl.DataFrame
    summary: dict[str, Any]
    rate: dict[str, Any]
    expected: float  # ln USD per hour that the platform predicts for a client with this listing
    published: dict[str, Any]


def drawn() -> str:
    """Return the whole picture as SVG."""
    return "\n".join(svg(one_cell())) + "\n"


def one_cell() -> Cell:
    """Return the client of a fixed market with the most people, among those with a number on the coarsest grid."""
    rows, _ = made(with_unpaid(replace(SMALL_CROWD, contributors=12, seed=5)))
    studied = study(rows, as_of=AS_OF, policy=CROWD)
    rates = rates_of(studied)
    shown = disclose(rates, CROWD, Draws(SECRET)).cells.filter(pl.col("level") == "client")
    numbers = shown.filter(pl.col("figure") == "number", pl.col("contributors_at_least") == 10)["client_key"]
    clients = rates.cells.filter(pl.col("level") == "client", pl.col("client_key").is_in(numbers.implode()))
    key = clients.sort("contributors", "client_key", descending=[True, False])["client_key"][0]
    here = pl.col("client_key") == key
    return Cell(
        studied.admitted.rows.filter(here),
        studied.client_cells.filter(here).sort("vote", nulls_last=False),
        studied.levels.client.summary.filter(here).row(0, named=True),
        clients.filter(here).row(0, named=True),
        expected(rates, clients.filter(here).row(0, named=True)),
        shown.filter(here).row(0, named=True),
    )


def expected(rates: Rates, client: dict[str, Any]) -> float:
    """Return mu of step D6."""
    house = rates.cells.filter(pl.col("level") == "platform").row(0, named=True)
    slope = rates.components["gamma"][0]
    return float(house["child_theta"] + slope * (client["log_reward"] - house["child_log_reward"]))


def svg(cell: Cell) -> Iterable[str]:
    attempts = 92 + ROW * cell.votes.height
    steps = attempts + 30
    height = steps + 250
    title = "How one number is made: one client from every attempt to the published rate"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" style="{STYLE}">'
    yield f"<title>{title}</title>"
    yield f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    yield text(16, 26, "One client, from every attempt to the published rate", weight=600, size=16)
    yield text(16, 46, "Simulated work. US dollars per hour; each step to the right doubles or halves alike.", FAINT)
    yield from axis(64, height - 40)
    yield from people(cell, 80)
    yield from middle(cell, steps)
    yield from result(cell, steps + 105)
    yield "</svg>"


def axis(top: int, bottom: int) -> Iterable[str]:
    for rate in (0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64):
        yield f'<line x1="{x(rate):.1f}" x2="{x(rate):.1f}" y1="{top}" y2="{bottom}" stroke="#e4e7eb"/>'
        yield text(x(rate), bottom + 18, f"${rate:g}", FAINT, anchor="middle")


def people(cell: Cell, top: int) -> Iterable[str]:
    """Yield one line a person: attempts as dots, hollow without a submission; the vote as a diamond."""
    yield text(16, top + 12, "1  Each line is one person,", weight=600)
    yield text(16, top + 29, "each dot one attempt.")
    yield dot(24, top + 45, BLUE, hollow=True) + text(34, top + 50, "given back or lost")
    yield text(16, top + 80, "2  One person, one vote", weight=600)
    yield diamond(24, top + 94, ORANGE) + text(34, top + 99, "pay over time, corrected")
    yield text(34, top + 115, "for few tasks")
    for place, person in enumerate(cell.votes.iter_rows(named=True)):
        y = top + 12 + ROW * place
        own = cell.rows.filter(pl.col("contributor") == person["contributor"])
        for reward, seconds, submitted in own.select("reward", "seconds", "submitted").rows():
            yield dot(x(reward / seconds * SECONDS_PER_HOUR), y, BLUE, hollow=not submitted)
        if person["vote"] is not None and np.isfinite(person["vote"]):
            yield diamond(x(float(np.exp(person["vote"]))), y, ORANGE)


def middle(cell: Cell, top: int) -> Iterable[str]:
    centre, theta = float(np.exp(cell.summary["centre"])), float(np.exp(cell.rate["theta"]))
    parent = float(np.exp(cell.expected))
    count = cell.rate["contributors"]
    yield text(16, top + 12, "3  The middle of the votes", weight=600)
    yield diamond(x(centre), top + 8, ORANGE) + text(x(centre) + 10, top + 12, f"${centre:.2f}, {count} people")
    yield text(16, top + 46, "4  drawn to the platform", weight=600)
    yield stroke((x(centre), top + 42), (x(theta), top + 42), ORANGE)
    yield stroke((x(parent), top + 30), (x(parent), top + 54), FAINT)
    yield text(x(parent), top + 70, f"what such pay is worth here: ${parent:.2f}", FAINT, anchor="middle")
    yield dot(x(theta), top + 42, ORANGE) + text(
        max(x(theta), x(parent)) + 12, top + 46, f"${theta:.2f} an hour handed in"
    )


def result(cell: Cell, top: int) -> Iterable[str]:
    rate, published = cell.rate, cell.published
    effective = rate["effective_usd_per_hour"]
    shares = f"{rate['paid_share']:.0%} paid, {rate['kept_share']:.0%} of the time kept"
    yield text(16, top + 12, "5  times what was paid and kept", weight=600)
    yield dot(x(effective), top + 24, GREEN) + text(x(effective) + 12, top + 28, f"${effective:.2f}: {shares}")
    low, high, shown = (published[f"{name}_usd_per_hour"] for name in ("low", "high", "effective"))
    y = top + 70
    yield text(16, y + 4, "6  Published, rounded", weight=600)
    yield stroke((x(low), y), (x(high), y), GREEN, width=7)
    yield dot(x(shown), y, GREEN)
    words = f"${shown:.2f} an hour; 95 % between ${low:.2f} and ${high:.2f}; {published['contributors']} people"
    yield text(x(low), y + 26, words, weight=600)


def x(rate: float) -> float:
    """Return the place of a rate on the axis."""
    part = np.log(min(max(rate, LEAST), MOST) / LEAST) / np.log(MOST / LEAST)
    return float(LEFT + part * (WIDTH - LEFT - RIGHT))


def stroke(start: tuple[float, float], end: tuple[float, float], paint: str, *, width: int = 2) -> str:
    ends = f'x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
    return f'<line {ends} stroke="{paint}" stroke-width="{width}" stroke-linecap="round" opacity="0.6"/>'


def text(
    at: float, y: float, words: str, fill: str = INK, *, weight: int = 400, size: int = 13, anchor: str = "start"
) -> str:
    shape = f'fill="{fill}" font-weight="{weight}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text x="{at:.1f}" y="{y:.1f}" {shape}>{escape(words)}</text>'


def dot(at: float, y: float, fill: str, *, hollow: bool = False) -> str:
    paint = f'fill="#ffffff" stroke="{fill}"' if hollow else f'fill="{fill}" fill-opacity="0.55"'
    return f'<circle cx="{at:.1f}" cy="{y:.1f}" r="4" {paint}/>'


def diamond(at: float, y: float, fill: str) -> str:
    return f'<path d="M{at:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z" fill="{fill}"/>'
