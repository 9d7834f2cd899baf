"""The wheel runs without the checkout: installed into an empty environment, from any folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from api.packs.load import FOLDER as PACKS
from tests.fixtures.exports import mturk

ROOT = Path(__file__).parents[2]
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", "requirements.in", "requirements-ray.in")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the files that git tracks, built without a network."""
    source = tmp_path_factory.mktemp("source")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in names.decode().split("\0"):
        if name.startswith(("api/", "analytics/", "migrations/")) or name in BUILT_FROM:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    command = ["-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(source)]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def taskwage(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in a new environment: the wheel is installed there, its dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(folder, with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    target = ["--no-deps", "--no-index", "--target", str(site), str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", *target], check=True, capture_output=True)
    command = folder / "bin" / "taskwage"
    command.write_text(f"#!{folder / 'bin' / 'python'}\nfrom api.commands.main import main\nmain()\n")
    command.chmod(0o755)
    return command


def run(taskwage: Path, *arguments: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TASKWAGE"))}
    done = subprocess.run(
        [str(taskwage), *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_what_is_read_at_run_time(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert [pack.name for pack in PACKS.glob("*.toml") if f"api/platforms/{pack.name}" not in names] == []
    for kind in ("api/http/pages/templates/", "api/http/pages/static/", "api/http/pages/languages/", "migrations/"):
        assert [name for name in names if name.startswith(kind)], kind
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "extension/"))]


def test_the_command_of_the_wheel_is_not_the_checkout(taskwage, tmp_path):
    python = taskwage.with_name("python")
    code = "import api, analytics, migrations; print(api.__file__, analytics.__file__, *migrations.__path__)"
    done = subprocess.run([str(python), "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert str(ROOT) not in done.stdout


def test_describe_import_publish_and_query_run_from_any_folder(taskwage, tmp_path):
    work = tmp_path / "any where"
    work.mkdir()
    (work / "batch.csv").write_bytes(mturk([{}] * 12))
    assert "12" in run(taskwage, "describe", "batch.csv", cwd=work)
    run(taskwage, "import", "batch.csv", "--client", "lab", "--data", "house", cwd=work)
    assert "Release" in run(taskwage, "publish", "--policy", "archive", "--data", "house", cwd=work)
    asked = ["query", "client_rates", "--columns", "client_id", "--format", "csv", "--data", "house"]
    answer = run(taskwage, *asked, cwd=work)
    assert answer.splitlines()[0] == "client_id"


def test_the_server_of_the_wheel_answers(taskwage, tmp_path):
    command = [str(taskwage), "serve", "--port", "0", "--data", str(tmp_path / "house")]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            url = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert url
            assert httpx.get(f"{url[0]}/healthz", timeout=10).json() == {"status": "ok"}
            assert "<html" in httpx.get(f"{url[0]}/", timeout=10).text
        finally:
            server.terminate()
        assert server.wait(30) == 0
