"""Days that share one segment: enough for few files, few enough that an erased row costs little. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from api.store.records import Facts

MOST_ROWS = 250_000  # some four megabytes; a larger day has its own segment
MUCH = 2


class Dated(Protocol):
    """An object that covers some days."""

    @property
    def days(self) -> tuple[Facts, ...]: ...


Part = TypeVar("Part", bound=Dated)


@dataclass(frozen=True)
class Batch(Generic[Part]):
    """The content of one file: existing segments and newly exported days."""

    kept: tuple[Part, ...]
    fresh: tuple[Facts, ...]

    @property
    def days(self) -> tuple[Facts, ...]:
        held = (facts for segment in self.kept for facts in segment.days)
        return tuple(sorted([*held, *self.fresh], key=lambda facts: facts.day))

    @property
    def rows(self) -> int:
        return sum(facts.rows for facts in self.days)

    def __add__(self, other: Batch[Part]) -> Batch[Part]:
        return Batch(self.kept + other.kept, self.fresh + other.fresh)


def gathered(standing: Sequence[Part], stale: Sequence[Facts], day: date) -> Iterator[Batch[Part]]:
    """Yield the batches of all segments, partition by partition. `day` may not be over, so it stays separate."""
    numbers = {facts.number for facts in stale} | {segment.days[0].number for segment in standing}
    for number in sorted(numbers):
        kept = [Batch[Part]((segment,), ()) for segment in standing if segment.days[0].number == number]
        fresh = [Batch[Part]((), (facts,)) for facts in stale if facts.number == number]
        yield from _merged(sorted([*kept, *fresh], key=lambda batch: batch.days[-1].day), day)


def _merged(batches: list[Batch[Part]], day: date) -> list[Batch[Part]]:
    """Merge neighbours while the older is not much larger, as a binary counter carries."""
    done: list[Batch[Part]] = []
    for batch in batches:
        done.append(batch)
        while len(done) > 1 and _fit(done[-2], done[-1], day):
            younger = done.pop()
            done[-1] += younger
    return done


def _fit(elder: Batch[Part], younger: Batch[Part], day: date) -> bool:
    is_over = all(batch.days[-1].day < day for batch in (elder, younger))
    return is_over and elder.rows <= MUCH * younger.rows and elder.rows + younger.rows <= MOST_ROWS
