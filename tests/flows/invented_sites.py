"""Three sites that no pack knows: a table, cards whose classes change on every load, a single-page app."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from pretend_site import Request, on_loopback

TABLE, CARDS, APP = "tasks.tableworks.example", "www.cardcrowd.example", "app.onepage.example"
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; padding: 24px 32px; color: #23272e; background: #f6f7f9; }
table { border-collapse: collapse; background: #fff; width: 640px; }
td, th { padding: 8px 14px; border-bottom: 1px solid #e4e7eb; text-align: start; }
button, .b { font: inherit; padding: 5px 14px; border: 1px solid #8fa3c4; border-radius: 6px; background: #eef3fb;
  color: #123; text-decoration: none; }
.c { display: inline-block; vertical-align: top; width: 270px; margin: 0 14px 14px 0; padding: 14px; background: #fff;
  border: 1px solid #dde2e8; border-radius: 10px; }
.r { display: flex; gap: 18px; align-items: center; width: 640px; padding: 10px 14px; background: #fff;
  border-bottom: 1px solid #e4e7eb; }
.r > div { flex: 1; }
"""
TASKS = [
    (8812, "Label street signs", "Vision Lab", "0,35", 4),
    (8813, "Read five receipts", "Shelf Data", "1,20", 9),
    (9021, "Say what the speaker feels", "Tone Works", "2,40", 12),
]
OFFERS = [
    (551, "Draw boxes round cars", "Road Eye", "$1.50"),
    (552, "Sort product names", "Shelf Data", "$0.80"),
    (560, "Count the windows in a photo", "Vision Lab", "$3.25"),
    (561, "Write a short story", "Tone Works", "$12.00"),
]


def page(title: str, body: str, script: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style></head>'
        f"<body>{body}<script>{script}</script></body></html>"
    )


def table(path: str, changed: bool) -> str:
    if path == "/open":
        pay = "points" if changed else "€"
        rows = "".join(
            f'<tr><td><a href="/open/{number}">{title}</a></td><td>{client}</td>'
            f"<td>{'' if changed else '€'}{amount}{' points' if changed else ''}</td><td>{minutes} min</td></tr>"
            for number, title, client, amount, minutes in TASKS
        )
        head = f"<tr><th>Task</th><th>Client</th><th>Pay ({pay})</th><th>Time</th></tr>"
        return page("Open tasks", f"<h1>Open tasks</h1><table>{head}{rows}</table>")
    number = path.split("/")[2]
    _, title, client, amount, _ = next(task for task in TASKS if str(task[0]) == number)
    about = f"<h1>{title}</h1><p>for {client}</p><p>Pay: <b>€{amount}</b> per task</p>"
    if path.endswith("/work"):
        work = (
            f'<form method="post" action="/open/{number}/work"><input name="answer" required> '
            f'<button type="submit">Hand in</button></form><form method="post" action="/open/{number}/release">'
            f'<button type="submit">Release this task</button></form>'
        )
        return page(title, about + work)
    return page(title, f'{about}<a class="b" href="/open/{number}/work">Take this task</a>')


def tangle() -> str:
    return "".join(secrets.choice("bcdfghjkmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ23456789") for _ in range(6))


def cards(path: str, changed: bool) -> str:
    grid, card, name, who, pay = (f"css-{tangle()}" for _ in range(5))
    tail = tangle()
    if path == "/jobs":
        made = "".join(
            f'<div class="c {card} sc-{tangle()} Card_root__{tail}"><a class="{name}" href="/jobs/{number}/go">{title}</a>'
            f'<div class="{who} Card_by__{tail}">{client}</div>'
            + (f"<p>{amount}</p>" if not changed else "<p>soon</p>")
            + f'<div class="{pay}"><span>Reward: {amount if not changed else "soon"}</span></div></div>'
            for number, title, client, amount in OFFERS
        )
        return page("Jobs", f'<main><h1>Jobs for you</h1><div class="{grid}">{made}</div></main>')
    number = path.split("/")[2]
    _, title, _, amount = next(one for one in OFFERS if str(one[0]) == number)
    body = (
        f'<main><header class="{name}"><h2 class="{tangle()}">{title}</h2><span class="{pay}">{amount}</span></header>'
        f'<textarea class="{who}"></textarea><div class="{grid}">'
        f'<button class="sc-{tangle()} {tangle()}">Send my work</button> '
        f'<button class="sc-{tangle()} {tangle()}">Give it back</button></div></main>'
    )
    send = """
    const away = () => setTimeout(() => { location.href = "/jobs"; }, 150);
    for (const button of document.querySelectorAll("button")) button.onclick = away;
    """
    return page(title, body, send)


def app(_path: str, changed: bool) -> str:
    rows = [[str(number), title, client, amount] for number, title, client, amount in OFFERS]
    script = """
    const tasks = TASKS; const changed = CHANGED;
    const tangle = () => Math.random().toString(36).slice(2, 8);
    const root = document.querySelector("#root");
    const el = (tag, words = "", attributes = {}) => {
      const made = document.createElement(tag); made.className = "e" + tangle(); made.textContent = words;
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      return made;
    };
    const list = () => {
      const rows = el("div", "", { role: "list" });
      for (const [number, title, client, amount] of tasks) {
        const row = el("div", "", { role: "listitem", "data-task-id": number + tangle() });
        row.classList.add("r");
        const words = el("div"); words.append(el("span", title), el("br"), el("small", client));
        const start = el("button", "Start");
        start.onclick = () => { window.taken = (window.taken ?? 0) + 1; work(title); };
        row.append(words, el("div", changed ? "on request" : amount, { "data-testid": "pay-" + tangle() }), start);
        rows.append(row);
      }
      root.replaceChildren(el("h1", "Tasks"), rows);
    };
    const work = () => {
      const send = el("button", "Submit answer", { "data-testid": "submit" });
      const area = document.createElement("textarea");
      send.onclick = () => {
        window.sent = (window.sent ?? 0) + 1;
        if (area.value !== "") { send.disabled = true; setTimeout(thanks, 120); }
      };
      root.replaceChildren(el("h1", "Your task"), el("p", "Look at the picture and say what you see."), area, send);
    };
    const thanks = () => {
      const more = el("button", "Back to the tasks"); more.onclick = list;
      root.replaceChildren(el("h1", "Thank you"), more);
    };
    setTimeout(list, 50);
    """.replace("TASKS", json.dumps(rows)).replace("CHANGED", json.dumps(changed))
    return page("One page", '<div id="root"></div>', script)


PAGES = {TABLE: table, CARDS: cards, APP: app}


@dataclass
class Invented:
    """The running sites: their port, what they were asked for, and which of them have changed their shape."""

    port: int = 0
    requests: list[tuple[str, Request]] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    @property
    def hosts(self) -> dict[str, int]:
        return dict.fromkeys(PAGES, self.port)


@contextmanager
def invented(folder: Path) -> Iterator[Invented]:
    sites = Invented()

    class Answer(BaseHTTPRequestHandler):
        def respond(self) -> None:
            host = (self.headers.get("host") or "").split(":")[0]
            self.rfile.read(int(self.headers.get("content-length") or 0))
            sites.requests.append((host, Request(self.command, self.path, self.headers.get("sec-fetch-dest", ""))))
            if self.command == "POST":
                self.send_response(303)
                self.send_header("location", "/open")
                self.send_header("content-length", "0")
                self.end_headers()
                return
            if self.path == "/favicon.ico" or host not in PAGES:
                self.send_error(404)
                return
            body = PAGES[host](self.path, host in sites.changed).encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            """The test reads `requests`."""

    server = on_loopback(Answer, folder)
    sites.port = server.server_address[1]
    yield sites
    server.shutdown()
    server.server_close()
