"""A study site as a single-page application, and the survey on another host that its studies lead to.

Test ids and addresses are those that public extensions read (zedeus/prolific-pulse, March 2026; theChantu/study-signal, April
2026; a fork of prolific-telegram-alerts, October 2026); titles, hosts, amounts and the ids of studies are invented.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from pretend_site import on_loopback

SITE, SURVEY = "app.prolific.com", "survey.example"
STUDY = "66aa00000000000000000001"
OTHER_STUDY = "66aa00000000000000000002"
STUDIES = [
    {"id": STUDY, "title": "Views on night buses", "host": "Fenwick University", "reward": "£1.20", "time": "8 mins"},
    {"id": OTHER_STUDY, "title": "Remembering shapes", "host": "A. Lindqvist", "reward": "£3.00", "time": "15 mins"},
]
SURVEY_PAGE = (
    "<!doctype html><title>Survey</title><h1>Survey</h1><textarea id='answer' rows='5'></textarea>"
    f"<button id='next' onclick=\"location.href='https://{SITE}/submissions/complete?cc=INVENTED'\">Finish</button>"
)
APP = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Studies</title></head><body><div id="app"></div>
<script>
const STUDIES = %(studies)s, CONFIG = %(config)s;
const state = () => JSON.parse(localStorage.state || '{"reserved":null,"done":[]}');
const keep = (s) => { localStorage.state = JSON.stringify(s); };
const sidebar = '<nav class="projects-sidebar"><section><ul><li><a href="/studies">All studies</a></li></ul></section></nav>';
const tags = (s) => `<span data-testid="study-tag-reward">${s.reward}</span>
  <span data-testid="study-tag-completion-time">${s.time}</span><span data-testid="study-tag-places">40 places</span>`;
const host = (s) => `<div data-testid="host"><span>By </span><span>${s.host}</span></div>`;
const shell = (inner) => { document.querySelector("#app").innerHTML = `${sidebar}<main>${inner}</main>`; };
function list() {
  shell('<ul data-testid="studies-list">' + STUDIES.map((s) => `<li data-testid="study-${s.id}"><h2 data-testid="title">
    <a href="/studies/${s.id}">${s.title}</a></h2>${host(s)}
    <div class="tags">${tags(s)}</div></li>`).join("") + "</ul>");
}
function study(id) {
  const s = STUDIES.find((one) => one.id === id), now = state();
  shell(`<h1 data-testid="title">${s.title}</h1>${host(s)}${tags(s)}` +
    (now.reserved === id
      ? `<a data-testid="open" target="_blank" href="https://%(survey)s/form?STUDY_ID=${id}">Open</a>
         <button data-testid="cancel-study-button">Stop</button>`
      : '<button data-testid="reserve">Take part</button>'));
  const on = (name, act) => { const e = document.querySelector(`[data-testid=${name}]`); if (e) e.onclick = act; };
  on("reserve", () => { keep({ ...now, reserved: id }); study(id); });
  on("cancel-study-button", () => { keep({ ...now, reserved: null }); go("/studies"); });
}
function complete() {
  keep({ ...state(), reserved: null });
  shell("<h1>Submission received</h1>");
  if (CONFIG.leaves_after_ms) setTimeout(() => go("/studies"), CONFIG.leaves_after_ms);
}
function draw() {
  const path = location.pathname;
  if (path === "/submissions/complete") complete();
  else if (path.startsWith("/studies/")) study(path.split("/")[2]);
  else list();
}
function go(to) { history.pushState({}, "", to); draw(); }
addEventListener("popstate", draw);
addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/']");
  if (link) { event.preventDefault(); go(link.getAttribute("href")); }
});
if (CONFIG.leaves_at_once && location.pathname === "/submissions/complete") {
  keep({ ...state(), reserved: null });
  history.replaceState({}, "", "/studies");
}
if (CONFIG.redraws_ms) setInterval(() => {
  for (const old of document.querySelectorAll("li .tags")) {
    const fresh = document.createElement("div");
    fresh.className = "tags";
    fresh.innerHTML = tags(STUDIES.find((s) => old.closest("li").dataset.testid === "study-" + s.id));
    old.replaceWith(fresh);
  }
}, CONFIG.redraws_ms);
draw();
</script></body></html>"""


def app(**config: object) -> str:
    return APP % {"studies": json.dumps(STUDIES), "config": json.dumps(config), "survey": SURVEY}


@contextmanager
def serving(folder: Path, page: str, survey: str = SURVEY_PAGE) -> Iterator[int]:
    """Serve `page` at every address of the site and `survey` at every other host; yield the port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = (page if self.headers.get("host", "").startswith(SITE) else survey).encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = on_loopback(Answer, folder)
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
