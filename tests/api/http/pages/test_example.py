"""What the page on privacy shows is what a server takes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec

from api.http.pages.example import counts_json, example_json
from api.intake.contract import Observation, Sighting
from api.intake.rules import IngestRules, judge, judge_sighting

LAW = IngestRules({"practice"}, {"USD"})
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_the_examples_are_items_that_would_be_kept():
    assert judge(msgspec.json.decode(example_json(), type=Observation), LAW, NOW) is None
    assert judge_sighting(msgspec.json.decode(counts_json(), type=Sighting), LAW, NOW) is None


def test_the_counts_show_every_field_that_is_sent():
    assert set(json.loads(counts_json())) == set(Sighting.__struct_fields__)
