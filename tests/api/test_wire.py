"""The golden messages: what the extension produces, the server accepts; both call a name by the same key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from analytics.model import identifiers
from api.intake import contract, rules

WIRE = Path(__file__).parents[1] / "fixtures" / "wire"
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
LAW = rules.IngestRules(platforms={"practice"}, currencies={"USD", "EUR"})


def golden(name: str) -> list[dict]:
    return json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))


def decoded(item: dict, kind: type):
    return msgspec.json.decode(json.dumps(item), type=kind)


@pytest.mark.parametrize("item", golden("observations"), ids=lambda item: item["outcome"])
def test_an_observation_that_the_extension_sends_is_kept(item):
    assert rules.judge(decoded(item, contract.Observation), LAW, NOW) is None


@pytest.mark.parametrize("item", golden("overheads"), ids=lambda item: item["day"])
def test_an_overhead_that_the_extension_sends_is_kept(item):
    assert rules.judge_overhead(decoded(item, contract.Overhead), LAW, NOW) is None


@pytest.mark.parametrize("item", golden("sightings"), ids=lambda item: item["day"])
def test_counts_of_listings_that_the_extension_sends_are_kept(item):
    assert rules.judge_sighting(decoded(item, contract.Sighting), LAW, NOW) is None


def test_the_golden_observations_show_every_outcome():
    outcomes = {item["outcome"] for item in golden("observations")}
    assert outcomes == set(contract.Outcome.__args__)


def test_an_exact_instant_is_refused():
    item = golden("observations")[0] | {"claimed_hour": "2026-11-23T12:07:00Z"}
    verdict = rules.judge(decoded(item, contract.Observation), LAW, NOW)
    assert verdict is not None
    assert verdict[0] is contract.Refusal.NOT_HOURLY


@pytest.mark.parametrize("words", golden("keys"), ids=lambda words: words["title"])
def test_both_languages_call_a_name_by_the_same_key(words):
    client = identifiers.client_name(
        words["platform"], words["client_id"], words["client_name"], words["task_id"], words["title"]
    )
    client_key, task_key = identifiers.key(client), identifiers.key(identifiers.task_name(client, words["title"]))
    assert identifiers.title_group(words["title"]) == words["title_group"]
    assert [str(client_key), str(task_key)] == [words["client_key"], words["task_key"]]
    assert identifiers.snapshot_key(client_key) == words["client_snapshot_key"]
    assert identifiers.snapshot_key(task_key) == words["task_snapshot_key"]
