"""Reading of a request's body under a cap, compressed and decompressed: a zip bomb costs no more than the cap.

Used by the route that stores, which decodes its items one by one.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TypeVar

import msgspec
import zstandard
from litestar.types import Receive

from api.errors import MalformedBody, TooLarge, UnsupportedMedia

_GZIP = 16 + zlib.MAX_WBITS  # zlib's value for a gzip header
_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024  # the most that a frame may allocate
_ZSTD_STEP_BYTES = 64  # decompressed at a time: each gives some blocks of 128 kB at most


StructT = TypeVar("StructT", bound=msgspec.Struct)


class HungUp(Exception):
    """The client went away before the body was complete: nobody is left to answer."""


async def read(headers: Mapping[str, str], receive: Receive, cap_bytes: int) -> bytes:
    """The unpacked body of a JSON request, at most `cap_bytes` long.

    Raises:
        UnsupportedMedia: it is not JSON, or is packed in a way we do not know.
        TooLarge: it is longer than the cap, as sent or unpacked.
        MalformedBody: it is not what its Content-Encoding says.
        HungUp: the client went away.
    """
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise UnsupportedMedia("Send application/json.")
    packing = headers.get("content-encoding", "identity").strip().lower()
    if packing not in UNPACK:
        raise UnsupportedMedia("Send the body plain, or packed by gzip or zstd.")
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > cap_bytes:
        raise _too_large(cap_bytes)
    return UNPACK[packing](await _received(receive, cap_bytes), cap_bytes)


async def _received(receive: Receive, cap_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise HungUp
        parts.append(message["body"])
        size += len(parts[-1])
        if size > cap_bytes:
            raise _too_large(cap_bytes)
        if not message["more_body"]:
            return b"".join(parts)


def _plain(packed: bytes, _cap_bytes: int) -> bytes:
    return packed


def _gunzip(packed: bytes, cap_bytes: int) -> bytes:
    stream = zlib.decompressobj(_GZIP)
    try:
        body = stream.decompress(packed, cap_bytes + 1)
    except zlib.error:
        raise MalformedBody("The body is not gzip.") from None
    if len(body) > cap_bytes:
        raise _too_large(cap_bytes)
    if not stream.eof or stream.unused_data:
        raise MalformedBody("The gzip body is cut short, or goes on after its end.")
    return body


def _unzstd(packed: bytes, cap_bytes: int) -> bytes:
    stream = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES).decompressobj()
    parts: list[bytes] = []
    size = 0
    for start in range(0, len(packed), _ZSTD_STEP_BYTES):
        try:
            parts.append(stream.decompress(packed[start : start + _ZSTD_STEP_BYTES]))
        except zstandard.ZstdError:
            raise MalformedBody("The body is not zstd.") from None
        size += len(parts[-1])
        if size > cap_bytes:
            raise _too_large(cap_bytes)
        if stream.eof and (stream.unused_data or start + _ZSTD_STEP_BYTES < len(packed)):
            raise MalformedBody("The zstd body goes on after its end.")
    if not stream.eof:
        raise MalformedBody("The zstd body is cut short.")
    return b"".join(parts)


UNPACK = {"identity": _plain, "gzip": _gunzip, "x-gzip": _gunzip, "zstd": _unzstd}


def _too_large(cap_bytes: int) -> TooLarge:
    return TooLarge(f"A body has at most {cap_bytes} bytes, as sent and unpacked.")


def decode(body: bytes, kind: type[StructT]) -> StructT:
    """`body` as JSON of the shape `kind`.

    Raises:
        MalformedBody: it is not JSON, or not of that shape; the text names the place.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:  # ValidationError is one of it
        raise MalformedBody(str(error)) from None
    except (UnicodeDecodeError, RecursionError):
        raise MalformedBody("The body is not UTF-8 JSON, or is nested too deeply.") from None
