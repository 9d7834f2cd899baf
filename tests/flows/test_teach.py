"""Three sites that no pack knows, taught once by clicking: read after a rebuild, timed, kept at home, handed in as a file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from axe import found
from building import PACKAGE, build
from invented_sites import APP, CARDS, TABLE, Invented, invented
from playwright.sync_api import expect
from server import free_port
from teacher import ORIGINS, SCRIPTS, asked, begin, exported, point, press, read_rows, records, saved
from worker import Worker, at_browser

from api.packs import load as packs

ROOT = PACKAGE.parent
UNFIT = "async () => (await chrome.storage.local.get('unfit')).unfit?.value ?? {}"
KEPT = "async () => (await chrome.storage.local.get('taught')).taught?.value ?? []"


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built for a server that is away: what would be sent stays in the outbox, to be looked at."""
    return build(tmp_path_factory.mktemp("teach") / "extension", f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Invented]:
    with invented(tmp_path) as running:
        yield running


@pytest.fixture
def worker(extension: Path, sites: Invented, tmp_path: Path) -> Iterator[Worker]:
    """Somebody who keeps a record and shares timings."""
    with at_browser(tmp_path / "profile", extension, sites.hosts) as made:
        made.agree()
        yield made


def teach_table(worker: Worker) -> None:
    page = worker.page
    begin(worker, TABLE, "/open")
    point(page, "tr:nth-child(3) td:nth-child(4)")
    point(page, "tr:nth-child(3) a")
    page.locator("body tr:nth-child(2) td:nth-child(1)").click()
    expect(page.locator(".panel #doubt")).to_contain_text("no amount of money")
    expect(page.locator(".panel #next")).to_be_disabled()
    point(page, "tr:nth-child(2) td:nth-child(3)")
    point(page, "tr:nth-child(4) td:nth-child(2)")
    press(page, "skip")
    assert read_rows(page) == [
        "Label street signs | €0.35 | Vision Lab",
        "Read five receipts | €1.20 | Shelf Data",
        "Say what the speaker feels | €2.40 | Tone Works",
    ]
    press(page, "next")
    page.locator("body tr:nth-child(2) a").click()
    page.get_by_text("Take this task").click()
    expect(page).to_have_url(f"https://{TABLE}/open/8812/work")
    press(page, "next")
    point(page, "h1")
    point(page, "b")


def work_on_table(worker: Worker) -> None:
    """Hands one task in, with a page loaded again in the middle of it, and gives another back."""
    page = worker.page
    page.goto(f"https://{TABLE}/open/9021/work")
    worker.work_for(2)
    page.reload()
    worker.work_for(1)
    page.locator("input").fill("done")
    page.get_by_text("Hand in").click()
    expect(page).to_have_url(f"https://{TABLE}/open")
    page.goto(f"https://{TABLE}/open/8813/work")
    worker.work_for(1)
    page.get_by_text("Release this task").click()
    expect(page).to_have_url(f"https://{TABLE}/open")
    assert worker.until(lambda: len(records(worker)) == 2)


@pytest.fixture(scope="module")
def handed_in(extension: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a table that was taught; on the way to it, that teaching does nothing and that what is taught works."""
    folder = tmp_path_factory.mktemp("handed in")
    with invented(folder) as sites, at_browser(folder / "profile", extension, sites.hosts) as worker:
        worker.agree()
        page = worker.page
        teach_table(worker)
        asked_before = len(sites.requests)
        point(page, "text=Hand in")
        point(page, "text=Release this task")
        saved(worker)
        assert page.url.endswith("/work"), "pressing while teaching handed nothing in"
        assert len(sites.requests) == asked_before

        page.goto(f"https://{TABLE}/open")
        worker.expect_badge("tr:nth-child(2)", "no data yet")
        assert page.locator("tr >> css=.pill").count() == 3
        work_on_table(worker)
        kept = {record["task"]["task"]["title"]: record for record in records(worker)}
        assert {title: record["outcome"] for title, record in kept.items()} == {
            "Say what the speaker feels": "submitted",
            "Read five receipts": "returned",
        }
        submitted = kept["Say what the speaker feels"]
        assert submitted["task"]["reward"] == {"micros": 2_400_000, "currency": "EUR"}
        assert submitted["task"]["client"]["name"] == "Tone Works", "as the list said"
        assert submitted["active_seconds"] > 2, "a page loaded again is the same attempt"
        assert worker.today()["waiting"] == 0, "the server does not know this site: nothing of it is to be sent"
        sent = [request.path for host, request in sites.requests if host == TABLE and request.method == "POST"]
        assert sent == ["/open/9021/work", "/open/8813/release"]
        name, text = exported(worker)
        (folder / name).write_text(text)
        return folder / name


def test_a_table_is_taught_by_clicks_that_do_nothing_and_its_file_is_a_pack(handed_in):
    assert tomllib.loads(handed_in.read_text())["hosts"] == [f"https://{TABLE}/*"]
    check = subprocess.run(
        [sys.executable, "-m", "api", "packs", "check", str(handed_in)], cwd=ROOT, capture_output=True, text=True
    )
    assert check.returncode == 0, check.stderr
    assert check.stdout.startswith(handed_in.stem)


def test_the_file_among_the_other_packs_is_read_timed_and_shared_as_they_are(handed_in, sites, tmp_path):
    folder = tmp_path / "platforms"
    shutil.copytree(packs.FOLDER, folder)
    shutil.copy(handed_in, folder)
    known = [msgspec.to_builtins(pack) for pack in packs.load(folder).values()]
    (tmp_path / "packs.json").write_text(json.dumps(known))
    out = tmp_path / "with it"
    command = ["node", "build.mjs", "--out", str(out), "--api", f"http://127.0.0.1:{free_port()}", "--test"]
    subprocess.run([*command, "--packs", str(tmp_path / "packs.json")], cwd=PACKAGE, check=True, capture_output=True)
    with at_browser(tmp_path / "profile", out, sites.hosts) as worker:
        worker.agree(handed_in.stem)
        worker.page.goto(f"https://{TABLE}/open")
        worker.expect_badge("tr:nth-child(4)", "no data yet")
        work_on_table(worker)
        items = asked(worker, {"kind": "outbox", "after": None})["items"]
        told = {item["item"]["task"]["title"]: item["item"]["outcome"] for item in items}
        assert told == {"Say what the speaker feels": "submitted", "Read five receipts": "returned"}


def test_cards_whose_classes_change_on_every_load_are_read_again_until_the_site_changes(worker, sites):
    page = worker.page
    begin(worker, CARDS, "/jobs")
    assert f"https://{CARDS}/*" in worker.context.service_workers[0].evaluate(ORIGINS)
    point(page, ".c:nth-child(2)")
    point(page, ".c:nth-child(2) a")
    page.locator("body h1").click()
    expect(page.locator(".panel #doubt")).to_contain_text("outside the marked rows")
    point(page, ".c:nth-child(2) span")
    press(page, "skip", "skip")
    assert read_rows(page) == [
        "Draw boxes round cars | $1.50",
        "Sort product names | $0.80",
        "Count the windows in a photo | $3.25",
        "Write a short story | $12.00",
    ]
    press(page, "next")
    page.locator(".c a").first.click()
    expect(page).to_have_url(f"https://{CARDS}/jobs/551/go")
    press(page, "next")
    point(page, "h2")
    press(page, "skip")
    point(page, "text=Send my work")
    point(page, "text=Give it back")
    saved(worker)

    for _ in range(2):
        page.goto(f"https://{CARDS}/jobs")
        worker.expect_badge(".c:nth-child(4)", "no data yet")
        assert page.locator(".c >> css=.pill").count() == 4
    page.locator(".c a").nth(3).click()
    worker.work_for(2)
    page.get_by_text("Send my work").click()
    expect(page).to_have_url(f"https://{CARDS}/jobs")
    assert worker.until(lambda: records(worker))
    (record,) = records(worker)
    assert record["task"]["task"]["title"] == "Write a short story"
    assert record["task"]["reward"] == {"micros": 12_000_000, "currency": "USD"}, "the pay comes from the list"
    assert (record["outcome"], record["active_seconds"] > 1) == ("submitted", True)

    sites.changed.add(CARDS)
    page.goto(f"https://{CARDS}/jobs")
    popup = worker.own_page("popup")
    assert worker.until(lambda: list(popup.evaluate(UNFIT)) == [record["platform"]])
    assert page.locator(".c >> css=.pill").count() == 0
    expect(popup.locator(".warn", has_text="cardcrowd.example")).to_be_visible()


def test_a_single_page_app_is_taught_with_the_button_that_claims(worker, sites):
    page = worker.page
    begin(worker, APP, "/")
    point(page, ".r:nth-child(2)")
    point(page, ".r:nth-child(2) span")
    point(page, ".r:nth-child(2) [data-testid]")
    point(page, ".r:nth-child(3) small")
    point(page, ".r:nth-child(3) > button")
    assert page.evaluate("() => window.taken ?? 0") == 0, "its click was caught"
    assert read_rows(page)[0] == "Draw boxes round cars | $1.50 | Road Eye"
    press(page, "next")
    page.locator(".r:nth-child(2) > button").click()
    press(page, "next", "skip", "skip")
    point(page, "text=Submit answer")
    assert page.evaluate("() => window.sent ?? 0") == 0
    press(page, "skip")
    saved(worker)

    page.goto(f"https://{APP}/")
    worker.expect_badge(".r:nth-child(3)", "no data yet")
    page.locator(".r:nth-child(3) > button").click()
    worker.work_for(2)
    page.get_by_text("Submit answer").click()
    page.wait_for_timeout(500)
    assert records(worker) == [], "an answer was missing: the site took nothing"
    page.locator("textarea").fill("a window")
    page.get_by_text("Submit answer").click()
    page.get_by_text("Back to the tasks").click()
    page.locator(".r:nth-child(3) > button").click()
    worker.work_for(1)
    page.locator("textarea").fill("two windows")
    page.get_by_text("Submit answer").click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    assert worker.until(lambda: len(records(worker)) == 2)
    first, second = sorted(records(worker), key=lambda record: record["claimed_at"])
    for record in (first, second):
        assert record["task"]["task"]["title"] == "Count the windows in a photo"
        assert record["task"]["reward"] == {"micros": 3_250_000, "currency": "USD"}
        assert record["task"]["client"]["name"] == "Vision Lab"
        assert record["outcome"] == "submitted"
    assert first["active_seconds"] > second["active_seconds"] > 0


def test_without_a_pointer_a_list_is_taught_forgotten_and_its_permission_given_back(worker, sites):
    page = worker.page
    begin(worker, CARDS, "/jobs")
    for wanted in ("4 ×", "Draw boxes", "Reward"):
        if page.locator(".panel #choices[open]").count() == 0:
            page.locator(".panel #choices summary").focus()
            page.keyboard.press("Enter")
        page.locator(".panel #choices li button").filter(has_text=wanted).first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".panel #next")).to_be_enabled()
        page.evaluate("() => { document.documentElement.lastElementChild.id = 'the-panel'; }")
        assert found(page, "#the-panel") == []
        page.locator(".panel #next").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("() => document.activeElement.shadowRoot.activeElement.id") == "ask", (
            "the new question is read"
        )
    press(page, "skip", "skip", "next", "save")
    expect(page.locator(".panel #close")).to_be_visible()
    own = worker.own_page("options")
    assert len(own.evaluate(KEPT)) == 1
    assert found(own, "#taught") == []
    own.locator("#taught-list .taught_forget").click()
    expect(own.locator("#taught-said")).to_contain_text("is forgotten")
    assert own.evaluate(KEPT) == []
    assert f"https://{CARDS}/*" not in own.evaluate(ORIGINS)
    assert own.evaluate(SCRIPTS) == []
