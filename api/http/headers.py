"""Headers of every answer: browsers trust only this site's content, and any page may read public data.

Public data are the same for every reader and need no secret, so scripts of other sites may read them (CORS).
Contributors' requests and answers stay closed to them.
"""

from __future__ import annotations

from litestar.types import ASGIApp, Message, Receive, Scope, Send

SECURITY = {
    "content-security-policy": (
        "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}
_RAW = [(name.encode(), value.encode()) for name, value in SECURITY.items()]
OPEN_PATHS = ("/v1/tables", "/v1/releases", "/v1/snapshots", "/v1/platforms", "/v1/key", "/schema/openapi.json")
CHART_PAGES = ("/r/", "/platforms/", "/clients/", "/countries/")  # charts as files may stand in any page
_OPEN = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"etag, link, x-after, x-release, x-truncated, x-taskwage-signature"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
_OPEN_RAW = [pair for pair in _RAW if pair[0] != b"cross-origin-resource-policy"] + _OPEN
_HTTPS_ONLY = (
    b"strict-transport-security",
    b"max-age=31536000",
)  # sent for https requests, as a trusted proxy reports them


def is_open(scope: Scope) -> bool:
    """Return whether scripts of other sites may read the answer: a GET of public data."""
    path, method = str(scope.get("path", "")), scope.get("method")
    is_chart = path.startswith(CHART_PAGES) and "/charts/" in path
    is_data = any(path == start or path.startswith(f"{start}/") for start in OPEN_PATHS)
    return method in ("GET", "HEAD") and (is_data or is_chart)


def secured(app: ASGIApp) -> ASGIApp:
    """`app`, each of its answers with the headers above."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                only = [_HTTPS_ONLY] if scope.get("scheme") == "https" else []
                fixed = _OPEN_RAW if is_open(scope) else _RAW
                message["headers"] = [*message.get("headers", []), *fixed, *only]
            await send(message)

        await app(scope, receive, send_secured)

    return wrapped
