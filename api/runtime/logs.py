"""The log: JSON lines, one event a line, on standard error. It holds nothing that anybody sent.

There is no list of requests: an address or an instant beside a route would tell who shared when. Requests are
counted (`api/runtime/metrics.py`). Our own events carry named figures. Of a library's record only its place and kind
are kept, for its words may quote a value.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

log = logging.getLogger("taskwage")
FIELDS = "taskwage_fields"  # where a record of ours carries its figures
Figure = str | int | float | bool | None


def tell(event: str, level: int = logging.INFO, **figures: Figure) -> None:
    """Log `event`, a snake_case word, with `figures` that are ours: counts, names of releases and of steps."""
    log.log(level, event, extra={FIELDS: figures})


def fault(event: str, failure: BaseException, **figures: Figure) -> None:
    """Log a failure of ours: its kind and the lines it passed; not its text, which could quote what was sent."""
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(failure.__traceback__)]
    tell(event, logging.ERROR, kind=type(failure).__qualname__, passed=" > ".join(lines), **figures)


def begin(level: str) -> None:
    """Log from `level` on, ours and the libraries', to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    for chatty in ("uvicorn", "httpx", "httpcore", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"at": at, "level": record.levelname.lower(), "process": record.process}
        figures = getattr(record, FIELDS, None)
        if figures is not None:
            return json.dumps({**told, "event": record.msg, **figures})
        kind = record.exc_info[0].__qualname__ if record.exc_info and record.exc_info[0] else None
        place = f"{record.module}:{record.lineno}"
        return json.dumps({**told, "event": "library", "library": record.name, "place": place, "kind": kind})
