"""Rendering of templates: outside text is escaped, and every page names its data's nature in the reader's language."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import State
from litestar.enums import MediaType
from markupsafe import Markup

from analytics.model.errors import TooCrowded
from analytics.reporting.charts.drawing import NARROW, WIDE, svg
from analytics.reporting.charts.figure import Figure
from analytics.reporting.wording import cell, isolated_words
from api.http.pages.language import ENGLISH, NAMES, Language, chosen

_Request = Request[None, None, State]

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Reader:
    """Who reads: their language, whether they asked for it by name (then every link must too: there are no cookies),
    the address they are at, and whether their browser unpacks: charts are long, lines are bad.
    """

    language: Language = Language(ENGLISH)  # noqa: RUF009 - frozen
    is_asked: bool = False
    is_packing: bool = False
    path: str = "/"
    query: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, request: _Request) -> Reader:
        asked = request.query_params.get("lang")
        others = tuple((name, value) for name, value in request.query_params.multi_items() if name != "lang")
        language = chosen(asked, request.headers.get("accept-language"))
        path = "/" + request.scope["path"].lstrip("/")  # two slashes at the start would name another host
        is_packing = "gzip" in request.headers.get("accept-encoding", "")
        return cls(language, asked == language.tag, is_packing, path, others)

    def at(self, address: str) -> str:
        """A page of ours, in the reader's language."""
        page, hashed, anchor = address.partition("#")
        if not self.is_asked:
            return address
        joined = f"{page}{'&' if '?' in page else '?'}lang={self.language.tag}"
        return joined + hashed + anchor

    def here_in(self, tag: str) -> str:
        """This very page in another language."""
        return f"{quote(self.path)}?{urlencode([*self.query, ('lang', tag)])}"


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
        "between": words.between,
    }
    environment.filters |= {
        "usd": words.usd,
        "share": words.share,
        "share_exactly": words.share_exactly,
        "days": words.days,
        "number": words.number,
        "isolated": words.isolated,
        "isolated_words": isolated_words,
        "long_date": words.long_date,
        "cell": cell,
    }
    return environment


def _drawn(figure: Figure, size: str, language: Language) -> Markup:
    """The chart; where too many are being drawn a word of it, and the table below says the same."""
    try:
        return svg(figure, {"wide": WIDE, "narrow": NARROW}[size], language.tag)
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
    text = template.render(nature=nature, reader=reader, at=reader.at, **context)
    headers = {"content-language": reader.language.tag, "vary": "accept-language, accept-encoding"}
    if not reader.is_packing:
        return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)
    packed = gzip.compress(text.encode(), compresslevel=5, mtime=0)
    return Response(packed, status_code=status, media_type=HTML, headers={**headers, "content-encoding": "gzip"})
