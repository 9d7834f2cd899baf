"""Pages for people: what the current release says, how it is made, what is sent."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath
from litestar.static_files import create_static_files_router
from litestar.status_codes import HTTP_404_NOT_FOUND

from analytics.policy import CROWD
from analytics.tables import TABLES
from api import contract
from api.pages.example import example_json
from api.pages.published import MOST_ROWS, front, platform_part, table_part
from api.pages.rendering import STATIC, page
from api.services import Injected, Services

YEAR_SECONDS = 365 * 86_400


@get("/", include_in_schema=False, sync_to_thread=True)
def home(services: Injected) -> Response[str]:
    """What this is, and the current release at a glance."""
    return _page("home.html", services, front=front(services.settings.releases))


@get("/platforms/{slug:str}", include_in_schema=False, sync_to_thread=True)
def platform(slug: FromPath[str], services: Injected) -> Response[str]:
    """One platform: how it pays, with which clients and on which tasks."""
    pack = services.packs.get(slug)
    if pack is None:
        return _missing(services, "We know no platform of that name.")
    part = platform_part(services.settings.releases, slug)
    return _page("platform.html", services, pack=pack, part=part, most=MOST_ROWS)


@get("/tables", include_in_schema=False, sync_to_thread=True)
def tables(services: Injected) -> Response[str]:
    """The dictionary: every published table and column."""
    return _page("tables.html", services, tables=TABLES.values(), front=front(services.settings.releases))


@get("/tables/{name:str}", include_in_schema=False, sync_to_thread=True)
def table(name: FromPath[str], services: Injected) -> Response[str]:
    """One table: its first rows, its columns, its rule, and where to take all of it."""
    if name not in TABLES:
        return _missing(services, "There is no table of that name.")
    part = table_part(services.settings.releases, name)
    return _page("table.html", services, table=TABLES[name], part=part, most=MOST_ROWS)


@get("/method", include_in_schema=False, sync_to_thread=False)
def method(services: Injected) -> Response[str]:
    """How a number is made."""
    return _page("method.html", services, policy=CROWD)


@get("/privacy", include_in_schema=False, sync_to_thread=False)
def privacy(services: Injected) -> Response[str]:
    """What is sent, what never is, and how long it is kept."""
    return _page("privacy.html", services, example=example_json(), kept_days=contract.MAX_AGE_DAYS)


def _page(name: str, services: Services, **context: object) -> Response[str]:
    return page(name, services.settings.nature, {"packs": services.packs, **context})


def _missing(services: Services, words: str) -> Response[str]:
    return page("missing.html", services.settings.nature, {"words": words}, HTTP_404_NOT_FOUND)


static = create_static_files_router(
    path="/static",
    directories=[STATIC],
    cache_control=CacheControlHeader(max_age=YEAR_SECONDS, public=True, immutable=True),
    include_in_schema=False,
)  # addresses carry a hash of the content: they may be kept for ever

handlers: list[Any] = [home, platform, tables, table, method, privacy, static]
