"""What a stranger gets: fresh generated files, locks that name no host, no path of anybody's machine."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from house import ROOT, name_of, tracked

from api.runtime.settings import OTHER_NAMES, PREFIX, Settings

EVERY_TEXT = (
    ".py",
    ".ts",
    ".mjs",
    ".json",
    ".toml",
    ".md",
    ".lock",
    ".in",
    ".html",
    ".css",
    ".yml",
    "Makefile",
    "run",
)
SITE_PATHS = (
    "api/platforms/",
    "extension/src/generated/",
    "tests/fixtures/pages/",
)  # paths of a site's own pages are no machine's


def test_generated_files_are_fresh():
    done = subprocess.run(
        [sys.executable, "-m", "api", "generate", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock", "extension/package-lock.json"]
)
def test_a_lock_file_pins_hashes_and_names_no_host(name):
    text = (ROOT / name).read_text()
    assert "sha256:" in text or "sha512-" in text
    # one letter of each in brackets: so that this line is not itself what it looks for
    assert not re.search(r'"resolved"|index.ur[l]|find-link[s]|https?:/{2}[^"\s]*registr[y]', text)


def test_every_run_time_dependency_is_pinned_alike_in_both_locks():
    def pins(name):
        return set(re.findall(r"^([a-z0-9_.\-\[\]]+==\S+)", (ROOT / name).read_text(), re.M))

    assert pins("requirements.lock") | pins("requirements-build.lock") <= pins("requirements-dev.lock")


def test_no_file_names_a_machine():
    place = re.compile(r"(^|[^a-z.])/(home|work|root|Users)/\w")
    files = [path for path in tracked(".", suffixes=EVERY_TEXT) if not name_of(path).startswith(SITE_PATHS)]
    assert [name_of(path) for path in files if place.search(path.read_text())] == []


def test_every_python_dependency_is_explained():
    page = (ROOT / "docs" / "libraries.md").read_text().lower()
    declared = re.findall(r"^([A-Za-z0-9_\-]+)", (ROOT / "requirements.in").read_text(), re.M)
    assert [name for name in declared if name.lower() not in page] == []


def test_every_setting_is_explained_to_operators():
    page = (ROOT / "docs" / "operations.md").read_text()
    names = [OTHER_NAMES.get(field, PREFIX + field.upper()) for field in Settings.__struct_fields__]
    assert [name for name in names if name not in page] == []
