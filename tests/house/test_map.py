"""The map of the house is true: every path that ARCHITECTURE and CONTRIBUTING name exists, and every room is on it."""

from __future__ import annotations

import re

from house import ROOT, tracked

MAP = (ROOT / "ARCHITECTURE.md").read_text()
PATH = re.compile(r"`((?:api|analytics|extension|migrations|benchmarks|tests|docs)(?:/[A-Za-z0-9_.\-/]*)?)`")


def test_every_path_on_the_map_exists():
    named = PATH.findall(MAP) + PATH.findall((ROOT / "CONTRIBUTING.md").read_text())
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_room_is_on_the_map():
    folders = {path.relative_to(ROOT).parts[:2] for path in tracked("api", "analytics", suffixes=(".py", ".toml"))}
    folders |= {path.relative_to(ROOT).parts[:3] for path in tracked("extension/src", suffixes=(".ts",))}
    rooms = {"/".join(parts) for parts in folders if "." not in parts[-1]}
    assert [room for room in sorted(rooms - {"extension/src/generated"}) if f"`{room}`" not in MAP] == []


def test_the_map_answers_twenty_questions():
    questions = MAP[MAP.index("## Where is") :]
    assert len([line for line in questions.splitlines() if line.startswith("| ") and "`" in line]) >= 20
