"""The log: one event a line, nothing that anybody sent."""

from __future__ import annotations

import io
import json
import logging

import pytest

from api.runtime import logs


@pytest.fixture
def written():
    """What is logged from debug on, by us and by libraries."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Lines())
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


def test_an_event_is_one_line_with_its_figures(written):
    logs.tell("published", release="2026-11-23", rows=7)
    (line,) = written()
    assert {"event": "published", "release": "2026-11-23", "rows": 7, "level": "info"}.items() <= line.items()
    assert line["at"].endswith("+00:00")


def test_what_a_library_says_is_left_out_for_it_may_quote(written):
    logging.getLogger("library").warning("refused %s\nforged line", "someone's secret")
    (line,) = written()
    assert (line["event"], line["library"], line["level"]) == ("library", "library", "warning")
    assert "secret" not in json.dumps(line)
    assert "forged" not in json.dumps(line)


def test_a_failure_is_told_by_kind_and_lines_not_by_its_text(written):
    try:
        raise ValueError("someone's title\nforged line")
    except ValueError as error:
        logs.fault("request_failed", error)
    (line,) = written()
    assert line["kind"] == "ValueError"
    assert "test_logs.py" in line["passed"]
    assert "title" not in json.dumps(line)
