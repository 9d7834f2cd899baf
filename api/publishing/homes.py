"""One set of rows out of several homes: their manifests judged, their contributors kept apart, their names joined.

Thresholds, names, screening and maturity are decided over all homes, by the same steps as for one database. Pure, but
for reading the bucket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from hashlib import blake2b
from operator import add, attrgetter
from pathlib import Path
from typing import NamedTuple

import polars as pl

from analytics.release.manifest import HomeFacts
from analytics.tables.countries import quarter_before
from analytics.tables.overheads import CLASSES, SPENT
from analytics.tables.supplementary import NOTE, SupplementaryInputs
from analytics.tables.supply import SIGHTINGS
from analytics.tables.work_facts import RECENT_DAYS
from api.errors import BadSettings, DamagedHome, DamagedSegment
from api.intake.homes import NAME, RESERVED
from api.store import home_files, objects, segments
from api.store.export import Exported, ReferenceData, unpaid
from api.store.home_files import HomeFiles, HomeManifest
from api.store.home_registry import KnownHome
from api.store.records import ORDER
from api.store.segments import Partition
from api.store.words import ALIKE_SHAPE, FEWEST_ALIKE, RULING_SHAPE, Words

NOTE_NUMBERS, NOTE_RANGES = 1_000_000, 2_000  # a note's number in a release is the home's own plus its home's range
SORTED = [name for name in ORDER if not name.startswith("id_")]


class Found(NamedTuple):
    """One home in the bucket: its files, or why they cannot be read."""

    home: str
    files: HomeFiles | None
    fault: str | None = None


class Expected(NamedTuple):
    """What a publisher requires of homes: its day, kind of data and schema, and the homes of its last release.

    The operator publishes without the homes in `without`, and takes those in `accepted` as they are.
    """

    day: date
    nature: str
    schema: str
    known: Mapping[str, KnownHome]
    without: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()


class HomesAsked(NamedTuple):
    """The homes that the operator leaves out, those taken as they are, and what takes a line about each home."""

    without: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    tell: Callable[[str], object] = lambda _: None


class Judged(NamedTuple):
    """The homes of a release, what it says of every home, and lines for the operator."""

    homes: tuple[HomeFiles, ...]
    facts: Mapping[str, HomeFacts]
    lines: tuple[str, ...]


class Gathered(NamedTuple):
    """All rows and names of the homes, and their contributors."""

    exported: Exported
    beside: SupplementaryInputs


def found_homes(url: str, known: Iterable[str]) -> list[Found]:
    """Return every home below the bucket at `url`, and those that are `known` and no longer there."""
    names = {name for name in objects.folders(objects.place_of(url, Path())) if NAME.fullmatch(name)} - set(RESERVED)
    found = [_found(url, name) for name in names] + [Found(name, None) for name in set(known) - names]
    there = [one for one in found if one.files is not None or one.fault is not None or one.home in known]
    return sorted(there, key=attrgetter("home"))


def _found(url: str, name: str) -> Found:
    place = objects.place_of(f"{url.rstrip('/')}/{name}", Path())
    try:
        manifest = home_files.manifest_at(place)
    except DamagedHome as damaged:
        return Found(name, None, str(damaged))
    if manifest is not None and manifest.home != name:
        return Found(name, None, f"its manifest is of the home {manifest.home}")
    return Found(name, None if manifest is None else HomeFiles(manifest, place))


def judged(found: Sequence[Found], expected: Expected) -> Judged:
    """Return the homes to publish, with what is wrong with the others.

    Raises:
        BadSettings: A home cannot be used and the operator has not decided about it; every such home is named.
    """
    stops, lines, facts, homes = [], [], {}, []
    for one in found:
        fault = _fault(one, expected)
        if one.home in expected.without:
            facts[one.home] = HomeFacts(None, None, "left out")
            lines.append(f"home {one.home}: left out" + (f" ({fault})" if fault else ""))
            continue
        if one.files is None or (fault is not None and one.home not in expected.accepted):
            stops.append(f"home {one.home}: {fault}")
            continue
        manifest = one.files.manifest
        notes = [*([fault] if fault else []), *_notes(manifest, expected)]
        homes.append(one.files)
        through = min(manifest.through, expected.day)
        facts[one.home] = HomeFacts(through, manifest.number, "; ".join(notes) or None)
        lines.append(f"home {one.home}: days up to {through}" + "".join(f"; {note}" for note in notes))
    if stops:
        raise BadSettings(
            "; ".join(stops) + ". Mend it, or publish with --without NAME (its people are missing) or --accept NAME "
            "(after a restore, with erasures since repeated)"
        )
    if not homes:
        raise BadSettings("SEGMENTS_URL: no home has written there; run taskwage export in each")
    return Judged(tuple(homes), facts, tuple(lines))


def known_home(manifest: HomeManifest) -> KnownHome:
    """Return what a publisher remembers of a home."""
    return KnownHome(manifest.home, manifest.database, manifest.number, manifest.schema, manifest.through)


def _fault(one: Found, expected: Expected) -> str | None:
    """Return why a home cannot simply be used, or None."""
    if one.files is None:
        return one.fault or "its manifest is gone from the bucket"
    manifest, before = one.files.manifest, expected.known.get(one.home)
    if manifest.nature != expected.nature:
        return f"it holds {manifest.nature} data, and this publisher publishes {expected.nature} data"
    if before is None:
        return None
    if before.database != manifest.database:
        return "another database writes there than at the last release"
    if before.number > manifest.number:
        return (
            f"it went back: its export is {manifest.number} and was {before.number} at the last release, so it was "
            "restored to an earlier moment"
        )
    return None


def _notes(manifest: HomeManifest, expected: Expected) -> list[str]:
    notes = []
    if manifest.schema != expected.schema:
        notes.append(f"its schema is {manifest.schema}, the publisher's {expected.schema}")
    days = (expected.day - manifest.through).days
    if days > 0:
        notes.append(f"behind by {days} day{'s' if days > 1 else ''}")
    return notes


class HomePart(NamedTuple):
    """One partition's rows of one home, with new numbers for contributors whose number another home has too."""

    home: str
    part: Partition
    new: Mapping[int, int]

    def read(self, how: Callable[[Partition], pl.DataFrame]) -> pl.DataFrame:
        """Return its rows, read by `how`.

        Raises:
            DamagedHome: A segment is lost or damaged; the home's next export writes it again.
        """
        try:
            return renumbered(how(self.part), self.new)
        except DamagedSegment as damaged:
            raise DamagedHome(f"home {self.home}: {damaged}") from None


@dataclass(frozen=True)
class MergedPart:
    """One partition's rows of all homes."""

    pieces: tuple[HomePart, ...]

    @property
    def rows(self) -> int:
        return sum(piece.part.rows for piece in self.pieces)

    def read(self) -> pl.DataFrame:
        """Return the rows of all homes, sorted; a contributor is in one home, so only these columns can interleave."""
        return pl.concat(piece.read(Partition.read) for piece in self.pieces).sort(SORTED, maintain_order=True)

    def unordered(self) -> pl.DataFrame:
        """Return the same rows unsorted."""
        return pl.concat(piece.read(Partition.unordered) for piece in self.pieces)


def renumbered(frame: pl.DataFrame, new: Mapping[int, int]) -> pl.DataFrame:
    """Return `frame` with some contributors under new numbers."""
    return frame.with_columns(pl.col("contributor").replace(dict(new))) if new else frame


def new_numbers(people: Mapping[str, Sequence[int]]) -> dict[str, dict[int, int]]:
    """Return new numbers for contributors whose number an earlier home (by name) has too.

    Numbers are random, so they meet only where a home was made from a copy of another.
    """
    taken: set[int] = set()
    new: dict[str, dict[int, int]] = {}
    for home, numbers in sorted(people.items()):
        new[home] = {number: _number_of(home, number) for number in taken.intersection(numbers)}
        taken.update(numbers)
    return new


def _number_of(home: str, number: int) -> int:
    return int.from_bytes(blake2b(f"{home}\n{number}".encode(), digest_size=8).digest(), "big") >> 1


def gathered(homes: Sequence[HomeFiles], day: date) -> Gathered:
    """Return everything that the homes received by the end of `day`.

    Raises:
        DamagedHome: A home's files are damaged, or were written while they were read.
    """
    people = {home.manifest.home: home.read("people") for home in homes}
    new = new_numbers({home: frame["contributor"].to_list() for home, frame in people.items()})
    by_home = {home.manifest.home: _partitions(home, day) for home in homes}
    parts = tuple(
        MergedPart(tuple(HomePart(home, part, new[home]) for home, part in zip(by_home, numbered, strict=True)))
        for numbered in zip(*by_home.values(), strict=True)
    )
    tables = _Tables(homes, new)
    persons = pl.concat(renumbered(frame, new[home]) for home, frame in people.items())
    spent = _latest(tables.of("unpaid"), day)
    reference = ReferenceData(
        persons,
        unpaid(_all_classes(spent)),
        tables.of("clients").unique("client_key").sort("client_key").with_columns(client_name=pl.lit(None, pl.String)),
        tables.of("tasks").unique(["client_key", "task_key"]).sort("client_key", "task_key").select(
            "client_key", "task_key", pl.lit(None, pl.String).alias("task_id"), "title"
        ),
        Words(_alike(tables.of("words"), day), _rulings(tables.of("rulings"), day)),
    )  # fmt: skip
    sightings = _counted(_latest(tables.of("sightings"), day))
    return Gathered(
        Exported(parts, reference), SupplementaryInputs(_sums(spent, day), sightings, _notes_of(tables, day))
    )


class _Tables:
    """The tables of all homes, one after another in the order of their names, with contributors kept apart."""

    def __init__(self, homes: Sequence[HomeFiles], new: Mapping[str, Mapping[int, int]]) -> None:
        self._homes, self._new = homes, new

    def of(self, table: str) -> pl.DataFrame:
        """Return a table of all homes, with the column `home`."""
        return pl.concat(self._of(home, table) for home in self._homes)

    def _of(self, home: HomeFiles, table: str) -> pl.DataFrame:
        frame = home.read(table).with_columns(home=pl.lit(home.manifest.home))
        return renumbered(frame, self._new[home.manifest.home]) if "contributor" in frame.columns else frame


def _partitions(home: HomeFiles, day: date) -> tuple[Partition, ...]:
    manifest = home.manifest
    moved = home_files.moved_by_partition(home.read(home_files.MOVED), day)
    parts = segments.standing_partitions(home.place, day, moved)
    wrote = segments.written_by(home.place)
    if parts is None or wrote is None or wrote.database != manifest.database:
        raise DamagedHome(f"home {manifest.home}: its segments are not those of its manifest; run its export again")
    if wrote.number != manifest.number:
        raise DamagedHome(f"home {manifest.home}: it is exporting; publish again when it has ended")
    return parts


def _latest(revisions: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the highest revision of each record that arrived by the end of `day`."""
    return (
        revisions.filter(pl.col("received_on") <= day)
        .sort("contributor", "id", "revision", descending=[False, False, True])
        .unique(["contributor", "id"], keep="first", maintain_order=True)
    )


def _all_classes(spent: pl.DataFrame) -> pl.DataFrame:
    """Return unpaid seconds of all classes together, added in their order as PostgreSQL does."""
    total = reduce(add, (pl.col(f"{name}_seconds") for name in CLASSES))
    days = (pl.col("day") - pl.lit(date(1970, 1, 1))).dt.total_days().cast(pl.Int32)
    return spent.select("contributor", "platform", days.alias("days"), total.alias("seconds"))


def _sums(spent: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return unpaid time summed over days that the tables of `day` treat alike (`api.store.context`)."""
    first, last = quarter_before(day)
    recent = day - timedelta(days=RECENT_DAYS - 1)
    alike = [pl.col("day") > day, pl.col("day") >= recent, pl.col("day").is_between(first, last)]
    keys = [mark.alias(f"alike_{number}") for number, mark in enumerate(alike)]
    milliseconds = [(pl.col(f"{name}_seconds").clip(0) * 1000).round().sum() / 1000 for name in CLASSES]
    summed = spent.group_by("contributor", "platform", *keys).agg(pl.col("day").max(), *milliseconds)
    return summed.sort("contributor", "platform", "day").select(pl.col(name).cast(kind) for name, kind in SPENT.items())


def _counted(sightings: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, kind in SIGHTINGS.items() if isinstance(kind, pl.List)]
    numbers = [pl.col(name).str.split(" ").cast(SIGHTINGS[name]) for name in lists]
    return sightings.with_columns(numbers).select(pl.col(name).cast(kind) for name, kind in SIGHTINGS.items())


def _alike(words: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return spellings that at least five contributors of all homes share, one row for each contributor."""
    sent = words.filter(pl.col("sent_on") <= day).unique(list(ALIKE_SHAPE))
    enough = sent.group_by("kind", "key", "text").len().filter(pl.col("len") >= FEWEST_ALIKE)
    alike = sent.join(enough, on=["kind", "key", "text"], how="semi")
    return alike.select(pl.col(name).cast(kind) for name, kind in ALIKE_SHAPE.items())


def _rulings(rulings: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return one ruling for each key: to hide goes before any text, then the home that is first by name."""
    written = rulings.filter(pl.col("written_on") <= day).sort(
        "kind", "key", pl.col("text").is_not_null(), "home", maintain_order=True
    )
    one_each = written.unique(["kind", "key"], keep="first", maintain_order=True)
    return one_each.select(pl.col(name).cast(kind) for name, kind in RULING_SHAPE.items())


def _notes_of(tables: _Tables, day: date) -> pl.DataFrame:
    """Return the notes in force of all homes; a home's name decides the range of its numbers, so they never change."""
    notes = tables.of("notes").filter(
        (pl.col("written_on") <= day) & (pl.col("withdrawn_on").is_null() | (pl.col("withdrawn_on") > day))
    )
    firsts = [_number_of(home, 0) % NOTE_RANGES * NOTE_NUMBERS for home in notes["home"]]
    numbered = notes.with_columns(note=pl.col("note") + pl.Series(firsts, dtype=pl.Int64))
    return numbered.sort("note").select(pl.col(name).cast(kind) for name, kind in NOTE.items())
