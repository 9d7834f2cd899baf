"""The extension, built for a test."""

from __future__ import annotations

import subprocess
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "extension"


def build(out: Path, api: str, browser: str = "chromium", *, is_test: bool = True) -> Path:
    """Builds into `out` for the server at `api`; for a test with open shadow roots and every site allowed."""
    done = subprocess.run(
        ["node", "build.mjs", "--browser", browser, "--out", str(out), "--api", api, *(["--test"] if is_test else [])],
        cwd=PACKAGE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out
