"""Content of a release without its id: tables, snapshots, and the hash that identifies the content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import msgspec
import polars as pl

from analytics.disclosure.thresholds import Disclosed, Names, named
from analytics.estimator import METHOD, VERSION
from analytics.model.encoding import Format, encode, schema
from analytics.model.identifiers import snapshot_key
from analytics.model.policy import POLICIES
from analytics.release.card import CARD, About, card
from analytics.release.descriptions import CROISSANT, DATA_PACKAGE, descriptions
from analytics.release.manifest import LICENCE, REQUEST, HomeFacts, Manifest, TableFacts, facts, statement
from analytics.release.signature import Signer
from analytics.release.snapshot import Snapshot, all_in_factor, encoded, packed, snapshot_rates, split
from analytics.tables.dictionary.registry import TABLES

FORMS: tuple[Format, ...] = ("csv", "parquet")
LEVELS = {
    "platform_rates": ("platform",),
    "client_rates": ("client",),
    "task_rates": ("task",),
    "outcomes": ("platform", "client"),
}
BESIDE = ("platform_weeks", "client_weeks", "overheads", "worker_rates", "supply", "notes")
CLIENT = ("client_key", "client_id", "client_name")
FOLDER, JSON = "snapshots/", ".json"
UNNAMED = ""  # placeholder for the release's id when contents are compared


@dataclass(frozen=True)
class PublicationMetadata:
    """Facts that the rates do not hold: "real" or "demo", exchange rates, platforms and signer.

    Exchange rates are USD per unit of each currency on the day. The platforms listed get a snapshot even without data.
    `homes` are those whose rows the release holds; none for a single server.
    """

    nature: str
    usd_per: Mapping[str, float]
    platforms: frozenset[str] = frozenset()
    signer: Signer | None = None
    homes: Mapping[str, HomeFacts] = field(default_factory=dict)


@dataclass(frozen=True)
class ReleaseContents:
    """A release without its id."""

    as_of: date
    policy: str
    stamp: PublicationMetadata
    cells: pl.DataFrame  # disclosed and named
    slopes: Mapping[str, float]
    spreads: Mapping[str, tuple[float, float]]
    countries: pl.DataFrame | None = None
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, pl.DataFrame] = field(
        default_factory=dict
    )  # `analytics.tables.supplementary`, clients as numbers

    def tables(self, release: str) -> dict[str, pl.DataFrame]:
        """Return every table of the dictionary, with `release` in each row."""
        marked = {name: frame.with_columns(pl.lit(release).alias("release")) for name, frame in self.frames.items()}
        return {
            name: marked[name].select([pl.col(column).cast(kind) for column, kind in schema(table).items()])
            for name, table in TABLES.items()
        }

    @cached_property
    def frames(self) -> dict[str, pl.DataFrame]:
        """Return the tables in the order of their keys, without a release column."""
        shown = self.cells.with_columns(
            *(in_hex(self.cells[name]) for name in ("client_key", "task_key")), pl.col("level").cast(pl.String)
        )
        figures = {
            name: shown.filter(pl.col("level").is_in(list(levels))).sort(TABLES[name].key)
            for name, levels in LEVELS.items()
        }
        countries = nothing("country_rates") if self.countries is None else self.countries
        beside = {name: self.with_names(name) if name in self.beside else nothing(name) for name in BESIDE}
        others = {"country_rates": countries, "releases": self.own_row(figures)}
        return {**figures, **beside, **others}

    def with_names(self, table: str) -> pl.DataFrame:
        """Return a supplementary table with the client keys and names that the rates show."""
        frame = self.beside[table]
        if "client_key" not in TABLES[table].key:
            return frame
        clients = self.cells.filter(pl.col("level").cast(pl.String) == "client").select(CLIENT)
        if "client_id" not in frame.columns:
            frame = frame.join(clients, on="client_key", how="left", maintain_order="left")
        return frame.with_columns(in_hex(frame["client_key"])).sort(TABLES[table].key)

    def own_row(self, figures: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """Return the release's row in the table of releases."""
        return pl.DataFrame(
            {
                "as_of": [self.as_of],
                "policy": [self.policy],
                "nature": [self.stamp.nature],
                "method": [METHOD],
                "estimator_version": [VERSION],
                "licence": [LICENCE],
                "platforms": [figures["platform_rates"].height],
                "clients": [figures["client_rates"].height],
                "tasks": [figures["task_rates"].height],
            }
        )

    def snapshots(self, release: str) -> dict[str, bytes]:
        """Return the snapshot of every platform by file name; a large one is split into its head and parts."""
        platforms = sorted(self.stamp.platforms | set(self.cells["platform"].unique()))
        whole = (split(self.snapshot(platform, release)) for platform in platforms)
        return {name: encoded(snapshot) for some in whole for name, snapshot in some.items()}

    def snapshot(self, platform: str, release: str) -> Snapshot:
        house, rates = snapshot_rates(self.cells, platform)
        s_b, sigma_e = self.spreads.get(platform, (None, None))
        return Snapshot(
            all_in_factor=all_in_factor(self.cells, platform),
            as_of=self.as_of,
            method=METHOD,
            nature=self.stamp.nature,
            platform=platform,
            platform_rate=house,
            rates=rates,
            release=release,
            s_b=s_b,
            sigma_e=sigma_e,
            slope=self.slopes.get(platform),
            usd_per=dict(self.stamp.usd_per),
        )

    def files(self, release: str) -> dict[str, bytes]:
        """Return every file of the release except its manifest, by path inside the folder."""
        tables = {
            f"tables/{name}.{form}": encode(frame, form)
            for name, frame in self.tables(release).items()
            for form in FORMS
        }
        snapshots = self.snapshots(release)
        plain = {f"{FOLDER}{platform}{JSON}": content for platform, content in snapshots.items()}
        small = {
            f"{FOLDER}{platform}{JSON}{suffix}": smaller
            for platform, content in snapshots.items()
            for suffix, smaller in packed(content).items()
        }
        described = descriptions(self.about(release), {name: facts(content) for name, content in tables.items()})
        return {**tables, **plain, **small, **described, CARD: self.card(release)}

    def about(self, release: str) -> About:
        """Return the release's id and the facts of its making."""
        return About(
            release, self.as_of, self.policy, self.stamp.nature, METHOD, VERSION, self.unmeasured, self.stamp.homes
        )

    def card(self, release: str) -> bytes:
        """Return the release's data card."""
        rows = {name: frame.height for name, frame in self.frames.items()}
        return card(self.about(release), rows)

    @cached_property
    def sha256(self) -> str:
        """Return the hash of the content without an id: equal for equal content."""
        digest = hashlib.sha256()
        for frame in self.tables(UNNAMED).values():
            digest.update(encode(frame, "csv"))
        for content in self.snapshots(UNNAMED).values():
            digest.update(content)
        return digest.hexdigest()

    def manifest(self, release: str, contents: Mapping[str, bytes]) -> Manifest:
        """Return the manifest of the release with these files (`contents`)."""
        files = {name: facts(content) for name, content in contents.items()}
        tables = {
            name: TableFacts(self.frames[name].height, {form: files[f"tables/{name}.{form}"] for form in FORMS})
            for name in TABLES
        }
        snapshots = {name.removeprefix(FOLDER): file for name, file in files.items() if name.startswith(FOLDER)}
        plain = [name for name in snapshots if name.endswith(JSON)]
        signer = self.stamp.signer
        manifest = Manifest(
            release=release,
            as_of=self.as_of,
            policy=self.policy,
            nature=self.stamp.nature,
            method=METHOD,
            estimator_version=VERSION,
            tables=tables,
            snapshots={name.removesuffix(JSON): snapshots[name] for name in plain},
            packed={name: file for name, file in snapshots.items() if name not in plain},
            licence=LICENCE,
            request=REQUEST,
            content_sha256=self.sha256,
            public_key=signer.public_key if signer else None,
            signatures={name.removesuffix(JSON): signer.sign(contents[FOLDER + name]) for name in plain if signer},
            documents={name: files[name] for name in (CARD, DATA_PACKAGE, CROISSANT)},
            homes=dict(self.stamp.homes),
        )
        return msgspec.structs.replace(manifest, signature=signer.sign(statement(manifest)) if signer else None)


def in_hex(keys: pl.Series) -> pl.Series:
    """Return keys in the form that snapshots use."""
    words = [None if key is None else snapshot_key(key) for key in keys]
    return pl.Series(keys.name, words, dtype=pl.String)


def contents_of(
    disclosed: Disclosed, names: Names, stamp: PublicationMetadata, beside: Mapping[str, pl.DataFrame] | None = None
) -> ReleaseContents:
    """Return the content of a release of `disclosed`, with publishable names and the supplementary tables `beside`."""
    cells = named(disclosed, names, POLICIES[disclosed.policy])
    figures = (disclosed.slopes, disclosed.spreads, disclosed.countries, disclosed.unmeasured)
    return ReleaseContents(disclosed.as_of, disclosed.policy, stamp, cells, *figures, beside or {})


def nothing(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema=schema(TABLES[table])).drop("release")
