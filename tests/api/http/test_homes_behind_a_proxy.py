"""Two homes behind the proxies that are shipped, on loopback: each request reaches the home that it is for."""

from __future__ import annotations

import asyncio
import subprocess
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from api.intake import enrolment
from api.store import database
from benchmarks import nginx
from benchmarks.fault_servers import free_ports
from tests.builders import observation

DEPLOY = Path(__file__).parents[3] / "deploy"
PATIENCE_SECONDS = 20.0
DEFAULT, OTHER = "manila", "medellin"


def for_loopback(file, ports, port):
    """The shipped file with this test's addresses in the lines that an operator edits."""
    text = (DEPLOY / file).read_text()
    for address, home in (("10.0.0.11", DEFAULT), ("10.0.0.12", OTHER)):
        assert f"{address}:8321" in text
        text = text.replace(f"{address}:8321", f"127.0.0.1:{ports[home]}")
    return text.replace("listen 8080;", f"listen 127.0.0.1:{port};").replace("bind :8080", f"bind 127.0.0.1:{port}")


def command(kind, folder, ports, port):
    if kind == "haproxy":
        (folder / "homes.cfg").write_text(for_loopback("homes.haproxy.cfg", ports, port))
        return [nginx.program(kind), "-db", "-q", "-f", str(folder / "homes.cfg")]
    return nginx.command(folder, for_loopback("homes.nginx.conf", ports, port))


class Homes:
    """Two homes, each with a database of its own, and a proxy in front of them."""

    def __init__(self, http, pools, stacks):
        self.http, self.pools, self._stacks = http, pools, stacks

    async def enrol(self, home=None):
        """Enrol as the extension does: the challenge names the home that takes the solution."""
        asked = {} if home is None else {"taskwage-home": home}
        toll = (await self.http.post("/v1/challenges", headers=asked)).json()
        solution = {"challenge": toll["challenge"], "nonce": enrolment.solve(toll["challenge"], toll["difficulty"])}
        answer = await self.http.post("/v1/contributors", json=solution, headers={"taskwage-home": toll["home"]})
        assert answer.status_code == 201, answer.text
        return answer.json()["secret"]

    async def share(self, secret):
        who = {"authorization": f"Bearer {secret}"}
        return await self.http.post("/v1/observations", json={"observations": [observation()]}, headers=who)

    async def rows(self, home):
        return await self.pools[home].fetchval("SELECT count(*) FROM intake.observations")

    async def stop(self, home):
        await self._stacks[home].aclose()


@pytest.fixture(params=["nginx", "haproxy"])
async def homes(request, settings, serving, dsn, second_dsn, tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxy")
    async with AsyncExitStack() as whole:
        ports, pools, stacks = {}, {}, {}
        for home, address in ((DEFAULT, dsn), (OTHER, second_dsn)):
            bucket = {"segments_url": (folder / "bucket").as_uri(), "data": folder / home}
            of_home = msgspec.structs.replace(settings, home=home, database_url=address, **bucket)
            stacks[home] = await whole.enter_async_context(AsyncExitStack())
            site = await stacks[home].enter_async_context(serving(of_home))
            ports[home] = int(site.server.url.rpartition(":")[2])
            pools[home] = await database.connect(address, 2, 100)
            whole.push_async_callback(pools[home].close)
        async with proxied(request.param, folder, ports) as http:
            yield Homes(http, pools, stacks)


@asynccontextmanager
async def proxied(kind, folder, ports):
    (port,) = free_ports(1)
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(command(kind, folder, ports, port), stdout=log, stderr=log)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await answers(http):
                    assert process.poll() is None, (folder / "proxy.log").read_text()
                    await asyncio.sleep(0.05)
            yield http
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


async def answers(http):
    try:
        return (await http.get("/healthz")).status_code == 200
    except httpx.TransportError:
        return False


async def test_a_secret_is_routed_to_its_home_and_one_that_is_down_holds_back_its_own_people_only(homes):
    first, second = await homes.enrol(), await homes.enrol(OTHER)
    assert [secret.partition(".")[0] for secret in (first, second)] == [DEFAULT, OTHER]
    for secret in (first, second, second):
        assert (await homes.share(secret)).status_code == 200
    assert [await homes.rows(home) for home in (DEFAULT, OTHER)] == [1, 2]

    me = await homes.http.get("/v1/contributors/me", headers={"authorization": f"bearer {second}"})
    assert me.json()["observations"] == 2
    erased = await homes.http.delete("/v1/contributors/me", headers={"authorization": f"Bearer {second}"})
    assert (erased.status_code, await homes.rows(OTHER), await homes.rows(DEFAULT)) == (200, 0, 1)

    third = await homes.enrol(OTHER)
    await homes.stop(DEFAULT)
    away = await homes.share(first)
    assert (away.status_code, away.headers["retry-after"], away.json()["code"]) == (503, "60", "unavailable")
    assert away.headers["content-type"].startswith("application/problem+json")
    assert (await homes.share(third)).status_code == 200
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await answers(homes.http):
            await asyncio.sleep(0.05)
    assert (await homes.enrol()).startswith(f"{OTHER}.")
    assert (await homes.http.get("/v1/platforms")).status_code == 200


async def test_a_secret_without_a_home_belongs_to_the_default_home(homes):
    """Secrets of before there were homes have 43 characters and no name."""
    named = await homes.enrol()
    plain = enrolment.new_secret()
    await homes.pools[DEFAULT].execute(
        "UPDATE intake.contributors SET secret_hash = $1 WHERE secret_hash = $2",
        enrolment.secret_hash(plain),
        enrolment.secret_hash(named),
    )
    assert (await homes.share(plain)).status_code == 200
    assert [await homes.rows(home) for home in (DEFAULT, OTHER)] == [1, 0]


async def test_the_privacy_page_of_a_home_says_who_else_can_read_the_rows(homes):
    page = (await homes.http.get("/privacy")).text
    assert f"This server is the home “{DEFAULT}”" in page
    assert "Whoever runs that publisher can read them" in page


async def test_what_a_proxy_sends_astray_is_kept_by_the_extension(homes):
    """401 would make it stop for hours; 421 says that the secret is good elsewhere."""
    stranger = f"nairobi.{enrolment.new_secret()}"
    answer = await homes.share(stranger)
    assert (answer.status_code, answer.json()["code"]) == (421, "other_home")
    unknown = await homes.share(f"{OTHER}.{enrolment.new_secret()}")
    assert (unknown.status_code, unknown.json()["code"]) == (401, "unknown_secret")
