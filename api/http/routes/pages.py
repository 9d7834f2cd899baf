"""Pages for readers: the current release, the method, and the shared data. They work without a script."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import CacheControlHeader, State
from litestar.params import FromPath
from litestar.static_files import create_static_files_router
from litestar.status_codes import HTTP_404_NOT_FOUND

from analytics.model.policy import CROWD
from analytics.tables.dictionary.registry import TABLES
from api.http.pages import past
from api.http.pages.client_page import against_floor, against_house, client_figures
from api.http.pages.country_page import country_figures
from api.http.pages.example import counts_json, example_json, health_json
from api.http.pages.platform_page import platform_figures
from api.http.pages.published import MOST_ROWS, client_part, countries, front, platform_part, search, table_part
from api.http.pages.rendering import STATIC, Reader, page
from api.http.pages.standing import NoAmount, floor_of
from api.http.services import Injected, Services, address_of
from api.intake import contract

YEAR_SECONDS = 365 * 86_400
_Request = Request[None, None, State]


@get("/", include_in_schema=False, sync_to_thread=True)
def home(services: Injected, request: _Request) -> Response[Any]:
    """What this is, and the current release at a glance."""
    return _page("home.html", services, request, front=front(services.releases))


@get("/search", include_in_schema=False, sync_to_thread=True)
def found(services: Injected, request: _Request) -> Response[Any]:
    """Clients and tasks that hold the words searched for; only what is published can be found."""
    _count(services, request)
    words = request.query_params.get("q", "")
    return _page("search.html", services, request, words=words, found=search(services.releases, words))


@get("/platforms/{slug:str}", include_in_schema=False, sync_to_thread=True)
def platform(slug: FromPath[str], services: Injected, request: _Request) -> Response[Any]:
    """One platform: how it pays, with which clients and on which tasks."""
    _count(services, request)
    pack = services.packs.get(slug)
    if pack is None:
        return _missing(services, request)
    releases, language = services.releases, Reader.of(request).language
    part = platform_part(releases, slug)
    figures = platform_figures(part, past.history(releases, part.manifest, slug), language) if part else []
    return _page("platform.html", services, request, pack=pack, part=part, most=MOST_ROWS, figures=figures)


@get("/clients/{slug:str}/{client:str}", include_in_schema=False, sync_to_thread=True)
def client(slug: FromPath[str], client: FromPath[str], services: Injected, request: _Request) -> Response[Any]:
    """One client: what an hour of work for it paid, over time, beside its platform and the reader's floor."""
    _count(services, request)
    releases, reader = services.releases, Reader.of(request)
    part = client_part(releases, slug, client)
    if part is None:
        return _missing(services, request)
    typed = request.query_params.get("floor")
    try:
        floor, is_amount = floor_of(typed), True
    except NoAmount:
        floor, is_amount = None, False
    language = reader.language
    house = services.packs[slug].name if slug in services.packs else slug
    history = past.history(releases, part.manifest, slug, part.rate["client_key"])
    return _page(
        "client.html",
        services,
        request,
        part=part,
        typed=typed,
        is_amount=is_amount,
        verdict=None if floor is None else against_floor(part.rate, floor, language),
        comparison=against_house(part, language),
        figures=client_figures(part, history, house, floor, language),
    )


@get("/countries", include_in_schema=False, sync_to_thread=True)
def by_country(services: Injected, request: _Request) -> Response[Any]:
    """Pay by country, for the last quarter that was counted."""
    _count(services, request)
    part, language = countries(services.releases), Reader.of(request).language
    names = {slug: pack.name for slug, pack in services.packs.items()}
    figures = country_figures(part.rows, names, language) if part else []
    return _page("countries.html", services, request, part=part, figures=figures)


@get("/changes", include_in_schema=False, sync_to_thread=True)
def changed(services: Injected, request: _Request) -> Response[Any]:
    """What changed since the release before."""
    _count(services, request)
    releases = services.releases
    return _page(
        "changes.html", services, request, front=front(releases), changes=past.changes(releases), most=MOST_ROWS
    )


@get("/tables", include_in_schema=False, sync_to_thread=True)
def tables(services: Injected, request: _Request) -> Response[Any]:
    """The dictionary: every published table and column."""
    return _page("tables.html", services, request, tables=TABLES.values(), front=front(services.releases))


@get("/tables/{name:str}", include_in_schema=False, sync_to_thread=True)
def table(name: FromPath[str], services: Injected, request: _Request) -> Response[Any]:
    """One table: its first rows, its columns, its rule, and where to take all of it."""
    _count(services, request)
    if name not in TABLES:
        return _missing(services, request)
    part = table_part(services.releases, name)
    return _page("table.html", services, request, table=TABLES[name], part=part, most=MOST_ROWS)


@get("/method", include_in_schema=False, sync_to_thread=True)
def method(services: Injected, request: _Request) -> Response[Any]:
    """How a number is made."""
    return _page("method.html", services, request, policy=CROWD)


@get("/privacy", include_in_schema=False, sync_to_thread=True)
def privacy(services: Injected, request: _Request) -> Response[Any]:
    """What is sent, what never is, and how long it is kept."""
    sent = {"example": example_json(), "counted": counts_json(), "health": health_json()}
    return _page("privacy.html", services, request, **sent, kept_days=contract.MAX_AGE_DAYS)


def _count(services: Services, request: _Request) -> None:
    """Drawing and searching cost more than other pages.

    Raises:
        TooMany: the reader's neighbourhood had its share of this minute.
    """
    services.asks.count(address_of(request), services.clock.now())


def _page(name: str, services: Services, request: _Request, **context: object) -> Response[Any]:
    return page(name, services.settings.nature, {"packs": services.packs, **context}, reader=Reader.of(request))


def _missing(services: Services, request: _Request) -> Response[Any]:
    reader = replace(Reader.of(request), path="/", query=())  # the search words are not repeated in links
    return page("missing.html", services.settings.nature, {}, HTTP_404_NOT_FOUND, reader)


static = create_static_files_router(
    path="/static",
    directories=[STATIC],
    cache_control=CacheControlHeader(max_age=YEAR_SECONDS, public=True, immutable=True),
    include_in_schema=False,
)  # addresses contain a hash of the content, so they may be cached for ever

handlers: list[Any] = [
    home,
    found,
    platform,
    client,
    by_country,
    changed,
    tables,
    table,
    method,
    privacy,
    static,
]
