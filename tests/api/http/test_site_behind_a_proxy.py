"""One site behind the shipped nginx and Caddy files, on loopback with TLS: what gets through, and as whom."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.http.app import MOST_BODY_BYTES
from api.intake.contract import MAX_BODY_BYTES
from api.runtime.networks import Networks
from benchmarks import nginx
from benchmarks.fault_servers import free_ports

DEPLOY = Path(__file__).parents[3] / "deploy"
PATIENCE_SECONDS = 20.0
NAME = "taskwage.example"
ONE, OTHER = "127.7.1.1", "127.7.2.1"  # addresses of two neighbourhoods
ASKS = 5


def certified(folder):
    """A certificate of the test's own for the name in the files, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "certificate.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(*kinds))


def edited(file, changes):
    """The shipped file with the lines that an operator, or this test's machine, has otherwise."""
    text = (DEPLOY / file).read_text()
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def command(kind, folder, upstream, secure, plain):
    certified(folder)
    if kind == "caddy":
        site = f"{NAME} {{\n\tbind 127.0.0.1\n\ttls {folder}/certificate.pem {folder}/key.pem\n"
        ports = f"\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n"
        changes = {
            f"{NAME} {{\n": site, "\tadmin off\n": ports,
            "127.0.0.1:8321": f"127.0.0.1:{upstream}", "read_body 30s": "read_body 1s",
        }  # fmt: skip
        (folder / "Caddyfile").write_text(edited("Caddyfile", changes))
        return [nginx.program(kind), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    changes = {
        "listen 80;": f"listen 127.0.0.1:{plain};", "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        f"/etc/letsencrypt/live/{NAME}/fullchain.pem": f"{folder}/certificate.pem",
        f"/etc/letsencrypt/live/{NAME}/privkey.pem": f"{folder}/key.pem",
        "127.0.0.1:8321": f"127.0.0.1:{upstream}", "client_body_timeout 30s": "client_body_timeout 1s",
    }  # fmt: skip
    return nginx.command(folder, edited("site.nginx.conf", changes))


class Proxied:
    """The site as the world reaches it."""

    def __init__(self, folder, site, secure, plain):
        self.folder, self.site, self.secure, self.plain = folder, site, secure, plain
        self.tls = ssl.create_default_context(cafile=str(folder / "certificate.pem"))

    async def ask(self, method, path, sender=ONE, headers=None, **more):
        """One request over TLS from an address of loopback."""
        lines = httpx.AsyncHTTPTransport(verify=self.tls, local_address=sender)
        headers = {"host": NAME} | (headers or {})
        extensions = {"sni_hostname": NAME}
        async with httpx.AsyncClient(transport=lines, trust_env=False, timeout=PATIENCE_SECONDS) as http:
            url = f"https://127.0.0.1:{self.secure}{path}"
            return await http.request(method, url, headers=headers, extensions=extensions, **more)


@pytest.fixture(params=["nginx", "caddy"])
async def proxied(request, settings, serving, tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("proxy")
    monkeypatch.setenv("HOME", str(folder))  # where Caddy keeps what it remembers
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    behind = msgspec.structs.replace(settings, trusted_proxies=Networks.of("127.0.0.1"), asks_per_minute=ASKS)
    async with serving(behind) as site, started(request.param, folder, site) as reached:
        yield reached


@asynccontextmanager
async def started(kind, folder, site):
    upstream = int(site.server.url.rpartition(":")[2])
    secure, plain = free_ports(2)
    words = command(kind, folder, upstream, secure, plain)
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log)
    try:
        reached = Proxied(folder, site, secure, plain)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await answers(reached):
                assert process.poll() is None, (folder / "proxy.log").read_text()
                await asyncio.sleep(0.05)
        yield reached
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


async def answers(reached):
    try:
        return (await reached.ask("GET", "/healthz")).status_code == 200
    except httpx.TransportError:
        return False


async def test_pages_come_over_tls_alone_and_metrics_do_not_come_at_all(proxied):
    page = await proxied.ask("GET", "/")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    for path in ("/metrics", "/metrics?x=1", "/%6detrics", "//metrics"):
        assert (await proxied.ask("GET", path)).status_code == 404, path
    async with httpx.AsyncClient(trust_env=False) as http:
        moved = await http.get(f"http://127.0.0.1:{proxied.plain}/tables?x=1", headers={"host": NAME})
        assert (moved.status_code, moved.headers["location"]) == (308, f"https://{NAME}/tables?x=1")
        own = await http.get(f"{proxied.site.server.url}/metrics")  # from the machine itself
        assert own.status_code == 200


async def test_each_neighbourhood_is_counted_by_itself_whatever_it_claims_to_be(proxied):
    forged = [{"x-forwarded-for": f"192.0.2.{n}"} for n in range(ASKS)] + [{"forwarded": "for=192.0.2.9"}, {}]
    answered = [(await proxied.ask("POST", "/v1/challenges", headers=one)).status_code for one in forged]
    assert answered == [201] * ASKS + [429] * 2
    assert (await proxied.ask("POST", "/v1/challenges", sender=OTHER)).status_code == 201


async def test_a_body_of_the_contract_passes_and_a_larger_one_does_not(proxied):
    words = {"content-type": "application/json"} | await proxied.site.enrol()
    fits = await proxied.ask("POST", "/v1/observations", headers=words, content=b"{}" + b" " * (MAX_BODY_BYTES - 2))
    assert (fits.status_code, fits.json()) == (200, {"receipts": []})
    larger = await proxied.ask("POST", "/v1/contributors", headers=words, content=b" " * (MOST_BODY_BYTES + 1))
    assert larger.status_code == 413  # by it the extension knows that it must send less at once


async def test_half_a_body_is_hung_up_on_and_no_address_is_written_down(proxied):
    lines = await asyncio.open_connection(
        "127.0.0.1", proxied.secure, ssl=proxied.tls, server_hostname=NAME, local_addr=(ONE, 0)
    )
    reader, writer = lines
    head = f"POST /v1/observations HTTP/1.1\r\nhost: {NAME}\r\ncontent-type: application/json\r\ncontent-length: 500"
    writer.write(f"{head}\r\n\r\n{{".encode())
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await reader.read()
    assert not answer.startswith(b"HTTP/1.1 200")
    writer.close()
    assert (await proxied.ask("GET", "/nowhere")).status_code == 404
    for log in proxied.folder.glob("*.log"):
        assert ONE not in log.read_text(), log
