"""An invented crowd at work: who they are (`worker`), what is posted (`market`), what they share (`crowd`).

Pure and seeded: the same crowd tells the same story. The true rates are known: what is published can be held
against them. `scale` tells rows of any number, without people's days.
"""

from analytics.simulation.crowd import Crowd, Event, events
from analytics.simulation.frame import item_keys, raw_frame
from analytics.simulation.invented import Size, invented_listing
from analytics.simulation.market import ListedClient, Listing, Market, Posting, Spread, TrueRate, open_market
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
