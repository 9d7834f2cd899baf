"""What goes to the two stores: same sources, same bytes; nothing foreign in it; Mozilla's own check passes."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from building import PACKAGE

from api.intake import declarations

# Every page of a switched-on site runs this script. The specification, section 9, promises less than 25 kB, gzipped.
CONTENT_SCRIPT_BYTES = 25_000
API = "https://taskwage.example"
KEY = "3Vv2Gd0n1m1a0xk8xk1h3v0eY5Jr3m8XyJ8s6m1Zx3U="  # invented, of the right length
FOREIGN = re.compile(rb"https?://[^\s\"'`<>\\)]+")
NAMED = re.compile(rb"https?://(www\.w3\.org/|taskwage\.example|127\.0\.0\.1|localhost)")


def packed(folder: Path, sources: Path, *, lint: bool = False) -> dict[str, Path]:
    """Runs the packager; its three zips by what they are for."""
    command = [
        "node",
        "package.mjs",
        "--api",
        API,
        "--key",
        KEY,
        "--out",
        str(folder),
        *([] if lint else ["--skip-lint"]),
    ]
    done = subprocess.run(command, cwd=sources, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.stem.rsplit("-", 1)[1]: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as they are now, on their own."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(PACKAGE, folder / "extension", ignore=shutil.ignore_patterns("node_modules", "dist"))
    shutil.copy(PACKAGE.parent / "LICENSE", folder)
    (folder / "extension" / "node_modules").symlink_to(PACKAGE / "node_modules")
    return folder / "extension"


@pytest.fixture(scope="module")
def packages(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Packed once with Mozilla's check, which ends the run where it finds anything."""
    return packed(tmp_path_factory.mktemp("packages") / "first", checkout, lint=True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--key", KEY],
        ["--api", "http://127.0.0.1:8321", "--key", KEY],
        ["--api", "https://taskwage.example/path", "--key", KEY],
        ["--api", API],
        ["--api", API, "--key", "short"],
    ],
    ids=["no address", "a loopback address", "a path", "no key", "a short key"],
)
def test_a_store_package_needs_an_https_origin_and_a_pinned_key(arguments, tmp_path):
    command = ["node", "package.mjs", *arguments, "--out", str(tmp_path / "out"), "--skip-lint"]
    done = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("package: ")
    assert not (tmp_path / "out").exists()


def manifest(package: Path) -> dict[str, object]:
    with zipfile.ZipFile(package) as opened:
        read: dict[str, object] = json.loads(opened.read("manifest.json"))
        return read


def test_packing_twice_and_packing_from_the_sources_zip_gives_the_same_bytes(packages, checkout, tmp_path):
    again = packed(tmp_path / "again", checkout)
    assert {name: path.read_bytes() for name, path in again.items()} == {
        name: path.read_bytes() for name, path in packages.items()
    }
    with zipfile.ZipFile(packages["sources"]) as opened:
        opened.extractall(tmp_path / "a stranger's")
    elsewhere = tmp_path / "a stranger's" / "extension"
    (elsewhere / "node_modules").symlink_to(PACKAGE / "node_modules")
    rebuilt = packed(tmp_path / "rebuilt", elsewhere)
    for name in ("chromium", "firefox", "sources"):
        assert rebuilt[name].read_bytes() == packages[name].read_bytes(), name


def test_each_store_gets_a_manifest_of_its_own(packages):
    chromium, firefox = manifest(packages["chromium"]), manifest(packages["firefox"])
    assert "key" not in chromium
    assert "browser_specific_settings" not in chromium
    assert chromium["background"] == {"service_worker": "background.js"}
    assert firefox["background"] == {"scripts": ["background.js"]}
    declared = firefox["browser_specific_settings"]["gecko"]["data_collection_permissions"]
    assert declared == {"required": ["none"], "optional": sorted(declarations.declared())}
    assert "gecko_android" not in firefox["browser_specific_settings"]  # nobody tried it on a phone
    for one in (chromium, firefox):
        assert one["host_permissions"] == [f"{API}/*"]
        assert one["incognito"] == "not_allowed"


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_a_package_names_no_address_but_our_server_and_the_sites_of_the_packs(packages, browser):
    known = json.loads((PACKAGE / "src" / "generated" / "packs.json").read_text())
    hosts = [pattern.removesuffix("/*") for pack in known for pattern in pack["hosts"]]
    sources = json.loads((PACKAGE / "src" / "core" / "floor" / "presets.json").read_text())
    cited = set(re.findall(r"https?://[^\"\s]+", json.dumps(sources)))  # shown to people, never loaded
    with zipfile.ZipFile(packages[browser]) as opened:
        scripts = {name: opened.read(name) for name in opened.namelist() if name.endswith((".js", ".html", ".css"))}
    foreign = {
        (name, address.decode())
        for name, script in scripts.items()
        for address in FOREIGN.findall(script)
        if not NAMED.match(address)
        and not any(address.decode().startswith(host.replace("*.", "")) for host in hosts)
        and address.decode().rstrip(".,") not in cited
    }
    assert foreign == set()
    assert not any(b"eval(" in script or b"new Function" in script for script in scripts.values())


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_the_script_in_a_page_is_small_and_cannot_open_the_secrets(packages, browser):
    with zipfile.ZipFile(packages[browser]) as opened:
        script = opened.read("content.js")
        background = opened.read("background.js")
    assert len(gzip.compress(script)) < CONTENT_SCRIPT_BYTES
    assert b"taskwage_secrets" in background
    assert b"taskwage_secrets" not in script
    assert b"indexedDB" not in script
