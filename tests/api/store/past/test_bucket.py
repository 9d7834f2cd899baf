"""Past days in a bucket whose keys stop working half way: one line, and every row still where it was."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

import asyncpg
import pytest
from obstore.store import S3Store

from api.errors import SegmentsGone
from api.store import objects
from api.store.bulk import load
from api.store.export import export
from api.store.past import files, moving
from tests.builders import NOW, crowd

LATER = NOW.date() + timedelta(days=60)


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as is used: put, get, list, delete. `left` is the number of requests until the keys are refused."""

    objects: dict[str, bytes] = {}  # noqa: RUF012 - the one bucket of each test
    left = 1_000_000

    def _answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle_one(self):
        bucket, name = type(self), unquote(urlsplit(self.path).path).removeprefix("/rows/")
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        bucket.left -= 1
        if bucket.left < 0:
            return self._answer(403, b"<Error><Code>InvalidAccessKeyId</Code></Error>")
        if self.command == "PUT":
            bucket.objects[name] = content
            return self._answer(200, ETag=tag(content))
        if self.command == "DELETE":
            bucket.objects.pop(name, None)
            return self._answer(204)
        if self.command == "GET" and "list-type" in self.path:
            return self._answer(200, listing(bucket.objects))
        if name not in bucket.objects:
            return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        found = bucket.objects[name]
        return self._answer(200, found, **{"ETag": tag(found), "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"})

    do_PUT = do_GET = do_DELETE = do_HEAD = handle_one  # noqa: N815 - named by the server's base class

    def log_message(self, *_):
        pass


def tag(content):
    return f'"{hashlib.md5(content).hexdigest()}"'


def listing(held):
    each = "".join(
        f"<Contents><Key>{name}</Key><LastModified>2026-11-23T10:00:00.000Z</LastModified>"
        f"<ETag>{tag(content).replace(chr(34), '&quot;')}</ETag><Size>{len(content)}</Size></Contents>"
        for name, content in sorted(held.items())
    )
    return f'<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>{each}</ListBucketResult>'.encode()


@pytest.fixture
def bucket():
    class Own(Bucket):
        objects: dict[str, bytes] = {}  # noqa: RUF012

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    Thread(target=server.serve_forever, daemon=True).start()
    yield (
        Own,
        S3Store(
            "rows",
            endpoint=f"http://127.0.0.1:{server.server_port}",
            region="us-east-1",
            access_key_id="test",
            secret_access_key="test",
            client_options={"allow_http": True},
        ),
    )
    server.shutdown()
    server.server_close()


async def test_keys_that_stop_working_at_any_request_lose_no_row(dsn, tmp_path, bucket):
    served, place = bucket
    db = await asyncpg.connect(dsn)
    await load(db, crowd(3), NOW.date())
    expected = (await export(db, tmp_path, NOW.date())).observations
    refused = []
    for allowed in range(50):
        served.left = allowed
        try:
            await moving.move_out(await moving.begun(db, place), LATER, 45)
            break
        except SegmentsGone as gone:
            refused.append(str(gone))
        held = await db.fetchval("SELECT count(*) FROM intake.observations")
        assert held + sum(file.rows for file in await files.standing(db)) == expected.height
    assert len(refused) > 4  # list, manifests, put, read back, manifest, delete
    assert "\n" not in "".join(refused)
    served.left = 1_000_000
    (file,) = await files.standing(db)
    assert file.rows == expected.height
    assert [name for name in objects.listed(place) if name.startswith("past/")] == [file.name]
    assert (await export(db, tmp_path, NOW.date(), place)).observations.equals(expected)
    await db.close()
