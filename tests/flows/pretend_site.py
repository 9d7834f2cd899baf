"""A pretend site on loopback: serves a platform's fixture pages over HTTPS under whatever host name the browser asks for."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PAGES = Path(__file__).parents[1] / "fixtures" / "pages"


@dataclass(frozen=True)
class Request:
    """One request a site saw; `destination` is what the browser says it is for."""

    method: str
    path: str
    destination: str


@dataclass
class Site:
    """A running pretend site: its port, and every request it saw."""

    port: int
    requests: list[Request] = field(default_factory=list)


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate that only a browser told to ignore certificate errors accepts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "taskwage test site")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "site.crt", folder / "site.key"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, secret


def on_loopback(answer: type[BaseHTTPRequestHandler], folder: Path) -> ThreadingHTTPServer:
    """A site over HTTPS on a free port, running; the caller shuts it down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(folder))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def routes_of(slug: str) -> dict[tuple[str, str], dict[str, object]]:
    """(method, path) -> what the site answers, as the platform's `routes.json` says."""
    routes = json.loads((PAGES / slug / "routes.json").read_text())
    return {(route.get("method", "GET"), route["path"]): route for route in routes}


def serve(slug: str, folder: Path) -> tuple[Site, ThreadingHTTPServer]:
    """Starts the pretend site of `slug` on a free loopback port; the caller shuts the server down."""
    routes = routes_of(slug)
    site = Site(port=0)

    class Answer(BaseHTTPRequestHandler):
        def respond(self) -> None:
            path = urlsplit(self.path)
            self.rfile.read(int(self.headers.get("content-length") or 0))
            site.requests.append(Request(self.command, self.path, self.headers.get("sec-fetch-dest", "")))
            route = routes.get((self.command, self.path)) or routes.get((self.command, path.path))
            if route is None:
                self.send_error(404)
            elif "redirect" in route:
                self.send_response(303)
                self.send_header("location", str(route["redirect"]))
                self.send_header("content-length", "0")
                self.end_headers()
            else:
                body = (PAGES / slug / str(route["file"])).read_bytes()
                is_data = str(route["file"]).endswith(".json")
                self.send_response(int(route.get("status", 200)))  # type: ignore[call-overload]
                self.send_header("content-type", "application/json" if is_data else "text/html; charset=utf-8")
                if is_data:  # the site's own page asks the site's own API, on another host of it
                    self.send_header("access-control-allow-origin", "*")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_POST = respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            """The test reads `site.requests`."""

    server = on_loopback(Answer, folder)
    site.port = server.server_address[1]
    return site, server
