"""The explorer on releases made by hand: every page, in every language, whatever clients call themselves."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient

from analytics.reporting.charts import drawing
from api.http import problems
from api.http.pages.language import NAMES
from api.http.release_repository import ReleaseRepository
from api.http.routes import pages
from api.intake.rate_limits import AskLimit
from api.packs import load as packs
from api.runtime.settings import Settings
from tests.api.http.pages.hand_made import ARABIC, CLIENTS, HOSTILE, PLATFORM, four_releases, tables, write

CLIENT = f"/clients/{PLATFORM}/c-1"
CLIENT_KEYS = tuple(CLIENTS)
PRESETS = ("api/http/pages/floor_presets.json", "extension/src/core/floor/presets.json")
PATHS = (
    "/",
    "/search?q=c",
    f"/platforms/{PLATFORM}",
    CLIENT,
    f"{CLIENT}?floor=7.25",
    f"/clients/{PLATFORM}/aa00000000c5",
    "/countries",
    "/changes",
    "/releases",
    "/compare",
    f"/compare?client={PLATFORM}/c-1&client={PLATFORM}/aa00000000c2&sort=all_in",
    "/tables",
    "/tables/client_rates",
    "/tables/notes",
    "/method",
    "/privacy",
)


class Page(HTMLParser):
    """Tags, addresses and attributes of a page, and its words."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.attributes, self.words, self.ids = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action")]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.words.append(data)


def serving(folder, asks_per_minute=10_000):
    services = SimpleNamespace(
        releases=ReleaseRepository(folder / "releases"),
        settings=Settings(data=folder, nature="demo"),
        packs=packs.load(),
        asks=AskLimit(asks_per_minute),
        clock=SimpleNamespace(now=lambda: datetime(2026, 11, 24, tzinfo=UTC)),
    )
    app = Litestar(
        pages.handlers,
        dependencies={"services": Provide(lambda: services, sync_to_thread=False)},
        exception_handlers=problems.handlers(),
    )
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.fixture(scope="module")
def released_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("explorer") / "releases"
    four_releases(root)
    return root


@pytest.fixture(scope="module")
def browser(released_root):
    with serving(released_root.parent) as client:
        yield client


def get(browser, path, language="en"):
    answer = browser.get(path, headers={"accept-language": language})
    assert answer.status_code == 200, path
    return answer.text


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_says_its_language_and_nothing_on_it_is_markup_of_a_client(browser, path, language):
    text = get(browser, path, language)
    page = Page(text)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in text
    assert "<script" not in text
    assert "evil.example" not in " ".join(page.addresses)
    assert "img" not in page.tags or page.tags.count("img") == 1  # our own mark
    assert "style" not in page.tags
    assert not [name for name in page.attributes if name == "style" or name.startswith("on")]
    assert all(address.startswith(("/", "#")) and not address.startswith("//") for address in page.addresses)
    assert len(page.ids) == len(set(page.ids))


def test_a_platform_page_draws_pay_people_weeks_unpaid_time_endings_and_waits(browser):
    text = get(browser, f"/platforms/{PLATFORM}")
    names = re.findall(r'<figure class="chart" id="([^"]+)"', text)
    assert {"hour", "people-all_hours", "people-tasks", "floors", "weeks", "releases", "unpaid", "endings"} <= set(
        names
    )
    assert {"largest", "waits", "supply", "units"} <= set(names)
    assert text.count("<svg ") == 2 * len(names)  # wide and narrow
    assert text.count("<summary>The same as a table</summary>") == len(names)


def test_every_chart_tells_its_figures_in_words(browser):
    text = get(browser, f"/platforms/{PLATFORM}")
    told = dict(re.findall(r"<title>([^<]+)</title><desc>([^<]+)</desc>", text))
    assert "Paid work: 43 minutes" in told["What becomes of an hour"]
    assert "All of these: 25 minutes" in told["Unpaid time beside each hour of tasks"]
    assert "Submitted: 82%" in told["How tasks end"]
    assert "1 to 5 left: 1.5" in told["How many places of one listing go in an hour"]
    assert all(len(words) > 20 for words in told.values())


@pytest.mark.parametrize(
    ("floor", "verdict"),
    [("0.5", "Above your floor of $0.50"), ("5", "Around your floor of $5.00"), ("99,5", "Below your floor of $99.50")],
)
def test_a_client_stands_below_around_or_above_a_floor_by_its_interval(browser, floor, verdict):
    text = get(browser, f"{CLIENT}?floor={floor}")
    assert verdict in text
    assert "your floor: $" in text  # the line in the charts


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("?floor=75 PHP", "Above your floor of ₱75.00 ("),
        ("?floor=75&currency=PHP", "Above your floor of ₱75.00:"),
        ("?floor=₱75", "Above your floor of ₱75.00 ("),
        ("?floor=1.500 KES", "Below your floor of KES\u00a01,500"),
        ("?floor=75&currency=XTS&per_usd=15", "Around your floor of XTS\u00a075.00:"),
    ],
)
def test_a_floor_is_read_in_its_currency_or_in_that_of_the_page(browser, address, words):
    """75 pesos are 1.2 dollars: a client that pays 5 was called below "your floor of $75.00"."""
    text = get(browser, CLIENT + address)
    assert words in text


def test_every_page_is_in_the_currency_of_the_address_and_says_its_rate_and_carries_it_on(browser):
    for path in ("/", f"/platforms/{PLATFORM}", CLIENT, "/countries", "/search?q=c", "/changes"):
        text = get(browser, f"{path}{'&' if '?' in path else '?'}currency=KES&floor=200")
        assert "Amounts in Kenyan shillings; your floor: KES" in text
        assert "KES for a US dollar on 29 September 2026" in text
        apart = r"<details class=.money.*?</details>|<section class=.cite.*?</section>"
        assert not re.search(r"\$\d", re.sub(apart, "", text, flags=re.DOTALL))
        assert 'href="/changes?currency=KES&amp;floor=200+KES"' in text


def test_a_browser_from_a_country_sees_its_currency_and_a_language_alone_chooses_none(browser):
    assert "Amounts in Philippine pesos" in get(browser, "/", "en-PH,en;q=0.9")
    assert "Importes en pesos colombianos" in get(browser, "/", "es-CO,es")
    assert "Amounts in US dollars" in get(browser, "/", "en")
    assert "Amounts in US dollars" in browser.get("/?currency=USD", headers={"accept-language": "en-PH"}).text


def test_a_client_is_compared_with_the_floor_by_effective_pay_and_with_unpaid_time(browser):
    text = get(browser, f"{CLIENT}?floor=3")
    assert "Above your floor of $3.00" in text
    assert "With unpaid time counted too ($2.51 – $5.38): around your floor of $3.00." in text
    assert "unpaid time as on the whole platform" in text


def test_the_floors_to_choose_from_are_those_of_the_extension(browser):
    ours, extension = (Path(pages.__file__).parents[3] / path for path in PRESETS)
    assert ours.read_bytes() == extension.read_bytes()
    text = get(browser, CLIENT)
    assert f'href="{CLIENT}?floor=7.25+USD">United States, federal minimum wage</a>: $7.25' in text
    assert "Fair Labor Standards Act" in text


def test_a_release_that_the_address_names_is_the_one_that_is_shown_and_every_link_stays_in_it(browser):
    for address in (f"{CLIENT}?release=2026-11-09", f"/r/2026-11-09{CLIENT}"):
        text = get(browser, address)
        assert "9 November 2026" in text
        assert "23 November" not in text
        assert f'href="/r/2026-11-09/platforms/{PLATFORM}"' in text
    assert browser.get(f"{CLIENT}?release=1999-01-01").status_code == 404
    assert browser.get("/r/1999-01-01").status_code == 404
    assert "2 November 2026" in get(browser, "/r/2026-11-02")


@pytest.mark.parametrize("floor", ["x", "-1", "1e9", "nan", "0", "<b>"])
def test_what_is_no_amount_is_said_to_be_none_and_is_not_compared(browser, floor):
    text = get(browser, f"{CLIENT}?floor={floor}")
    assert "That is no amount" in text
    assert "your floor:" not in text
    assert "<b>" not in text.replace("<bdi>", "")


def test_a_client_is_found_by_its_id_or_its_key_and_shows_its_past_its_tasks_and_what_it_objected(browser):
    by_id, by_key = get(browser, CLIENT), get(browser, f"/clients/{PLATFORM}/aa00000000c1")
    by_key = re.sub(f"{PLATFORM}/aa00000000c1([?/])", rf"{PLATFORM}/c-1\1", by_key)  # addresses of this very page
    assert by_id.split("<main>")[1].split("</main>")[0] == by_key.split("<main>")[1].split("</main>")[0]
    for words in ("Pay from release to release", "Pay week by week", "Beside its platform", "Its tasks"):
        assert words in by_id
    assert "objection of the client" in by_id
    assert "We object. &lt;script&gt;" in by_id


def test_a_client_with_too_few_people_for_a_number_has_an_interval_and_no_number(browser):
    text = get(browser, f"/clients/{PLATFORM}/aa00000000c5")
    assert "Hidden client aa00000000c5" in text
    assert "With fewer than ten people there is an interval and no number." in text
    assert "What becomes of an hour" not in text


def test_a_client_whose_id_cannot_stand_in_an_address_is_linked_by_its_key(browser):
    text = get(browser, "/")
    assert f'href="/clients/{PLATFORM}/aa00000000c4"' in text
    assert get(browser, f"/clients/{PLATFORM}/aa00000000c4")


@pytest.mark.parametrize("path", ["/clients/practice/nobody", "/clients/nowhere/c-1", "/clients/practice/%3Cscript%3E"])
def test_a_client_that_is_not_published_is_not_there(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "script>" not in answer.text
    assert "%3Cscript" not in answer.text


@pytest.mark.parametrize("words", ["c-1", "C-1", "sons", "aa00000000c1", "<script>"])
def test_a_search_finds_by_name_id_and_key_in_any_case(browser, words):
    text = browser.get("/search", params={"q": words}).text
    assert f'href="{CLIENT}"' in text
    assert "<script>" not in text


def test_a_search_finds_tasks_by_title_and_says_when_there_is_nothing(browser):
    assert ARABIC in browser.get("/search", params={"q": ARABIC}).text
    text = browser.get("/search", params={"q": "nobody at all"}).text
    assert "No published client has that" in text
    assert "No published task has that" in text
    assert "(the first" not in browser.get("/search", params={"q": ""}).text
    assert get(browser, "/search?q=nobody+at+all").count("<tbody") == 0
    assert browser.get("/search", params={"q": "a" * 5000}).status_code == 200


def test_changes_are_told_beside_the_release_before(browser):
    text = get(browser, "/changes")
    assert "2026-11-16" in text
    assert "2026-11-23" in text
    assert "no, they overlap" in text
    assert "0 clients kept their number." in text


def test_a_client_new_to_a_release_and_one_that_is_gone_are_named(tmp_path):
    first, second = tables_of_two(tmp_path)
    with serving(tmp_path) as browser:
        text = get(browser, "/changes")
    assert "One client has enough people now." in text
    assert ARABIC in text.split("Clients that are gone")[1]
    assert first.release < second.release


def tables_of_two(folder):
    from tests.api.http.pages.hand_made import DAYS

    before, after = tables(DAYS[0], 1.0), tables(DAYS[1], 1.0)
    before["client_rates"] = before["client_rates"][:4]
    after["client_rates"] = [row for row in after["client_rates"] if row["client_key"] != "aa00000000c3"]
    root = folder / "releases"
    return write(root, "2026-11-02", before, DAYS[0]), write(root, "2026-11-09", after, DAYS[1])


def test_the_first_release_has_nothing_to_be_compared_with(tmp_path):
    from tests.api.http.pages.hand_made import DAYS

    write(tmp_path / "releases", "2026-11-02", tables(DAYS[0], 1.0), DAYS[0])
    with serving(tmp_path) as browser:
        text = get(browser, "/changes")
    assert "is the first" in text
    assert "28 days from 5 October 2026" in text  # the month needs no release before


@pytest.mark.parametrize("path", ["/countries", "/changes", "/search?q=x"])
def test_new_pages_work_before_the_first_release(tmp_path, path):
    with serving(tmp_path) as browser:
        assert "No release yet" in get(browser, path)


def test_countries_are_named_in_the_reader_s_language(browser):
    assert "Philippines" in get(browser, "/countries")
    assert "Filipinas" in get(browser, "/countries", "es")
    assert "الفلبين" in get(browser, "/countries", "ar")
    assert ">XX<" in get(browser, "/countries")  # no country we know: its code stands


def test_a_language_asked_for_goes_along_without_a_cookie(browser):
    answer = browser.get("/?lang=es", headers={"accept-language": "ar"})
    assert '<html lang="es"' in answer.text
    assert 'href="/method?lang=es"' in answer.text
    assert '<input type="hidden" name="lang" value="es">' in answer.text
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-language"] == "es"
    assert answer.headers["vary"] == "accept-language, accept-encoding"


def test_a_page_goes_out_packed_to_whoever_unpacks(browser):
    path = f"/platforms/{PLATFORM}"
    packed = browser.get(path, headers={"accept-encoding": "gzip"})
    plain = browser.get(path, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content) / 4
    assert packed.headers["content-type"].startswith("text/html")


def test_no_address_can_make_a_language_link_that_leaves_us(browser):
    text = browser.get("//evil.example/x").text
    assert '"//evil.example' not in text


def test_what_a_hostile_client_is_called_is_shown_as_it_is_written(browser):
    shown = (
        HOSTILE.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace('"', "&#34;")
    )
    assert f"<h1><bdi>{shown}</bdi></h1>" in get(browser, CLIENT)


def test_the_words_on_a_platform_page_are_translated_and_not_left_in_english(browser):
    sources = re.compile(
        "<small>[(]<span lang=.en.*?</small>|<section class=.cite.*?</section>", re.DOTALL
    )  # citations
    english, spanish = (Page(sources.sub("", get(browser, f"/platforms/{PLATFORM}", tag))) for tag in ("en", "es"))
    same = {w.strip() for w in spanish.words} & {w.strip() for w in english.words if re.search(r"[a-z]{4} [a-z]{3}", w)}
    assert {words for words in same if "evil" not in words and "client whose name" not in words} == set()


def test_while_others_draw_a_page_is_whole_without_its_charts(browser, monkeypatch):
    monkeypatch.setattr(drawing, "PATIENCE_SECONDS", 0.001)
    with drawing.PEN:
        text = get(browser, f"{CLIENT}?floor=3.17")
    assert "Not drawn just now: load the page again." in text
    assert "The same as a table" in text
    monkeypatch.undo()
    assert "Not drawn" not in get(browser, f"{CLIENT}?floor=3.17")


def test_whoever_has_more_drawn_than_anybody_reads_is_told_to_wait(tmp_path):
    four_releases(tmp_path / "releases")
    with serving(tmp_path, asks_per_minute=2) as browser:
        assert [browser.get(CLIENT).status_code for _ in range(3)] == [200, 200, 429]
        assert browser.get("/privacy").status_code == 200


def test_every_page_says_how_to_cite_it_with_its_permanent_address_and_one_hash(browser, released_root):
    digest = hashlib.sha256((released_root / "2026-11-23" / "manifest.json").read_bytes()).hexdigest()
    for path in (one for one in PATHS if "floor" not in one and "&" not in one):
        text = get(browser, path)
        permanent = "/r/2026-11-23" + ("" if path == "/" else path)
        assert f'<a href="{html.escape(permanent)}">' in text, path
        assert f"SHA-256 of the manifest {digest}" in text
        assert "SIMULATED DATA. Taskwage, release 2026-11-23" in text
        assert "@misc{taskwage-2026-11-23," in text
        assert get(browser, permanent)


def test_a_page_of_an_old_release_is_what_it_was(browser):
    old, new = get(browser, f"/r/2026-11-02{CLIENT}"), get(browser, CLIENT)
    assert "about $2.50 an hour" in old
    assert "about $5.12 an hour" in new
    assert "about $2.50 an hour" in get(browser, f"{CLIENT}?release=2026-11-02")


def test_all_releases_are_listed_for_people(browser):
    text = get(browser, "/releases")
    days = ["2026-11-23", "2026-11-16", "2026-11-09", "2026-11-02"]
    assert re.findall(r'href="/r/(2026-11-[0-9]+)"><bdi', text.split("Cite this")[0]) == days
    assert browser.get("/releases?after=nothing").status_code == 404


def test_every_chart_is_a_file_with_its_title_source_release_currency_and_mark(browser):
    for page in (f"/platforms/{PLATFORM}", CLIENT, "/countries"):
        text = get(browser, f"{page}?currency=PHP")
        names = re.findall(r'<figure class="chart" id="([^"]+)"', text)
        assert names
        for name in names:
            address = f"/r/2026-11-23{page}/charts/{name}.svg?currency=PHP"
            assert f'href="{address}"' in text
            drawn = ElementTree.fromstring(get(browser, address))
            words = " ".join(drawn.itertext())
            assert "SIMULATED" in words
            assert "release 2026-11-23 of 2026-11-23. PHP" in words
            assert f"/r/2026-11-23{page}" in words.replace(" ", "")
            assert "var(--" not in get(browser, address)
            rows = list(csv.DictReader(io.StringIO(get(browser, address.replace(".svg", ".csv")))))
            assert {row["release"] for row in rows} == {"2026-11-23"}
            assert {(row["data"], row["currency"]) for row in rows} == {("SIMULATED", "PHP")}
    picture = browser.get(f"/platforms/{PLATFORM}/charts/hour.png")
    assert picture.content.startswith(b"\x89PNG")
    assert picture.headers["content-type"] == "image/png"
    assert browser.get(f"/platforms/{PLATFORM}/charts/none.png").status_code == 404
    assert browser.get(f"/platforms/{PLATFORM}/charts/hour.exe").status_code == 404


def test_a_chart_s_csv_holds_numbers_in_the_currency_that_was_asked_for(browser):
    usd, php = (
        list(csv.DictReader(io.StringIO(get(browser, f"{CLIENT}/charts/releases.csv?currency={code}"))))
        for code in ("USD", "PHP")
    )
    assert [float(row["middle"]) for row in usd] == pytest.approx([2.5, 3.375, 4.25, 5.125])
    assert float(php[0]["middle"]) > 100


def test_clients_are_compared_side_by_side_in_the_order_of_a_column(browser):
    def order(sort, *names):
        query = "&".join(f"client={PLATFORM}/{name}" for name in names)
        table = get(browser, f"/compare?{query}&sort={sort}").split("<tbody>")[1].split("</tbody>")[0]
        return re.findall(r'<th scope="row"><a href="/clients/practice/([^"]+)"', table)

    assert order("effective", "c-1", "c-2", "c-3") == ["c-3", "c-1", "c-2"]
    assert order("people", "c-3", "c-2", "c-1") == ["c-1", "c-2", "c-3"]
    assert order("effective", "aa00000000c5", "c-2") == ["c-2", "aa00000000c5"]  # a row without a number is last
    assert len(order("effective", *CLIENT_KEYS, "c-1")) == 5
    assert "not published in this release" in get(browser, f"/compare?client={PLATFORM}/none")
    assert get(browser, "/compare?client=x&client=/&sort=<b>")


def test_platforms_are_compared_with_their_unpaid_minutes_and_the_worst_is_named(browser):
    text = get(browser, "/compare?sort=unpaid")
    assert "Most unpaid time: Practice, 26 minutes for each hour of tasks." in text
    assert 'aria-sort="descending"><a href="/compare?sort=unpaid">Unpaid minutes</a>' in text


def test_a_client_s_page_compares_its_month_with_the_one_before(browser):
    text = get(browser, CLIENT)
    assert "The 28 days from 26 October 2026, against the 28 before:" in text
    assert "Pay rose." in text or "No change beyond chance." in text


def test_the_feed_of_changes_has_an_entry_for_each_release_in_which_a_figure_moved(browser):
    for address, entries in (
        ("/changes.atom", 4),
        (f"/changes.atom?platform={PLATFORM}", 4),
        (f"/changes.atom?platform={PLATFORM}&client=c-1", 4),
        (f"/changes.atom?platform={PLATFORM}&client=aa00000000c5", 1),
    ):
        answer = browser.get(address)
        assert answer.headers["content-type"].startswith("application/atom+xml")
        root = ElementTree.fromstring(answer.text)
        names = [entry.findtext("{*}id") for entry in root.findall("{*}entry")]
        assert len(names) == len(set(names)) == entries
        assert all(title.text.startswith("SIMULATED ") for title in root.findall("{*}entry/{*}title"))
        for link in root.findall("{*}entry/{*}link"):
            assert browser.get(link.get("href")).status_code == 200
    assert "$5.12 ($3.59 – $7.69); before: $4.25" in browser.get(f"/changes.atom?platform={PLATFORM}&client=c-1").text
    assert browser.get(f"/changes.atom?platform={PLATFORM}&client=none").status_code == 404
    assert "<ns0:" not in get(browser, f"{CLIENT}?floor=4.44")  # a feed changes nothing of the drawings


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("practise", f"/platforms/{PLATFORM}"),  # a near spelling
        ("practice", f"/platforms/{PLATFORM}"),
        ("Hidden client aa00000000c5", f"/clients/{PLATFORM}/aa00000000c5"),  # the site's own label
        ("Cliente oculto aa00000000c5", f"/clients/{PLATFORM}/aa00000000c5"),
        ("clients", f"/clients/{PLATFORM}/c-2"),  # "A client whose name goes on"
        ("whoze naem", f"/clients/{PLATFORM}/c-2"),
        ("", f"/clients/{PLATFORM}/c-3"),
        ("", f"/platforms/{PLATFORM}"),
    ],
)
def test_a_search_finds_platforms_labels_plurals_and_near_spellings_and_lists_everything_when_empty(
    browser, words, address
):
    found = browser.get("/search", params={"q": words}).text.split("<main>")[1]
    assert f'href="{address}"' in found


def test_a_shared_link_has_a_description_and_crawlers_have_a_map(browser):
    text = get(browser, CLIENT)
    assert '<meta name="description" content="What an hour' in text
    assert '<meta property="og:description" content="SIMULATED. What' in text
    assert 'type="application/atom+xml" href="/changes.atom"' in text
    assert browser.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"  # simulated data is not for crawlers
    pages_listed = browser.get("/sitemap.txt").text.split()
    assert f"http://127.0.0.1/platforms/{PLATFORM}" in pages_listed
    assert all(browser.get(address).status_code == 200 for address in pages_listed)
    assert browser.get("/favicon.ico").status_code == 200
