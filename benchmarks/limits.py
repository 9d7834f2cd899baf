"""The machine's own limits, for comparison with the figures: a bare handler, a bare group-by."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import UTC, datetime

import numpy as np
import polars as pl
import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from benchmarks.figures import Figure
from benchmarks.intake import CONNECTIONS, ITEMS
from benchmarks.invented import this_hour
from benchmarks.load import Plan
from benchmarks.load import run as put_load

GROUPS = 5_000


async def limits(seconds: float, rows: int) -> list[Figure]:
    """Measure items a second through a handler that does nothing, and rows a second through one group-by."""
    bare = await _bare(seconds)
    return [
        Figure(
            "bare_handler", bare * ITEMS, "items/s", f"reads the body, answers a constant; {CONNECTIONS} connections"
        ),
        Figure("bare_group_by", _grouped(rows), "rows/s", "median by client over columns in memory"),
    ]


async def _nothing(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")], "trailers": False}
    )
    await send({"type": "http.response.body", "body": b"{}", "more_body": False})


async def _bare(seconds: float) -> float:
    """Return the answers a second of one process that only answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(_nothing, log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        hour = this_hour(datetime.now(UTC))
        plan = Plan(
            url=f"http://127.0.0.1:{listener.getsockname()[1]}", connections=CONNECTIONS, seconds=seconds,
            items=ITEMS, hour=hour, secrets=["nobody"], warm_seconds=0.5,
        )  # fmt: skip
        load = await asyncio.to_thread(put_load, plan)
        server.should_exit = True
        await serving
        return load.answers_per_second


def _grouped(rows: int) -> float:
    random = np.random.default_rng(1)
    frame = pl.DataFrame({"client": random.integers(0, GROUPS, rows), "seconds": random.lognormal(4.5, 0.9, rows)})
    begun = time.perf_counter()
    frame.group_by("client").agg(pl.col("seconds").median())
    return rows / (time.perf_counter() - begun)
