"""Two homes, a proxy, a bucket and two Ray workers on this machine: `make demo-cluster`.

People share through the proxy; one home is killed and comes back; each home exports; one release is made of both, in this
process and with Ray, and the bytes are compared.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import click
import httpx
import msgspec

from analytics.model.policy import CROWD
from analytics.release.manifest import Manifest
from api.errors import TaskwageError
from api.intake import enrolment
from api.publishing.homes import HomesAsked
from api.publishing.local_engine import here
from api.publishing.publish import publish
from api.publishing.ray_engine import RayEngine
from api.runtime.server import stored
from api.runtime.settings import Settings
from benchmarks.home_faults import kill
from benchmarks.home_servers import NAMES, Home, Proxy
from benchmarks.senders import Senders

PEOPLE_EACH, SECONDS_AWAY = 4, 1.5
VICTIM, OTHER = NAMES  # the default home is killed, so that the proxy must choose another for newcomers
WORKERS = 2


class Size(NamedTuple):
    """Rows of history in each home, and seconds in which people share before and after the kill."""

    rows: int
    seconds: float


SMALL, USUAL = Size(3_000, 1.0), Size(60_000, 5.0)


class Summary(NamedTuple):
    """What happened, in figures."""

    enrolled: tuple[str, ...]  # the homes that took people in, before and during the outage
    receipted: int
    lost: int
    doubled: int
    receipted_while_away: int
    release: str
    homes: tuple[str, ...]
    client_rates: int
    files: int
    different: int

    @property
    def is_good(self) -> bool:
        return self.lost == self.doubled == self.different == 0 < self.receipted_while_away

    def __str__(self) -> str:
        return "\n".join(
            (
                f"{self.receipted:,} rows were receipted: {self.lost} lost, {self.doubled} doubled.",
                f"While {VICTIM} was down, {self.receipted_while_away:,} rows of {OTHER}'s people were stored, and a "
                f"new person was enrolled in {self.enrolled[-1]}.",
                f"Release {self.release} holds {' and '.join(self.homes)}, with {self.client_rates:,} client rates.",
                f"Of its {self.files} files, {self.different} differ between one process and {WORKERS} Ray workers.",
                "All is well." if self.is_good else "SOMETHING IS WRONG: see above.",
            )
        )


async def demo_cluster(folder: Path, size: Size, progress: Callable[[str], None] = lambda _: None) -> Summary:
    """Run everything below `folder`, and stop what was started."""
    today = datetime.now(UTC).date()
    bucket = folder / "bucket"
    bucket.mkdir()
    homes = [Home(name, folder, bucket) for name in NAMES]
    proxy = Proxy(folder, homes)
    try:
        for seed, home in enumerate(homes):
            progress(f"{home.name}: inventing {size.rows:,} rows of earlier days, then serving {home.urls[0]}")
            await home.done(*_history(home, size, seed, today))
            home.start(0)
        for home in homes:
            await home.ready(0)
        await proxy.start()
        progress(f"nginx routes {proxy.url} by the home in each secret; people share through it")
        shared = await _shared(homes, proxy, size, today, progress)
        progress("each home writes its rows to the bucket")
        for home in homes:
            await home.done(*home.export(today))
        return await _compared(folder, bucket, today, shared, progress)
    finally:
        proxy.stop()
        for home in homes:
            home.stop()


def _history(home: Home, size: Size, seed: int, today: date) -> list[str]:
    amounts = {"observations": size.rows, "workers": max(40, size.rows // 50), "clients": 20, "tasks": 60}
    words = [word for name, amount in amounts.items() for word in (f"--{name}", str(amount))]
    until = str(today - timedelta(days=1))
    return ["simulate", "--scale", *words, "--until", until, "--seed", str(seed + 1), "--data", str(home.data)]


class Shared(NamedTuple):
    """What people did through the proxy."""

    enrolled: tuple[str, ...]
    receipted: int
    lost: int
    doubled: int
    receipted_while_away: int


async def _shared(homes: list[Home], proxy: Proxy, size: Size, today: date, progress: Callable[[str], None]) -> Shared:
    secrets = [secret for home in homes for secret in await home.enrol(PEOPLE_EACH, today)]
    senders = Senders([proxy.url], secrets)
    async with httpx.AsyncClient(base_url=proxy.url, trust_env=False) as http:
        first = await _enrolled(http)
        senders.start()
        await asyncio.sleep(size.seconds)
        progress(f"{VICTIM} is killed, with its PostgreSQL")
        kill(homes[0])
        before = len(senders.receipted)
        await asyncio.sleep(SECONDS_AWAY)
        second = await _enrolled(http)
        away = len(senders.receipted) - before
    homes[0].start(0)
    await homes[0].ready(0)
    progress(f"{VICTIM} is back; its people's rows arrive now")
    await asyncio.sleep(size.seconds)
    await senders.finish()
    found = [record for home in homes for record in await home.records()]
    sent = [record for record in found if record in senders.receipted]
    lost = len(senders.receipted - set(sent))
    return Shared((first, second), len(senders.receipted), lost, len(sent) - len(set(sent)), away)


async def _enrolled(http: httpx.AsyncClient) -> str:
    """Enrol a new person through the proxy, as an extension does, and return the home that took them in."""
    toll = (await http.post("/v1/challenges")).json()
    nonce = await asyncio.to_thread(enrolment.solve, toll["challenge"], toll["difficulty"])
    body = {"challenge": toll["challenge"], "nonce": nonce}
    answer = await http.post("/v1/contributors", json=body, headers={"taskwage-home": toll["home"]})
    return str(answer.json()["secret"]).partition(".")[0]


async def _compared(
    folder: Path, bucket: Path, today: date, shared: Shared, progress: Callable[[str], None]
) -> Summary:
    settings = Settings(data=folder / "publisher", segments_url=bucket.as_uri(), nature="demo")
    with_ray = msgspec.structs.replace(settings, data=folder / "publisher-ray")
    day = datetime(today.year, today.month, today.day, tzinfo=UTC)
    async with stored(settings) as (_, pool):
        progress("one release of both homes, made in this process")
        alone = await publish(pool, settings, day, CROWD, here, HomesAsked(tell=progress))
        progress(f"and again with {WORKERS} Ray workers")
        again = await publish(pool, with_ray, day, CROWD, RayEngine(workers=WORKERS), HomesAsked())
    one, other = (_files(place, alone) for place in (settings, with_ray))
    different = sum(one.get(name) != other.get(name) for name in {*one, *other}) + (alone != again)
    rates = alone.tables["client_rates"].rows
    return Summary(*shared, alone.release, tuple(alone.homes), rates, len(one), different)


def _files(settings: Settings, manifest: Manifest) -> dict[str, bytes]:
    root = settings.releases / manifest.release
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@click.command()
@click.option("--small", is_flag=True, help="Few rows: about half a minute.")
def command(small: bool) -> None:
    """Show two homes that publish together, on this machine."""
    folder = Path(tempfile.mkdtemp(prefix="taskwage-homes-"))
    folder.chmod(0o755)
    try:
        summary = asyncio.run(demo_cluster(folder, SMALL if small else USUAL, click.echo))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    click.echo(f"\n{summary}")
    raise SystemExit(0 if summary.is_good else 1)


if __name__ == "__main__":
    try:
        command()
    except TaskwageError as failure:
        raise SystemExit(f"demo-cluster: {failure}") from None
