"""How much was tried, and what came of it: a line for each target, kept in build/fuzz and printed at the end.

TASKWAGE_FUZZ is how many times the short form to try (the nightly run sets 25).
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, settings

FOLDER = Path(__file__).parents[3] / "build" / "fuzz"
TIMES = int(os.environ.get("TASKWAGE_FUZZ", "1"))


def tries(short):
    """How a property is tried `short` times in the short form: no example is shrunk for long, none is timed."""
    return settings(
        max_examples=short * TIMES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


class Tally:
    """Cases tried of one target."""

    def __init__(self, target):
        self.target, self.cases = target, 0
        self.answers = {}

    def case(self, answer=None):
        self.cases += 1
        if answer is not None:
            self.answers[str(answer)] = self.answers.get(str(answer), 0) + 1


@contextmanager
def tallied(target):
    """Counts what is tried of `target`; a failure is written down too, then goes its way."""
    tally, begun, failures = Tally(target), time.monotonic(), 1
    try:
        yield tally
        failures = 0
    finally:
        FOLDER.mkdir(parents=True, exist_ok=True)
        line = {
            "target": target,
            "cases": tally.cases,
            "failures": failures,
            "answers": dict(sorted(tally.answers.items())),
            "seconds": round(time.monotonic() - begun, 1),
        }
        (FOLDER / f"{target.replace('/', ' ').strip()}.json").write_text(json.dumps(line) + "\n")


def lines():
    """What was written down, by target."""
    return [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
