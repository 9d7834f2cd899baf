"""Enrolment by proof of work, and recognition by a secret: no account, no address, no name.

A challenge is stateless: the server signs it, and remembers a used one until it expires. A secret is 256 random bits,
shown once and stored as a hash. A plain hash is enough, because 256 bits cannot be guessed. Pure; the routes have the
effects.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from math import ceil, log2

from api.errors import TollUnpaid, UnknownSecret
from api.intake.contract import MAX_DIFFICULTY_BITS, Challenge
from api.intake.homes import NAME, home_of
from api.runtime.networks import plain

CHALLENGE_LIFE = timedelta(minutes=30)  # the slowest phone needs under one minute; a connection may be interrupted
SECRET_BYTES = 32
SECRET_LENGTH = 43  # of 32 bytes in base64url without padding
MOST_EXTRA_BITS = 6  # 64 times the work: five minutes on a cheap phone, well within a challenge's life
PLACE_BITS = 20  # a million places for 16 million IPv4 neighbourhoods: each place covers several
_VERSION = "1"
_NONCE_BYTES = 12
_IPV4_NEIGHBOURHOOD, _IPV6_NEIGHBOURHOOD = 24, 48  # bits; the usual range of one household or office
_IPV6_CARRIER = 32  # bits; the usual range of one carrier, which may hand out many /48 to one customer
CARRIER_SHARE = 10  # times the enrolments that one neighbourhood may make at the base price


def challenge(key: bytes, difficulty: int, now: datetime, home: str | None = None) -> Challenge:
    """Return a fresh challenge of `difficulty` zero bits, signed with `key`; only its `home` takes the solution."""
    expires_at = (now + CHALLENGE_LIFE).replace(microsecond=0)
    terms = f"{_VERSION}.{int(expires_at.timestamp())}.{difficulty}.{secrets.token_urlsafe(_NONCE_BYTES)}"
    return Challenge(f"{terms}.{_sign(key, terms)}", difficulty, expires_at, home)


def check_toll(key: bytes, text: str, nonce: str, now: datetime) -> datetime:
    """Return the expiry of the challenge `text`, which `nonce` must solve.

    Raises:
        TollUnpaid: The challenge was not signed here or has expired, or the nonce does not solve it.
    """
    terms, _, signature = text.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _sign(key, terms).encode()):
        raise TollUnpaid("This challenge was not issued by this server.")
    _, expires, difficulty, _ = terms.split(".")
    expires_at = datetime.fromtimestamp(int(expires), UTC)
    if expires_at <= now:
        raise TollUnpaid("This challenge has expired: ask for a new one.")
    if zero_bits(hashlib.sha256(f"{text}:{nonce}".encode()).digest()) < int(difficulty):
        raise TollUnpaid("The nonce does not solve the challenge.")
    return expires_at


def harder(bits: int, crowd: float) -> int:
    """Return the bits to require if `crowd` times the usual number enrol: one more for each doubling, up to a maximum.

    So the price of one enrolment grows with their number, and the price of many with its square. The maximum is what a
    cheap phone can pay: a carrier that many people share is never shut out.
    """
    extra = 0 if crowd <= 1 else min(MOST_EXTRA_BITS, ceil(log2(crowd)))
    return min(bits + extra, MAX_DIFFICULTY_BITS)


def zero_bits(digest: bytes) -> int:
    """Return the number of zero bits at the start of `digest`."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def solve(text: str, difficulty: int) -> str:
    """Return the smallest number that solves a challenge: for simulated contributors and tests."""
    start = hashlib.sha256(f"{text}:".encode())
    nonce = 0
    while True:
        attempt = start.copy()
        attempt.update(str(nonce).encode())
        if zero_bits(attempt.digest()) >= difficulty:
            return str(nonce)
        nonce += 1


def new_secret() -> str:
    """Return a secret of 256 random bits."""
    return secrets.token_urlsafe(SECRET_BYTES)


def secret_hash(secret: str) -> bytes:
    """Return the stored hash of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def bearer(authorization: str | None) -> bytes:
    """Return the hash of the secret in an Authorization header.

    Raises:
        UnknownSecret: There is no secret, or it is malformed.
    """
    return secret_hash(_secret(authorization))


def bearer_home(authorization: str | None) -> str | None:
    """Return the home that the secret in an Authorization header names, or None.

    Raises:
        UnknownSecret: There is no secret, or it is malformed.
    """
    return home_of(_secret(authorization))


def _secret(authorization: str | None) -> str:
    scheme, _, secret = (authorization or "").partition(" ")
    home = home_of(secret)
    plain_secret = secret if home is None else secret[len(home) + 1 :]
    is_named = home is None or NAME.fullmatch(home) is not None
    if scheme.lower() != "bearer" or len(plain_secret) != SECRET_LENGTH or not secret.isascii() or not is_named:
        raise UnknownSecret("Send the secret you were given: Authorization: Bearer ...")
    return secret


def neighbourhood(address: str | None, salt: bytes) -> bytes:
    """Return a salted hash of the network around `address`, usable only for counting."""
    return _salted(_network(_ip(address)), salt)


def places(address: str | None, salt: bytes, topic: str) -> list[tuple[int, int]]:
    """Return the places where `address` counts for a topic, each with its share of enrolments at the base price.

    A place is the first bits of a hash; many networks share it, so it may be stored for a day. An IPv4 address has one
    place, of its /24. An IPv6 address has two, of its /48 and of its carrier's /32.
    """
    ip = _ip(address)
    found = [(_place(f"{topic}:{_network(ip)}", salt), 1)]
    if ip is not None and ip.version == 6:
        carrier = int(ip) >> (ip.max_prefixlen - _IPV6_CARRIER)
        found.append((_place(f"{topic}:carrier:{carrier}", salt), CARRIER_SHARE))
    return found


def _ip(address: str | None) -> IPv4Address | IPv6Address | None:
    """Return the address to count by: the IPv4 address inside a mapped or 6to4 one.

    Every IPv4 address owns a whole 6to4 /48, so a /24 would else count as 256 neighbourhoods.
    """
    try:
        ip = plain(address or "")
    except ValueError:
        return None
    return (ip.sixtofour or ip) if isinstance(ip, IPv6Address) else ip


def _network(ip: IPv4Address | IPv6Address | None) -> str:
    if ip is None:
        return "unknown"
    kept_bits = _IPV4_NEIGHBOURHOOD if ip.version == 4 else _IPV6_NEIGHBOURHOOD
    return f"{ip.version}:{int(ip) >> (ip.max_prefixlen - kept_bits)}"


def _salted(text: str, salt: bytes) -> bytes:
    return hashlib.blake2b(text.encode(), key=salt, digest_size=16).digest()


def _place(text: str, salt: bytes) -> int:
    return int.from_bytes(_salted(text, salt)[:4], "big") >> (32 - PLACE_BITS)


def _sign(key: bytes, terms: str) -> str:
    return urlsafe_b64encode(hmac.digest(key, terms.encode(), "sha256")).decode().rstrip("=")
