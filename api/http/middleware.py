"""Wrappers around all routes: the client's address, HEAD answered like GET, security headers and counts."""

from __future__ import annotations

from time import perf_counter
from typing import Any, cast

import msgspec
from litestar import Request
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn._types import ASGI3Application
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.errors import NotFound
from api.http.headers import secured
from api.http.problems import MEDIA, allowed_methods
from api.http.streaming import in_pieces
from api.runtime.metrics import Metrics
from api.runtime.networks import Networks

HEAD_ONLY = "taskwage.head"  # in the scope of a GET that was a HEAD
NOBODYS = "none"  # the route of an unknown path: paths themselves are never counted


def fronted(app: ASGIApp, trusted: Networks, metrics: Metrics) -> ASGIApp:
    """`app` behind all of it. Without trusted proxies no header can say who asks."""
    inner = in_pieces(counted(secured(legible(headed(app))), metrics))
    if not trusted.ranges:
        return inner
    # uvicorn's types of ASGI are other names for the same shapes
    outer = ProxyHeadersMiddleware(cast("ASGI3Application", inner), [str(network) for network in trusted.ranges])
    return cast("ASGIApp", outer)


def legible(app: ASGIApp) -> ASGIApp:
    """`app`, which is never asked for a path with a NUL in it: no file system takes one, so there is nothing."""
    nothing = NotFound().problem()
    body = msgspec.json.encode(nothing)
    headers = [(b"content-type", MEDIA.encode()), (b"content-length", str(len(body)).encode())]

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if "\0" not in scope["path"]:
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": nothing.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return wrapped


def headed(app: ASGIApp) -> ASGIApp:
    """Wrap `app`, which has no HEAD: it answers a GET without the body, and its OPTIONS names HEAD."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        head = cast("dict[str, Any]", scope)  # the framework types it by enums that servers do not send
        if head.get("method") == "OPTIONS":
            await app(scope, receive, _naming_every_method(scope, send))
            return
        if head.get("method") != "HEAD":
            await app(scope, receive, send)
            return
        get = {**head, "method": "GET", HEAD_ONLY: True}  # a copy: the server must still know that it owes no body

        async def send_head(message: Message) -> None:
            head["path_template"] = get.get("path_template")
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        await app(cast("Scope", get), receive, send_head)

    return wrapped


def _naming_every_method(scope: Scope, send: Send) -> Send:
    """Wrap `send`, so that `Allow` has the same methods as in a 405: the framework leaves out HEAD and some others."""

    async def send_allowed(message: Message) -> None:
        if message["type"] == "http.response.start":
            allowed = allowed_methods(scope["litestar_app"], scope["path"]).encode()
            message["headers"] = [
                (name, allowed or value) if name.lower() == b"allow" else (name, value)
                for name, value in message["headers"]
            ]
        await send(message)

    return send_allowed


def is_head(request: Request[Any, Any, Any]) -> bool:
    """Return whether only the head of the answer is wanted."""
    return HEAD_ONLY in request.scope


def counted(app: ASGIApp, metrics: Metrics) -> ASGIApp:
    """`app`, each of its answers counted by route, method and status, with the seconds it took."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        method, begun = str(scope.get("method")), perf_counter()

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = scope.get("path_template") or NOBODYS
                metrics.answered(route, method, message["status"], perf_counter() - begun)
            await send(message)

        await app(scope, receive, send_counted)

    return wrapped
