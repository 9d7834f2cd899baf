"""The pages for people: with a release, without one, with hostile names, for a demo; nothing from other hosts."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from types import SimpleNamespace

import polars as pl
import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient
from msgspec import json

from analytics.disclosure.thresholds import Draws, Names, disclose
from analytics.estimator import estimate
from analytics.model.currency import in_usd, shipped
from analytics.model.policy import CROWD
from analytics.release.builder import PublicationMetadata
from analytics.release.writer import publish
from analytics.simulation import (
    Crowd,
    ListedClient,
    Listing,
    Posting,
    Size,
    Spread,
    events,
    invented_listing,
    item_keys,
    open_market,
    raw_frame,
)
from analytics.tables.dictionary.registry import TABLES
from api.http.pages.example import EXAMPLE, example_json
from api.http.release_repository import ReleaseRepository
from api.http.routes import pages
from api.intake.contract import Observation
from api.intake.rate_limits import AskLimit
from api.packs import load as packs
from api.runtime.settings import Settings
from tests.secret import SECRET

HOSTILE = "<script>alert('x')</script> & \"Sons\""
PATHS = ["/", "/tables", "/method", "/privacy", "/platforms/practice", *(f"/tables/{name}" for name in TABLES)]
AS_OF = datetime(2026, 4, 11, tzinfo=UTC)


class Page(HTMLParser):
    """Tags and addresses of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action")]


def serving(folder, nature="real"):
    services = SimpleNamespace(
        releases=ReleaseRepository(Settings(data=folder).releases),
        settings=Settings(data=folder, nature=nature),
        packs=packs.load(),
        asks=AskLimit(10_000),
        clock=SimpleNamespace(now=lambda: datetime(2026, 4, 12, tzinfo=UTC)),
    )
    app = Litestar(pages.handlers, dependencies={"services": Provide(lambda: services, sync_to_thread=False)})
    return TestClient(app, base_url="http://127.0.0.1")


def hostile_listing():
    """Twelve clients of the practice platform, the first of them with a name that tries to be markup."""
    blank = Listing("practice", "USD", 1.0, 1, ())
    plain = invented_listing(blank, Size(11, 2), 5, shows_clients=True)
    bad = ListedClient("<b>id</b>", HOSTILE, (Posting("t-1", f"Do {HOSTILE}", 400_000, None, 240),))
    return Listing("practice", "USD", 1.0, 1, (bad, *plain.clients))


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A folder with one release of a small crowd."""
    folder = tmp_path_factory.mktemp("released")
    crowd = Crowd((open_market(hostile_listing(), 5, Spread()),), 60, date(2026, 3, 2), 40, 5)
    told = list(events(crowd))
    cells = disclose(estimate(in_usd(raw_frame(told), shipped()), as_of=AS_OF, policy=CROWD), CROWD, Draws(SECRET))
    items = [event.item for event in told if event.kind == "observation"]
    rows = {item_keys(item): item for item in items}
    clients = [(c, i["platform"], i["client"]["id"], i["client"]["name"]) for (c, _), i in rows.items()]
    tasks = [(t, c, i["task"]["title"], i["task"]["id"]) for (c, t), i in rows.items()]
    names = Names(
        pl.DataFrame(clients, ["client_key", "platform", "client_id", "client_name"], orient="row").unique(),
        pl.DataFrame(tasks, ["task_key", "client_key", "title", "task_id"], orient="row"),
        frozenset({"practice"}),
    )
    publish(folder / "releases", cells, names, PublicationMetadata("demo", {"USD": 1.0}, frozenset({"practice"})))
    return folder


@pytest.fixture(scope="module")
def browser(released):
    with serving(released, "demo") as client:
        yield client


@pytest.fixture
def early(tmp_path):
    with serving(tmp_path) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
def test_every_page_works_before_the_first_release(early, path):
    answer = early.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    if path not in ("/method", "/privacy"):
        assert "No release yet" in answer.text


@pytest.mark.parametrize("path", [*PATHS, "/platforms/nowhere", "/tables/nothing"])
def test_every_page_of_a_demo_says_that_its_data_is_simulated(browser, early, path):
    assert "Simulated data." in browser.get(path).text
    assert "Simulated data." not in early.get(path).text


@pytest.mark.parametrize("path", PATHS)
def test_no_page_needs_another_host_or_a_script_or_a_style_inside(browser, path):
    page = Page(browser.get(path).text)
    assert all(address.startswith(("/", "#")) and not address.startswith("//") for address in page.addresses)
    assert "style" not in page.tags
    assert "script" not in page.tags
    assert not [name for name in page.attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("path", PATHS)
def test_what_a_client_calls_itself_is_never_markup(browser, path):
    text = browser.get(path).text
    assert "<script>alert" not in text
    assert "<b>id" not in text


def test_a_hostile_name_is_shown_as_it_is_written(browser):
    assert (
        "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &#34;Sons&#34;"
        in browser.get("/platforms/practice").text
    )


def test_the_front_page_shows_the_release_with_rates_intervals_and_people(browser):
    text = browser.get("/").text
    assert "2026-04-11" in text
    assert "11 April 2026" in text
    assert re.search(r'class="number rate"[^>]*>\$\d+\.\d\d<', text)
    assert re.search(r">\$\d+\.\d\d – \$\d+\.\d\d<", text)
    assert re.search(r">(10-19|20-49|50\+)<", text)


def test_no_page_says_that_a_client_pays_somebody(browser):
    for path in ("/", "/platforms/practice"):
        assert not re.search(r"client[^.<]* pays \$", browser.get(path).text)


def test_the_best_covered_clients_come_first(browser):
    bands = re.findall(r">(5-9|10-19|20-49|50\+)</td>", browser.get("/").text)
    order = ["50+", "20-49", "10-19", "5-9"]
    assert [order.index(band) for band in bands[1:]] == sorted(order.index(band) for band in bands[1:])


@pytest.mark.parametrize("name", list(TABLES))
def test_a_table_page_shows_every_column_with_its_meaning_and_where_to_take_all_of_it(browser, name):
    text = browser.get(f"/tables/{name}").text
    for column in TABLES[name].columns:
        assert f"<code>{column.name}</code>" in text
    assert f"/v1/releases/2026-04-11-demo/files/{name}.csv" in text
    assert f"/v1/releases/2026-04-11-demo/files/{name}.parquet" in text
    assert f"/v1/tables/{name}.json" in text


def test_the_dictionary_names_every_table(browser):
    text = browser.get("/tables").text
    assert all(f'href="/tables/{name}"' in text for name in TABLES)


def test_a_platform_nobody_shared_work_on_has_no_number(browser):
    others = [slug for slug in packs.load() if slug != "practice"]
    assert others
    assert "Fewer than five people" in browser.get(f"/platforms/{others[0]}").text


@pytest.mark.parametrize("path", ["/platforms/nowhere", "/tables/nothing", "/platforms/%3Cb%3E"])
def test_what_does_not_exist_is_a_page_that_says_so(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "%3Cb" not in answer.text
    assert "<b>" not in answer.text


def test_the_stylesheet_is_served_under_an_address_that_changes_with_it(browser):
    address = re.search(r'href="(/static/taskwage\.css\?v=[0-9a-f]{12})"', browser.get("/").text)[1]
    answer = browser.get(address)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert not re.search(r"url\(|@import|https?:", answer.text)
    assert browser.get("/static/%2e%2e/rendering.py").status_code == 404


def test_the_example_of_what_is_sent_is_a_real_observation(browser):
    assert json.decode(example_json(), type=Observation) == EXAMPLE
    assert EXAMPLE.id.version == 7
    assert (EXAMPLE.id.int >> 80) == int(EXAMPLE.claimed_hour.timestamp() * 1000)
    assert "&#34;claimed_hour&#34;: &#34;2026-04-11T09:00:00Z&#34;" in browser.get("/privacy").text


@pytest.mark.parametrize("tag", ["en", "es", "ar"])
def test_the_privacy_page_is_there_as_text_with_every_word_of_the_page(browser, tag):
    page = browser.get("/privacy", params={"lang": tag}).text
    text = browser.get("/privacy.txt", params={"lang": tag})
    assert text.headers["content-type"].startswith("text/plain")
    main = re.search(r"<main>(.*)</main>", page, re.DOTALL)[1]
    words = html.unescape(re.sub(r"<[^>]*>", " ", main)).split()
    shown = re.sub(r"^[=-]+$", "", text.text, flags=re.MULTILINE).replace("\n- ", "\n")
    assert "".join(shown.split()) == "".join(words)
    assert "<" not in text.text


def test_a_single_server_says_nothing_of_homes(browser):
    assert "publisher of all homes" not in browser.get("/privacy").text


def test_the_worked_example_adds_up():
    paid, listed_submitted, hours, submitted_hours = 7 * 0.40, 8 * 0.40, 60 / 60, 48 / 60
    assert listed_submitted / submitted_hours == pytest.approx(4.00)
    assert paid / hours == pytest.approx(4.00 * (paid / listed_submitted) * (submitted_hours / hours))
    assert paid / 1.5 == pytest.approx(1.87, abs=0.005)
