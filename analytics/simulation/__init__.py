"""An invented crowd at work: its people (`worker`), the listed tasks (`market`) and the shared items (`crowd`).

Everything is pure and seeded: the same crowd gives the same events. The true rates are known, and tests compare
published rates with them. `scale` makes rows of any number, without the days of each person.
"""

from analytics.simulation.crowd import Event, events
from analytics.simulation.frame import item_keys, raw_frame
from analytics.simulation.invented import Size, invented_listing
from analytics.simulation.market import Crowd, ListedClient, Listing, Market, Posting, Spread, TrueRate, open_market
from analytics.simulation.worker import Attempt, Day, Worker, day_of_work, worker

__all__ = [
    "Attempt",
    "Crowd",
    "Day",
    "Event",
    "ListedClient",
    "Listing",
    "Market",
    "Posting",
    "Size",
    "Spread",
    "TrueRate",
    "Worker",
    "day_of_work",
    "events",
    "invented_listing",
    "item_keys",
    "open_market",
    "raw_frame",
    "worker",
]
