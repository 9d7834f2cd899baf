"""Somebody on the line between the extension and its server: passes on what is asked and sent, or something else."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

PASSED_ON = ("content-type", "etag", "x-release", "x-taskwage-signature")
SENT_ALONG = ("authorization", "content-type", "content-encoding")


@dataclass(frozen=True)
class Passed:
    """An answer on its way."""

    status: int
    headers: dict[str, str]
    body: bytes


def unchanged(answer: Passed) -> Passed:
    return answer


@dataclass
class Middleman:
    """`change` is done to every snapshot that passes; `seen` are those that passed, with their questions; `sent` the
    bodies that the extension posted, by their paths.
    """

    url: str
    change: Callable[[Passed], Passed] = unchanged
    seen: list[tuple[str, Passed]] = field(default_factory=list)
    sent: list[tuple[str, bytes]] = field(default_factory=list)


def passed(given: httpx.Response) -> Passed:
    kept = {name: given.headers[name] for name in PASSED_ON if name in given.headers}
    return Passed(given.status_code, kept, given.content)


@contextmanager
def between(server_url: str) -> Iterator[Middleman]:
    """A middleman before the server at `server_url`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {name: self.headers[name] for name in ("if-none-match",) if self.headers[name]}
            with httpx.Client(base_url=server_url, trust_env=False) as line:
                given = line.get(self.path, headers={**asked, "accept-encoding": "identity"})
            answer = passed(given)
            if self.path.startswith("/v1/snapshots/"):
                man.seen.append((self.path, answer))
                answer = man.change(answer)
            self.answer(answer)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            is_packed = self.headers["content-encoding"] == "gzip"
            man.sent.append((self.path, gzip.decompress(body) if is_packed else body))
            along = {name: self.headers[name] for name in SENT_ALONG if self.headers[name]}
            with httpx.Client(base_url=server_url, trust_env=False) as line:
                self.answer(passed(line.post(self.path, content=body, headers=along)))

        def answer(self, answer: Passed) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    man = Middleman(f"http://127.0.0.1:{listening.server_port}")
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield man
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
