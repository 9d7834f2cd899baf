"""The scope of a report, and the sentences at the end of every report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analytics.model.errors import BadInput
from analytics.reporting.report.document import Section

FLOORS = (2.0, 5.0, 7.25)  # USD an hour: ILO's half of all workers; five; the federal minimum of the United States


@dataclass(frozen=True)
class Scope:
    """The part of all work that a report covers: everything, or a platform, a client of it, a country, a period."""

    platform: str | None = None
    client: str | None = None
    country: str | None = None
    begin: date | None = None
    end: date | None = None
    floors: tuple[float, ...] = FLOORS

    def words(self) -> str:
        """Return the scope for a title."""
        parts = [
            f"platform {self.platform}" if self.platform else "",
            f"client {self.client}" if self.client else "",
            f"country {self.country}" if self.country else "",
            f"from {self.begin}" if self.begin else "",
            f"to {self.end}" if self.end else "",
        ]
        return ", ".join(part for part in parts if part) or "everything that is there"

    def checked(self) -> Scope:
        """Return this scope if a report may cover it.

        Raises:
            BadInput: a client together with a country, or a period that ends before it begins.
        """
        if self.client and self.country:
            raise BadInput(
                "--client and --country together: people of a client in one country are never shown; give one"
            )
        if self.begin and self.end and self.begin > self.end:
            raise BadInput(f"--from {self.begin} is after --to {self.end}")
        return self


def method_section(policy: str) -> Section:
    """Return the section on the making of the numbers and on their limits."""
    lines = [
        "One person counts once in every figure, however much they did. The effective rate of a platform, client or task is "
        "the middle (a Huber centre) of people's own log rates, drawn towards its parent by as much as its uncertainty "
        "says, times the share of pay that was paid and the share of time that ended in a submission.",
        "Intervals are 95 %. Fewer than five people: nothing. Five to nine: an interval. From ten: a number. Percentiles "
        "of people need fifty.",
    ]
    if policy == "archive":
        lines += [
            "These are exports of clients and platforms, not a sample of a market: they say what these clients' people "
            "earned on these tasks, on these days. Time is from accepting to submitting; where one person had several tasks "
            "open at once, the time is shared between them. The files contain more than this report shows.",
            "Exports show no searching, no qualification, and on most platforms no returned work. So pay with unpaid "
            "time is an upper bound.",
            "Rates are on a grid of 5 %.",
        ]
    else:
        lines += [
            "The people are volunteers who installed an extension: not a random sample of those who work. Votes of the last "
            "75 days count alike, and so do the 60 latest of a quiet client; older ones do not count.",
            "Rates are on a grid of 30 % (10-19 people), 20 % (20-49) or 10 % (50 and more). A secret moves these borders a "
            "little. A figure changes only when three to seven people arrived or left.",
        ]
    return Section("method", "Method and limits", text=tuple(lines))
