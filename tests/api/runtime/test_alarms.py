"""The shipped alarms ask for figures that the server has, and each says what happened and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from api.runtime.metrics import Metrics
from api.runtime.settings import Settings

DEPLOY = Path(__file__).parents[3] / "deploy"
RULES = [rule for group in yaml.safe_load((DEPLOY / "alarms.yml").read_text())["groups"] for rule in group["rules"]]
CASES = yaml.safe_load((DEPLOY / "alarms.test.yml").read_text())
USED = re.compile(r"\b(taskwage_[a-z_]+)(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)=")


def series():
    """Every figure of the server with its labels, as Prometheus names them."""
    known = {"taskwage_release_age_seconds": set(), "taskwage_damaged_files": set()}  # test_metrics.py asks for these
    for collector in set(Metrics({}).registry._collector_to_names):
        name, kind = collector._name, collector._type
        suffix = {"counter": "_total", "histogram": "_bucket"}.get(kind, "")
        known[name + suffix] = set(collector._labelnames)
    return known


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alarm_asks_for_figures_that_there_are_and_says_what_to_do(rule):
    known = series()
    asked = USED.findall(rule["expr"])
    assert asked or rule["expr"].startswith("up{")
    for name, labels in asked:
        assert name in known, name
        assert set(LABEL.findall(labels)) <= known[name], (name, labels)
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["action"]
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_alarm_has_a_case_in_which_it_rings():
    ringing = {case["alertname"] for test in CASES["tests"] for case in test["alert_rule_test"] if "exp_alerts" in case}
    assert ringing == {rule["alert"] for rule in RULES}


def test_the_queue_alarm_rings_at_half_of_the_default():
    (rule,) = [rule for rule in RULES if rule["alert"] == "TaskwageQueueGrows"]
    assert rule["expr"] == f"taskwage_queue_rows > {Settings().queue_rows // 2}"
