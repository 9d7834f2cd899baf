"""What every answer says to a browser: trust nothing that is not from here. There is no CORS."""

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
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")  # said where we came by https, a proxy's word for it


def secured(app: ASGIApp) -> ASGIApp:
    """`app`, each of its answers with the headers above."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                only = [_HTTPS_ONLY] if scope.get("scheme") == "https" else []
                message["headers"] = [*message.get("headers", []), *_RAW, *only]
            await send(message)

        await app(scope, receive, send_secured)

    return wrapped
