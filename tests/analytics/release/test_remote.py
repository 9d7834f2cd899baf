"""Releases elsewhere: over real HTTP, from an API's paths or a plain folder, held against hash and key."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analytics.disclosure.thresholds import Names, disclose
from analytics.estimator import estimate
from analytics.model.errors import BadInput, UnreadableFile
from analytics.model.policy import ARCHIVE
from analytics.release import repository as releases
from analytics.release import writer
from analytics.release.builder import PublicationMetadata
from analytics.release.remote import check_signature, elsewhere
from analytics.release.signature import Signer
from analytics.simulation.synthetic import AS_OF, Market, made

SIGNER = Signer(bytes(range(32)))
NAMES = Names(
    pl.DataFrame(
        schema={"client_key": pl.Int64, "platform": pl.String, "client_id": pl.String, "client_name": pl.String}
    ),
    pl.DataFrame(schema={"task_key": pl.Int64, "client_key": pl.Int64, "title": pl.String, "task_id": pl.String}),
    frozenset(),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    rows, _ = made(Market(clients=8, contributors=12))
    told = disclose(estimate(rows, as_of=AS_OF, policy=ARCHIVE), ARCHIVE)
    writer.publish(folder / "releases", told, NAMES, PublicationMetadata("real", {"USD": 1.0}, signer=SIGNER))
    return folder


@pytest.fixture(scope="module")
def site(root):
    """A web server that knows nothing of releases."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=root)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


ID = f"{date(2026, 11, 23)}-archive"


@pytest.mark.parametrize("end", ["", "/", "/manifest.json"])
def test_a_folder_on_any_web_server_is_a_release(site, root, end):
    found = elsewhere(f"{site}/releases/{ID}{end}")
    assert found.manifest == releases.manifest_of(root / "releases" / ID)
    here = releases.scan(root / "releases" / ID, "client_rates").collect()
    assert found.table("client_rates").collect().equals(here)


def test_a_spoilt_file_is_refused(site, root):
    folder = root / "releases" / "spoilt"
    shutil.copytree(root / "releases" / ID, folder)
    path: Path = folder / "tables" / "client_rates.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(UnreadableFile, match="not what the manifest says"):
        elsewhere(f"{site}/releases/spoilt").table("client_rates")
    elsewhere(f"{site}/releases/spoilt").table("task_rates")  # only the file that is asked for is fetched


def test_the_manifest_is_held_against_a_key(site, root):
    manifest = elsewhere(f"{site}/releases/{ID}").manifest
    check_signature(manifest, SIGNER.public_key)
    with pytest.raises(BadInput, match="not signed with this key"):
        check_signature(manifest, Signer(bytes(32)).public_key)
    folder = root / "releases" / "forged"
    shutil.copytree(root / "releases" / ID, folder)
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace(manifest.tables["client_rates"].files["csv"].sha256, "0" * 64))
    with pytest.raises(BadInput, match="not signed with this key"):
        check_signature(elsewhere(f"{site}/releases/forged").manifest, SIGNER.public_key)


@pytest.mark.parametrize("path", ["/releases/none", "/v1/releases/none", "/releases", ""])
def test_what_is_no_release_is_named(site, path):
    with pytest.raises(UnreadableFile):
        elsewhere(site + path)


def test_a_table_that_is_not_there_names_those_that_are(site):
    with pytest.raises(BadInput, match="client_rates"):
        elsewhere(f"{site}/releases/{ID}").table("wages")


def test_nobody_listening_is_one_line():
    with pytest.raises(UnreadableFile, match=r"^http://127\.0\.0\.1:9/x/manifest\.json: "):
        elsewhere("http://127.0.0.1:9/x")
