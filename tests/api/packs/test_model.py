"""Packs are data that a stranger may write: each has its fixture pages, and a broken one says where."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import msgspec
import pytest

from api.packs import load as packs
from api.packs.load import BadPack
from api.packs.model import Pack

PAGES = Path(__file__).parents[2] / "fixtures" / "pages"
LOADED = packs.load()
UNREAD = {"crowdgen"}  # its script runs only to report a shape that nobody has recorded
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


def test_a_pack_says_how_many_claims_a_site_lets_a_worker_hold_and_what_an_id_names(tmp_path):
    plain = packs.read(write(tmp_path, GOOD))
    said = GOOD.replace("shows_clients = false", 'shows_clients = false\nholds = "one"\nattempt_is = "task"')
    single = packs.read(write(tmp_path, said))
    assert (plain.holds, plain.attempt_is) == ("many", "attempt")
    assert (single.holds, single.attempt_is) == ("one", "task")
    assert (packs.load()["prolific"].holds, packs.load()["prolific"].attempt_is) == ("one", "task")


def test_every_pack_loads_and_has_the_name_of_its_file():
    closed = [slug for slug, pack in LOADED.items() if pack.closed_on]
    names = sorted(file.stem for file in packs.FOLDER.glob("*.toml"))
    assert list(LOADED) == [name for name in names if name not in closed] + closed
    assert closed == ["mturk"]


@pytest.mark.parametrize("pack", READABLE, ids=lambda pack: pack.slug)
def test_every_readable_pack_has_fixture_pages_with_expected_readings(pack: Pack):
    files = sorted((PAGES / pack.slug).glob("*.expected.json"))
    shown = {json.loads(file.read_text())["page"] for file in files}
    read = {page.name for page in pack.pages if page.listing or page.work or page.held or page.status}
    assert read or pack.slug in UNREAD
    assert read <= shown
    for file in files:
        assert file.with_name(file.name.replace(".expected.json", ".html")).is_file()
        for reply in json.loads(file.read_text()).get("replies", {}).values():
            assert json.loads(file.with_name(reply).read_text()) is not None
    assert json.loads((PAGES / pack.slug / "routes.json").read_text())


def test_every_fixture_page_is_mutated():
    """The mutations are made where pages are read; they walk the same folders and leave none out."""
    text = (PAGES.parents[1] / "extension" / "core" / "page" / "mutations.test.ts").read_text()
    assert "const CASES = fixtures()" in text
    assert "the pages of $slug are mutated" in text


def test_platforms_of_no_known_shape_are_known_by_name_only():
    for slug in ("clickworker", "hivemicro", "spare5"):
        assert LOADED[slug].pages == []
        assert LOADED[slug].hosts


def test_a_site_whose_replies_have_no_known_fields_gives_names_of_keys_alone():
    crowdgen = LOADED["crowdgen"]
    assert {reply.reads for reply in crowdgen.replies} == {"shape"}
    assert [page for page in crowdgen.pages if page.listing or page.work or page.held or page.status] == []


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in PAGES.glob("*/routes.json")), ids=lambda path: path.name
)
def test_every_fixture_names_the_public_source_of_its_shape_or_says_that_it_is_invented(folder: Path):
    sources = json.loads((folder / "sources.json").read_text())
    for source in sources:
        assert set(source) <= {"files", "source", "seen", "invented"}
        assert ("source" in source) == ("seen" in source)
        assert "source" in source or "invented" in source
    files = {file.name for file in folder.iterdir()} - {"routes.json", "sources.json"}
    told = [file for file in files if file.endswith(".expected.json")]
    patterns = [pattern for source in sources for pattern in source["files"]]
    unnamed = [file for file in files - set(told) if not any(fnmatch(file, pattern) for pattern in patterns)]
    assert unnamed == []
    assert [pattern for pattern in patterns if not any(fnmatch(file, pattern) for file in files)] == []


def test_only_our_own_platform_is_called_stable():
    """Every other shape is second-hand until a volunteer has checked it on the site."""
    assert [pack.slug for pack in LOADED.values() if pack.status == "stable"] == ["practice"]


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
    "replies without the tap": (
        "shows_clients = false",
        'shows_clients = false\nreplies = [{ name = "jobs", url = "/api/jobs" }]',
        "`replies` has `tap = true`, and no other has - at `$.tap`",
    ),
    "a page that waits for an unknown reply": (
        'paths = ["/jobs"]',
        'paths = ["/jobs"]\nreplies = ["jobs"]',
        "no reply `jobs` - at `$.pages[0].replies[0]`",
    ),
    "an island of two sources": (
        'at = "#job", attribute = "data-props" }',
        'at = "#job", attribute = "data-props", reply = "jobs" }',
        "from an element's `attribute` or from a `reply` - at `$.pages[1].work.islands[0]`",
    ),
    "an island with half an address": (
        'at = "#job", attribute = "data-props" }',
        'at = "#job" }',
        "`at` and `attribute` go together - at `$.pages[1].work.islands[0]`",
    ),
    "a record picked by nothing": (
        'at = "#job", attribute = "data-props" }',
        'at = "#job", attribute = "data-props", pick = "key" }',
        "pick `key` needs `key` and `key_at` - at `$.pages[1].work.islands[0]`",
    ),
    "items of an amount in the page": (
        'task.reward = { at = ".pay", parse = "money_text" }',
        'task.reward = { at = ".pay", parse = "money_text", each = "amount" }',
        "only amounts in `json` come as an array of items - at `$.pages[0].listing.task.reward.each`",
    ),
    "a range in an island of cents": (
        'task.reward = { at = ".pay", parse = "money_text" }',
        'task.reward = { at = ".pay", parse = "money_major", bound = "low" }',
        "only money_text is written as a range - at `$.pages[0].listing.task.reward.bound`",
    ),
    "an alternative of another kind": (
        'task.reward = { at = ".pay", parse = "money_text" }',
        'task.reward = { at = ".pay", parse = "money_text", alternatives = [{ at = ".time", parse = "minutes" }] }',
        "at `$.pages[0].listing.task.reward.alternatives[0].parse`",
    ),
    "two ways to tell pay": (
        'task.reward = { at = ".pay", parse = "money_text" }',
        'task.reward = { at = ".pay", parse = "money_text" }\n'
        'task.rates = [{ reward = { at = ".rate", parse = "money_text" }, reward_per = "hour" }]',
        "either `reward` or `rates` - at `$.pages[0].listing.task.rates`",
    ),
    "the upper end of no range": (
        'task.reward = { at = ".pay", parse = "money_text" }',
        'task.rates = [{ reward = { at = ".rate", parse = "money_text" }, reward_per = "hour" }]\n'
        'task.reward_to = { at = ".pay", parse = "money_text" }',
        "the upper end of what range? `reward` is missing - at `$.pages[0].listing.task.reward_to`",
    ),
    "a listing without pay": (
        'task.reward = { at = ".pay", parse = "money_text" }',
        "",
        "a posted task has a `reward` or `rates` - at `$.pages[0].listing.task`",
    ),
    "a listing of nothing": (
        'rows = "[data-job]"',
        "",
        "neither rows nor records - at `$.pages[0].listing.rows`",
    ),
    "words of pay with no place": (
        'task.title = { at = ".title" }',
        'task.title = { at = ".title" }\ntask.reward_per_words = [{ reward_per = "hour", words = ["Per hour"] }]',
        "needs `reward_per_words`, and they need it - at `$.pages[0].listing.task.reward_per_at`",
    ),
    "a count of nothing": (
        'task.title = { at = ".title" }',
        'task.title = { at = ".title" }\ntask.units = { parse = "count" }',
        "count what? `at` is missing - at `$.pages[0].listing.task.units.parse`",
    ),
    "a mark on a title": (
        'at = ".title"',
        'at = ".title", marked = true',
        "only an amount can show what it is - at `$.pages[0].listing.task.title.marked`",
    ),
    "the same clock twice": (
        "attempt = { segment = 1 }",
        "attempt = { segment = 1 }\n"
        'clock.elapsed_seconds = { at = "b", parse = "seconds" }\n'
        'clock.started_at = { at = "i", parse = "instant" }',
        "elapsed_seconds tells it already - at `$.pages[1].work.clock.started_at`",
    ),
    "an end that tells no elapsed time": (
        "attempt = { segment = 1 }",
        'attempt = { segment = 1 }\nclock.expires_at = { at = "i", parse = "instant" }',
        "tells no elapsed time - at `$.pages[1].work.clock.expires_at`",
    ),
    "a reply that says what nobody asks": (
        'form = "form#answer"',
        'form = "form#answer"\nsaid = { json = "state" }',
        "it is one of `texts` in a `reply` - at `$.signals[0].said`",
    ),
    "a page of words with no element": (
        'paths = ["/jobs"]',
        'paths = ["/jobs"]\ntexts = ["Quiz"]',
        "texts are looked for in the element `present` - at `$.pages[0].texts`",
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
    forbidden = ("worker-id", "worker_id", "secret", "token", "completion_code", "participant_id", "participantid")
    for file in packs.FOLDER.glob("*.toml"):
        values = json.dumps(tomllib.loads(file.read_text()), default=str).lower()
        assert [word for word in forbidden if word in values] == []


def test_the_worked_example_of_the_documents_is_a_sound_pack(tmp_path: Path):
    page = (Path(__file__).parents[3] / "docs" / "adding-a-platform.md").read_text()
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    pack = packs.read(write(tmp_path, example))
    assert [one.name for one in pack.pages] == ["listing", "working", "returned"]


def test_files_and_folders_that_somebody_hands_in_are_read_and_no_others(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    shutil.copy(packs.FOLDER / "practice.toml", folder)
    assert list(packs.read_all([folder])) == ["practice"]
    assert list(packs.read_all([folder / "practice.toml"])) == ["practice"]
    with pytest.raises(packs.BadPack, match="a second pack `practice`"):
        packs.read_all([folder, folder / "practice.toml"])
