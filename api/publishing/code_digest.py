"""A hash of the running code: workers prove with it that they run the publisher's version."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import analytics
import api

PACKAGES = (analytics, api)
LIBRARIES = ("polars", "numpy")


@cache
def code_digest() -> str:
    """Return the digest of this process's sources and numerical libraries."""
    folders = [Path(str(package.__file__)).parent for package in PACKAGES]
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    return digest_of(folders, (f"Python {platform.python_version()}", *libraries))


def digest_of(folders: list[Path], versions: tuple[str, ...]) -> str:
    """Return the digest of `versions` and of every Python file below `folders`, with its path."""
    whole = hashlib.sha256("\n".join(versions).encode())
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            name = file.relative_to(folder.parent).as_posix()
            whole.update(f"\0{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}".encode())
    return whole.hexdigest()
