"""A site changes its markup, a signed update says where things stand now, and the extension reads again as it is."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from server import Server
from worker import PATIENCE_MILLISECONDS, Worker, at_browser

from api.packs import load as packs

ROOT = Path(__file__).parents[2]
PACK = (packs.FOLDER / "practice.toml").read_text()
VERSION = packs.load()["practice"].version
ROW = "#listing > li.posting:nth-child(1)"


@dataclass
class Changed:
    """The practice platform after somebody has rebuilt its listing."""

    url: str


@pytest.fixture
def changed(server: Server) -> Iterator[Changed]:
    listing = httpx.get(f"{server.url}/practice", trust_env=False).text
    assert 'class="task' in listing
    assert 'class="title"' in listing
    body = listing.replace('class="task', 'class="posting').replace('class="title"', 'class="headline"').encode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_listing = self.path == "/practice"
            self.send_response(200 if is_listing else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body) if is_listing else 0))
            self.end_headers()
            if is_listing:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield Changed(f"http://127.0.0.1:{site.server_port}/practice")
    site.shutdown()
    site.server_close()


def taskwage(server: Server, *arguments: str) -> None:
    """What a maintainer types beside the running server."""
    command = [sys.executable, "-m", "api", "packs", *arguments, "--data", str(server.data)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def correct(server: Server, folder: Path, version: int) -> None:
    file = folder / "practice.toml"
    text = PACK.replace("> li.task", "> li.posting").replace(
        'title = { at = ".title" }', 'title = { at = ".headline" }'
    )
    file.write_text(text.replace(f"version = {VERSION}", f"version = {version}", 1))
    taskwage(server, "update", str(file), "--why", "The list was rebuilt.")


def expect_badges(worker: Worker, changed: Changed, count: int) -> None:
    """So many rows of the changed listing, of those in view, have a badge."""
    worker.page.goto(changed.url)
    if count:
        expect(worker.badge_in(ROW)).to_have_count(count, timeout=PATIENCE_MILLISECONDS)
    else:
        worker.page.wait_for_timeout(1000)
        expect(worker.badge_in(ROW)).to_have_count(0)


def test_an_update_mends_a_changed_site_and_can_be_refused_switched_off_and_taken_back(
    server: Server, extension: Path, changed: Changed, tmp_path: Path
):
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree("practice")
        expect_badges(worker, changed, 0)
        correct(server, tmp_path, VERSION + 1)
        worker.sync()
        expect_badges(worker, changed, 1)

        options = worker.own_page("options")
        card = options.locator("#pack-updates")
        expect(card).to_contain_text("The list was rebuilt.")
        expect(card.locator(".changes")).to_contain_text("the title on the page “listing”: .title → .headline")
        card.locator("#update-practice").uncheck()
        expect_badges(worker, changed, 0)
        card.locator("#update-practice").check()
        expect_badges(worker, changed, 1)

        taskwage(server, "off", "practice")
        worker.sync()
        expect(worker.badge_in(ROW)).to_have_count(0)  # the page that is open lets go at once
        popup = worker.own_page("popup")
        expect(popup.locator(".status")).to_contain_text("Practice is not read for now")
        taskwage(server, "withdraw", "practice")
        worker.sync()
        expect(popup.locator(".status")).not_to_contain_text("Practice is not read for now")
        expect_badges(worker, changed, 0)
