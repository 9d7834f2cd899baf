"""Rates are believed when they are signed, whole and no older than those at hand, in a real browser on a bad line."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
from middleman import Passed, between, unchanged
from server import Server, apart
from worker import Worker, at_browser

from api.runtime.postgres.supervisor import postgres
from api.store.bulk import BulkRow, load
from tests.builders import observed

ROOT = Path(__file__).parents[2]
FIRST = "#listing > li.task:nth-child(1)"
PAID = {"micros": 350_000, "currency": "USD"}


def first_row(worker: Worker) -> dict[str, dict[str, str]]:
    return worker.page.evaluate(
        """(first) => {
            const row = document.querySelector(first);
            return {
                client: { id: row.dataset.client, name: row.querySelector(".client").textContent.trim() },
                task: { id: row.dataset.task, title: row.querySelector(".title").textContent.trim() },
            };
        }""",
        FIRST,
    )


def import_work(server: Server, row: dict[str, dict[str, str]], people: range, seconds: float) -> None:
    """Six paid tasks of each of `people`, as an export would bring them."""
    rows = [
        BulkRow(
            UUID(int=person),
            observed(**row, active_seconds=seconds, open_seconds=seconds, outcome="paid", paid=PAID),
        )
        for person in people
        for _ in range(6)
    ]

    async def store(dsn: str) -> None:
        connection = await asyncpg.connect(dsn)
        await load(connection, rows, server.now().date())
        await connection.close()

    with postgres(server.data / "postgres") as dsn:
        apart(lambda: store(dsn))


def publish(server: Server, days: int) -> None:
    day = (server.now() + timedelta(days=days)).date().isoformat()
    command = [
        sys.executable,
        "-m",
        "api",
        "publish",
        "--data",
        str(server.data),
        "--policy",
        "archive",
        "--as-of",
        day,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def figure(worker: Worker, server: Server) -> str:
    """What the first row's badge says once the rates were asked for."""
    worker.sync()
    worker.page.goto(f"{server.url}/practice")
    worker.expect_badge(FIRST, "/h")
    return worker.badge_in(FIRST).locator(".figure").inner_text()


def test_a_tampered_or_older_snapshot_is_refused_and_the_last_good_one_stays(server, tmp_path):
    with between(server.url) as line:
        built = tmp_path / "extension"
        command = ["node", "build.mjs", "--out", str(built), "--api", line.url, "--test"]
        subprocess.run(command, cwd=ROOT / "extension", check=True, capture_output=True)
        with at_browser(tmp_path / "profile", built) as worker:
            worker.agree("practice")
            worker.page.goto(f"{server.url}/practice")
            row = first_row(worker)
            import_work(server, row, range(1, 13), seconds=240)
            publish(server, 0)
            first = figure(worker, server)
            old = line.seen[-1][1]

            import_work(server, row, range(13, 61), seconds=60)
            publish(server, 1)
            line.change = lambda answer: Passed(answer.status, answer.headers, answer.body.replace(b"real", b"demo"))
            assert figure(worker, server) == first
            assert b"real" in line.seen[-1][1].body
            line.change = lambda answer: Passed(answer.status, {}, answer.body)
            assert figure(worker, server) == first

            line.change = unchanged
            second = figure(worker, server)
            assert second != first
            assert any("?since=" in asked for asked, _ in line.seen)

            line.change = lambda _: old
            assert figure(worker, server) == second
