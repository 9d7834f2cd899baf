"""A real PostgreSQL of our own, started and stopped with the program: no port, no lasting user.

Layout of its folder: `data` (PostgreSQL's own), `log`, `lock` (held by the program that owns the server),
`socket` (the name of the short private folder of the socket), `binaries` (only where root's stand-in cannot
reach the wheel).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from api.errors import NoServer
from api.runtime.postgres.binaries import Runner, binaries, runner

START_SECONDS = 60.0  # a crash recovery on a slow disk; a usual start takes 0.1 s
STOP_SECONDS = 20.0  # a last checkpoint on a slow disk; then we insist
_STEP_SECONDS = 0.005
_READY_LINE = 7  # of postmaster.pid, counted from 0: "ready"
_SOCKET_LINE = 4
_LOG_TAIL_LINES = 3
_HELD_BY_CHILDREN = "pre-existing shared memory block"
_AGAIN_SECONDS = 0.1
_SOCKET_PREFIX = "taskwage-"
_LONG_FOLDER = 60  # characters; what is added to it must stay under the 107 bytes of a socket's path
# Logs hold neither statements nor values: they could tell what somebody shared.
SERVER = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class Held:
    """A running server: its DSN, and whether it is ours to start anew."""

    dsn: str
    revive: Callable[[], bool]  # starts it again where it died, without waiting for it; whether it had to


@contextmanager
def postgres(folder: Path, bin_folder: Path | None = None) -> Iterator[str]:
    """A running server on the data in `folder`, as a DSN; made on first use, stopped on leaving.

    Where another program on this machine already runs the server of this folder, its DSN is given and it is
    left running. Enter from the main thread: the server is told to stop when the thread that started it dies.

    Raises:
        NoServer: the binaries are missing, the folder cannot be used, or the server does not come up.
    """
    with held(folder, bin_folder) as server:
        yield server.dsn


@contextmanager
def held(folder: Path, bin_folder: Path | None = None) -> Iterator[Held]:
    """The same for a program that lives long: it can start the server again, should that be killed."""
    folder = folder.absolute()
    _make(folder)
    with (folder / "lock").open("a") as lock:
        if not _owns(lock.fileno()):
            yield Held(_join(folder), lambda: False)
            return
        who = runner(folder)
        programs = binaries(bin_folder, folder, who)
        _clear_stale(folder / "data")
        if not (folder / "data" / "PG_VERSION").exists():
            _initialise(folder, programs, who)
        with _running(folder, programs, who) as server:
            yield server


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoServer(f"the folder {folder} cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise NoServer(f"the folder {folder} cannot be written to")


def _owns(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _dsn(sockets: str) -> str:
    return f"postgresql://postgres@/postgres?host={quote(sockets, safe='/')}"


def _join(folder: Path) -> str:
    """The DSN of the server that another program runs here, once it is ready."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        lines = _pid_file(folder / "data")
        if len(lines) > _READY_LINE and lines[_READY_LINE] == "ready" and _is_server(int(lines[0]), folder / "data"):
            return _dsn(lines[_SOCKET_LINE])
        time.sleep(_STEP_SECONDS)
    raise NoServer(f"another program holds {folder} and its PostgreSQL does not become ready")


def _pid_file(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _is_server(pid: int, data: Path) -> bool:
    """Whether process `pid` is the server of `data`: a number may since have gone to somebody else."""
    try:
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline")
        return not Path("/proc/self").exists() or str(data).encode() in command.read_bytes().split(b"\0")
    except (ProcessLookupError, FileNotFoundError):
        return False
    except PermissionError:
        return True


def _clear_stale(data: Path) -> None:
    """Nobody holds our lock, so a server that still runs here has lost its program: it is stopped first.

    The file of a dead server stays: PostgreSQL reads from it whether children of that one still write. Only
    where its number went to somebody else, whom PostgreSQL would wait for, the file goes.
    """
    lines = _pid_file(data)
    if not lines or not lines[0].lstrip("-").isdigit():
        return
    pid = abs(int(lines[0]))
    if not _is_server(pid, data):
        if _is_alive(pid):
            (data / "postmaster.pid").unlink(missing_ok=True)
        return
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while _is_server(pid, data):
        if time.monotonic() > deadline:
            raise NoServer(f"an older PostgreSQL (process {pid}) on {data} does not stop")
        time.sleep(_STEP_SECONDS)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _initialise(folder: Path, programs: Path, who: Runner) -> None:
    """initdb into a sibling, renamed when it is whole: an interrupted first start leaves nothing half
    made.
    """
    partial, data = folder / "data.partial", folder / "data"
    if data.exists():
        raise NoServer(f"{data} is there but holds no database: move it away")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    who.own(partial)
    command = [str(programs / "initdb"), "-D", str(partial), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    command += ["--locale=C.UTF-8", "--no-instructions"]
    made = subprocess.run(
        command,
        env=_environment(),
        preexec_fn=who.become,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        raise NoServer(f"initdb failed ({made.returncode}): {made.stderr.strip()[-500:]}")
    partial.rename(data)


@contextmanager
def _running(folder: Path, programs: Path, who: Runner) -> Iterator[Held]:
    sockets = _socket_folder(folder, who)
    options = [f"-c{name}={value}" for name, value in {**SERVER, "unix_socket_directories": str(sockets)}.items()]
    command = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
    servers = [_launched(command, folder, who)]

    def revive() -> bool:
        if servers[-1].poll() is None:
            return False
        servers.append(_launched(command, folder, who))
        return True

    try:
        _wait_ready(servers, folder, revive)
        yield Held(_dsn(str(sockets)), revive)
    finally:
        _stop(servers[-1])
        shutil.rmtree(sockets, ignore_errors=True)
        (folder / "socket").unlink(missing_ok=True)


def _launched(command: list[str], folder: Path, who: Runner) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        # An own process group: ^C reaches the program first, which then stops the server.
        return subprocess.Popen(
            command, env=_environment(), preexec_fn=who.become, process_group=0, cwd=folder,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


def _socket_folder(folder: Path, who: Runner) -> Path:
    """A private folder with a short name: a socket's path may not pass 107 bytes."""
    note = folder / "socket"
    if note.exists() and Path(note.read_text()).name.startswith(_SOCKET_PREFIX):
        shutil.rmtree(note.read_text(), ignore_errors=True)
    short = tempfile.gettempdir() if len(tempfile.gettempdir()) < _LONG_FOLDER else "/tmp"
    sockets = Path(tempfile.mkdtemp(prefix=_SOCKET_PREFIX, dir=short))
    note.write_text(str(sockets))
    who.own(sockets)
    return sockets


def _wait_ready(servers: list[subprocess.Popen[bytes]], folder: Path, again: Callable[[], bool]) -> None:
    """Wait for the newest of `servers`; `again` while children of one that was killed still hold its memory."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        lines = _pid_file(folder / "data")
        if len(lines) > _READY_LINE and lines[0] == str(servers[-1].pid) and lines[_READY_LINE] == "ready":
            return
        if servers[-1].poll() is not None:
            tail = (folder / "log").read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
            if not any(_HELD_BY_CHILDREN in line for line in tail) or time.monotonic() > deadline:
                raise NoServer(f"PostgreSQL did not start on {folder}: {' / '.join(tail)}")
            time.sleep(_AGAIN_SECONDS)
            again()
        if time.monotonic() > deadline:
            raise NoServer(f"PostgreSQL does not become ready on {folder}")
        time.sleep(_STEP_SECONDS)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown with a checkpoint; if that hangs, an immediate one, and recovery next time."""
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(sign)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
