"""The log: JSON lines, one event a line, on standard error. It holds nothing that clients sent.

There is no list of requests: an address or an instant with a route would show who shared when. Requests are counted
(`api/runtime/metrics.py`). The program's events carry named figures. Of a library's record only place and kind are
kept, because its text may quote a value.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

log = logging.getLogger("taskwage")
FIELDS = "taskwage_fields"  # attribute of a record that holds its figures
Figure = str | int | float | bool | None


def tell(event: str, level: int = logging.INFO, **figures: Figure) -> None:
    """Log `event`, a snake_case word, with `figures` of the program: counts, names of releases and of steps."""
    log.log(level, event, extra={FIELDS: figures})


def fault(event: str, failure: BaseException, **figures: Figure) -> None:
    """Log an unexpected failure by kind and traceback lines; not its text, which could quote sent values."""
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(failure.__traceback__)]
    tell(event, logging.ERROR, kind=type(failure).__qualname__, passed=" > ".join(lines), **figures)


def begin(level: str) -> None:
    """Log from `level` on to standard error, the libraries' records too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    for chatty in ("uvicorn", "httpx", "httpcore", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """A formatter of records as single lines of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"at": at, "level": record.levelname.lower(), "process": record.process}
        figures = getattr(record, FIELDS, None)
        if figures is not None:
            return json.dumps({**told, "event": record.msg, **figures})
        kind = record.exc_info[0].__qualname__ if record.exc_info and record.exc_info[0] else None
        place = f"{record.module}:{record.lineno}"
        return json.dumps({**told, "event": "library", "library": record.name, "place": place, "kind": kind})
