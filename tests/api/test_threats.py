"""The threat model names its proofs: each of them must be there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threats.md").read_text()


def test_every_test_that_the_threat_model_names_is_there():
    known = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        known |= set(re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.M))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 15
    assert named - known == set()


def test_every_file_and_setting_that_the_threat_model_names_is_there():
    paths = set(re.findall(r"`(tests/[\w/.]+)`", PAGE))
    assert [path for path in paths if not (ROOT / path).exists()] == []
    settings = (ROOT / "api" / "runtime" / "settings.py").read_text()
    assert [name for name in re.findall(r"`TASKWAGE_(\w+)`", PAGE) if name.lower() not in settings] == []
