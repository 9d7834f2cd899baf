"""The browser's own trace of a page: how long its main thread was busy at a time, and where our script ran."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Page

OURS = "chrome-extension://"
SCRIPT = {"FunctionCall", "EvaluateScript", "v8.compile"}
CATEGORIES = "devtools.timeline,v8,toplevel,disabled-by-default-devtools.timeline"


@dataclass
class Trace:
    """Filled once the trace is over."""

    ours_ms: float = 0.0
    longest_ours_ms: float = 0.0
    longest_ms: float = 0.0
    process: int = 0
    events: list[dict[str, Any]] = field(default_factory=list, repr=False)


@contextmanager
def traced(context: BrowserContext, target: Page) -> Iterator[Trace]:
    """Traces `target` while the block runs."""
    driver = context.new_cdp_session(target)
    trace = Trace()
    done: list[bool] = []
    driver.on("Tracing.dataCollected", lambda message: trace.events.extend(message["value"]))
    driver.on("Tracing.tracingComplete", lambda _: done.append(True))
    driver.send(
        "Tracing.start", {"traceConfig": {"includedCategories": CATEGORIES.split(",")}, "transferMode": "ReportEvents"}
    )
    yield trace
    driver.send("Tracing.end")
    while not done:
        target.wait_for_timeout(20)
    driver.detach()
    judge(trace)
    trace.events.clear()


def judge(trace: Trace) -> None:
    """Which tasks of the page's main thread ran our script, and how long they were."""
    complete = [event for event in trace.events if event.get("ph") == "X"]
    ours = [event for event in complete if event["name"] in SCRIPT and OURS in json.dumps(event.get("args", {}))]
    parsing = [event for event in complete if event["name"] == "ParseHTML"]
    threads = {(event["pid"], event["tid"]) for event in parsing}
    parsed = max((event["ts"] + event["dur"] for event in parsing), default=0)
    tasks = [
        event
        for event in complete
        if event["name"] in ("RunTask", "ThreadControllerImpl::RunTask") and (event["pid"], event["tid"]) in threads
    ]
    ours = outermost([event for event in ours if (event["pid"], event["tid"]) in threads])
    trace.ours_ms = sum(event["dur"] for event in ours) / 1000
    with_us = [task for task in tasks if any(holds(task, event) for event in ours)]
    trace.longest_ours_ms = max((task["dur"] for task in with_us), default=0) / 1000
    trace.longest_ms = max((task["dur"] for task in tasks if task["ts"] > parsed), default=0) / 1000
    trace.process = next(iter(threads), (0, 0))[0]


def outermost(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Calls that are part of no other call of ours."""
    kept: list[dict[str, Any]] = []
    for event in sorted(events, key=lambda one: (one["ts"], -one["dur"])):
        if not kept or not holds(kept[-1], event):
            kept.append(event)
    return kept


def holds(outer: dict[str, Any], inner: dict[str, Any]) -> bool:
    is_same = (outer["pid"], outer["tid"]) == (inner["pid"], inner["tid"])
    return is_same and outer["ts"] <= inner["ts"] and inner["ts"] + inner["dur"] <= outer["ts"] + outer["dur"]
