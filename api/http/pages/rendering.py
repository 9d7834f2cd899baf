"""Rendering of templates: outside text is escaped, and every page names its data's nature in the reader's language."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import Response
from litestar.enums import MediaType
from markupsafe import Markup

from analytics.model.errors import TooCrowded
from analytics.reporting.charts.drawing import NARROW, WIDE, svg
from analytics.reporting.charts.figure import Figure
from analytics.reporting.wording import Wording, cell, isolated_words
from api.http.pages.language import ENGLISH, NAMES, Language
from api.http.pages.reader import Reader
from api.http.pages.standing import side

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
HTML = "text/html; charset=utf-8"
NOT_DRAWN = "Not drawn just now: load the page again."


@cache
def templates(tag: str = ENGLISH) -> Environment:
    """The templates in a language; a name that nobody gave is an error, not a blank."""
    language = Language(tag)
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    environment.policies["ext.i18n.trimmed"] = True
    words = language.wording
    environment.globals |= {
        "static": static_url,
        "language": language,
        "languages": NAMES,
        "drawn": _drawn,
        "between": _between,
        "side": side,
    }
    environment.filters |= {
        "usd": _usd,
        "share": words.share,
        "share_exactly": words.share_exactly,
        "days": words.days,
        "minutes": words.minutes,
        "number": words.number,
        "isolated": words.isolated,
        "isolated_words": isolated_words,
        "long_date": words.long_date,
        "cell": cell,
    }
    return environment


@pass_context
def _usd(context: Context, amount: float | None) -> str:
    """Return pay in the reader's currency."""
    words: Wording = context["language"].wording
    return words.usd(amount)


@pass_context
def _between(context: Context, low: float | None, high: float | None) -> str:
    words: Wording = context["language"].wording
    return words.between(low, high)


@pass_context
def _drawn(context: Context, figure: Figure, size: str, language: Language) -> Markup:
    """The chart; where too many are being drawn a word of it, and the table below says the same."""
    mark = language.say("SIMULATED") if context["nature"] == "demo" else ""
    try:
        return svg(figure, {"wide": WIDE, "narrow": NARROW}[size], language.tag, mark)
    except TooCrowded:
        return Markup('<p class="aside">{}</p>').format(language.say("Not drawn just now: load the page again."))


@cache
def static_url(name: str) -> str:
    """Return a file's address, which changes with its content, so it may be cached for ever."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def page(
    name: str, nature: str, context: Mapping[str, object], status: int = 200, reader: Reader | None = None
) -> Response[Any]:
    """The template `name` as an answer. `nature` "demo" puts the banner on it. Without a reader it is in English."""
    reader = reader or Reader()
    template = templates(reader.language.tag).get_template(name)
    text = template.render(nature=nature, reader=reader, language=reader.language, at=reader.at, **context)
    headers = {"content-language": reader.language.tag, "vary": "accept-language, accept-encoding"}
    if reader.language.say(NOT_DRAWN) in text:
        headers["cache-control"] = "no-store"
    if not reader.is_packing:
        return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)
    packed = gzip.compress(text.encode(), compresslevel=5, mtime=0)
    return Response(packed, status_code=status, media_type=HTML, headers={**headers, "content-encoding": "gzip"})
