"""Conversion of every failure to application/problem+json: the program's, the framework's, and unexpected ones."""

from __future__ import annotations

import re
from typing import Any

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.routes import HTTPRoute
from litestar.types import ExceptionHandlersMap

from analytics.model.errors import AnalyticsError
from analytics.model.errors import BadQuery as BadQuestion
from api.errors import BY_STATUS, BadQuery, BadRequest, MalformedBody, NotAllowed, TaskwageError
from api.intake.contract import Problem
from api.runtime.logs import fault

MEDIA = "application/problem+json"
WITH_BODY = ("POST", "PATCH")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_Request = Request[Any, Any, Any]


def handlers() -> ExceptionHandlersMap:
    """Return the handlers of all failures."""
    return {
        TaskwageError: _ours,
        AnalyticsError: _bad_input,
        HTTPException: _framework,
        RecursionError: _unreadable,
        UnicodeDecodeError: _unreadable,
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
        return _answer(NotAllowed(allowed_methods(request.app, request.scope["path"])))
    if failure.status_code == BadRequest.status:
        kind = MalformedBody if request.method in WITH_BODY else BadRequest
        return _answer(kind(_fields(failure)))
    if failure.status_code in BY_STATUS:
        return _answer(BY_STATUS[failure.status_code]())
    _tell(failure)
    return _answer(TaskwageError())


def allowed_methods(app: Litestar, path: str) -> str:
    """Return the methods of the routes at `path`, which the framework knows but does not send."""
    routes = (route for route in app.routes if isinstance(route, HTTPRoute))
    matching = (route for route in routes if re.fullmatch(_PLACEHOLDER.sub("[^/]+", route.path), path))
    methods = {method for route in matching for method in route.methods}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def _fields(failure: HTTPException) -> str:
    """Return the invalid fields, without their values."""
    extra = failure.extra if isinstance(failure.extra, list) else []
    return "; ".join(f"{item.get('key', 'body')}: {item['message']}" for item in extra if "message" in item)


def _unreadable(request: _Request, failure: Exception) -> Response[Problem]:
    """The framework reads bodies, and lets through what JSON nested a thousandfold does to the decoder."""
    if request.method not in WITH_BODY:
        return _unforeseen(request, failure)
    return _answer(MalformedBody("The body is not UTF-8 JSON, or is nested too deeply."))


def _unforeseen(_: _Request, failure: Exception) -> Response[Problem]:
    _tell(failure)
    return _answer(TaskwageError())


def _tell(failure: Exception) -> None:
    fault("request_failed", failure)


def _answer(failure: TaskwageError) -> Response[Problem]:
    return Response(failure.problem(), status_code=failure.status, media_type=MEDIA, headers=failure.headers())
