"""Packs are data that a stranger may write: each has its fixture pages, and a broken one says where."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import msgspec
import pytest

from api import packs
from api.packs import BadPack, Pack

PAGES = Path(__file__).parents[1] / "fixtures" / "pages"
LOADED = packs.load()
READABLE = [pack for pack in LOADED.values() if pack.pages]

GOOD = """
slug = "acme"
name = "Acme"
version = 1
seen_on = 2026-01-02
status = "experimental"
hosts = ["https://tasks.acme.example/*"]
shows_clients = false

[[pages]]
name = "listing"
paths = ["/jobs"]
overhead = "search"
[pages.listing]
rows = "[data-job]"
task.title = { at = ".title" }
task.reward = { at = ".pay", parse = "money_text" }

[[pages]]
name = "working"
paths = ["/jobs/*/answer"]
[pages.work]
attempt = { segment = 1 }
islands = [{ name = "job", at = "#job", attribute = "data-props" }]
task.title = { island = "job", json = "title" }
task.reward = { island = "job", json = "cents", parse = "money_minor", currency_json = "currency" }

[[signals]]
ending = "submitted"
form = "form#answer"
"""


def write(folder: Path, text: str, name: str = "acme") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(text)
    return file


def test_every_pack_loads_and_has_the_name_of_its_file():
    assert list(LOADED) == sorted(file.stem for file in packs.FOLDER.glob("*.toml"))


@pytest.mark.parametrize("pack", READABLE, ids=lambda pack: pack.slug)
def test_every_readable_pack_has_fixture_pages_with_expected_readings(pack: Pack):
    expected = [json.loads(file.read_text()) for file in sorted((PAGES / pack.slug).glob("*.expected.json"))]
    names = {page.name: page for page in pack.pages}
    read = [names[one["page"]] for one in expected]
    assert any(page.listing for page in read)
    assert any(page.work for page in read)
    for file in (PAGES / pack.slug).glob("*.expected.json"):
        assert file.with_name(file.name.replace(".expected.json", ".html")).is_file()
    assert json.loads((PAGES / pack.slug / "routes.json").read_text())


def test_every_folder_of_fixture_pages_has_its_pack():
    assert {folder.name for folder in PAGES.iterdir() if folder.is_dir()} == {pack.slug for pack in READABLE}


def test_a_good_pack_is_read_whole(tmp_path: Path):
    pack = packs.read(write(tmp_path, GOOD))
    assert [page.name for page in pack.pages] == ["listing", "working"]
    assert pack.currency is None


def test_a_pack_may_be_known_by_name_only(tmp_path: Path):
    identity = GOOD.split("[[pages]]")[0].replace('hosts = ["https://tasks.acme.example/*"]', "hosts = []")
    assert packs.load(write(tmp_path, identity).parent)["acme"].pages == []


def test_a_pack_survives_the_way_to_the_extension(tmp_path: Path):
    pack = packs.read(write(tmp_path, GOOD))
    assert msgspec.json.decode(msgspec.json.encode(pack), type=Pack) == pack


BROKEN = {
    "not TOML": ("[[pages]]", "[[pages]", "acme.toml"),
    "a field that the vocabulary does not know": (
        "task.title =",
        "task.titel =",
        "`titel` - at `$.pages[0].listing.task`",
    ),
    "a missing field": ('name = "Acme"\n', "", "`name`"),
    "a word of the wrong kind": ("version = 1", 'version = "1"', "`$.version`"),
    "an empty selector": ('rows = "[data-job]"', 'rows = " "', "`$.pages[0].listing.rows`"),
    "plain http to a stranger": ("https://tasks", "http://tasks", "`$.hosts[0]`"),
    "a host with a wildcard": ("https://tasks.acme", "https://*.acme", "`$.hosts[0]`"),
    "every host there is": ("https://tasks.acme.example/*", "<all_urls>", "`$.hosts[0]`"),
    "a path with no slash": ('paths = ["/jobs"]', 'paths = ["jobs"]', "`$.pages[0].paths[0]`"),
    "half a segment": ("/jobs/*/answer", "/jobs/x*/answer", "one whole segment - at `$.pages[1].paths[0]`"),
    "a file of another name": ('slug = "acme"', 'slug = "acne"', "must be named acne.toml - at `$.slug`"),
    "pages without a host": ('hosts = ["https://tasks.acme.example/*"]', "hosts = []", "`$.hosts`"),
    "a page twice": (
        'name = "working"',
        'name = "listing"',
        "a second page `listing` - at `$.pages[1].name`",
    ),
    "an unknown parser": ('parse = "money_text"', 'parse = "eval"', "`$.pages[0].listing.task.reward.parse`"),
    "pay read as text": (', parse = "money_text"', "", "`$.pages[0].listing.task.reward.parse`"),
    "an island that is not there": (
        'island = "job", json = "title"',
        'island = "jab", json = "title"',
        "no island `jab`",
    ),
    "JSON from nowhere": ('at = ".title"', 'json = "title"', "there is no record here"),
    "two places at once": ('at = ".title"', 'at = ".title", json = "t"', "either `json` or `at`"),
    "no place at all": ("attempt = { segment = 1 }", "attempt = {}", "no place to read from"),
    "an attribute of nothing": (
        "attempt = { segment = 1 }",
        'attempt = { attribute = "id" }',
        "`at` is missing",
    ),
    "two parts of an address": (
        "{ segment = 1 }",
        '{ segment = 1, query = "x" }',
        "either `query` or `segment`",
    ),
    "a currency with no amount": (
        '{ at = ".title" }',
        '{ at = ".title", currency_json = "c" }',
        "go with `json`",
    ),
    "overhead on a claimed task": (
        "[pages.work]",
        'overhead = "search"\n[pages.work]',
        "`$.pages[1].overhead`",
    ),
    "a signal on an unknown page": (
        'form = "form#answer"',
        'pages = ["done"]',
        "no page `done` - at `$.signals[0].pages[0]`",
    ),
    "a signal of nothing": ('form = "form#answer"', "", "must tell - at `$.signals[0]`"),
    "a signal of two things": (
        'form = "form#answer"',
        'form = "form"\npresent = "p"',
        "either `form` or `present`",
    ),
    "texts with no element": (
        'form = "form#answer"',
        'form = "form"\ntexts = ["Done"]',
        "`$.signals[0].texts`",
    ),
    "a script": ('status = "experimental"', 'status = "experimental"\nscript = "alert(1)"', "`script`"),
}


@pytest.mark.parametrize(("old", "new", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_pack_says_where(tmp_path: Path, old: str, new: str, message: str):
    assert old in GOOD
    with pytest.raises(BadPack) as caught:
        packs.read(write(tmp_path, GOOD.replace(old, new, 1)))
    assert str(caught.value).startswith("acme.toml: ")
    assert message in str(caught.value)


def test_a_page_is_read_in_one_way(tmp_path: Path):
    both = GOOD.replace(
        "[pages.work]",
        '[pages.listing]\nrows = "li"\ntask.title = { at = "b" }\n'
        'task.reward = { at = "i", parse = "money_text" }\n[pages.work]',
    )
    with pytest.raises(BadPack, match="not as listing and work"):
        packs.read(write(tmp_path, both))


def test_records_are_tied_by_index_or_by_key(tmp_path: Path):
    tied = GOOD.replace(
        'rows = "[data-job]"', 'rows = "li"\nrecords = { at = "#d", attribute = "data-d", tie = "key" }'
    )
    with pytest.raises(BadPack, match=r"needs `key` and `row_key` - at `\$\.pages\[0\]\.listing\.records`"):
        packs.read(write(tmp_path, tied))
    keyed = tied.replace('tie = "key"', 'tie = "key", key = "id", row_key = { attribute = "id", after = "job-" }')
    assert packs.read(write(tmp_path, keyed)).pages[0].listing is not None


def test_no_pack_reads_what_must_stay_unread():
    forbidden = ("worker-id", "worker_id", "secret", "token", "completion_code", "participant")
    for file in packs.FOLDER.glob("*.toml"):
        values = json.dumps(tomllib.loads(file.read_text()), default=str).lower()
        assert [word for word in forbidden if word in values] == []
