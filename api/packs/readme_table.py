"""The README's table of platforms, made from the packs: last seen, public source, values read and values missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from api.errors import CannotStart
from api.packs.model import Pack

README = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- platforms: made by `taskwage generate` from api/platforms -->"
END = "<!-- end of platforms -->"
HEAD = ("platform", "shape last seen", "public source", "is read", "is not read")
WHAT = ("listing", "claim", "end", "outcome", "money", "paid time", "statement", "history file")


class NoTable(CannotStart):
    """The README lacks the marks around the table."""


def table(packs: Iterable[Pack]) -> str:
    """Return the table: sites of unknown shape after the others, and closed sites last."""
    known = sorted(packs, key=lambda pack: (pack.closed_on is not None, not reads(pack), pack.name.lower()))
    rows = [HEAD, ("---",) * len(HEAD), *map(_row, known)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _row(pack: Pack) -> tuple[str, ...]:
    readings = reads(pack)
    note = f", closed {pack.closed_on:%d %B %Y}" if pack.closed_on else ""
    how = " (with listening on)" if readings and pack.tap and not _without_tap(pack) else ""
    seen = f"{pack.seen_on:%b %Y}" if pack.pages else "never"
    sources = "; ".join(pack.sources) or "none: teach mode or the manual timer"
    left_out = ", ".join(what for what in WHAT if what not in readings)
    return f"{pack.name}{note}", seen, sources, f"{', '.join(readings) or 'nothing'}{how}", left_out


def reads(pack: Pack) -> list[str]:
    """Return the kinds of values that a pack reads, in the order of WHAT."""
    pages = pack.pages
    statuses = [page.status for page in pages if page.status]
    has = {
        "listing": any(page.listing for page in pages),
        "claim": any(page.work or page.held for page in pages),
        "end": bool(pack.signals) or any(page.held and page.held.gone for page in pages),
        "outcome": bool(statuses),
        "money": any(page.listing or (page.work and (page.work.task.reward or page.work.task.rates)) for page in pages),
        "paid time": any(status.paid_seconds for status in statuses),
        "statement": any(page.statement for page in pages),
        "history file": bool(pack.exports),
    }
    return [what for what in WHAT if has[what]]


def _without_tap(pack: Pack) -> bool:
    """Return True if some page is read without the site's replies."""
    return any(
        not page.replies and (page.work or (page.listing and page.listing.rows) or page.held or page.status)
        for page in pack.pages
    )


def with_table(readme: str, packs: Iterable[Pack]) -> str:
    """Return the README with a fresh table between its marks.

    Raises:
        NoTable: A mark is missing.
    """
    block = f"{BEGIN}\n{table(packs)}\n{END}"
    made, count = re.subn(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, readme, flags=re.DOTALL)
    if count != 1:
        raise NoTable(f"README.md needs `{BEGIN}` and `{END}` once each")
    return made
