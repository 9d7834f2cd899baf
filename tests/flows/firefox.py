"""A real Firefox, spoken to in raw WebDriver BiDi; the extension lies in its profile, so it comes back after a kill -9."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

FIREFOX = os.environ.get("TASKWAGE_FIREFOX", "/usr/bin/firefox-esr")
PATIENCE_SECONDS = 30
GECKO_ID = "extension@taskwage.example"
ORIGIN = "5b9bd1e9-5d4c-4c63-9c5a-7a3f8f2e6d01"  # a fixed address for the extension's own pages
PREFERENCES = {
    "extensions.webextensions.uuids": json.dumps({GECKO_ID: ORIGIN}),
    "xpinstall.signatures.required": False,
    "extensions.autoDisableScopes": 0,
    "extensions.webextOptionalPermissionPrompts": False,  # nobody sits there to answer
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.aboutwelcome.enabled": False,
}


class Refused(AssertionError):
    """The browser did not do what it was told."""


@dataclass
class Firefox:
    """One running browser: pages are opened by address, and asked in JavaScript."""

    process: subprocess.Popen[str]
    line: ClientConnection
    counted: int = 0
    tab: str = ""
    stderr: list[str] = field(default_factory=list)

    def tell(self, method: str, **params: Any) -> dict[str, Any]:
        self.counted += 1
        self.line.send(json.dumps({"id": self.counted, "method": method, "params": params}))
        while True:
            answer: dict[str, Any] = json.loads(self.line.recv(timeout=PATIENCE_SECONDS))
            if answer.get("id") != self.counted:
                continue
            if answer["type"] == "error":
                raise Refused(f"{method}: {answer['error']}: {answer['message']}")
            result: dict[str, Any] = answer["result"]
            return result

    def open(self, address: str) -> None:
        """A new tab, loaded; it becomes the one that is asked."""
        self.tab = self.tell("browsingContext.create", type="tab")["context"]
        self.go(address)

    def go(self, address: str) -> None:
        self.tell("browsingContext.navigate", context=self.tab, url=address, wait="none")
        self.until(f"document.readyState === 'complete' && location.href.startsWith({json.dumps(address)})")

    def look_at(self, tab: str) -> None:
        """Brings a tab that is open to the front; it becomes the one that is asked."""
        self.tab = tab
        self.tell("browsingContext.activate", context=tab)

    def find(self, part: str) -> str:
        """The tab whose address holds `part`, opened by a page."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for one in self.tell("browsingContext.getTree")["contexts"]:
                if part in one["url"]:
                    return str(one["context"])
            time.sleep(0.1)
        raise AssertionError(f"no tab at {part}")

    def own_page(self, name: str) -> None:
        self.open(f"moz-extension://{ORIGIN}/{name}.html")

    def ask(self, expression: str) -> Any:
        """What an expression comes to in the page, as JSON."""
        wrapped = f"(async () => JSON.stringify((await ({expression})) ?? null))()"
        result = self.tell("script.evaluate", expression=wrapped, target={"context": self.tab}, awaitPromise=True)
        if result["type"] == "exception":
            raise Refused(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def until(self, expression: str) -> Any:
        """Waits until the page says so; what it says."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        last: object = None
        while time.monotonic() < deadline:
            try:
                last = self.ask(expression)
                if last:
                    return last
            except Refused as refusal:  # a page that is being replaced
                last = refusal
            time.sleep(0.1)
        raise AssertionError(f"never came to be: {expression} (last: {last})")

    def click(self, selector: str) -> None:
        """A real click, which may ask for a permission."""
        place = self.ask(
            f"""(() => {{
                const one = document.querySelector({json.dumps(selector)});
                one.scrollIntoView({{ block: "center" }});
                const {{ x, y, width, height }} = one.getBoundingClientRect();
                return [Math.round(x + width / 2), Math.round(y + height / 2)];
            }})()"""
        )
        self.pointer(*place, press=True)

    def pointer(self, x: int, y: int, *, press: bool = False) -> None:
        actions: list[dict[str, Any]] = [{"type": "pointerMove", "x": x, "y": y}]
        if press:
            actions += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.tell(
            "input.performActions",
            context=self.tab,
            actions=[{"type": "pointer", "id": "mouse", "actions": actions}],
        )

    def work_for(self, seconds: float) -> None:
        """Moves the pointer now and then, as somebody does who works."""
        for step in range(int(seconds * 2)):
            self.pointer(100 + step % 7, 200 + step % 5)
            time.sleep(0.5)

    def kill(self) -> None:
        """As a power cut would end it: every process of it at once."""
        os.killpg(self.process.pid, 9)
        self.process.wait()


def install(extension: Path, profile: Path, preferences: dict[str, Any] | None = None) -> None:
    """A fresh profile that holds the built extension as an add-on."""
    folder = profile / "extensions"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / f"{GECKO_ID}.xpi", "w") as packed:
        for path in sorted(extension.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(extension))
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});"
        for name, value in {**PREFERENCES, **(preferences or {})}.items()
    ]
    (profile / "user.js").write_text("\n".join(lines))


@contextmanager
def at_firefox(profile: Path, display: str | None = None) -> Iterator[Firefox]:
    """A browser on `profile`, with a window where there is a display for it; what is left of it is killed in the end."""
    process = subprocess.Popen(
        [
            FIREFOX,
            *(["--headless"] if display is None else []),
            "--no-remote",
            "--profile",
            str(profile),
            "--remote-debugging-port",
            "0",
            "-remote-allow-system-access",
        ],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env={**os.environ, "HOME": str(profile), "MOZ_HEADLESS_WIDTH": "1100", "MOZ_HEADLESS_HEIGHT": "900"}
        | ({} if display is None else {"DISPLAY": display}),
    )
    try:
        with connect(_address(process), max_size=None, open_timeout=PATIENCE_SECONDS) as line:
            browser = Firefox(process, line)
            browser.tell("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
            yield browser
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
            process.wait()
        assert process.stderr is not None
        process.stderr.close()


def _address(process: subprocess.Popen[str]) -> str:
    """Where the browser listens, as it says itself; whatever it says later is read and dropped."""
    assert process.stderr is not None
    for words in process.stderr:
        found = re.search(r"WebDriver BiDi listening on (ws://\S+)", words)
        if found:
            threading.Thread(target=_drain, args=(process,), daemon=True).start()
            return f"{found[1]}/session"
    raise AssertionError("Firefox ended before it listened")


def _drain(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    with contextlib.suppress(ValueError):  # closed: the browser is gone
        for _ in process.stderr:
            pass
