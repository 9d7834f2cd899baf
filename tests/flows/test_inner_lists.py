"""A list in a frame of the same site, or in an open shadow root, is read and badged like any other."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from building import build
from playwright.sync_api import expect
from pretend_site import on_loopback
from worker import PATIENCE_MILLISECONDS, Worker, at_browser

HOST = "app.prolific.com"
STYLE = "<style>li { min-height: 3em; }</style>"


def row(number: int) -> str:
    """A study as Prolific's pages show it; invented."""
    return (
        f"<li data-testid='study-65a0000000000000000000c{number}'><h2 data-testid='title'>Study {number}</h2>"
        "<span data-testid='host'>By Example University</span><span data-testid='study-tag-reward'>£1.20</span></li>"
    )


LIST = f"{STYLE}<ul data-testid='studies-list'>{row(1)}{row(2)}</ul>"
GROW = f"""document.querySelector("ul").insertAdjacentHTML("beforeend", "{row(3)}")"""
PAGES = {
    "/studies?frame": "<h1>Studies</h1><iframe src='/inner' width='800' height='600'></iframe>",
    "/inner": LIST,
    "/studies?shadow": f"""<h1>Studies</h1><div id="host"></div><template>{LIST}</template><script>
        document.querySelector("#host").attachShadow({{ mode: "open" }})
            .append(document.querySelector("template").content);
        </script>""",
}


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f"<!doctype html><meta charset=utf-8><title>A site</title>{PAGES.get(self.path, '')}".encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    extension = build(tmp_path / "extension", "http://127.0.0.1:9")
    site = on_loopback(Site, tmp_path)
    with at_browser(tmp_path / "profile", extension, {HOST: site.server_address[1]}) as made:
        made.agree("prolific")
        yield made
    site.shutdown()
    site.server_close()


def test_a_list_in_a_frame_or_a_shadow_root_is_read_and_rows_that_come_later_too(worker: Worker):
    worker.page.goto(f"https://{HOST}/studies?frame")
    frame = worker.page.frame_locator("iframe")
    pills = frame.locator("[data-testid='study-tag-reward'] .pill")
    expect(pills).to_have_count(2, timeout=PATIENCE_MILLISECONDS)
    expect(pills.first).to_contain_text("no data yet")
    drawn = pills.first.evaluate("(pill) => getComputedStyle(pill).display")
    assert drawn != "inline"  # the badge has its style in the frame's document, too
    worker.page.frames[1].evaluate(GROW)
    expect(pills).to_have_count(3, timeout=PATIENCE_MILLISECONDS)
    worker.page.goto(f"https://{HOST}/studies?shadow")
    pills = worker.page.locator("#host [data-testid='study-tag-reward'] .pill")
    expect(pills).to_have_count(2, timeout=PATIENCE_MILLISECONDS)
    worker.page.evaluate(GROW.replace("document", 'document.querySelector("#host").shadowRoot'))
    expect(pills).to_have_count(3, timeout=PATIENCE_MILLISECONDS)
    popup = worker.own_page("popup")
    expect(popup.get_by_text("changed")).to_have_count(0)
