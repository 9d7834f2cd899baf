"""What all parts share, taken apart by whom it concerns: so that of two publishes it can be said for whom they differ."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import polars as pl

from analytics.errors import Different

CLIENT, CONTRIBUTOR, PLATFORM = "client_key", "contributor", "platform"


class Scoped(NamedTuple):
    """`frame` says something of each whom its column `whom` names, of everybody alike where that is None."""

    whom: str | None
    frame: pl.DataFrame

    def differing(self, now: Scoped) -> pl.Series:
        """Those of whom this and `now` do not say the same.

        Raises:
            Different: it concerns everybody.
        """
        if self.whom != now.whom or self.frame.schema != now.frame.schema:
            raise Different
        columns = self.frame.columns
        gone = self.frame.join(now.frame, on=columns, how="anti", nulls_equal=True)
        come = now.frame.join(self.frame, on=columns, how="anti", nulls_equal=True)
        if self.whom is None:
            if gone.height or come.height:
                raise Different
            return pl.Series(dtype=pl.Int64)
        return pl.concat([gone[self.whom], come[self.whom]]).unique().sort()


@runtime_checkable
class Divisible(Protocol):
    """A value that knows whom it concerns."""

    def scoped(self) -> list[Scoped]: ...


def scoped(value: object) -> list[Scoped]:
    """`value`, which all parts of a step share, by whom it concerns."""
    match value:
        case Divisible():
            return value.scoped()
        case pl.DataFrame():
            return [of_frame(value)]
        case np.ndarray():
            return [of_platforms(value)]
        case partial():
            given = [*value.args, *(value.keywords[name] for name in sorted(value.keywords))]
            return [
                of_everybody(named(value), *sorted(value.keywords)),
                *(one for part in given for one in scoped(part)),
            ]
    return [of_everybody(named(value) if callable(value) else repr(value))]


def of_everybody(*words: str) -> Scoped:
    return Scoped(
        None, pl.DataFrame({"word": range(len(words)), "said": words}, schema={"word": pl.Int64, "said": pl.String})
    )


def of_platforms(*values: np.ndarray[tuple[int], np.dtype[np.generic]]) -> Scoped:
    """Arrays by the number of a platform, to the bit."""
    columns = {f"value_{place}": bits(array) for place, array in enumerate(values)}
    return Scoped(PLATFORM, pl.DataFrame({PLATFORM: np.arange(len(values[0])), **columns}))


def of_frame(frame: pl.DataFrame) -> Scoped:
    """A frame by its clients, else by its contributors, else by its platforms."""
    whom = next((name for name in (CLIENT, CONTRIBUTOR, PLATFORM) if name in frame.columns), None)
    reals = [name for name, kind in frame.schema.items() if kind == pl.Float64]
    return Scoped(whom, frame.with_columns(pl.Series(name, bits(frame[name].to_numpy())) for name in reals))


def bits(values: np.ndarray[tuple[int], np.dtype[np.generic]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Numbers of 64 bits as whole ones: NaN is like itself, and -0 is not 0."""
    return np.ascontiguousarray(values).view(np.int64)


def named(function: object) -> str:
    """Where a function stands in the code."""
    function = function.func if isinstance(function, partial) else function
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(function))}"
