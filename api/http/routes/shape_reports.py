"""POST /v1/shape-reports: the shape of a changed page, without a secret and without a value of the page."""

from __future__ import annotations

import re

from litestar import Request, post
from litestar.datastructures import State
from litestar.params import JSONBody

from api.errors import BadRequest
from api.http.services import Injected, address_of
from api.intake.contract import ShapeReceipt, ShapeReport
from api.store import shape_reports
from api.store.database import translated

MAX_BYTES = 64_000
# The extension removes all of these from names: a report with one was made by another program.
VALUES = re.compile(r"\d{4}|[@$£€]|[^\x20-\x7e\n…]")
_Request = Request[None, None, State]


@post("/v1/shape-reports", status_code=202, request_max_body_size=MAX_BYTES)
async def report_shape(services: Injected, request: _Request, data: JSONBody[ShapeReport]) -> ShapeReceipt:
    """Keep the shape of a page that no longer reads. It names tags, classes, test ids and keys, never a value."""
    now = services.clock.now()
    services.asks.count(address_of(request), now)
    if data.platform not in services.packs:
        raise BadRequest("No pack has this platform's slug; ask GET /v1/platforms.")
    found = VALUES.search(data.report)
    if found:
        raise BadRequest("The report holds what may be a value of the page. Only names of its shape are taken.")
    with translated():
        async with services.pool.acquire() as db, db.transaction():
            is_kept = await shape_reports.keep(db, data, now.date())
    return ShapeReceipt("kept" if is_kept else "enough")


handlers = [report_shape]
