"""The public key that verifies this site's snapshots."""

from __future__ import annotations

import base64

from litestar import get
from msgspec import Struct

from analytics.release.signature import ALGORITHM
from api.http.services import Injected
from api.publishing.signing import PUBLIC


class PublicKey(Struct, frozen=True):
    """32 bytes in base64."""

    algorithm: str
    public_key: str


@get("/v1/key")
async def key(services: Injected) -> PublicKey:
    """With this every snapshot of ours is signed; whoever keeps it notices when somebody else's is sent."""
    return PublicKey(ALGORITHM, base64.b64encode(services.keys[PUBLIC]).decode())


handlers = [key]
