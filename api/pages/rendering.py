"""Templates become pages here: what comes from outside is escaped; every page says whose data it shows."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.enums import MediaType

from api.pages.wording import FILTERS

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


@cache
def templates() -> Environment:
    """The templates; a name that nobody gave is an error, not a blank."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_url
    environment.filters.update(FILTERS)
    return environment


@cache
def static_url(name: str) -> str:
    """Where a file of ours is served; the address changes with the content: it may be cached for ever."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def page(name: str, nature: str, context: Mapping[str, object], status: int = 200) -> Response[str]:
    """The template `name` as an answer. `nature` "demo" puts the banner on it."""
    text = templates().get_template(name).render(nature=nature, **context)
    return Response(text, status_code=status, media_type=MediaType.HTML)
