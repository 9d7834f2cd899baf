"""PostgreSQL's binary COPY format for rows of fixed width: bytes become columns without a loop.

Columns that are never null and never vary in length give records of one size. A record is two bytes for the number of
fields, then each field after four bytes of its length. numpy reads such records directly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Records = "NDArray[np.void]"
_HEADER_BYTES = 19  # signature, flags, no extension
_TRAILER_BYTES = 2
Field = tuple[str, str]


def layout(columns: Mapping[str, Sequence[Field]]) -> np.dtype[np.void]:
    """Return the record type of a row; a column may consist of several numpy fields (a uuid is two numbers)."""
    fields: list[Field] = [("_fields", ">i2")]
    for column, parts in columns.items():
        fields += [(f"_{column}", ">i4"), *parts]
    return np.dtype(fields)


class Reader:
    """Reads the stream in pieces and passes on blocks of at most `rows` records."""

    def __init__(self, record: np.dtype[np.void], rows: int, hand_on: Callable[[NDArray[Any]], None]) -> None:
        self._record = record
        self._block_bytes = rows * record.itemsize
        self._hand_on = hand_on
        self._held = bytearray()
        self._to_skip = _HEADER_BYTES

    async def take(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        self._held += data
        if self._to_skip and len(self._held) >= self._to_skip:
            del self._held[: self._to_skip]
            self._to_skip = 0
        while len(self._held) >= self._block_bytes + _TRAILER_BYTES:
            self._give(self._block_bytes)

    def close(self) -> None:
        """Finish the stream and pass on the last block.

        Raises:
            ValueError: The stream does not consist of records of this width.
        """
        size = len(self._held) - _TRAILER_BYTES
        if size < 0 or size % self._record.itemsize or self._held[size:] != b"\xff\xff":
            raise ValueError("the rows that came are not of fixed width")
        if size:
            self._give(size)

    def _give(self, size: int) -> None:
        records = np.frombuffer(bytes(self._held[:size]), self._record)
        del self._held[:size]
        if (records["_fields"] != records["_fields"][0]).any():
            raise ValueError("the rows that came are not of fixed width")
        self._hand_on(records)
