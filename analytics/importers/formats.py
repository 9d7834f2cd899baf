"""Description of a format: the marks of its header, its columns, and the conversion of its cells to attempts.

The functions for all formats are here too: the client, amounts, outcomes, and counts of what is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from analytics.importers import money
from analytics.importers.attempts import ATTEMPTS, Example, Outcome
from analytics.importers.pay import Pay
from analytics.importers.source import LINE, Cells

_ENDINGS = (".gz", ".csv", ".tsv", ".txt", ".json", ".results")
_MOST_CELL_CHARACTERS = 60
_MOST_WORDS = 20

# For each reason, the columns whose cell can be at fault, and the condition. A row goes by its first reason.
Reasons = Mapping[str, Mapping[str, pl.Expr]]

BAD_REWARD: Reasons = {
    "unreadable_reward": {"reward": pl.col("reward_micros") == money.UNREADABLE},
    "ambiguous_reward": {"reward": pl.col("reward_micros") == money.AMBIGUOUS},
}


@dataclass(frozen=True)
class Origin:
    """The source of rows: the file's name, the client, and the pay given on the command line."""

    file: str
    source: str
    pay: Pay | None


@dataclass(frozen=True)
class Attempts:
    """A format's result from a file's cells: attempts, rows counted by reason and by oddity, and an example each."""

    frame: pl.DataFrame
    left_out: dict[str, int]
    notes: dict[str, int]
    examples: dict[str, Example] = field(default_factory=dict)
    unknown_words: dict[str, int] = field(default_factory=dict)
    is_pay_used: bool = False


@dataclass(frozen=True)
class Format:
    """One kind of export.

    `marks` are sets of column names; a file with all columns of one set is of this kind. `columns` gives the possible
    column names for each internal word. `unit` is the platform's word for one attempt.
    """

    name: str  # the platform's one name
    old_names: tuple[str, ...]
    unit: str
    title: str  # for people
    marks: tuple[frozenset[str], ...]
    columns: dict[str, tuple[str, ...]]
    attempts: Callable[[Cells, Origin], Attempts]


@dataclass(frozen=True)
class Sifted:
    """The rows that stay, and what was left out: counts by reason, one example each."""

    frame: pl.DataFrame
    left_out: dict[str, int]
    examples: dict[str, Example]


def stem(file: str) -> str:
    """Return the file's name without its endings."""
    name = file
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name


def source_of(file: str) -> str:
    """Return the client in a file's name: `platform__source__batch.csv`, else the whole name."""
    parts = stem(file).split("__")
    return parts[1] if len(parts) > 1 and parts[1] else parts[0]


def sift(frame: pl.DataFrame, reasons: Reasons, file: str, headers: Mapping[str, str]) -> Sifted:
    """Return `frame` without the rows to which a reason applies, with the count and the first example of each."""
    left_out: dict[str, int] = {}
    examples: dict[str, Example] = {}
    every = [fault.fill_null(False) for faults in reasons.values() for fault in faults.values()]
    if not frame.select(pl.any_horizontal(every).any()).item():
        return Sifted(frame, left_out, examples)
    for reason, faults in reasons.items():
        faulty = frame.select(**{word: fault.fill_null(False) for word, fault in faults.items()})
        applies = faulty.select(pl.any_horizontal(pl.all())).to_series()
        if applies.any():
            place = applies.arg_true()[0]
            word = next(word for word in faults if faulty[word][place])
            cell = frame[word][place] if word in frame.columns else None
            left_out[reason] = int(applies.sum())
            examples[reason] = Example(file, frame[LINE][place], headers.get(word), cell_text(cell))
            frame = frame.filter(~applies)
    return Sifted(frame, left_out, examples)


def cell_text(cell: object) -> str | None:
    """Return a cell for people: on one line, printable, cut to a length that fits a terminal."""
    if cell is None:
        return None
    plain = "".join(letter if letter.isprintable() else " " for letter in str(cell))
    return plain if len(plain) <= _MOST_CELL_CHARACTERS else plain[: _MOST_CELL_CHARACTERS - 1] + "…"


def noted(frame: pl.DataFrame, oddities: Mapping[str, pl.Expr]) -> dict[str, int]:
    """Return how many rows of `frame` each oddity applies to, without the ones that never occur."""
    counts = frame.select(**{name: applies.fill_null(False).sum() for name, applies in oddities.items()}).row(
        0, named=True
    )
    return {name: int(count) for name, count in counts.items() if count}


def shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with exactly the columns and types of an attempt frame; missing columns become null."""
    absent = [pl.lit(None).alias(name) for name in ("country", "is_partly_paid") if name not in frame.columns]
    return frame.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in ATTEMPTS.items())


def outcomes(statuses: pl.Series, words: Mapping[str, str]) -> pl.Series:
    """Return the outcome of each status by `words`, whose keys are plain words (see `plain_word`)."""
    plain = _plain_word(pl.col("status")).replace_strict(words, default=None, return_dtype=Outcome)
    return pl.DataFrame({"status": statuses}).select(outcome=plain).to_series()


def plain_word(statuses: pl.Series) -> pl.Series:
    """Return statuses in lower case without blanks and hyphens."""
    return pl.DataFrame({"status": statuses}).select(_plain_word(pl.col("status"))).to_series()


def _plain_word(status: pl.Expr) -> pl.Expr:
    return status.str.to_lowercase().str.replace_all("[^a-z]", "")


def unknown_words(frame: pl.DataFrame, status: str, outcome: str) -> dict[str, int]:
    """Return the statuses without a known outcome, with their counts, the most frequent first."""
    if frame[status].null_count() == frame[outcome].null_count():
        return {}
    unknown = frame.filter(pl.col(status).is_not_null() & pl.col(outcome).is_null())
    counts = unknown[status].value_counts(sort=True).head(_MOST_WORDS)
    return {cell_text(word) or "": int(count) for word, count in counts.rows()}


def amounts(texts: pl.Series) -> pl.Series:
    """Return the USD micros of a column of rewards; `UNREADABLE` or `AMBIGUOUS` for texts that give no amount."""
    known = money.amounts(texts.drop_nulls().unique().to_list())
    return texts.replace_strict([*known], [*known.values()], default=None, return_dtype=pl.Int64)


def paid(frame: pl.DataFrame, pay: Pay | None) -> tuple[pl.Series, bool]:
    """Return the reward of each attempt, from `pay` if the file states none, and a flag for the use of `pay`."""
    stated = frame["reward_micros"] if "reward_micros" in frame.columns else pl.Series([None] * frame.height)
    stated = stated.cast(pl.Int64).alias("reward_micros")
    if pay is None or not stated.null_count():
        return stated, False
    return stated.zip_with(stated.is_not_null(), per_attempt(pay, frame)), True


def per_attempt(pay: Pay, frame: pl.DataFrame) -> pl.Series:
    """Return the USD micros of each attempt of `frame` by `pay`, which is per page (the whole attempt) or per unit."""
    units = frame["units"].cast(pl.Int64) if pay.per == "unit" else pl.Series([1] * frame.height, dtype=pl.Int64)
    return (units * pay.micros).alias("reward_micros")
