"""A Chromium with real focus, spoken to in raw CDP: one tab is in front, and a page in the background is in the background.

Playwright emulates focus in every tab, so that what is measured by focus cannot be tried with it. The browser runs with a
window on a display of its own (Xvfb); xdotool touches keys, so that the system's idle time is real too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect
from worker import CHROMIUM, KEPT_SECONDS, QUIET

ANSWER_SECONDS = 20.0
SESSION = KEPT_SECONDS.replace("reading.result?.attempts[0]?.active_seconds ?? 0", "reading.result ?? null")


class Line:
    """One WebSocket to the browser: a request, its answer."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0

    def ask(self, method: str, session: str | None = None, **params: object) -> dict[str, Any]:
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": params}
        self._socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            answer = json.loads(self._socket.recv(timeout=deadline - time.monotonic()))
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result
        raise TimeoutError(method)


@dataclass
class Tab:
    """A real tab. Nothing of its focus is emulated."""

    line: Line
    target: str
    session: str

    def go(self, address: str) -> None:
        self.line.ask("Page.navigate", self.session, url=address)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def evaluate(self, expression: str) -> Any:
        told = self.line.ask(
            "Runtime.evaluate",
            self.session,
            expression=f"(async () => ({expression}))()",
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def until(self, expression: str) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            with suppress(AssertionError):
                if self.evaluate(expression):
                    return
            time.sleep(0.1)
        raise AssertionError(f"never: {expression}")

    def front(self) -> None:
        self.line.ask("Target.activateTarget", targetId=self.target)

    def click(self, selector: str) -> None:
        x, y = self.evaluate(
            f"(() => {{ const {{ x, y, width, height }} = document.querySelector({json.dumps(selector)})"
            ".getBoundingClientRect(); return [x + width / 2, y + height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.line.ask("Input.dispatchMouseEvent", self.session, type=kind, x=x, y=y, button="left", clickCount=1)


class Desk:
    """A worker at a window with real tabs."""

    def __init__(self, line: Line, display: str, extension_id: str) -> None:
        self.line, self.display, self.extension_id = line, display, extension_id
        self.own = self.tab(f"chrome-extension://{extension_id}/outbox.html", is_behind=True)

    def tab(self, address: str, *, is_behind: bool = False) -> Tab:
        target = self.line.ask("Target.createTarget", url="about:blank", background=is_behind)["targetId"]
        tab = self._attached(target)
        tab.go(address)
        return tab

    def find(self, part: str) -> Tab:
        """The tab whose address holds `part`, opened by a page."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            for one in self.line.ask("Target.getTargets")["targetInfos"]:
                if one["type"] == "page" and part in one["url"]:
                    return self._attached(one["targetId"])
            time.sleep(0.1)
        raise AssertionError(f"no tab at {part}")

    def agree(self, *platforms: str) -> None:
        self.own.evaluate("chrome.runtime.sendMessage({ kind: 'consent', ledger: true, sharing: false })")
        value = json.dumps(dict.fromkeys(platforms, True))
        self.own.evaluate(f"chrome.storage.local.set({{ platforms: {{ version: 1, value: {value} }} }})")
        self.own.until(f"(await chrome.scripting.getRegisteredContentScripts()).length >= {len(platforms)}")

    def switch_off(self) -> None:
        self.own.evaluate("chrome.storage.local.set({ platforms: { version: 1, value: {} } })")

    def active_seconds(self) -> float:
        """What is on the disk of the time of the first open task. Brings the timer up to now, as the alarm does."""
        session = self.own.evaluate(f"await ({SESSION})()")
        return float(session["attempts"][0]["active_seconds"]) if session and session["attempts"] else 0.0

    def touch(self, *keys: str) -> None:
        subprocess.run(["xdotool", "key", *keys], env={**os.environ, "DISPLAY": self.display}, check=True)

    def press(self, x: float, y: float) -> None:
        """Clicks at a place of the screen, as a hand does."""
        command = ["xdotool", "mousemove", str(round(x)), str(round(y)), "click", "1"]
        subprocess.run(command, env={**os.environ, "DISPLAY": self.display}, check=True)

    def work(self, seconds: float) -> None:
        """Touches a key every second: the system is in use, and so is the page in front."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.touch("shift")
            time.sleep(min(1.0, max(0.0, deadline - time.monotonic())))

    def _attached(self, target: str) -> Tab:
        session = self.line.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.line.ask("Runtime.enable", session)
        return Tab(self.line, target, session)


@contextmanager
def display() -> Iterator[str]:
    """A display of its own; its number is chosen by Xvfb."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24"]
    process = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        name = f":{told.readline().strip()}"
    try:
        yield name
    finally:
        process.terminate()
        process.wait()


@contextmanager
def at_desk(profile: Path, extension: Path, extension_id: str, hosts: dict[str, int]) -> Iterator[Desk]:
    """A browser with a window that has the focus; `hosts` maps real host names to loopback ports."""
    rules = ",".join(f"MAP {host} 127.0.0.1:{port}" for host, port in hosts.items())
    with display() as name:
        command = [
            CHROMIUM, f"--user-data-dir={profile}", "--remote-debugging-port=0", "--remote-allow-origins=*",
            "--no-sandbox", "--no-default-browser-check", "--password-store=basic", "--disable-gpu",
            f"--load-extension={extension}", f"--disable-extensions-except={extension}",
            f"--host-resolver-rules={rules}", "--ignore-certificate-errors", *QUIET, "about:blank",
        ]  # fmt: skip
        process = subprocess.Popen(
            command, env={**os.environ, "DISPLAY": name}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        try:
            address = _address(process.stderr)
            threading.Thread(target=process.stderr.read, daemon=True).start()
            with connect(address, max_size=None, ping_interval=None) as socket:
                _focus_window(name)
                yield Desk(Line(socket), name, extension_id)
        finally:
            process.terminate()
            process.wait()
            process.stderr.close()
            shutil.rmtree(profile, ignore_errors=True)


def _address(log: Any) -> str:
    for line in log:
        found = re.search(r"DevTools listening on (ws://\S+)", line)
        if found:
            return found[1]
    raise AssertionError("Chromium did not start")


def _focus_window(name: str) -> None:
    environment = {**os.environ, "DISPLAY": name}
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        told = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--class", "chromium"],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        windows = told.stdout.split()
        if windows:
            subprocess.run(["xdotool", "windowfocus", windows[-1]], env=environment, check=True)
            return
        time.sleep(0.2)
    raise AssertionError("no window")
