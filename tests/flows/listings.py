"""Listings in the practice site's shape, as long as wanted, on a loopback server of their own; and rates for their rows."""

from __future__ import annotations

import html
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from worker import Worker

from analytics.model.identifiers import client_name, key, snapshot_key, task_name

PLATFORM = "practice"
RELEASE = "2026-11-23"
USD_PER = {"EUR": 1.1, "GBP": 1.3, "PHP": 0.0175, "USD": 1.0}
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; color: #23272e; background: #f7f8fa; }
main, header { max-width: 78em; margin: 0 auto; padding: 10px 20px; }
#listing { padding: 0; list-style: none; background: #fff; border: 1px solid #e3e6ea; border-radius: 10px; }
.task { display: grid; grid-template-columns: minmax(12em, 1fr) 9.5em 30em 4em 8.5em; align-items: center; gap: 10px;
  padding: 9px 16px; border-bottom: 1px solid #eceef1; }
.task .title { color: #1b3fae; text-decoration: none; font-weight: 550; }
.task .client, .task .minutes { color: #59606b; }
.task form { margin: 0; }
@media (max-width: 700px) { .task { grid-template-columns: 1fr; } }
"""
SEED = """async ({ snapshot }) => {
  const request = indexedDB.open("taskwage");
  const database = await new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const writing = database.transaction("snapshots", "readwrite");
  writing.objectStore("snapshots").put({ platform: snapshot.platform, etag: null, snapshot });
  await new Promise((resolve) => { writing.oncomplete = resolve; });
  database.close();
}"""


@dataclass(frozen=True)
class Row:
    """One posted task; `rate` as a snapshot's cell."""

    number: int
    title: str
    client: str
    reward: str
    minutes: int
    rate: tuple[float | None, ...] | None = None

    @property
    def element(self) -> str:
        title, client = html.escape(self.title), html.escape(self.client)
        return (
            f'<li class="task" data-task="t-{self.number}" data-client="c-{client.lower().replace(" ", "-")}">'
            f'<a class="title" href="/practice/tasks/t-{self.number}">{title}</a>'
            f'<span class="client">{client}</span><span class="reward">{self.reward}</span>'
            f'<span class="minutes">{self.minutes} min</span>'
            f'<form class="claim"><button>Take this task</button></form></li>'
        )

    @property
    def client_words(self) -> str:
        client = html.escape(self.client).lower().replace(" ", "-")
        return client_name(PLATFORM, f"c-{client}", self.client, f"t-{self.number}", self.title)


def many(count: int) -> list[Row]:
    """As many rows as wanted, none like another, of every kind a badge knows."""
    cells: list[tuple[float | None, ...] | None] = [
        (10, 3.1, 2.4, 4.0, 5.2, 0.92, 0.65),
        (20, 9.4, 8.1, 11.0, 10.1, 0.98, 0.95),
        (50, 7.2, 6.1, 8.3, 8.8, 0.95, 0.86),
        (5, None, 2.0, 5.0, None, None, None),
        None,
    ]
    return [
        Row(
            number,
            f"Label street photo set {word(number)}",
            f"Client {number % 40}",
            f"${0.05 + number % 90 / 100:.2f}",
            2 + number % 20,
            cells[number % len(cells)],
        )
        for number in range(count)
    ]


def word(number: int) -> str:
    """Letters in place of a number: titles that differ in digits alone are one task."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def page(rows: list[Row], extra: str = "") -> str:
    listing = "\n".join(row.element for row in rows)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tasks</title><style>{STYLE}</style>{extra}'
        f'</head><body><header><h1>Open tasks</h1></header><main><ol id="listing">\n{listing}\n</ol></main></body></html>'
    )


def snapshot(rows: list[Row], platform_rate: tuple[float, ...] | None = None) -> dict[str, Any]:
    rates = {
        snapshot_key(key(task_name(row.client_words, row.title))): list(row.rate)
        for row in rows
        if row.rate is not None
    }
    return {
        "platform": PLATFORM,
        "release": RELEASE,
        "as_of": f"{RELEASE}T00:00:00Z",
        "nature": "real",
        "method": "",
        "usd_per": USD_PER,
        "rates": rates,
        "platform_rate": list(platform_rate) if platform_rate else None,
    }


def seed(worker: Worker, rates: dict[str, Any]) -> None:
    """Puts rates where a fetch would have put them; the background starts anew, as it does every few minutes anyway."""
    own = worker.own_page("side")
    own.evaluate(SEED, {"snapshot": rates})
    driver = worker.context.new_cdp_session(own)
    driver.send("ServiceWorker.enable")
    driver.send("ServiceWorker.stopAllWorkers")
    own.close()


@dataclass
class Listings:
    """A running server: what it serves by path, and every path it was asked for."""

    pages: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> ThreadingHTTPServer:
        listings = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listings.asked.append(self.path)
                body = listings.pages.get(self.path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """`asked` tells."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


def setting(worker: Worker, key: str, value: object) -> None:
    """Sets a kept value as the settings page would."""
    own = worker.own_page("side")
    own.evaluate(
        "([key, value]) => chrome.storage.local.set({ [key]: { version: 1, value } })",
        [key, json.loads(json.dumps(value))],
    )
    own.close()
