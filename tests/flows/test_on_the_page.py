"""What the worker meets on a listing, in a real Chromium, and what the site's page learns of it."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ledger_years import ledger, restore
from listings import Listings, Row, many, page, seed, setting, snapshot
from playwright.sync_api import expect
from worker import Worker, at_browser

HERE = Path(__file__).parent
LISTING = "/practice"
FIRST = "#listing > li.task:nth-child(1)"
BELOW, ABOVE = (10, 3.1, 2.4, 4.0, 5.2, 0.92, 0.65), (20, 9.4, 8.1, 11.0, 10.1, 0.98, 0.95)
ROWS = [
    Row(1, "Draw boxes round road signs", "Vision Lab", "$0.35", 4, BELOW),
    Row(2, "Say what the speaker feels", "Tone Works", "$1.10", 6, ABOVE),
    Row(3, "Sort product names", "Shelf Data", "$0.80", 9),
]
NEW = Row(9, "Read aloud twenty sentences", "Tone Works", "$2.40", 8, ABOVE)
NEW_BELOW = Row(8, "Count the windows", "Vision Lab", "$0.10", 8, BELOW)


@dataclass
class Sentinel:
    """Stands where the server would: counts every connection, and answers none."""

    listening: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def watch(self) -> None:
        def count() -> None:
            while True:
                try:
                    connection, _ = self.listening.accept()
                except OSError:
                    return
                self.connections += 1
                connection.close()

        threading.Thread(target=count, daemon=True).start()

    def close(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()


@pytest.fixture(scope="module")
def sentinel() -> Iterator[Sentinel]:
    made = Sentinel()
    made.watch()
    yield made
    made.close()


def built(folder: Path, sentinel: Sentinel, *options: str) -> Path:
    command = ["node", "build.mjs", "--out", str(folder), "--api", sentinel.url, *options]
    subprocess.run(command, cwd=HERE.parents[1] / "extension", check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, sentinel: Sentinel) -> Path:
    """A build whose badges a test can look into."""
    return built(tmp_path_factory.mktemp("builds") / "opened", sentinel, "--test")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory, sentinel: Sentinel) -> Path:
    """The build that people install."""
    return built(tmp_path_factory.mktemp("builds") / "shipped", sentinel)


@pytest.fixture
def listings() -> Iterator[Listings]:
    made = Listings({LISTING: page(ROWS)})
    server = made.start()
    yield made
    server.shutdown()
    server.server_close()


def begin(worker: Worker, *, with_rates: bool = True) -> None:
    """An own record, the practice site on, nothing shared; the rates at hand were fetched some day."""
    own = worker.own_page("consent")
    own.locator("#ledger").check()
    own.locator("#site-practice").check()
    own.wait_for_function("async () => (await chrome.scripting.getRegisteredContentScripts()).length === 1")
    own.close()
    if with_rates:
        seed(worker, snapshot([*ROWS, NEW, NEW_BELOW]))


def worked(worker: Worker, row: Row, times: int) -> None:
    """Records of attempts at `row`, each paid a dollar for half an hour, as a worker restores them."""
    task = {
        "platform": "practice",
        "client": {"id": f"c-{row.client.lower().replace(' ', '-')}", "name": row.client},
        "task": {"id": f"t-{row.number}", "title": row.title},
        "reward": {"micros": 1_000_000, "currency": "USD"},
        "reward_per": "task",
        "units": 1,
        "limit_seconds": None,
        "estimate_seconds": None,
        "pack": {"slug": "practice", "version": 1},
    }
    now = int(datetime.now(UTC).timestamp() * 1000)
    records = [
        {
            "id": f"00000000-0000-7000-8000-{number:012d}",
            "revision": 1,
            "is_shared": False,
            "platform": "practice",
            "attempt": f"a-{number}",
            "task": task,
            "claimed_at": now - number * 1000 - 1_800_000,
            "ended_at": now - number * 1000,
            "day": datetime.now(UTC).date().isoformat(),
            "active_seconds": 1800,
            "outcome": "paid",
            "paid": {"micros": 1_000_000, "currency": "USD"},
            "decided_on": None,
        }
        for number in range(times)
    ]
    own = ledger(worker)
    restore(own, json.dumps({"taskwage_ledger": 1, "records": records}))
    own.close()


def row_of(row: Row) -> str:
    return f"li.task[data-task='t-{row.number}']"


def test_a_badge_says_own_history_first_and_follows_the_floor_and_the_watch_list(opened, listings, tmp_path):
    with at_browser(tmp_path / "profile", opened) as worker:
        begin(worker)
        worked(worker, ROWS[0], 14)
        worker.page.goto(f"{listings.url}{LISTING}")
        worker.expect_badge(row_of(ROWS[0]), "you: $2.00/h", "over 14")
        expect(worker.badge_in(row_of(ROWS[0])).locator(".others")).to_have_text("others: $3.10/h")
        worker.expect_badge(row_of(ROWS[1]), "$9.40/h", "20–49 people")
        expect(worker.badge_in(row_of(ROWS[1])).locator(".side")).to_have_text("above floor")
        worker.expect_badge(row_of(ROWS[2]), "no data yet")

        floor = {"per_hour": {"micros": 900_000_000, "currency": "PHP"}, "per_usd": None, "preset": None}
        setting(worker, "floor", floor)
        worker.expect_badge(row_of(ROWS[1]), "₱537/h")
        expect(worker.badge_in(row_of(ROWS[1])).locator(".side")).to_have_text("below floor")

        worker.page.bring_to_front()
        worker.badge_in(row_of(ROWS[1])).click()
        worker.page.locator(row_of(ROWS[1])).get_by_text("Avoid this client").click()
        expect(worker.badge_in(row_of(ROWS[1])).locator(".stance")).to_have_text("avoid")
        expect(worker.badge_in(row_of(ROWS[0])).locator(".stance")).to_have_count(0)
        settings = worker.own_page("options")
        expect(settings.locator("#watch-list")).to_contain_text("Tone Works")


def test_a_note_opens_where_it_is_written_with_the_focus_in_it(opened, listings, tmp_path):
    with at_browser(tmp_path / "profile", opened) as worker:
        begin(worker)
        worker.page.goto(f"{listings.url}{LISTING}")
        worker.badge_in(row_of(ROWS[1])).click()
        with worker.context.expect_page() as opening:
            worker.page.locator(row_of(ROWS[1])).get_by_text("Write a note").click()
        note = opening.value.locator("#watch-note")
        expect(note).to_be_focused()
        expect(note).to_be_in_viewport()
        expect(opening.value.locator("#watch-client")).to_have_value(ROWS[1].client)


def test_the_explanation_opens_by_hover_by_key_and_by_tap_and_closes_by_escape(opened, listings, tmp_path):
    with at_browser(tmp_path / "profile", opened) as worker:
        begin(worker)
        worker.page.goto(f"{listings.url}{LISTING}")
        worker.expect_badge(FIRST, "$3.10/h")
        pill, card = worker.badge_in(FIRST), worker.page.locator(FIRST).locator("css=.card")
        pill.hover()
        expect(card).to_contain_text("$5.18/h")
        expect(card).to_contain_text("× 65%")
        worker.page.mouse.move(5, 5)
        expect(card).to_be_hidden()
        worker.page.locator(FIRST).locator("a.title").focus()
        worker.page.keyboard.press("Tab")
        expect(card).to_be_visible()
        worker.page.keyboard.press("Tab")
        expect(card.locator("button").first).to_be_focused()
        worker.page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(pill).to_be_focused()
        pill.click()
        expect(card).to_be_visible()
        assert worker.page.url.endswith(LISTING)


COUNT_CHIMES = """() => {
  self.chimes = 0;
  const open = chrome.offscreen.createDocument.bind(chrome.offscreen);
  chrome.offscreen.createDocument = (...given) => { self.chimes += 1; return open(...given); };
}"""
APPEND = "(row) => document.querySelector('#listing').insertAdjacentHTML('beforeend', row)"
IS_SOUNDING = "async () => chrome.offscreen.hasDocument()"
NOTES = "async () => Object.keys(await chrome.notifications.getAll()).length"


def test_the_alarm_sounds_once_for_a_good_row_and_asks_the_site_for_nothing(opened, listings, tmp_path):
    with at_browser(tmp_path / "profile", opened) as worker:
        begin(worker)
        rules = {"is_on": True, "sound": True, "notification": True, "quiet_hours": None, "platforms": {}}
        setting(worker, "alarm", rules)
        worker.page.goto(f"{listings.url}{LISTING}")
        worker.expect_badge(FIRST, "$3.10/h")
        background = worker.context.service_workers[-1]
        background.evaluate(COUNT_CHIMES)
        chimes = lambda: background.evaluate("() => self.chimes")  # noqa: E731
        worker.page.wait_for_timeout(700)
        assert chimes() == 0, "rows that stood there already are no news"

        worker.page.evaluate(APPEND, NEW_BELOW.element)
        worker.page.wait_for_timeout(700)
        assert chimes() == 0, "below the floor"
        worker.page.evaluate(APPEND, NEW.element)
        assert worker.until(lambda: chimes() == 1)
        assert worker.until(lambda: background.evaluate(NOTES) == 1)
        assert worker.until(lambda: not background.evaluate(IS_SOUNDING)), "it sounded, and is over"

        worker.page.evaluate(APPEND, NEW.element)
        listings.pages[LISTING] = page([*ROWS, NEW])
        worker.page.reload()
        worker.expect_badge(FIRST, "$3.10/h")
        worker.page.wait_for_timeout(700)
        assert chimes() == 1, "a row sounds once"
        assert [path for path in listings.asked if path != "/favicon.ico"] == [LISTING, LISTING]


DOM = "() => document.documentElement.outerHTML"


def test_quiet_mode_leaves_the_page_as_it_is_to_the_byte_and_lists_the_rates_beside_it(opened, listings, tmp_path):
    listings.pages[LISTING] = page(ROWS, WATCHING)
    with at_browser(tmp_path / "profile", opened) as worker:
        worker.page.goto(f"{listings.url}{LISTING}")
        worker.page.wait_for_timeout(500)
        without = worker.page.evaluate(DOM)
        begin(worker)
        setting(worker, "is_quiet", True)
        worker.page.goto(f"{listings.url}{LISTING}")
        worker.page.wait_for_timeout(1500)
        assert worker.page.evaluate(DOM) == without
        learned = worker.page.evaluate("() => learned()")
        assert learned["mutations"] == 0
        assert learned["added"] == []

        side = worker.own_page("side")
        expect(side.locator("#rates li")).to_have_count(len(ROWS))
        expect(side.locator("#rates li").nth(1)).to_contain_text("$9.40/h")
        side.locator("#best-first").check()
        expect(side.locator("#rates li").first).to_contain_text("$9.40/h")
        assert worker.page.evaluate(DOM) == without

        setting(worker, "is_quiet", False)
        worker.page.bring_to_front()
        worker.expect_badge(FIRST, "$3.10/h")
        setting(worker, "is_quiet", True)
        expect(worker.badge_in(FIRST)).to_have_count(0)
        assert worker.page.evaluate(DOM) == without, "badges leave nothing behind"


WATCHING = """<script>
(() => {
  const seen = { mutations: 0, added: [], messages: [], fetches: 0, dispatched: [], shadows: 0 };
  const globals = new Set(Object.getOwnPropertyNames(window));
  const wrap = (owner, name, note) => {
    const plain = owner[name];
    owner[name] = function (...given) { note(...given); return plain.apply(this, given); };
  };
  wrap(window, "fetch", () => { seen.fetches += 1; });
  wrap(XMLHttpRequest.prototype, "open", () => { seen.fetches += 1; });
  wrap(Navigator.prototype, "sendBeacon", () => { seen.fetches += 1; });
  wrap(window, "postMessage", (message) => seen.messages.push(String(message)));
  wrap(EventTarget.prototype, "dispatchEvent", (event) => seen.dispatched.push(event.type));
  wrap(Element.prototype, "attachShadow", () => { seen.shadows += 1; });
  addEventListener("message", ({ data }) => seen.messages.push(JSON.stringify(data)), true);
  addEventListener("DOMContentLoaded", () => new MutationObserver((records) => {
    for (const record of records) {
      seen.mutations += 1;
      for (const node of record.addedNodes) {
        seen.added.push([node.nodeName, node.attributes?.length ?? 0, node.childNodes.length, node.shadowRoot === null]);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true }));
  window.learned = () => ({
    ...seen,
    globals: Object.getOwnPropertyNames(window).filter((name) => !globals.has(name) && name !== "learned"),
    runtime: typeof window.chrome?.runtime,
    sheets: [document.styleSheets.length, document.adoptedStyleSheets.length],
    resources: performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => !name.startsWith("http")),
  });
})();
</script>"""
PROBE = """async (addresses) => {
  const reached = [];
  for (const address of addresses) {
    await fetch(address).then(() => reached.push(address), () => undefined);
    await new Promise((resolve) => {
      const image = new Image();
      image.onload = () => { reached.push(address); resolve(); };
      image.onerror = resolve;
      image.src = address;
    });
  }
  return reached;
}"""
POKE = """() => {
  const host = document.querySelector(".reward > span");
  for (const type of ["pointerenter", "focus", "click", "keydown"]) host.dispatchEvent(new Event(type, { bubbles: true }));
  return [host.shadowRoot, host.childNodes.length, host.innerText, Object.keys(host).length, getComputedStyle(host).display];
}"""


def test_a_hostile_page_learns_no_more_than_that_an_empty_span_is_there(shipped, listings, tmp_path):
    listings.pages[LISTING] = page(ROWS, WATCHING)
    manifest = json.loads((shipped / "manifest.json").read_text())
    assert "web_accessible_resources" not in manifest
    assert "externally_connectable" not in manifest
    with at_browser(tmp_path / "profile", shipped) as worker:
        worker.page.goto(f"{listings.url}{LISTING}")
        worker.page.wait_for_timeout(300)
        before = worker.page.evaluate("() => learned()")
        begin(worker)
        worker.page.goto(f"{listings.url}{LISTING}")
        host = worker.page.locator(f"{FIRST} .reward > span")
        expect(host).to_have_count(1, timeout=20_000)
        worker.page.wait_for_timeout(500)
        after = worker.page.evaluate("() => learned()")
        assert after.pop("added") == [["SPAN", 0, 0, True]] * len(ROWS)
        assert after.pop("mutations") == len(ROWS)
        before.pop("added")
        before.pop("mutations")
        assert after == before

        shadow, *seen = worker.page.evaluate(POKE)
        assert shadow is None
        assert seen == [0, "", 0, "inline-block"]
        box = host.bounding_box()
        assert box is not None
        worker.page.mouse.move(box["x"] + 12, box["y"] + 8)
        worker.page.wait_for_timeout(600)
        hovered: dict[str, Any] = worker.page.evaluate("() => learned()")
        assert hovered["added"] == [["SPAN", 0, 0, True]] * len(ROWS)
        assert worker.page.locator(f"{FIRST} *").count() == 7, "title, client, reward, badge, minutes, form, button"

        files = [path.relative_to(shipped).as_posix() for path in shipped.rglob("*") if path.is_file()]
        addresses = [f"chrome-extension://{worker.extension_id}/{name}" for name in files]
        assert len(addresses) > 10
        assert worker.page.evaluate(PROBE, addresses) == []
        assert worker.page.locator(".reward > span").count() == len(ROWS)


def test_with_sharing_and_rates_off_not_one_byte_leaves_the_browser(opened, listings, sentinel, tmp_path):
    work = (HERE.parent / "fixtures/pages/practice/working.html").read_text()
    done = (HERE.parent / "fixtures/pages/practice/submitted.html").read_text()
    listings.pages["/practice/attempts/a-7f3c"] = work
    listings.pages["/practice/attempts/a-7f3c/submitted"] = done
    before = sentinel.connections
    with at_browser(tmp_path / "profile", opened) as worker:
        begin(worker, with_rates=False)
        worker.page.goto(f"{listings.url}{LISTING}")
        worker.expect_badge(FIRST, "rates not fetched")
        worker.page.goto(f"{listings.url}/practice/attempts/a-7f3c")
        worker.work_for(3)
        worker.page.goto(f"{listings.url}/practice/attempts/a-7f3c/submitted")
        assert worker.until(lambda: worker.today()["figures"]["tasks"] == 1)
        worker.sync()
        worker.context.set_offline(True)
        worker.context.set_offline(False)
        for name in ("popup", "options", "outbox", "ledger", "side"):
            own = worker.own_page(name)
            own.wait_for_timeout(300)
            own.close()
        assert worker.today()["figures"]["tasks"] == 1
        assert sentinel.connections == before
        assert {path for path in listings.asked if path != "/favicon.ico"} == {
            LISTING,
            "/practice/attempts/a-7f3c",
            "/practice/attempts/a-7f3c/submitted",
        }

        setting(worker, "fetches_rates", True)
        assert worker.until(lambda: sentinel.connections > before), "the socket does count"


def test_a_thousand_rows_get_their_badges_as_they_come_near(opened, listings, tmp_path):
    listings.pages[LISTING] = page(many(1000))
    with at_browser(tmp_path / "profile", opened) as worker:
        begin(worker, with_rates=False)
        worker.page.goto(f"{listings.url}{LISTING}")
        worker.expect_badge(FIRST, "rates not fetched")
        assert worker.page.locator(".reward > span").count() < 100
        worker.page.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
        worker.expect_badge("#listing > li.task:nth-child(1000)", "rates not fetched")
        assert worker.page.locator(".reward > span").count() < 200
