"""A chart as a file that stands alone: SVG, PNG or CSV, with title, source, release, currency and the mark of simulated
data."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from markupsafe import Markup

from analytics.reporting.charts.colours import FONT, INK, MARK, SOFT
from analytics.reporting.charts.drawing import WIDE, legible, svg
from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.pictures import Intervals, Trend

Form = Literal["svg", "png", "csv"]
MEDIA: dict[Form, str] = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv"}
VARIABLE = re.compile(r"var\(--[\w-]+, (#[0-9a-f]{6})\)")
MARGIN, LINE_DEEP = 12, 17  # pixels
LETTERS_WIDE = 78  # of a line of small words
SCALE = 2.0  # of a PNG
NUMBERS = ("low", "middle", "high")


class Line(NamedTuple):
    """One line of words around a drawing."""

    words: str
    size: int
    weight: int
    colour: str


@dataclass(frozen=True)
class Source:
    """The origin of a chart: its subject and where that is, the release, its day, the currency, and the mark, if any."""

    subject: str
    address: str
    release: str
    as_of: str
    currency: str
    rate: str  # of the currency; empty for US dollars
    licence: str
    mark: str = ""

    def lines(self) -> list[str]:
        """Return the words under a chart."""
        money = f"{self.currency}{f' ({self.rate})' if self.rate else ''}"
        return [f"Taskwage, release {self.release} of {self.as_of}. {money}. {self.licence}.", self.address]


def chart_file(figure: Figure, form: Form, source: Source, language: str) -> bytes:
    """Return the chart as a file of that form.

    Raises:
        TooCrowded: too many charts are being drawn. ValueError: a figure without a picture has a CSV only.
    """
    if form == "csv":
        return chart_csv(figure, source)
    drawn = chart_svg(figure, source, language)
    if form == "svg":
        return drawn.encode()
    import vl_convert

    return bytes(vl_convert.svg_to_png(drawn, scale=SCALE))


def chart_svg(figure: Figure, source: Source, language: str) -> str:
    """Return the drawing between its title and its source, in plain colours on white."""
    inside = str(svg(figure, WIDE, language))  # plain text: parts of it are replaced
    box = re.search(r'viewBox="([^"]+)"', inside)
    assert box is not None
    _, _, across, down = (float(side) for side in box[1].split())
    title = f"{source.subject}: {figure.title}" if source.subject else figure.title
    above = [Line(line, 15, 650, INK) for line in wrapped(title, 52)]
    below = [Line(line, 11, 400, SOFT) for words in source.lines() for line in wrapped(words, LETTERS_WIDE)]
    below = [Line(source.mark, 15, 700, MARK), *below] if source.mark else below
    top = MARGIN + 22 * len(above)
    high = top + down + 8 + LINE_DEEP * len(below) + (6 if source.mark else 0) + MARGIN
    wide = across + 2 * MARGIN
    words = [_text(line, MARGIN + 14 + 22 * place) for place, line in enumerate(above)]
    words += [_text(line, top + down + 20 + LINE_DEEP * place) for place, line in enumerate(below)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}"'
    placed = inside.replace("<svg ", f'<svg x="{MARGIN}" y="{top}" ', 1)
    whole = (
        f'{head} font-family="{FONT}"><rect width="100%" height="100%" fill="#ffffff"/>{"".join(words)}{placed}</svg>'
    )
    return VARIABLE.sub(r"\1", whole)


def wrapped(words: str, most: int) -> list[str]:
    """Return lines of at most `most` letters; a longer word stands alone."""
    lines = [""]
    for word in legible(words).split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _text(line: Line, y: float) -> Markup:
    markup = Markup('<text x="{}" y="{:g}" font-size="{}" font-weight="{}" fill="{}">{}</text>')
    return markup.format(MARGIN, y, line.size, line.weight, Markup(line.colour), line.words)


def chart_csv(figure: Figure, source: Source) -> bytes:
    """Return the numbers of a chart, a row for each of its rows, each with what it is and where it is from."""
    names, rows = numbers(figure)
    facts = {
        "chart": figure.title,
        "subject": source.subject,
        "release": source.release,
        "as_of": source.as_of,
        "currency": source.currency,
        "source": source.address,
        "licence": source.licence,
        "data": source.mark or "real",
    }
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*names, *facts])
    for row in rows:
        writer.writerow([*("" if value is None else value for value in row), *facts.values()])
    return written.getvalue().encode()


def numbers(figure: Figure) -> tuple[Sequence[str], list[Sequence[object]]]:
    """Return the names and values of the columns: numbers where there is a picture, else the words of the table."""
    picture = figure.picture
    if isinstance(picture, Intervals):
        return ("label", *NUMBERS), [
            (row.label, *map(_figure, (row.low, row.middle, row.high))) for row in picture.rows
        ]
    if isinstance(picture, Trend):
        points = zip(figure.cells, picture.points, strict=True)
        return ("date", *NUMBERS), [(cell[0], *map(_figure, (p.low, p.middle, p.high))) for cell, p in points]
    if picture is None:
        return [heading or "label" for heading in figure.headings], list(figure.cells)
    rows = picture.columns if hasattr(picture, "columns") else picture.rows
    return ("label", "value", "words"), [(row.label, _figure(row.value), row.words) for row in rows]


def _figure(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
