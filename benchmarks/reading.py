"""GETs of a snapshot and of a table, compared with a constant from the same kind of server in the same run."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.load import Load, Plan
from benchmarks.load import run as put_load

CONNECTIONS = 32
PACKED = {"accept-encoding": "zstd"}


def reading(url: str, platform: str, seconds: float) -> list[Figure]:
    """Measure a snapshot, in full and by ETag, against a constant; and one page of a table."""
    path = f"/v1/snapshots/{platform}"
    with httpx.Client(base_url=url, trust_env=False) as http:
        etag = http.get(path, headers=PACKED).raise_for_status().headers["etag"]

    def rate(asked: str, headers: Mapping[str, str] = PACKED) -> Load:
        return put_load(
            Plan(url=url, connections=CONNECTIONS, seconds=seconds, path=asked, headers=dict(headers), warm_seconds=0.3)
        )

    constant = rate("/healthz").answers_per_second
    whole = rate(path)
    known = rate(path, {**PACKED, "if-none-match": etag})
    after = rate("/healthz").answers_per_second
    limit = (constant + after) / 2
    table = rate("/v1/tables/client_rates.json?contributors__ge=10&limit=100")
    one = put_load(
        Plan(
            url=url,
            connections=1,
            seconds=seconds,
            path="/v1/tables/client_rates.json?contributors__ge=10&limit=100",
            warm_seconds=0.3,
        )
    )
    return [
        Figure("constant_get", limit, "answers/s", "a constant of 15 bytes, same server"),
        Figure("snapshot_etag_over_constant", known.answers_per_second / limit, "ratio", "constant_get", at_least(0.8)),
        Figure(
            "snapshot_over_constant",
            whole.answers_per_second / limit,
            "ratio",
            f"constant_get; {whole.bytes // max(whole.answers, 1):,} bytes each",
            at_least(0.8),
        ),
        Figure("table_page_p50", one.p50_ms, "ms", "100 filtered rows, one client", at_most(50)),
        Figure("table_pages", table.answers_per_second, "answers/s", f"{CONNECTIONS} connections"),
    ]
