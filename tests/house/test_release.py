"""`make release`: twice the same bytes, a bill of materials of every pin, checksums of every file."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tomllib

import pytest
from house import ROOT


def made(out):
    command = [sys.executable, str(ROOT / "deploy" / "make_release.py"), "--changed", "--out", str(out)]
    done = subprocess.run(command, cwd=out.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """The folder of a release, without the packages, which tests/flows/test_packages.py makes twice."""
    out = tmp_path_factory.mktemp("release") / "first"
    made(out)
    return out


def test_two_releases_of_the_same_sources_have_the_same_checksums(release):
    assert made(release.with_name("second")) == (release / "SHA256SUMS").read_text()


def test_the_checksums_name_every_file(release):
    lines = dict(reversed(line.split("  ")) for line in (release / "SHA256SUMS").read_text().splitlines())
    files = {path.name: path for path in release.iterdir() if path.name != "SHA256SUMS"}
    assert lines == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    kinds = ("-py3-none-any.whl", "-sources.tar.gz", ".cdx.json")
    assert set(files) == {f"taskwage-{version}{kind}" for kind in kinds}


def test_the_bill_of_materials_lists_what_is_installed_and_what_is_bundled(release):
    (file,) = release.glob("*.cdx.json")
    bill = json.loads(file.read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    pins = re.findall(r"^([a-z0-9_.-]+)(?:\[.*\])?==(\S+)", (ROOT / "requirements.lock").read_text(), re.M)
    bundled = json.loads((ROOT / "extension/package.json").read_text())["dependencies"]
    purls = {part["purl"] for part in bill["components"]}
    assert {f"pkg:pypi/{name}@{version}" for name, version in pins} <= purls
    for name in bundled:
        assert any(purl.startswith(f"pkg:npm/{name.replace('@', '%40')}@") for purl in purls), name
    (link,) = bill["dependencies"]
    assert set(link["dependsOn"]) == purls


def test_the_sources_are_every_tracked_file(release):
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    (file,) = release.glob("*-sources.tar.gz")
    with tarfile.open(file) as archive:
        stored = {name.partition("/")[2] for name in archive.getnames()}
    assert stored == {name for name in names.split("\0") if name and (ROOT / name).is_file()}
