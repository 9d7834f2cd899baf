"""What the tap may hear is made from the packs alone: the answers they name, and the keys that their fields are read by."""

from __future__ import annotations

import msgspec

from api.packs import load as packs
from api.packs import response_capture
from api.packs.model import Pack

PACK = {
    "slug": "acme",
    "name": "Acme",
    "version": 1,
    "seen_on": "2026-01-02",
    "status": "experimental",
    "hosts": ["https://work.acme.example/*"],
    "shows_clients": False,
    "tap": True,
    "replies": [{"name": "jobs", "url": "/api/jobs", "host": "api.acme.example"}],
    "pages": [
        {
            "name": "listing",
            "paths": ["/jobs"],
            "listing": {
                "records": {"reply": "jobs", "path": "data.rows", "more": ["data.old"]},
                "task": {
                    "title": {"json": "title"},
                    "reward": {"json": "pay.amount", "parse": "money_minor", "currency_json": "pay.code"},
                },
            },
        }
    ],
}


def plan(**changes):
    return response_capture.plans([msgspec.convert(PACK | changes, Pack, strict=False)])


def test_a_plan_holds_the_keys_that_are_read_and_no_other():
    (found,) = plan()
    assert found["keys"] == ["amount", "code", "data", "old", "pay", "rows", "title"]
    assert found["hosts"] == ["work.acme.example"]
    assert [(one["name"], one["host"], one["method"]) for one in found["replies"]] == [
        ("jobs", "api.acme.example", "GET")
    ]


def test_a_pack_without_a_tap_is_not_heard():
    assert plan(tap=False) == []
    known = packs.load().values()
    assert [one["slug"] for one in response_capture.plans(known)] == [pack.slug for pack in known if pack.tap]
