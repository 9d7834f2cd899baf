"""The signer of snapshots: a key in the database, or one in a file that the settings name."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from analytics.release.signature import SEED_BYTES, Signer
from api.errors import BadSettings
from api.runtime.settings import Settings
from api.store import keys
from api.store.database import Database

NAME = "signing"
PUBLIC = "public"  # name of the public half in the server's keys


async def public_bytes(db: Database, settings: Settings) -> bytes:
    """Return the public key that verifies the releases served here: a publisher's that is set, or this site's own.

    Raises:
        BadSettings: The key that is set is none.
    """
    if settings.public_key is None:
        return (await signer(db, settings)).public_bytes
    try:
        key = base64.b64decode(settings.public_key, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != SEED_BYTES:
        raise BadSettings(f"TASKWAGE_PUBLIC_KEY: not {SEED_BYTES} bytes in base64; the publisher's /v1/key shows it")
    return key


async def signer(db: Database, settings: Settings) -> Signer:
    """Return the signer of this site.

    Raises:
        BadSettings: The named file holds no key.
    """
    if settings.signing_key is not None:
        return Signer(_read(settings.signing_key))
    return Signer(await keys.secret(db, NAME))


def _read(path: Path) -> bytes:
    try:
        seed = base64.b64decode(path.read_text(), validate=False)
    except (OSError, ValueError, binascii.Error):
        seed = b""
    if len(seed) != SEED_BYTES:
        raise BadSettings(f"TASKWAGE_SIGNING_KEY: {path} does not hold {SEED_BYTES} bytes in base64")
    return seed
