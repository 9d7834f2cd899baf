"""A site that changed, in a real Chromium: nothing is read, the popup says so once, and offers the shape of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from building import build
from playwright.sync_api import Route, expect
from pretend_site import PAGES, serve
from server import Server
from worker import REGISTERED, Worker, at_browser

SLUG, HOST = "connect", "connect.cloudresearch.com"
LISTING = f"https://{HOST}/participant/dashboard"
SENT = "SELECT platform, page, report FROM intake.shape_reports"
READ_CLIPBOARD = "async () => navigator.clipboard.readText()"


@pytest.fixture
def worker(tmp_path: Path, server: Server) -> Iterator[Worker]:
    """At a site whose titles stand in other elements since today."""
    extension = build(tmp_path / "extension", server.url)
    site, running = serve(SLUG, tmp_path)

    def changed(route: Route) -> None:
        html = (PAGES / SLUG / "listing.html").read_text()
        route.fulfill(status=200, content_type="text/html", body=html.replace("<p>", "<h4>").replace("</p>", "</h4>"))

    with at_browser(tmp_path / "profile", extension, {HOST: site.port}) as made:
        own = made.own_page("consent")
        own.locator("#ledger").check()
        own.locator(f"#site-{SLUG}").check()
        own.wait_for_function(REGISTERED, arg=1)
        own.close()
        made.page.route(LISTING, changed)
        yield made
    running.shutdown()
    running.server_close()


def test_a_changed_site_is_told_once_its_shape_is_sent_and_it_is_taken_back_when_mended(worker: Worker, server: Server):
    worker.page.goto(LISTING)
    popup = worker.own_page("popup")
    expect(popup.locator(".status .warn")).to_have_count(1, timeout=20_000)
    expect(popup.locator(".status .warn")).to_contain_text("CloudResearch Connect changed its pages")
    expect(worker.page.locator("css=.pill")).to_have_count(0)
    worker.page.reload()
    worker.page.wait_for_timeout(6_000)
    popup.wait_for_timeout(2_500)  # the popup asks again
    expect(popup.locator(".status .warn")).to_have_count(1)

    popup.locator("#report").click()
    report = popup.locator("#report-text")
    expect(report).to_contain_text("Why: titles cannot be read.")
    words = report.inner_text()
    for stands_there in ("Opinions on city parks", "Robin Example", "2.50", "A1B2C3D4E5", "10 min", "1ab2c3d"):
        assert stands_there not in words
    for shape in ("div.project-card", "project-pay-per-hour-*", "h4 text", "p: 0"):
        assert shape in words
    assert server.rows(SENT) == []  # it is shown first
    popup.locator("#report-send").click()
    expect(popup.locator("#report-said")).to_have_text("Sent. Thank you: it helps to mend the site.")
    (sent,) = server.rows(SENT)
    assert (sent["platform"], sent["page"], sent["report"]) == (SLUG, "listing", words)
    with popup.expect_download() as saved:
        popup.locator("#report-save").click()
    assert saved.value.suggested_filename == f"taskwage-{SLUG}-page.txt"
    assert Path(saved.value.path()).read_text() == words
    worker.context.grant_permissions(["clipboard-read", "clipboard-write"])
    popup.locator("#report-copy").click()
    expect(popup.locator("#report-copy")).to_have_text("Copied")
    assert popup.evaluate(READ_CLIPBOARD) == words

    worker.page.unroute(LISTING)  # the site, or its pack, was mended
    worker.page.reload()
    worker.page.bring_to_front()
    expect(worker.page.locator("css=.pill")).to_have_count(3, timeout=20_000)
    expect(popup.locator("#changed")).to_be_hidden(timeout=20_000)
    expect(popup.locator(".status .warn")).to_have_count(0)
