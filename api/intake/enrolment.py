"""How a new contributor pays a toll and an old one is known: no account, no address, no name.

A challenge is stateless: we sign it, and remember it only once it is used, until it would have expired. A
secret is 256 random bits, shown once and kept as a hash; a plain hash is enough, for nobody can guess 256
bits. Pure; the routes act.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from math import ceil, log2

from api.errors import TollUnpaid, UnknownSecret
from api.intake.contract import MAX_DIFFICULTY_BITS, Challenge
from api.runtime.networks import plain

CHALLENGE_LIFE = timedelta(minutes=30)  # the slowest phone solves it in under one; a line may be down for a while
SECRET_BYTES = 32
SECRET_LENGTH = 43  # of 32 bytes in base64url without padding
MOST_EXTRA_BITS = 6  # 64 times the work: five minutes on a cheap phone, well within a challenge's life
PLACE_BITS = 20  # a million places for 16 million IPv4 neighbourhoods: none can be told from some others
_VERSION = "1"
_NONCE_BYTES = 12
_IPV4_NEIGHBOURHOOD, _IPV6_NEIGHBOURHOOD = 24, 48  # bits; what one household or office usually shares


def challenge(key: bytes, difficulty: int, now: datetime) -> Challenge:
    """A fresh toll of `difficulty` zero bits, signed with `key`."""
    expires_at = (now + CHALLENGE_LIFE).replace(microsecond=0)
    terms = f"{_VERSION}.{int(expires_at.timestamp())}.{difficulty}.{secrets.token_urlsafe(_NONCE_BYTES)}"
    return Challenge(f"{terms}.{_sign(key, terms)}", difficulty, expires_at)


def check_toll(key: bytes, text: str, nonce: str, now: datetime) -> datetime:
    """The instant at which `text`, a challenge of ours solved by `nonce`, expires.

    Raises:
        TollUnpaid: it is not ours, has expired, or the nonce does not solve it.
    """
    terms, _, signature = text.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _sign(key, terms).encode()):
        raise TollUnpaid("This challenge is not one of ours.")
    _, expires, difficulty, _ = terms.split(".")
    expires_at = datetime.fromtimestamp(int(expires), UTC)
    if expires_at <= now:
        raise TollUnpaid("This challenge has expired: ask for a new one.")
    if zero_bits(hashlib.sha256(f"{text}:{nonce}".encode()).digest()) < int(difficulty):
        raise TollUnpaid("The nonce does not solve the challenge.")
    return expires_at


def harder(bits: int, crowd: float) -> int:
    """The bits to ask where `crowd` times the usual number enrol: one more for each doubling, a few at most."""
    extra = 0 if crowd <= 1 else min(MOST_EXTRA_BITS, ceil(log2(crowd)))
    return min(bits + extra, MAX_DIFFICULTY_BITS)


def zero_bits(digest: bytes) -> int:
    """How many bits at the start of `digest` are zero."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def solve(text: str, difficulty: int) -> str:
    """The smallest number that solves a challenge: for simulated contributors and tests."""
    start = hashlib.sha256(f"{text}:".encode())
    nonce = 0
    while True:
        attempt = start.copy()
        attempt.update(str(nonce).encode())
        if zero_bits(attempt.digest()) >= difficulty:
            return str(nonce)
        nonce += 1


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(SECRET_BYTES)


def secret_hash(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def bearer(authorization: str | None) -> bytes:
    """The hash of the secret in an Authorization header.

    Raises:
        UnknownSecret: there is none, or it has not the form of one.
    """
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or len(secret) != SECRET_LENGTH or not secret.isascii():
        raise UnknownSecret("Send the secret you were given: Authorization: Bearer ...")
    return secret_hash(secret)


def neighbourhood(address: str | None, salt: bytes) -> bytes:
    """A salted hash of the network around `address`, good for counting and for nothing else."""
    try:
        ip = plain(address or "")
    except ValueError:
        return hashlib.blake2b(b"unknown", key=salt, digest_size=16).digest()
    kept_bits = _IPV4_NEIGHBOURHOOD if ip.version == 4 else _IPV6_NEIGHBOURHOOD
    network = int(ip) >> (ip.max_prefixlen - kept_bits)
    return hashlib.blake2b(f"{ip.version}:{network}".encode(), key=salt, digest_size=16).digest()


def place(address: str | None, salt: bytes) -> int:
    """The first bits of that hash: what many neighbourhoods share, so that it may be kept for a day."""
    return int.from_bytes(neighbourhood(address, salt)[:4], "big") >> (32 - PLACE_BITS)


def _sign(key: bytes, terms: str) -> str:
    return urlsafe_b64encode(hmac.digest(key, terms.encode(), "sha256")).decode().rstrip("=")
