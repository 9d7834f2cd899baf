"""The table of figures says what was measured, beside what, and whether that is enough."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks.figures import Figure, as_json, at_least, at_most, exactly, shown, table

FIGURES = [
    Figure("raw_copy", 266_602.4, "rows/s"),
    Figure("ingest_over_copy", 0.149, "ratio", "raw_copy", at_least(0.15)),
    Figure("ingest_p99", 92.71, "ms", "", at_most(150)),
    Figure("ingest_lost", 0, "rows", "receipts", exactly(0)),
]


def test_a_missed_target_is_said_aloud():
    lines = table(FIGURES).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert "266,602" in lines[2]
    assert lines[3].rstrip(" |").endswith("MISSED")
    assert [line.rstrip(" |").endswith("met") for line in lines[4:]] == [True, True]


def test_machines_get_every_figure_with_its_target():
    read = msgspec.json.decode(as_json(FIGURES, "a machine"))
    assert read["machine"] == "a machine"
    assert read["rows"][1] == {
        "name": "ingest_over_copy",
        "value": 0.149,
        "unit": "ratio",
        "against": "raw_copy",
        "target": ">= 0.15",
        "met": False,
    }
    assert read["rows"][0]["target"] is None


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (0.1234, "0.123"), (92.71, "92.7"), (1234.5, "1,234"), (-0.5, "-0.5")]
)
def test_numbers_are_shown_in_three_digits(value, words):
    assert shown(value) == words
