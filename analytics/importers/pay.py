"""Pay that a file does not state, given on the command line as `[GLOB=]AMOUNT/page` or `[GLOB=]AMOUNT/unit`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from analytics.model.errors import BadInput
from analytics.model.units import usd_micros


@dataclass(frozen=True)
class Pay:
    """USD micros for a page (everything submitted at once) or for each unit on it."""

    micros: int
    per: Literal["page", "unit"]


@dataclass(frozen=True)
class PayRule:
    """A rule that files whose name fits `glob` paid `pay`."""

    glob: str
    pay: Pay


def pay_rule(text: str) -> PayRule:
    """Return the rule in `text`: `0.05/unit` for every file, `job-746647*=1.00/page` for some.

    Raises:
        BadInput: no amount, or another word than page or unit.
    """
    glob, _, amount_per = text.rpartition("=")
    amount, _, per = amount_per.rpartition("/")
    match per.strip():
        case "page" | "unit" as known:
            return PayRule(glob.strip() or "*", Pay(usd_micros(amount), known))
        case _:
            raise BadInput(f"--pay {text!r}: say AMOUNT/page or AMOUNT/unit, such as 0.05/unit or 'job-7*=1.00/page'")


def pay_for(file: str, rules: Sequence[PayRule]) -> Pay | None:
    """Return the pay of the last rule that fits the file's name: the general rule first, exceptions after it."""
    return next((rule.pay for rule in reversed(rules) if fnmatchcase(file, rule.glob)), None)
