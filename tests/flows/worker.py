"""A worker at a real Chromium with the real extension: what they open, click and see."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect, sync_playwright

CHROMIUM = os.environ.get("TASKWAGE_CHROMIUM", "/usr/bin/chromium")
PATIENCE_MILLISECONDS = 20_000
REGISTERED = "async (sites) => (await chrome.scripting.getRegisteredContentScripts()).length >= sites"
KEPT_SECONDS = """async () => {
  const request = indexedDB.open("taskwage");
  const database = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const reading = database.transaction("sessions").objectStore("sessions").get("current");
  await new Promise((resolve) => { reading.onsuccess = resolve; });
  database.close();
  return reading.result?.attempts[0]?.active_seconds ?? 0;
}"""  # what is on the disk of the time of the first open task
QUIET = (  # a browser that talks to nobody but the pages under test
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)


@dataclass
class Worker:
    """One browser profile with the extension in it."""

    context: BrowserContext
    extension_id: str
    page: Page

    def own_page(self, name: str) -> Page:
        """A page of the extension in a new tab."""
        page = self.context.new_page()
        page.goto(f"chrome-extension://{self.extension_id}/{name}.html")
        return page

    def agree(self, *platforms: str) -> None:
        """Both switches and the sites, as a worker would set them on the first page."""
        page = self.own_page("consent")
        for box in ("ledger", "sharing", *(f"site-{slug}" for slug in platforms)):
            page.locator(f"#{box}").check()
            expect(page.locator("#said")).not_to_be_empty()
        page.wait_for_function(REGISTERED, arg=len(platforms))
        page.close()

    def sync(self) -> None:
        """What the alarm does every few hours: fetch the rates, send what waits."""
        page = self.own_page("popup")
        page.evaluate("() => chrome.runtime.sendMessage({ kind: 'sync' })")
        page.close()

    def today(self) -> dict[str, Any]:
        """What the popup is told."""
        page = self.own_page("popup")
        reply: dict[str, dict[str, Any]] = page.evaluate("() => chrome.runtime.sendMessage({ kind: 'today' })")
        page.close()
        return reply["value"]

    def badge_in(self, row: str) -> Locator:
        return self.page.locator(row).locator("css=.pill")

    def expect_badge(self, row: str, figure: str, basis: str | None = None) -> None:
        pill = self.badge_in(row)
        expect(pill).to_have_count(1, timeout=PATIENCE_MILLISECONDS)
        expect(pill.locator(".figure")).to_contain_text(figure)
        if basis is not None:
            expect(pill.locator(".basis")).to_contain_text(basis)

    def until(self, holds: Callable[[], object], milliseconds: int = 3 * PATIENCE_MILLISECONDS) -> bool:
        """Whether something comes to hold; looked at as long as it does not."""
        deadline = time.monotonic() + milliseconds / 1000
        while not (held := bool(holds())) and time.monotonic() < deadline:
            self.page.wait_for_timeout(100)
        return held

    def work_for(self, seconds: float) -> None:
        """Moves the pointer now and then, as somebody does who works."""
        for step in range(max(int(seconds * 2), 1)):
            self.page.mouse.move(100 + step % 7, 200 + step % 5)
            self.page.wait_for_timeout(500)


@contextmanager
def at_browser(profile: Path, extension: Path, hosts: dict[str, int] | None = None) -> Iterator[Worker]:
    """A browser on `profile`; `hosts` maps real host names to loopback ports."""
    rules = ",".join(f"MAP {host} 127.0.0.1:{port}" for host, port in (hosts or {}).items())
    arguments = [f"--load-extension={extension}", f"--disable-extensions-except={extension}", *QUIET]
    if rules:
        arguments += [f"--host-resolver-rules={rules}", "--ignore-certificate-errors"]
    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(profile),
            executable_path=CHROMIUM,
            headless=True,
            args=arguments,
            viewport={"width": 1100, "height": 900},
        )
        script = context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
        first = _first_page(context)
        first.wait_for_load_state()
        (page,) = (one for one in context.pages if one != first)
        first.close()
        page.bring_to_front()
        yield Worker(context, script.url.split("/")[2], page)
        context.close()


def _first_page(context: BrowserContext) -> Page:
    """The page that opens by itself after the install. It comes when it comes, and lies over the test's own from then
    on: the browser paints that once a second, and every click waits for it.
    """
    deadline = time.monotonic() + PATIENCE_MILLISECONDS / 1000
    while time.monotonic() < deadline:
        for page in context.pages:
            if page.url.endswith("/consent.html"):
                return page
        context.pages[0].wait_for_timeout(20)
    raise AssertionError("the first page never opened")
