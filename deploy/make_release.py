"""Make a release of Taskwage: wheel, sources, both stores' packages, bill of materials, checksums; twice the same bytes.

python deploy/make_release.py [--api https://... --key BASE64] [--out FOLDER] [--changed]
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import uuid
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", "requirements.in", "requirements-ray.in")
ROOMS = ("api/", "analytics/", "migrations/")
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)", re.M)
BAD_INPUT_EXIT = 2


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def tracked() -> list[str]:
    return sorted(name for name in git("ls-files", "-z").split("\0") if name and (ROOT / name).is_file())


def mode_of(name: str) -> int:
    """Return the mode that git keeps: the rest depends on the machine."""
    return 0o755 if os.access(ROOT / name, os.X_OK) else 0o644


def sources(file: Path, folder: str, names: list[str], made_at: int) -> None:
    """Write every tracked file to a packed archive whose bytes depend on the files alone."""
    with (
        file.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, 0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name in names:
            content = (ROOT / name).read_bytes()
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mtime, entry.mode = len(content), made_at, mode_of(name)
            archive.addfile(entry, io.BytesIO(content))


def wheel(out: Path, names: list[str], made_at: int) -> None:
    """Build the wheel from tracked files alone, without a network."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            if name.startswith(ROOMS) or name in BUILT_FROM:
                copy = Path(folder, name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes((ROOT / name).read_bytes())
                copy.chmod(0o644)
        command = ["-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), folder]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(made_at), "PYTHONHASHSEED": "0"}
        subprocess.run([sys.executable, *command], check=True, env=environment)


def packages(out: Path, api: str, key: str) -> None:
    command = ["node", "package.mjs", "--api", api, "--key", key, "--out", str(out)]
    subprocess.run(command, cwd=ROOT / "extension", check=True)


def component(kind: str, name: str, version: str, integrity: str | None = None) -> dict[str, object]:
    purl = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    made: dict[str, object] = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    if integrity is not None:
        content = base64.b64decode(integrity.removeprefix("sha512-")).hex()
        made["hashes"] = [{"alg": "SHA-512", "content": content}]
    return made


def bill(version: str, made_at: int) -> dict[str, object]:
    """Return the bill of materials (CycloneDX 1.5): what the server installs, what the extension contains."""
    pins = PIN.findall((ROOT / "requirements.lock").read_text())
    parts = [component("pypi", name.lower(), pinned) for name, pinned in pins]
    lock = json.loads((ROOT / "extension/package-lock.json").read_text())["packages"]
    for path, facts in sorted(lock.items()):
        if path and not facts.get("dev"):
            name = path.rpartition("node_modules/")[2]
            parts.append(component("npm", name, facts["version"], facts.get("integrity")))
    subject = {"type": "application", "bom-ref": "taskwage", "name": "taskwage", "version": version}
    made: dict[str, object] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"timestamp": datetime.fromtimestamp(made_at, UTC).isoformat(), "component": subject},
        "components": parts,
        "dependencies": [{"ref": "taskwage", "dependsOn": [part["bom-ref"] for part in parts]}],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(made, sort_keys=True))
    return {"$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "serialNumber": f"urn:uuid:{serial}", **made}


def checksums(out: Path) -> str:
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(out.iterdir())]
    return "".join(lines)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--api", default="", help="the https origin that the packages point at")
    asked.add_argument("--key", default="", help="its public signing key, which /v1/key shows")
    asked.add_argument("--out", type=Path, default=ROOT / "build" / "release")
    asked.add_argument("--changed", action="store_true", help="allow files that are not committed")
    options = asked.parse_args()
    if git("status", "--porcelain") and not options.changed:
        print("release: files are not committed, so nobody could build it again: commit them first", file=sys.stderr)  # noqa: T201
        return BAD_INPUT_EXIT
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    made_at, names, out = int(git("log", "-1", "--format=%ct")), tracked(), options.out.resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    wheel(out, names, made_at)
    sources(out / f"taskwage-{version}-sources.tar.gz", f"taskwage-{version}", names, made_at)
    (out / f"taskwage-{version}.cdx.json").write_text(json.dumps(bill(version, made_at), indent=1) + "\n")
    if options.api:
        packages(out, options.api, options.key)
    else:
        print("release: no packages for the stores; they need API=https://... KEY=...", file=sys.stderr)  # noqa: T201
    (out / "SHA256SUMS").write_text(checksums(out))
    print((out / "SHA256SUMS").read_text(), end="")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
