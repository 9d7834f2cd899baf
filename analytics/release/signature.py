"""Ed25519 signatures of the exact bytes of a snapshot; the public key proves that they are unchanged."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "Ed25519"
SEED_BYTES = 32


@dataclass(frozen=True)
class Signer:
    """A private key, by its 32 bytes. Signatures of equal bytes are equal."""

    seed: bytes = field(repr=False)

    def sign(self, content: bytes) -> str:
        """Return the signature of `content`, in base64."""
        return base64.b64encode(Ed25519PrivateKey.from_private_bytes(self.seed).sign(content)).decode()

    @property
    def public_bytes(self) -> bytes:
        """Return the public key that verifies the signatures."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    @property
    def public_key(self) -> str:
        """Return the public key in base64."""
        return base64.b64encode(self.public_bytes).decode()


def is_signed(content: bytes, signature: str, public_key: str) -> bool:
    """Return True if the holder of `public_key` signed exactly `content`."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key)).verify(base64.b64decode(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True
