"""Ed25519 over the exact bytes of a snapshot: who holds the public key knows that nobody changed it on the way."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "Ed25519"
SEED_BYTES = 32


@dataclass(frozen=True)
class Signer:
    """A private key, by its 32 bytes. Equal bytes signed give equal signatures."""

    seed: bytes = field(repr=False)

    def sign(self, content: bytes) -> str:
        """The signature of `content`, in base64."""
        return base64.b64encode(Ed25519PrivateKey.from_private_bytes(self.seed).sign(content)).decode()

    @property
    def public_bytes(self) -> bytes:
        """What the signatures are checked with."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    @property
    def public_key(self) -> str:
        """The same in base64."""
        return base64.b64encode(self.public_bytes).decode()


def is_signed(content: bytes, signature: str, public_key: str) -> bool:
    """Whether the holder of `public_key` signed exactly `content`."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key)).verify(base64.b64decode(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True
