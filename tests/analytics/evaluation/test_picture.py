"""The picture of the documentation is what the code draws."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from analytics.evaluation.picture import drawn, one_cell

COMMITTED = Path(__file__).parents[3] / "docs/pictures/one-cell.svg"


def test_the_committed_picture_is_fresh():
    assert COMMITTED.read_text() == drawn(), "run taskwage evaluate --picture docs/pictures/one-cell.svg"


def test_the_picture_shows_every_attempt_of_its_client():
    circles = ElementTree.fromstring(drawn()).findall("{http://www.w3.org/2000/svg}circle")
    assert len(circles) == one_cell().rows.height + 4  # the legend's, and the three rates
