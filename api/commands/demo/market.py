"""The markets of the demo's crowd: the pretend platform's catalogue, and invented listings for other packs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analytics.simulation import (
    ListedClient,
    Listing,
    Market,
    Posting,
    Size,
    Spread,
    invented_listing,
    open_market,
)
from api.http.pages.practice.catalogue import CURRENCY, PLATFORM, Catalogue, catalogue
from api.packs.model import Pack

OTHERS = 3  # platforms besides the pretend one
SIZE = Size(clients=14, tasks_per_client=3)
NEWCOMERS = 1  # the catalogue's last clients, without any work: the demo also shows "no data"
MINUTE = 60
# Clients of the catalogue that are unlike the others on purpose, so that a newcomer sees each kind of answer: a range for few
# people, nothing for too few, and no figure where people differ too much.
FEW_PEOPLE, TOO_FEW_PEOPLE = {"c-7": 0.32}, {"c-5": 0.02}
DIVIDED = {"c-6": 2.2}


def markets(packs: Mapping[str, Pack], usd_per: Mapping[str, float], seed: int) -> tuple[Market, ...]:
    """Return the markets of the demo; `usd_per` has the value of a unit of each currency."""
    others = [pack for pack in packs.values() if pack.slug != PLATFORM][:OTHERS]
    listings = [practice_listing(catalogue(), packs[PLATFORM].version)]
    listings += [_invented(pack, usd_per, seed) for pack in others]
    opened = [open_market(listing, seed, Spread()) for listing in listings]
    return (_with_odd_clients(opened[0]), *opened[1:])


def _with_odd_clients(market: Market) -> Market:
    """Return the pretend platform's market with its clients of few people and its divided client."""
    reach = FEW_PEOPLE | TOO_FEW_PEOPLE
    clients = tuple(
        replace(client, reach=reach.get(client.listed.id or "", 1.0), rift=DIVIDED.get(client.listed.id or "", 0.0))
        for client in market.clients
    )
    return replace(market, clients=clients)


def practice_listing(posted: Catalogue, pack_version: int) -> Listing:
    """Return the tasks that a visitor of the pretend platform sees, without those of its newcomers."""
    clients = tuple(
        ListedClient(
            client.id,
            client.name,
            tuple(
                Posting(
                    task.id,
                    task.title,
                    task.reward_micros,
                    task.limit_seconds,
                    task.estimate_minutes * MINUTE,
                )
                for task in posted.tasks
                if task.client == client.id
            ),
        )
        for client in posted.clients[:-NEWCOMERS]
    )
    return Listing(PLATFORM, CURRENCY, 1.0, pack_version, clients)


def _invented(pack: Pack, usd_per: Mapping[str, float], seed: int) -> Listing:
    """Return an invented listing, in dollars for a site whose pages state the currency."""
    currency = pack.currency if pack.currency in usd_per else CURRENCY
    blank = Listing(pack.slug, currency or CURRENCY, usd_per[currency or CURRENCY], pack.version, ())
    return invented_listing(blank, SIZE, seed, shows_clients=pack.shows_clients)
