"""Sums of amounts by keys in the order of rows: the same to the byte with any number of threads."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from analytics.estimator.groups import Groups, Ints, in_order


def group_sums(frame: pl.DataFrame, keys: tuple[str, ...], *amounts: str) -> pl.DataFrame:
    """Return `keys`, sorted, and for each the sums of `amounts`, in the order of rows."""
    order, groups = grouped(frame, keys)
    sums = {name: pl.Series(groups.sum(frame[name].to_numpy()[order])) for name in amounts}
    return frame.select(keys)[order[groups.starts]].with_columns(**sums)


def whole_group_sums(frame: pl.DataFrame, keys: tuple[str, ...], amounts: Sequence[str]) -> pl.DataFrame:
    """Return the same sums of whole numbers, exactly."""
    order, groups = grouped(frame, keys)
    sums = {name: pl.Series(groups.whole(frame[name].to_numpy()[order])) for name in amounts}
    return frame.select(keys)[order[groups.starts]].with_columns(**sums)


def grouped(frame: pl.DataFrame, keys: tuple[str, ...]) -> tuple[Ints, Groups]:
    """The rows sorted by `keys`, null first, and the groups of those that agree in them."""
    codes = [code_of(frame[key]) for key in keys]
    order = in_order(*codes)
    return order, Groups.of(*(code[order] for code in codes))


def code_of(column: pl.Series) -> Ints:
    """Whole numbers in the order of the column's values, null the least."""
    if column.dtype == pl.String:
        names = column.unique().sort()
        column = column.cast(pl.Enum(names.drop_nulls())).to_physical()
    whole = column.to_physical().cast(pl.Int64)
    if whole.null_count():
        least = whole.min()
        whole = whole.fill_null(least - 1 if isinstance(least, int) else 0)
    codes: Ints = whole.to_numpy()
    return codes
