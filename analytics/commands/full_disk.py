"""A full disk, wherever a command meets it, and the line that says so."""

from __future__ import annotations

import errno
from collections.abc import Iterator

ROOMLESS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
ROOMLESS_WORDS = tuple(f"(os error {number})" for number in ROOMLESS)  # how polars words them
LINE = (
    "the disk has no room for what this command writes: free some space and run it again. "
    "What was published before is unchanged"
)


def is_full_disk(failure: BaseException) -> bool:
    """Return True if `failure`, or a failure that led to it, is a refusal of the disk to take more."""
    return any(
        (isinstance(one, OSError) and one.errno in ROOMLESS) or any(words in str(one) for words in ROOMLESS_WORDS)
        for one in _chain(failure)
    )


def _chain(failure: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    ahead: list[BaseException | None] = [failure]
    while ahead:
        one = ahead.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        ahead += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            ahead += one.exceptions
