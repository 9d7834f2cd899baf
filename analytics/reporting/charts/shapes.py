"""The four shapes of picture as Vega-Lite charts.

A row's words are above its bar. A long label thus has the whole width, on a phone too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import combining, east_asian_width

import altair as alt

from analytics.reporting.charts.colours import FILL, FONT, INK, LINE, MARK, OTHER, SOFT
from analytics.reporting.charts.pictures import Bars, Columns, Intervals, Mark, Trend, Unit

SIZE = 13  # pixels, of the words
LETTER = 7.8  # pixels, the approximate width of a letter of that size
ROW = 44  # pixels: a line of words, and the bar under it
DEEP = 230  # pixels, of a drawing with an upright axis
AXIS_LETTERS = 14  # room for a date with its year on the lower axis
FORMATS: dict[Unit, str] = {"money": "$~r", "plain": "~r"}
X_AT: Any = alt.XValue  # its constructors have no types
Y_AT: Any = alt.YValue

Layers = list[alt.Chart]


def intervals(picture: Intervals, width: int) -> alt.LayerChart:
    """Draw a bar from low to high in each row, and a dot for a number."""
    ends = [row.high for row in picture.rows] + ([picture.mark.at] if picture.mark else [])
    amounts = alt.X(
        "low:Q",
        title=picture.axis,
        axis=_amounts(width, picture.unit),
        scale=alt.Scale(domain=[0, max(ends)], nice=True),
    )
    base = _rows(
        [
            {"place": place, "low": row.low, "high": row.high, "middle": row.middle, "back": row.is_back}
            for place, row in enumerate(picture.rows)
        ]
    )
    paint = alt.ColorValue(FILL, condition={"test": "datum.back", "value": OTHER})
    layers = [
        base.mark_bar(height=12, yOffset=11, cornerRadius=3, opacity=0.45).encode(
            x=amounts, x2=alt.X2("high:Q"), color=paint
        ),
        base.transform_filter("isValid(datum.middle)")
        .mark_point(filled=True, size=70, yOffset=11, opacity=1)
        .encode(x=alt.X("middle:Q"), color=paint),
        *_across(picture.mark),
        *_words([(row.label, row.words) for row in picture.rows], width),
    ]
    return _sized(layers, width, ROW * len(picture.rows))


def bars(picture: Bars, width: int) -> alt.LayerChart:
    """Draw a bar from 0 in each row."""
    most = picture.whole or max(row.value for row in picture.rows) or 1.0
    base = _rows([{"place": place, "value": row.value} for place, row in enumerate(picture.rows)])
    scale = alt.Scale(domain=[0, most], nice=False)
    drawn = base.mark_bar(height=12, yOffset=11, cornerRadius=3, color=FILL).encode(
        x=alt.X("value:Q", axis=None, scale=scale, stack=False)
    )
    return _sized(
        [drawn, *_words([(row.label, row.words) for row in picture.rows], width)], width, ROW * len(picture.rows)
    )


def trend(picture: Trend, width: int) -> alt.LayerChart:
    """Draw the numbers as a line and their intervals as a band; unpublished dates are gaps."""
    points = picture.points
    levels = [value for point in points for value in (point.high, point.middle) if value is not None]
    highest = max([*levels, *([picture.mark.at] if picture.mark else [])])
    every = -(-len(points) * AXIS_LETTERS * LETTER // width)  # one label for so many dates that labels do not touch
    axis = alt.Axis(values=[point.label for point in points][:: int(max(every, 1))], labelAngle=0, labelOverlap=False)
    rows = [{"at": p.label, "low": p.low, "high": p.high, "middle": p.middle} for p in points]
    base = _chart(rows).encode(x=alt.X("at:O", sort=None, title=None, axis=axis))
    amounts = alt.Y(
        "low:Q", title=picture.axis, axis=_amounts(DEEP, "money"), scale=alt.Scale(domain=[0, highest], nice=True)
    )
    layers = [
        base.mark_area(opacity=0.22, color=FILL).encode(y=amounts, y2=alt.Y2("high:Q")),
        base.transform_filter("isValid(datum.low)")
        .mark_rule(opacity=0.45, color=FILL, strokeWidth=3)
        .encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
        base.mark_line(color=FILL, strokeWidth=2.5).encode(y=alt.Y("middle:Q")),
        base.transform_filter("isValid(datum.middle)")
        .mark_point(filled=True, size=55, color=FILL, opacity=1)
        .encode(y=alt.Y("middle:Q")),
        *_along(picture.mark),
    ]
    return _sized(layers, width, DEEP)


def columns(picture: Columns, width: int) -> alt.LayerChart:
    """Draw a column for each label, with its count above."""
    rows = [{"label": one.label, "value": one.value, "words": one.words} for one in picture.columns]
    labels = alt.X("label:O", sort=None, title=picture.axis, axis=alt.Axis(labelAngle=0, labelOverlap=False))
    base = _chart(rows).encode(x=labels, y=alt.Y("value:Q", axis=None, stack=False))
    layers = [
        base.mark_bar(color=FILL, cornerRadiusTopLeft=3, cornerRadiusTopRight=3),
        base.mark_text(dy=-8, fontSize=SIZE, color=INK).encode(text=alt.Text("words:N")),
    ]
    return _sized(layers, width, DEEP - 60)


def _chart(rows: Sequence[Mapping[str, object]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=[dict(row) for row in rows]))


def _rows(rows: Sequence[dict[str, object]]) -> alt.Chart:
    return _chart(list(rows)).encode(y=alt.Y("place:O", axis=None))


def _words(rows: Sequence[tuple[str, str]], width: int) -> Layers:
    """Draw the line above each bar: the label on the left, the number on the right."""
    room = width / LETTER - max(len(words) for _, words in rows) - 2
    base = _rows(
        [{"place": place, "label": cut(label, room), "words": words} for place, (label, words) in enumerate(rows)]
    )
    return [
        base.mark_text(align="left", dy=-7, fontSize=SIZE, color=INK).encode(x=X_AT(0), text=alt.Text("label:N")),
        base.mark_text(align="right", dy=-7, fontSize=SIZE, color=INK, fontWeight=600).encode(
            x=X_AT("width"), text=alt.Text("words:N")
        ),
    ]


def cut(label: str, room: float) -> str:
    """Return as much of `label` as fits `room` letters.

    The renderer's own cut can split a character of two UTF-16 units, and then fails on the half.
    """
    taken, kept = 0, ""
    for sign in label:
        taken += 2 if east_asian_width(sign) in "WF" else 0 if combining(sign) else 1
        if taken > room:
            return kept.rstrip() + "…"
        kept += sign
    return label


def _across(mark: Mark | None) -> Layers:
    """Draw an upright dashed line at an amount of the lower axis."""
    if mark is None:
        return []
    base = _chart([{"at": mark.at, "label": mark.label}]).encode(x=alt.X("at:Q"))
    return [
        base.mark_rule(color=MARK, strokeDash=[5, 4], strokeWidth=2),
        base.mark_text(color=MARK, fontSize=SIZE, fontWeight=600, baseline="bottom", dy=-3).encode(
            y=Y_AT(0), text=alt.Text("label:N")
        ),
    ]


def _along(mark: Mark | None) -> Layers:
    """Draw a level dashed line at an amount of the upright axis, with its words above the drawing, clear of lines."""
    if mark is None:
        return []
    base = _chart([{"at": mark.at, "label": f"╌ {mark.label}"}])
    return [
        base.mark_rule(color=MARK, strokeDash=[5, 4], strokeWidth=2).encode(y=alt.Y("at:Q")),
        base.mark_text(color=MARK, fontSize=SIZE, fontWeight=600, align="right", baseline="bottom", dy=-3).encode(
            x=X_AT("width"), y=Y_AT(0), text=alt.Text("label:N")
        ),
    ]


def _amounts(length: int, unit: Unit) -> alt.Axis:
    return alt.Axis(format=FORMATS[unit], tickCount=max(length // 80, 3), grid=True)


def _sized(layers: Layers, width: int, height: int) -> alt.LayerChart:
    """Fit all layers within `width`, in the colours of the page."""
    sized: alt.LayerChart = (
        alt.layer(*layers)
        .properties(width=width, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure(padding=8, font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=SOFT,
            titleColor=SOFT,
            labelFontSize=SIZE - 1,
            titleFontSize=SIZE - 1,
            titleFontWeight=400,
            gridColor=LINE,
            domainColor=LINE,
            tickColor=LINE,
            labelLimit=0,
            titlePadding=8,
        )
    )
    return sized
