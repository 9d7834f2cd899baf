"""Store categories of each field on the wire, complete by construction with the contract.

Firefox names its categories in `browser_specific_settings.gecko.data_collection_permissions` (extensionworkshop.com,
"Firefox built-in consent for data collection"). The Chrome Web Store asks the same in its privacy tab
(developer.chrome.com, "User data FAQ"). All categories are optional: nothing is sent before the worker agrees.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from api.intake.contract import AccountAction, Enrolment, Health, Observation, Overhead, Sighting

Category = Literal[
    "locationInfo", "financialAndPaymentInfo", "websiteContent", "websiteActivity", "technicalAndInteraction", "none"
]

SENT: tuple[type[Struct], ...] = (Observation, Overhead, Sighting, Health, AccountAction, Enrolment)

CATEGORIES: dict[str, Category] = {
    # random or computed for this purpose: they describe no person
    "id": "none",
    "revision": "none",
    "challenge": "none",
    "nonce": "none",
    # shown to everyone in the listing
    "client": "websiteContent",
    "task": "websiteContent",
    "limit_seconds": "websiteContent",
    "estimate_seconds": "websiteContent",
    "cap_seconds": "websiteContent",
    "reward_per": "websiteContent",
    "units": "websiteContent",  # of a task, or of listings over time
    "watched_minutes": "websiteContent",
    "appeared": "websiteContent",
    "lives": "websiteContent",
    # the worker's activity: the site, the time and the duration
    "platform": "websiteActivity",
    "claimed_hour": "websiteActivity",
    "active_seconds": "websiteActivity",
    "open_seconds": "websiteActivity",
    "outcome": "websiteActivity",
    "decided_on": "websiteActivity",
    "day": "websiteActivity",
    "seconds": "websiteActivity",
    "paid_seconds": "websiteActivity",
    "week": "websiteActivity",
    "kind": "websiteActivity",  # of an account action
    # the pay of the work
    "reward": "financialAndPaymentInfo",
    "paid": "financialAndPaymentInfo",
    "pay_kind": "financialAndPaymentInfo",
    "pending_band": "financialAndPaymentInfo",
    # the country, if the worker gives it
    "country": "locationInfo",
    # the extension itself
    "pack": "technicalAndInteraction",
    "timer": "technicalAndInteraction",
    "pack_version": "technicalAndInteraction",
    "expected_rows": "technicalAndInteraction",
    "read_rows": "technicalAndInteraction",
    "changed_pages": "technicalAndInteraction",
    "agreeing_statements": "technicalAndInteraction",
    "differing_statements": "technicalAndInteraction",
    "extension_version": "technicalAndInteraction",
}


def undeclared() -> list[str]:
    """Return the fields of the contract that have no category, as `Type.field`."""
    return [f"{kind.__name__}.{name}" for kind in SENT for name in kind.__struct_fields__ if name not in CATEGORIES]


def declared() -> dict[str, list[str]]:
    """Return the categories of everything that can be sent, each with its fields, both in a fixed order."""
    sent = {name for kind in SENT for name in kind.__struct_fields__}
    kinds = sorted({category for name, category in CATEGORIES.items() if name in sent and category != "none"})
    return {kind: sorted(name for name in sent if CATEGORIES.get(name) == kind) for kind in kinds}
