"""The timer that a worker starts and stops by hand: on any site or none, through a killed browser, shared or kept."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from axe import found
from building import build
from playwright.sync_api import Error, Page, expect
from server import free_port
from teacher import asked, records
from test_ledger import kill
from worker import Worker, at_browser

TITLE = "Moderate forty comments"


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built for a server that is away."""
    return build(tmp_path_factory.mktemp("by hand") / "extension", f"http://127.0.0.1:{free_port()}")


def start(popup: Page, title: str, pay: str, platform: str | None, name: str = "") -> None:
    popup.locator("#by-hand-form summary").click()
    popup.locator("#by-hand-title").fill(title)
    popup.locator("#by-hand-pay").fill(pay)
    popup.locator("#by-hand-per").select_option("hour")
    popup.locator("#by-hand-platform").select_option(platform or "")
    if platform is None:
        popup.locator("#by-hand-name").fill(name)
    popup.locator("#by-hand-start").click()


def seconds(worker: Worker) -> float:
    (task,) = worker.today()["open"]
    return float(task["active_seconds"])


def killed_while_running(profile: Path, extension: Path) -> None:
    with suppress(Error), at_browser(profile, extension) as worker:
        worker.agree("practice")
        popup = worker.own_page("popup")
        start(popup, TITLE, "a lot", "practice")
        expect(popup.locator("#by-hand-said")).to_contain_text("not an amount")
        popup.locator("#by-hand-pay").fill("12,50")
        popup.locator("#by-hand-start").click()
        expect(popup.locator("#by-hand-pause")).to_be_visible()
        assert found(popup, "#by-hand") == []
        popup.wait_for_timeout(5_000)
        kill(profile)


def test_it_runs_on_after_a_killed_browser_is_paused_and_handed_in_and_goes_out_as_timed_by_hand(extension, tmp_path):
    profile = tmp_path / "profile"
    killed_while_running(profile, extension)
    with at_browser(profile, extension) as worker:
        before = seconds(worker)
        assert 2 < before < 30, "the time of the first browser is there, and none of the time between"
        popup = worker.own_page("popup")
        popup.wait_for_timeout(3_000)
        popup.locator("#by-hand-pause").click()
        expect(popup.locator("#by-hand-go-on")).to_be_visible()
        paused = seconds(worker)
        assert paused > before + 2
        popup.wait_for_timeout(2_000)
        assert seconds(worker) == paused
        popup.locator("#by-hand-go-on").click()
        expect(popup.locator("#by-hand-pause")).to_be_visible()
        popup.wait_for_timeout(1_500)
        popup.locator("#by-hand-done").click()
        expect(popup.locator("#finished")).to_contain_text(TITLE)
        expect(popup.locator("#finished .tap").first).to_be_visible()
        (item,) = [
            one for one in asked(worker, {"kind": "outbox", "after": None})["items"] if one["kind"] == "observation"
        ]
        told = item["item"]
        assert (told["platform"], told["timer"], told["outcome"], told["reward_per"]) == (
            "practice",
            "manual",
            "submitted",
            "hour",
        )
        assert told["reward"] == {"micros": 12_500_000, "currency": "USD"}
        assert told["active_seconds"] >= round(paused)


def test_a_site_of_the_workers_own_stays_in_the_ledger_under_its_name_and_a_task_is_picked_again(extension, tmp_path):
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree()
        popup = worker.own_page("popup")
        start(popup, TITLE, "3", None, "مكتب الترجمة")
        expect(popup.locator("#by-hand-back")).to_be_visible()
        popup.wait_for_timeout(1_500)
        popup.locator("#by-hand-back").click()
        expect(popup.locator("#by-hand-form")).to_be_visible()
        assert asked(worker, {"kind": "outbox", "after": None})["items"] == []
        (record,) = records(worker)
        assert (record["outcome"], record["is_shared"], record["platform"].startswith("own_")) == (
            "returned",
            False,
            True,
        )
        ledger = worker.own_page("ledger")
        expect(ledger.locator("li", has_text="مكتب الترجمة").first).to_be_visible()
        popup.reload()
        popup.locator("#by-hand-form summary").click()
        expect(popup.locator("#by-hand-picks option")).to_have_count(1)
        popup.locator("#by-hand-title").fill(TITLE)
        expect(popup.locator("#by-hand-pay")).to_have_value("3")
        expect(popup.locator("#by-hand-per")).to_have_value("hour")
