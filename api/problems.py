"""Every failure becomes application/problem+json, here and once: ours, the framework's, the rest."""

from __future__ import annotations

import logging
import re
import traceback
from typing import TYPE_CHECKING, Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.routes import HTTPRoute

from analytics.errors import AnalyticsError
from analytics.query import BadQuery as BadQuestion
from api.errors import BY_STATUS, BadQuery, BadRequest, MalformedBody, NotAllowed, TaskwageError

if TYPE_CHECKING:
    from litestar.types import ExceptionHandlersMap

    from api.contract import Problem

MEDIA = "application/problem+json"
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
log = logging.getLogger("taskwage")
_Request = Request[Any, Any, Any]


def handlers() -> ExceptionHandlersMap:
    """Which failure is answered how."""
    return {
        TaskwageError: _ours,
        AnalyticsError: _bad_input,
        HTTPException: _framework,
        Exception: _unforeseen,
    }


def _ours(_: _Request, failure: TaskwageError) -> Response[Problem]:
    if failure.status == TaskwageError.status:
        _tell(failure)
    return _answer(failure)


def _bad_input(_: _Request, failure: AnalyticsError) -> Response[Problem]:
    return _answer(BadQuery(str(failure)) if isinstance(failure, BadQuestion) else BadRequest(str(failure)))


def _framework(request: _Request, failure: HTTPException) -> Response[Problem]:
    """Not found, wrong method, a body that does not fit: the framework saw it before we did."""
    if failure.status_code == NotAllowed.status:
        return _answer(NotAllowed(_allowed(request)))
    if failure.status_code == BadRequest.status:
        kind = MalformedBody if request.method in ("POST", "PATCH") else BadRequest
        return _answer(kind(_fields(failure)))
    if failure.status_code in BY_STATUS:
        return _answer(BY_STATUS[failure.status_code]())
    _tell(failure)
    return _answer(TaskwageError())


def _allowed(request: _Request) -> str:
    """The methods of the route at this path, which the framework knows but does not tell."""
    path = request.scope["path"]
    routes = (route for route in request.app.routes if isinstance(route, HTTPRoute))
    found = (route for route in routes if re.fullmatch(_PLACEHOLDER.sub("[^/]+", route.path), path))
    return ", ".join(sorted({method for route in found for method in route.methods}))


def _fields(failure: HTTPException) -> str:
    """Which fields do not fit, without what was sent in them."""
    extra = failure.extra if isinstance(failure.extra, list) else []
    return "; ".join(f"{item.get('key', 'body')}: {item['message']}" for item in extra if "message" in item)


def _unforeseen(_: _Request, failure: Exception) -> Response[Problem]:
    _tell(failure)
    return _answer(TaskwageError())


def _tell(failure: Exception) -> None:
    """Log the kind of failure and the lines it passed; not its text, which could quote what somebody sent."""
    lines = "".join(traceback.format_tb(failure.__traceback__))
    log.error("%s\n%s", type(failure).__qualname__, lines)


def _answer(failure: TaskwageError) -> Response[Problem]:
    return Response(failure.problem(), status_code=failure.status, media_type=MEDIA, headers=failure.headers())
