"""Packs read from their files and checked; one TOML file a platform in `api/platforms/`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from api.errors import CannotStart
from api.packs.model import Pack
from api.packs.validate import contradictions

FOLDER = Path(__file__).parents[1] / "platforms"


class BadPack(CannotStart):
    """An invalid pack; the message names the file and the path inside it."""


def read(file: Path) -> Pack:
    """Read and check the pack in `file`.

    Raises:
        BadPack: The file does not fit the vocabulary or contradicts itself.
    """
    try:
        pack = msgspec.toml.decode(file.read_bytes(), type=Pack)
    except msgspec.MsgspecError as error:
        raise BadPack(f"{file.name}: {error}") from error
    found = contradictions(pack, file.stem)
    if found:
        raise BadPack(f"{file.name}: {found[0]}")
    return pack


def load(folder: Path = FOLDER) -> dict[str, Pack]:
    """Return all packs by slug, in the order of their file names, those of closed sites last.

    Raises:
        BadPack: A file is invalid; the message has the path inside it.
    """
    packs = [read(file) for file in sorted(folder.glob("*.toml"))]
    return {pack.slug: pack for pack in sorted(packs, key=lambda pack: pack.closed_on is not None)}


def read_all(paths: Iterable[Path]) -> dict[str, Pack]:
    """Return the packs in files and folders by slug, for instance contributed packs before they are added.

    Raises:
        BadPack: A file is invalid, or a slug occurs twice.
    """
    found: dict[str, Pack] = {}
    for path in paths:
        for file in sorted(path.glob("*.toml")) if path.is_dir() else [path]:
            pack = read(file)
            if pack.slug in found:
                raise BadPack(f"{file.name}: a second pack `{pack.slug}`")
            found[pack.slug] = pack
    return found
