"""Pictures as SVG: Vega-Lite by Altair, rendered by vl-convert inside this process, without browser or network.

The same picture gives the same bytes. Each has two sizes, because a shrunken drawing would be unreadable on a phone.
Altair and the renderer load with the first drawing. They cost half a second and 100 MB, which other uses should not
pay.
"""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock
from typing import Any
from xml.etree import ElementTree

import altair as alt
from babel import Locale
from markupsafe import Markup

from analytics.model.display_currency import US_DOLLAR, Currency
from analytics.model.errors import TooCrowded
from analytics.reporting.charts.colours import FONT, MARK
from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.pictures import Bars, Columns, Intervals, Picture, Trend
from analytics.reporting.wording import MARKS, Wording

WIDE, NARROW, PRINTED = 440, 312, 640  # pixels: half a page, a phone of 360, a sheet of paper
KEPT = 1024  # drawings, of some 10 kB each
PEN = Lock()  # one drawing at a time: a client that wants many pictures occupies one core, not all
PATIENCE_SECONDS = 2.0  # a drawing takes a tenth of a second
SVG = "http://www.w3.org/2000/svg"
SHOWN = {f"{{{SVG}}}{tag}" for tag in ("g", "path", "line", "rect", "text", "tspan", "circle")}
UNSEEN = ("M0,0h0v0h0Z", "")
SILENT = ("aria-", "role", "class", "pointer-events")  # one title and one description speak for the whole drawing
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
ISOLATED = "\u2067{}\u2069"  # text that reads from right to left in any surroundings
LINE_DEEP, PADDING, LETTERS = 18, 5, 13  # pixels, of a line of words under a drawing
STAMP = '<text x="{:g}" y="{:g}" text-anchor="end" font-size="{}" font-weight="700" fill="{}">{}</text>'
NO_XML = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # and the signs of its control

ElementTree.register_namespace("", SVG)


def svg(figure: Figure, width: int, language: str = "en", mark: str = "") -> Markup:
    """Return the picture of `figure` as an `<svg>` element for a page, with the figure's title and words for readers, and
    `mark` (such as SIMULATED) under the drawing.

    Raises:
        TooCrowded: other drawings held the pen for PATIENCE_SECONDS.
    """
    if figure.picture is None:
        raise ValueError(figure.name)
    box, inside = _drawn(figure.picture, width, language)
    left, top, across, down = (float(side) for side in box.split())
    stamp = Markup("")
    if mark:
        stamp = Markup(STAMP).format(left + across - PADDING, top + down + LINE_DEEP - PADDING, LETTERS, MARK, mark)
        down += LINE_DEEP
        box = f"{left:g} {top:g} {across:g} {down:g}"
    opening = Markup('<svg xmlns="{}" viewBox="{}" width="{}" height="{}" role="img" font-family="{}">')
    opening = opening.format(SVG, box, f"{across:g}", f"{down:g}", FONT)
    description = Markup("<title>{}</title><desc>{}</desc>").format(legible(figure.title), legible(figure.words))
    return opening + description + Markup(inside) + stamp + Markup("</svg>")


@lru_cache(maxsize=KEPT)
def _drawn(picture: Picture, width: int, language: str) -> tuple[str, str]:
    """Return the view box and the content of the drawing."""
    if not PEN.acquire(timeout=PATIENCE_SECONDS):
        raise TooCrowded("Too many charts are being drawn just now.")
    try:
        drawn = _converted(picture, width, language)
    finally:
        PEN.release()
    root = ElementTree.fromstring(drawn)
    _thin(root)
    return root.attrib["viewBox"], "".join(ElementTree.tostring(child, encoding="unicode") for child in root)


def _converted(picture: Picture, width: int, language: str) -> str:
    import vl_convert

    specification = _legible(_chart(picture, width).to_dict(validate=False))  # a test checks validity once
    drawn: str = vl_convert.vegalite_to_svg(
        specification, allowed_base_urls=[], format_locale=_money(language, picture)
    )
    return drawn


def _chart(picture: Picture, width: int) -> alt.LayerChart:
    from analytics.reporting.charts import shapes

    match picture:
        case Intervals():
            return shapes.intervals(picture, width)
        case Trend():
            return shapes.trend(picture, width)
        case Bars():
            return shapes.bars(picture, width)
        case Columns():
            return shapes.columns(picture, width)


def _thin(element: ElementTree.Element) -> None:
    """Remove what is neither seen nor heard: half of the bytes."""
    for name, value in list(element.attrib.items()):
        if name.startswith(SILENT) or name == "font-family" or (name, value) == ("opacity", "1"):
            del element.attrib[name]
    if element.text and RIGHT_TO_LEFT.search(element.text):
        element.text = ISOLATED.format(element.text)
    for child in list(element):
        _thin(child)
        if _is_unseen(child):
            element.remove(child)


def _is_unseen(element: ElementTree.Element) -> bool:
    if element.tag not in SHOWN or element.get("display") == "none":
        return True
    if element.tag == f"{{{SVG}}}g":
        return len(element) == 0
    if element.tag == f"{{{SVG}}}text":
        return not element.text and len(element) == 0
    return element.tag == f"{{{SVG}}}path" and element.get("d", "") in UNSEEN


def legible(words: str) -> str:
    """Return `words` without the characters that XML forbids."""
    return NO_XML.sub(" ", words)


def _legible(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a specification with only legible texts.

    The renderer measures texts as XML, and an unreadable one ends the whole process. No name on a page may cause that.
    """
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, dict):
        return {name: _legible(part) for name, part in value.items()}
    return [_legible(part) for part in value] if isinstance(value, list) else value


def _money(language: str, picture: Picture) -> dict[str, Any]:
    """Return the renderer's number format for an axis, equal to the format on the page."""
    symbols = Locale.parse(language).number_symbols["latn"]
    code = picture.currency if isinstance(picture, Intervals | Trend) else US_DOLLAR.code
    shown = Wording(language, Currency(code)).money(1.0).strip(MARKS)
    before, after = shown.split("1" + symbols["decimal"] + "00")
    return {"decimal": symbols["decimal"], "thousands": symbols["group"], "grouping": [3], "currency": [before, after]}
