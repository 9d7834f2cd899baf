"""What a worker does to teach a site: allows it, opens the panel, clicks, reads what the panel says."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect
from worker import Worker

GRANT = "([id, host]) => chrome.developerPrivate.addHostPermission(id, host)"
ASK = """(host) => {
  const ask = document.createElement("button");
  ask.id = "ask-browser";
  ask.textContent = "ask";
  ask.onclick = async () => { ask.textContent = String(await chrome.permissions.request({ origins: [host] })); };
  document.body.prepend(ask);
}"""
ORIGINS = "async () => (await chrome.permissions.getAll()).origins"
SCRIPTS = "async () => (await chrome.scripting.getRegisteredContentScripts()).map(({ id }) => id).sort()"


def allow(worker: Worker, host: str) -> None:
    """Says yes to the browser's question about one site; without a window it is never shown, so the answer comes first."""
    page = worker.context.new_page()
    page.goto("chrome://extensions/")
    page.evaluate(GRANT, [worker.extension_id, f"https://{host}/*"])
    page.close()
    own = worker.own_page("outbox")
    own.evaluate(ASK, f"https://{host}/*")
    own.locator("#ask-browser").click()
    expect(own.locator("#ask-browser")).to_have_text("true")
    own.close()


def begin(worker: Worker, host: str, path: str) -> None:
    """From the popup to the first question in the page."""
    allow(worker, host)
    worker.page.goto(f"https://{host}{path}")
    popup = worker.own_page("popup")
    popup.locator("#teach").click()
    expect(popup.locator("#teach-said")).not_to_be_empty()
    popup.close()
    worker.page.bring_to_front()
    expect(worker.page.locator(".panel #ask")).to_be_visible()


def press(page: Page, *buttons: str) -> None:
    for button in buttons:
        page.locator(f".panel #{button}").click()


def point(page: Page, spot: str, *buttons: str) -> None:
    """Clicks in the site's page, then in the panel."""
    page.locator(f"body >> {spot}").first.click()
    expect(page.locator(".panel #doubt")).to_be_empty()
    press(page, *(buttons or ("next",)))


def read_rows(page: Page) -> list[str]:
    """What the panel says it reads, one string a row."""
    return [" | ".join(row.locator("td").all_inner_texts()) for row in page.locator(".panel #readings tbody tr").all()]


def saved(worker: Worker) -> None:
    press(worker.page, "save")
    expect(worker.page.locator(".panel #close")).to_be_visible()
    expect(worker.page.locator(".panel #stays")).to_contain_text("are not sent")
    press(worker.page, "close")
    expect(worker.page.locator(".panel")).to_have_count(0)


def exported(worker: Worker) -> tuple[str, str]:
    """The file of the only taught site: its name and what is in it."""
    own = worker.own_page("options")
    with own.expect_download() as download:
        own.locator("#taught-list .taught_export").click()
    told = download.value.suggested_filename, download.value.path().read_text()
    own.close()
    worker.page.bring_to_front()
    return told


def asked(worker: Worker, message: dict[str, Any]) -> Any:
    """The background's answer to one of our own pages."""
    own = worker.own_page("outbox")
    reply = own.evaluate("(message) => chrome.runtime.sendMessage(message)", message)
    own.close()
    worker.page.bring_to_front()
    return reply["value"]


RECORDS = """async () => {
  const request = indexedDB.open("taskwage");
  const database = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const reading = database.transaction("records").objectStore("records").getAll();
  await new Promise((resolve) => { reading.onsuccess = resolve; });
  database.close();
  return reading.result;
}"""


def records(worker: Worker) -> list[dict[str, Any]]:
    """The worker's own records as they lie on the device."""
    own = worker.own_page("outbox")
    found: list[dict[str, Any]] = own.evaluate(RECORDS)
    own.close()
    worker.page.bring_to_front()
    return found
