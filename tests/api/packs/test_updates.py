"""An update of a pack changes values and nothing else; server and extension judge alike."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.intake.contract import MAX_PACK_UPDATES_BYTES, PackUpdate
from api.packs import load as packs
from api.packs import updates
from api.packs.model import Pack
from api.packs.updates import BadUpdate

CASES = json.loads((Path(__file__).parents[2] / "fixtures" / "pack_updates" / "cases.json").read_text())
PRACTICE = packs.load()["practice"]
DAY = date(2026, 11, 23)
ROWS = "pages.listing.listing.rows"


def edited(**changes):
    """The practice pack with values set by their paths, as somebody would edit the file, and a later version."""
    tree = msgspec.to_builtins(PRACTICE) | {"version": PRACTICE.version + 1}
    for path, value in changes.items():
        *steps, name = path.split("__")
        here = tree
        for step in steps:
            here = here[int(step)] if step.isdigit() else here[step]
        here[name] = value
    return msgspec.convert(tree, Pack, strict=False)


def made(**changes):
    return updates.update_of(PRACTICE, edited(**changes), "", DAY)


def update(**changes):
    given = {"slug": "practice", "base": PRACTICE.version, "version": PRACTICE.version + 1}
    given |= {"published_on": "2026-11-23", "why": "", "is_off": False, "values": {}}
    return msgspec.convert(given | changes, PackUpdate, strict=False)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_update_is_judged_as_the_extension_judges_it(case):
    changes = {name: value for name, value in case.items() if name not in ("name", "refused")}
    assert updates.refusal(PRACTICE, update(**changes)) == case["refused"]


def test_a_corrected_file_becomes_the_values_that_it_changes():
    found = made(pages__0__listing__rows="li.job", pages__0__listing__task__title__at=".t")
    assert found.values == {ROWS: "li.job", "pages.listing.listing.task.title.at": ".t"}
    assert (found.base, found.version) == (PRACTICE.version, PRACTICE.version + 1)


@given(st.sampled_from(["li", "ul > li.a", "[data-x='1']", "a:not(.b)"]), st.sampled_from([".t", "h2", "[title]"]))
def test_laying_an_update_over_the_pack_gives_the_corrected_file(rows, title):
    wanted = edited(pages__0__listing__rows=rows, pages__0__listing__task__title__at=title)
    assert updates.with_update(PRACTICE, updates.update_of(PRACTICE, wanted, "", DAY)) == wanted


def test_the_day_on_which_somebody_looked_again_is_no_value():
    assert made(pages__0__listing__rows="li.job", seen_on="2026-12-01").values == {ROWS: "li.job"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"hosts": ["https://elsewhere.example/*"]}, "hosts"),
        ({"currency": "EUR"}, "currency"),
        ({"name": "Other"}, "name"),
        ({"shows_clients": False}, "shows_clients"),
        ({"pages": []}, "pages"),
        ({"signals": []}, "signals"),
        ({"pages__0__listing__task__units": {"at": ".n", "parse": "int"}}, "pages.listing.listing.task.units"),
        ({"pages__0__overhead": None}, "pages.listing.overhead"),
    ],
)
def test_what_is_no_value_needs_a_new_version_of_the_extension(changes, path):
    with pytest.raises(BadUpdate, match=f"`{path}` is fixed"):
        made(**changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "nothing is changed"),
        ({"pages__0__listing__rows": "li["}, "wrong_type"),
        ({"pages__0__listing__task__title__parse": "int"}, "unknown_parser"),
        ({"pages__0__listing__task__title__at": None, "pages__0__listing__task__title__json": "a.b"}, "no record here"),
        ({"version": 1, "pages__0__listing__rows": "li"}, "not_newer"),
    ],
)
def test_an_update_that_makes_no_sound_pack_says_why(changes, words):
    with pytest.raises(BadUpdate, match=words):
        made(**changes)


def test_a_value_beyond_what_a_pack_holds_says_so():
    with pytest.raises(BadUpdate, match="length <= 40"):
        updates.checked(PRACTICE, update(values={"pages.listing.listing.task.reward.after": "x" * 41}))


def test_a_serial_grows_even_where_the_last_document_was_lost():
    first = updates.following(None, [], DAY)
    assert first.serial == 20_261_123_000
    assert updates.following(first, [], DAY).serial == first.serial + 1
    assert updates.following(first, [], date(2026, 11, 24)).serial > first.serial + 1


def test_more_than_an_extension_takes_is_not_published():
    long = [update(slug=f"s{n}", values={f"{p}.at": "x" * 300 for p in range(100)}) for n in range(8)]
    with pytest.raises(BadUpdate, match=str(MAX_PACK_UPDATES_BYTES)):
        updates.following(None, long, DAY)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"serial":1}', b'{"serial":1,"updates":[],"code":"x"}'])
def test_what_is_no_document_is_refused(content):
    with pytest.raises(BadUpdate):
        updates.decoded(content)
