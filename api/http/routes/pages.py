"""Pages for readers: a release, the method, and the shared data. They work without a script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from litestar import Request, Response, get
from litestar.datastructures import CacheControlHeader, State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.static_files import create_static_files_router

from analytics.model.policy import CROWD
from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.rate_figures import client_label
from analytics.tables.dictionary.registry import TABLES
from api.errors import NotFound
from api.http.pages import past
from api.http.pages.client_page import against_house, client_figures
from api.http.pages.comparison import DEFAULT_ORDER, ORDERS, Compared, in_order, wanted
from api.http.pages.country_page import country_figures
from api.http.pages.example import counts_json, example_json, health_json
from api.http.pages.feed import MOST_ENTRIES, Entry, feed, moves
from api.http.pages.month import month_of_client
from api.http.pages.plain_text import plain_text
from api.http.pages.platform_page import platform_figures
from api.http.pages.published import (
    MOST_ROWS,
    ClientPart,
    PlatformPart,
    TablePart,
    best_clients,
    client_part,
    countries,
    front,
    platform_part,
    search,
    table_part,
)
from api.http.pages.rendering import STATIC, static_url
from api.http.pages.standing import floor_verdicts
from api.http.pages.visit import NoPage, Visit
from api.http.services import Injected, Services, address_of
from api.intake import contract

YEAR_SECONDS = 365 * 86_400
_Request = Request[None, None, State]


PAGES: list[HTTPRouteHandler] = []


def _no_page(_: object, error: NoPage) -> Response[Any]:
    return error.answer


def page_route(path: str) -> Callable[[Callable[..., Response[Any]]], Callable[..., Response[Any]]]:
    """Return the decorator of a page at `path`, of the newest release, and at `/r/RELEASE` + `path`, of that one."""
    permanent = "/r/{release:str}" + ("" if path == "/" else path)

    def registered(handler: Callable[..., Response[Any]]) -> Callable[..., Response[Any]]:
        # two handlers: the framework wraps one with two paths twice, and then never awaits it
        PAGES.extend(
            get(each, include_in_schema=False, sync_to_thread=True, exception_handlers={NoPage: _no_page})(handler)
            for each in (path, permanent)
        )
        return handler

    return registered


@page_route("/")
def home(services: Injected, request: _Request) -> Response[Any]:
    """What this is, and the release at a glance."""
    visit = Visit.of(services, request)
    return visit.page("home.html", front=front(visit.releases, visit.manifest))


@page_route("/search")
def found(services: Injected, request: _Request) -> Response[Any]:
    """Clients and tasks that hold the words searched for; only what is published can be found."""
    _count(services, request)
    visit, words = Visit.of(services, request), request.query_params.get("q", "")
    names = {slug: pack.name for slug, pack in services.packs.items()}
    return visit.page("search.html", words=words, found=search(visit.releases, visit.manifest, words, names))


@page_route("/platforms/{slug:str}")
def platform(slug: FromPath[str], services: Injected, request: _Request) -> Response[Any]:
    """One platform: how it pays, with which clients and on which tasks."""
    _count(services, request)
    visit = Visit.of(services, request)
    pack = services.packs.get(slug)
    if pack is None:
        return visit.missing()
    part = platform_part(visit.releases, visit.manifest, slug)
    figures = _platform_figures(visit, part, slug)
    month = [one for one in past.last_month(visit.releases, visit.manifest) if one.platform == slug]
    return visit.page("platform.html", pack=pack, part=part, most=MOST_ROWS, figures=figures, month=month)


@page_route("/platforms/{slug:str}/charts/{file:str}")
def platform_chart(slug: FromPath[str], file: FromPath[str], services: Injected, request: _Request) -> Response[Any]:
    """One chart of a platform's page as SVG, PNG or CSV."""
    _count(services, request)
    visit = Visit.of(services, request)
    figures = _platform_figures(visit, platform_part(visit.releases, visit.manifest, slug), slug)
    return visit.chart(figures, file, visit.platform_name(slug), f"/platforms/{quote(slug)}")


def _platform_figures(visit: Visit, part: PlatformPart | None, slug: str) -> list[Figure]:
    if part is None:
        return []
    dated = past.history(visit.releases, part.manifest, slug)
    return platform_figures(part, dated, visit.reader.language, visit.reader.floor)


@page_route("/clients/{slug:str}/{client:str}")
def client(slug: FromPath[str], client: FromPath[str], services: Injected, request: _Request) -> Response[Any]:
    """One client: what an hour of work for it paid, over time, beside its platform and the reader's floor."""
    _count(services, request)
    visit = Visit.of(services, request)
    part = client_part(visit.releases, visit.manifest, slug, client)
    if part is None:
        return visit.missing()
    floor, language = visit.reader.floor, visit.reader.language
    time_share = part.house.get("task_time_share") if part.house else None
    return visit.page(
        "client.html",
        part=part,
        time_share=time_share,
        verdicts=floor_verdicts(part.rate, time_share, floor, language) if floor else [],
        comparison=against_house(part, language),
        month=month_of_client(part.others.get("client_weeks", [])),
        figures=_client_figures(visit, part),
    )


@page_route("/clients/{slug:str}/{client:str}/charts/{file:str}")
def client_chart(
    slug: FromPath[str], client: FromPath[str], file: FromPath[str], services: Injected, request: _Request
) -> Response[Any]:
    """One chart of a client's page as SVG, PNG or CSV."""
    _count(services, request)
    visit = Visit.of(services, request)
    part = client_part(visit.releases, visit.manifest, slug, client)
    if part is None:
        return visit.missing()
    name = f"{client_label(part.rate, visit.reader.language)} ({visit.platform_name(slug)})"
    return visit.chart(_client_figures(visit, part), file, name, f"/clients/{quote(slug)}/{quote(client)}")


def _client_figures(visit: Visit, part: ClientPart) -> list[Figure]:
    slug, floor = part.rate["platform"], visit.reader.floor
    history = past.history(visit.releases, part.manifest, slug, part.rate["client_key"])
    line = floor.usd if floor else None
    return client_figures(part, history, visit.platform_name(slug), line, visit.reader.language)


@page_route("/compare")
def compare(services: Injected, request: _Request) -> Response[Any]:
    """Platforms, or up to five clients, side by side."""
    _count(services, request)
    visit = Visit.of(services, request)
    order = request.query_params.get("sort", DEFAULT_ORDER)
    chosen = wanted(request.query_params.getall("client", []))
    shown = front(visit.releases, visit.manifest)
    houses = {row["platform"]: row for row in shown.platforms} if shown else {}
    if chosen:
        parts = [client_part(visit.releases, visit.manifest, *one) for one in chosen]
        rates = [part.rate for part in parts if part]
    else:
        parts, rates = [], list(houses.values())
    rows = [Compared(row, houses.get(row["platform"], {}).get("task_time_share")) for row in rates]
    return visit.page(
        "compare.html",
        rows=in_order(rows, order),
        order=order if order in ORDERS else DEFAULT_ORDER,
        chosen=urlencode([("client", "/".join(one)) for one in chosen]),
        ticked=["/".join(one) for one in chosen] + [f"{row['platform']}/{row.get('client_key')}" for row in rates],
        missing=None in parts,
        choices=best_clients(visit.releases, visit.manifest, MOST_ROWS),
    )


@page_route("/countries")
def by_country(services: Injected, request: _Request) -> Response[Any]:
    """Pay by country, for the last quarter that was counted."""
    _count(services, request)
    visit = Visit.of(services, request)
    part = countries(visit.releases, visit.manifest)
    return visit.page("countries.html", part=part, figures=_country_figures(visit, part))


@page_route("/countries/charts/{file:str}")
def country_chart(file: FromPath[str], services: Injected, request: _Request) -> Response[Any]:
    """One chart of pay by country as SVG, PNG or CSV."""
    _count(services, request)
    visit = Visit.of(services, request)
    figures = _country_figures(visit, countries(visit.releases, visit.manifest))
    return visit.chart(figures, file, visit.reader.language.say("Pay by country"), "/countries")


def _country_figures(visit: Visit, part: TablePart | None) -> list[Figure]:
    names = {slug: pack.name for slug, pack in visit.services.packs.items()}
    return country_figures(part.rows, names, visit.reader.language) if part else []


@page_route("/releases")
def release_list(services: Injected, request: _Request) -> Response[Any]:
    """Every release, the newest first, each with its pages, its files and its hash."""
    _count(services, request)
    visit = Visit.of(services, request)
    try:
        known, after = services.releases.page(request.query_params.get("after"), MOST_ROWS)
    except NotFound:
        return visit.missing()
    return visit.page("releases.html", known=known, after=after)


@page_route("/changes")
def changed(services: Injected, request: _Request) -> Response[Any]:
    """What changed since the release before."""
    _count(services, request)
    visit = Visit.of(services, request)
    shown = front(visit.releases, visit.manifest)
    changes = past.changes(visit.releases, visit.manifest)
    month = past.last_month(visit.releases, visit.manifest)
    return visit.page("changes.html", front=shown, changes=changes, month=month, most=MOST_ROWS)


@page_route("/changes.atom")
def changes_feed(services: Injected, request: _Request) -> Response[Any]:
    """The feed of changes: of `platform`, of its `client` (by key or id), or of every platform."""
    _count(services, request)
    visit = Visit.of(services, request)
    slug, client = request.query_params.get("platform"), request.query_params.get("client")
    language, manifest = visit.reader.language, visit.manifest
    title = language.say("What changed")
    entries: list[Entry] = []
    if slug and client and manifest:
        part = client_part(visit.releases, manifest, slug, client)
        if part is None:
            return visit.missing()
        title = client_label(part.rate, language)
        dated = past.history(visit.releases, manifest, slug, part.rate["client_key"])
        entries = moves(dated, title, f"/clients/{quote(slug)}/{part.rate['client_key']}", language)
    elif manifest:
        shown = front(visit.releases, manifest)
        slugs = [slug] if slug else [row["platform"] for row in shown.platforms] if shown else []
        for one in slugs:
            dated = past.history(visit.releases, manifest, one)
            entries += moves(dated, visit.platform_name(one), f"/platforms/{quote(one)}", language)
        entries.sort(key=lambda entry: entry.day, reverse=True)
    mark = language.say("SIMULATED") if visit.nature == "demo" else ""
    content = feed(title, visit.reader.here_with(), entries[:MOST_ENTRIES], mark)
    headers = {"cache-control": "public, max-age=3600", "vary": "accept-language"}
    return Response(content, media_type="application/atom+xml", headers=headers)


@page_route("/tables")
def tables(services: Injected, request: _Request) -> Response[Any]:
    """The dictionary: every published table and column."""
    visit = Visit.of(services, request)
    return visit.page("tables.html", tables=TABLES.values(), front=front(visit.releases, visit.manifest))


@page_route("/tables/{name:str}")
def table(name: FromPath[str], services: Injected, request: _Request) -> Response[Any]:
    """One table: its first rows, its columns, its rule, and where to take all of it."""
    _count(services, request)
    visit = Visit.of(services, request)
    if name not in TABLES:
        return visit.missing()
    part = table_part(visit.releases, visit.manifest, name)
    return visit.page("table.html", table=TABLES[name], part=part, most=MOST_ROWS)


@page_route("/method")
def method(services: Injected, request: _Request) -> Response[Any]:
    """How a number is made."""
    return Visit.of(services, request).page("method.html", policy=CROWD)


@page_route("/privacy")
def privacy(services: Injected, request: _Request) -> Response[Any]:
    """What is sent, what never is, and how long it is kept."""
    return _privacy(Visit.of(services, request))


@get("/privacy.txt", include_in_schema=False, sync_to_thread=True)
def privacy_text(services: Injected, request: _Request) -> Response[str]:
    """Return the privacy page as plain text, for a store's form."""
    visit = Visit.of(services, request)
    answer = _privacy(replace(visit, reader=replace(visit.reader, is_packing=False)))
    headers = {"content-language": visit.reader.language.tag, "vary": "accept-language"}
    return Response(plain_text(answer.content), media_type="text/plain", headers=headers)


def _privacy(visit: Visit) -> Response[Any]:
    sent = {"example": example_json(), "counted": counts_json(), "health": health_json()}
    return visit.page("privacy.html", **sent, kept_days=contract.MAX_AGE_DAYS, home=visit.services.settings.home)


def _count(services: Services, request: _Request) -> None:
    """Drawing and searching cost more than other pages.

    Raises:
        TooMany: the reader's neighbourhood had its share of this minute.
    """
    services.asks.count(address_of(request), services.clock.now())


@get("/robots.txt", include_in_schema=False, sync_to_thread=False)
def robots(services: Injected) -> Response[str]:
    """Return what crawlers may read: everything but single look-ups; of simulated data nothing."""
    closed = "/" if services.settings.nature == "demo" else "/search\nDisallow: /practice"
    return Response(f"User-agent: *\nDisallow: {closed}\n", media_type="text/plain")


@get("/favicon.ico", include_in_schema=False, sync_to_thread=False)
def favicon() -> Redirect:
    """Return the mark for programs that ask for it by this name."""
    return Redirect(static_url("mark.svg"))


@get("/sitemap.txt", include_in_schema=False, sync_to_thread=True)
def sitemap(services: Injected, request: _Request) -> Response[str]:
    """Return the addresses of the pages that stay, one a line."""
    base = str(request.base_url).rstrip("/")
    paths = ["/", "/compare", "/changes", "/releases", "/tables", "/method", "/privacy", "/countries"]
    paths += [f"/platforms/{quote(slug)}" for slug in services.packs]
    return Response("".join(f"{base}{path}\n" for path in paths), media_type="text/plain")


static = create_static_files_router(
    path="/static",
    directories=[STATIC],
    cache_control=CacheControlHeader(max_age=YEAR_SECONDS, public=True, immutable=True),
    include_in_schema=False,
)  # addresses contain a hash of the content, so they may be cached for ever

handlers: list[Any] = [*PAGES, privacy_text, robots, favicon, sitemap, static]
