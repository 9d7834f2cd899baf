"""The worker's own record: a killed browser loses nothing of it; the ledger shows, corrects, exports and restores it."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ledger_years import ledger, restore, simulated, title_of
from playwright.sync_api import Cookie, Error, Page, expect
from server import Server
from worker import KEPT_SECONDS, Worker, at_browser

FIRST = "#listing > li.task:nth-child(1)"
KEPT = "SELECT revision, active_seconds FROM intake.observations ORDER BY revision"
HEARTBEAT_SECONDS = 5  # so often the page says that it is worked on
KILLED_SECONDS = 10
SENT_SECONDS = 30
BIG = int(os.environ.get("TASKWAGE_LEDGER_RECORDS", "3000"))  # the nightly run asks for 100000


def kill(profile: Path) -> None:
    """The browser on `profile` and all its parts, as a power cut would end them."""
    deadline = time.monotonic() + KILLED_SECONDS
    while (running := processes_of(profile)) and time.monotonic() < deadline:
        for process in running:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.1)
    assert running == []


def processes_of(profile: Path) -> list[int]:
    """Processes that were started for `profile`, whose path no other has."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
            if state != "Z" and f"--user-data-dir={profile}".encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def claimed_and_killed(server: Server, extension: Path, profile: Path) -> tuple[str, list[Cookie]]:
    """A practice task that was worked on for some seconds when the browser went; its address, and the site's cookie."""
    kept: list[Any] = []
    with suppress(Error), at_browser(profile, extension) as worker:
        worker.agree("practice")
        worker.page.goto(f"{server.url}/practice")
        worker.page.locator(FIRST).locator("form.claim button").click()
        worker.work_for(5)
        while kept_seconds(worker) < HEARTBEAT_SECONDS:
            worker.work_for(1)
        kept = [worker.page.url, worker.context.cookies()]
        kill(profile)
    return kept[0], kept[1]


def kept_seconds(worker: Worker) -> float:
    (background,) = worker.context.service_workers
    seconds: float = background.evaluate(KEPT_SECONDS)
    return seconds


def running_seconds(worker: Worker) -> float:
    (task,) = worker.today()["open"]
    seconds: float = task["active_seconds"]
    return seconds


def downloaded(page: Page, button: str) -> str:
    with page.expect_download() as download:
        page.locator(button).click()
    return download.value.path().read_text()


def test_a_killed_browser_loses_nothing_and_the_ledger_keeps_corrects_exports_and_restores(server, extension, tmp_path):
    profile = tmp_path / "profile"
    address, cookies = claimed_and_killed(server, extension, profile)
    with at_browser(profile, extension) as worker:
        before = running_seconds(worker)
        assert before >= HEARTBEAT_SECONDS
        worker.context.add_cookies(cookies)
        worker.page.goto(address)
        worker.work_for(4)
        worker.page.locator("#answer input").first.check()
        worker.page.locator("#answer button").click()
        expect(worker.page.locator("#submitted")).to_be_visible()

        page = ledger(worker)
        rows = page.locator("#records > li")
        expect(rows).to_have_count(1)
        expect(rows.first).to_contain_text("pending")
        expect(page.locator("#rate-effective")).to_contain_text("/h")
        expect(page.locator("#owed-pending")).not_to_have_text("$0.00")
        first = json.loads(downloaded(page, "#data-json"))
        (record,) = first["records"]
        assert before <= record["active_seconds"] <= 30
        corrects(page, record["active_seconds"])

        text = downloaded(page, "#data-json")
        (record,) = json.loads(text)["records"]
        assert (record["revision"], record["corrected_seconds"] is None) == (2, False)
        table = downloaded(page, "#data-csv")
        assert table.startswith("\ufeffid,day,platform,")
        assert record["task"]["task"]["title"] in table
        worker.sync()
        sent_again(server, record["corrected_seconds"])

        page.locator("#data-delete").click()
        page.locator("#data-delete-yes").click()
        expect(page.locator("#empty")).to_be_visible()
        expect(rows).to_have_count(0)
        assert restore(page, text).startswith("1 added")
        expect(rows).to_have_count(1)
        assert json.loads(downloaded(page, "#data-json"))["records"] == [record]
        assert restore(page, text).startswith("0 added")
        expect(rows).to_have_count(1)


def corrects(page: Page, measured: float) -> None:
    """One tap says that it took another time, or two where that is far from the measured time; the figures follow."""
    slow = page.locator("#rate-effective").inner_text()
    page.locator("#records summary").first.click()
    tap = page.locator(".tap[aria-pressed='false']").first
    tap.click()
    if "Sure?" in tap.inner_text():
        tap.click()
    expect(page.locator("#said")).to_have_text("Saved.")
    expect(page.locator("#records li")).to_contain_text("Your figure counts")
    expect(page.locator("#rate-effective")).not_to_have_text(slow)
    assert measured > 0


def sent_again(server: Server, seconds: float) -> None:
    """The server comes to hold the corrected time as the second revision, beside the first: raw rows are kept."""
    deadline = time.monotonic() + SENT_SECONDS
    wanted = (2, seconds)
    while time.monotonic() < deadline:
        kept = [(row["revision"], row["active_seconds"]) for row in server.rows(KEPT)]
        if wanted in kept:
            break
        time.sleep(0.5)
    assert kept[1:] == [wanted]


@pytest.mark.usefixtures("server")
def test_a_ledger_of_years_is_restored_searched_and_paged(extension, tmp_path):
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree()
        page = ledger(worker)
        assert restore(page, simulated(BIG, titles=BIG)).startswith(f"{BIG:,} added")
        page.close()
        page = ledger(worker)
        expect(page.locator("#records > li")).to_have_count(20)
        page.locator("#older").click()
        expect(page.locator("#newer")).to_be_enabled()
        page.locator("#period-all").check()
        expect(page.locator("#tasks")).to_have_text(f"{BIG:,}")
        page.locator("#search").fill(title_of(BIG - 1, BIG))
        expect(page.locator("#records > li")).to_have_count(1)
        expect(page.locator("#found")).to_have_text("1 found")
