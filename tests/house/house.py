"""Where the house keeps its code: the files that the rules are held against."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = ("analytics", "api", "migrations")


def tracked(*folders: str, suffixes: tuple[str, ...]) -> list[Path]:
    """Files below `folders` that git tracks or would track, generated ones left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *folders],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name.endswith(suffixes)]
    return [path for path in paths if "generated" not in path.parts and path.exists()]


def python_files() -> list[Path]:
    return tracked(*PYTHON, suffixes=(".py",))


def typescript_files() -> list[Path]:
    return tracked("extension", suffixes=(".ts", ".mjs"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
