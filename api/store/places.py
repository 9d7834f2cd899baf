"""Where a PostgreSQL is: an address that may hold a password, and never shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from api.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMES = ("postgresql", "postgres")
DEFAULT_PORT = 5432


@dataclass(frozen=True)
class Place:
    """One database on one server. As text it is host, port and database: fit for logs and for people."""

    host: str
    port: int
    database: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # sslmode and the like

    @classmethod
    def of(cls, url: str) -> Place:
        """The place that `url` (postgresql://user:password@host:port/database?...) names.

        Raises:
            BadSettings: it names none; the message does not repeat it.
        """
        try:
            parts = urlsplit(url.strip())
            given = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
            host = given.pop("host", None) or parts.hostname
            port = int(given.pop("port", 0)) or parts.port or DEFAULT_PORT
        except ValueError:
            raise BadSettings("an address of a database cannot be read (percent-encode special characters)") from None
        database = unquote(parts.path.lstrip("/"))
        if parts.scheme not in SCHEMES or not host or not database:
            raise BadSettings("an address of a database must look like postgresql://user:password@host:port/database")
        user, password = (None if text is None else unquote(text) for text in (parts.username, parts.password))
        return cls(host, port, database, user, password, tuple(sorted(given.items())))

    @classmethod
    def told(cls, server: Mapping[str, str], login: Mapping[str, str]) -> Place:
        """The place that a foreign server's options and a login's describe."""
        more = tuple(sorted((name, value) for name, value in server.items() if name.startswith("ssl")))
        port = int(server.get("port", DEFAULT_PORT))
        return cls(server["host"], port, server["dbname"], login.get("user"), login.get("password"), more)

    @property
    def dsn(self) -> str:
        """All of it, password included: for drivers only."""
        login = "" if self.user is None else quote(self.user, safe="")
        if self.password is not None:
            login += f":{quote(self.password, safe='')}"
        query = urlencode([("host", self.host), ("port", str(self.port)), *self.options], safe="/")
        return f"postgresql://{login}@/{quote(self.database, safe='')}?{query}"

    @property
    def address(self) -> tuple[str, int, str]:
        """What makes it the same place, whoever logs in."""
        return self.host, self.port, self.database

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}/{self.database}"


class Places:
    """Several, in the order in which they were given. As text they are hosts, ports and databases."""

    def __init__(self, each: tuple[Place, ...] = ()) -> None:
        self._each = each

    @classmethod
    def of(cls, text: str) -> Places:
        """Those that `text` lists, parted by commas.

        Raises:
            BadSettings: one of them is none, or stands twice.
        """
        each = tuple(Place.of(url) for url in text.split(",") if url.strip())
        if len({place.address for place in each}) < len(each):
            raise BadSettings("a database is named twice")
        return cls(each)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._each)

    def __len__(self) -> int:
        return len(self._each)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Places) and self._each == other._each

    def __hash__(self) -> int:
        return hash(self._each)

    def __repr__(self) -> str:
        return f"<places {', '.join(map(str, self._each)) or 'none'}>"
