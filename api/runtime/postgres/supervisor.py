"""An embedded PostgreSQL, started and stopped with the program: no port, no permanent user.

Layout of its folder: `data` (PostgreSQL's files), `log`, `lock` (held by the program that owns the server), `guests`
(shared by programs that use another's server and need it to stay), `socket` (the name of the short private folder of
the socket), `binaries` (only if root's substitute cannot reach the wheel).

One program owns the server; others on this machine join it. A long-lived program takes over when the owner leaves. A
job cannot, so an owner waits for joined jobs before it stops the server.
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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from api.errors import NoServer
from api.runtime.postgres.binaries import Runner, binaries, runner

START_SECONDS = 60.0  # a crash recovery on a slow disk; a usual start takes 0.1 s
STOP_SECONDS = 20.0  # a last checkpoint on a slow disk; then the stop is forced
GUEST_SECONDS = 10.0  # for jobs that use a server's PostgreSQL when it stops; their timer runs them again
_STEP_SECONDS = 0.005
_READY_LINE = 7  # of postmaster.pid, counted from 0: "ready"
_SOCKET_LINE = 4
_LOG_TAIL_LINES = 3
_HELD_BY_CHILDREN = "pre-existing shared memory block"
_AGAIN_SECONDS = 0.1
_SOCKET_PREFIX = "taskwage-"
_LONG_FOLDER = 60  # characters; with its suffix it must stay under the 107 bytes of a socket's path
# Logs hold neither statements nor values: they could show what a contributor shared.
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
    """A running server: its DSN, and a function that restarts it."""

    dsn: str
    revive: Callable[[], bool]  # starts it if it died or its owner left, without waiting; returns True if it had to


@contextmanager
def postgres(folder: Path, bin_folder: Path | None = None) -> Iterator[str]:
    """Run a server on the data in `folder` and yield its DSN; the folder is initialised on first use.

    If another program on this machine already runs the server of this folder, its DSN is yielded and it is
    left running. Enter from the main thread: the server stops when the thread that started it dies.

    Raises:
        NoServer: The binaries are missing, the folder cannot be used, or the server does not start.
    """
    with held(folder, bin_folder) as server:
        yield server.dsn


@contextmanager
def held(folder: Path, bin_folder: Path | None = None, *, is_lasting: bool = False) -> Iterator[Held]:
    """Run the same for a program that calls `revive` at intervals, which restarts a killed server.

    A program that `is_lasting` takes over from an owner that leaves; for others, the owner waits.
    """
    folder = folder.absolute()
    _make(folder)
    with (folder / "lock").open("a") as lock, (folder / "guests").open("a") as guests:
        sockets = _joined(folder, lock.fileno(), None if is_lasting else guests.fileno())
        server = _Server(folder, bin_folder, lock.fileno(), sockets)
        try:
            if sockets is None:
                server.start()
            yield Held(server.dsn, server.revive)
        finally:
            if server.is_owned:
                _wait_for_guests(guests.fileno(), GUEST_SECONDS if is_lasting else None)
                server.stop()


def _joined(folder: Path, lock: int, guests: int | None) -> str | None:
    """Return the socket folder of the ready server that another program runs; None if this program now owns it.

    Raises:
        NoServer: There is an owner, and its server does not become ready.
    """
    deadline = time.monotonic() + START_SECONDS
    while not _takes(lock, fcntl.LOCK_EX):
        if guests is None or _takes(guests, fcntl.LOCK_SH):
            sockets = _ready_socket(folder / "data")
            if sockets is not None:
                return sockets
            if guests is not None:
                fcntl.flock(guests, fcntl.LOCK_UN)
        if time.monotonic() > deadline:
            raise NoServer(f"another program holds {folder} and its PostgreSQL does not become ready")
        time.sleep(_STEP_SECONDS)
    return None


def _wait_for_guests(guests: int, most_seconds: float | None) -> None:
    """Wait until no job uses the server; from then on none can join it."""
    deadline = None if most_seconds is None else time.monotonic() + most_seconds
    fcntl.flock(guests, fcntl.LOCK_UN)  # of a program that was a guest before it took over
    while not _takes(guests, fcntl.LOCK_EX):
        if deadline is not None and time.monotonic() > deadline:
            return
        time.sleep(_STEP_SECONDS)


class _Server:
    """The server of one folder, for its owner or for a program that may become it."""

    def __init__(self, folder: Path, bin_folder: Path | None, lock: int, sockets: str | None) -> None:
        self._folder, self._bin_folder, self._lock = folder, bin_folder, lock
        self._sockets = sockets
        self._processes: list[subprocess.Popen[bytes]] = []
        self.is_owned = sockets is None

    @property
    def dsn(self) -> str:
        return _dsn(self.sockets)

    @property
    def sockets(self) -> str:
        assert self._sockets is not None
        return self._sockets

    def start(self) -> None:
        """Start the owned server, and wait until it is ready."""
        folder, who = self._folder, runner(self._folder)
        programs = binaries(self._bin_folder, folder, who)
        _wait_stopped(folder / "data")
        if not (folder / "data" / "PG_VERSION").exists():
            _initialise(folder, programs, who)
        self._sockets = str(_socket_folder(folder, who))
        try:
            self._launch()
            self._wait_ready()
        except BaseException:
            self.stop()
            raise

    def revive(self) -> bool:
        """Restart a dead server, or take over one whose owner left; return True if that was done."""
        if not self.is_owned:
            if not _takes(self._lock, fcntl.LOCK_EX):
                return False
            self.is_owned = True
        if self._processes and self._processes[-1].poll() is None:
            return False
        if not _is_stopped(self._folder / "data"):  # the last owner's server is shutting down
            return False
        if not _keep_socket_folder(self._folder, self.sockets, runner(self._folder)):
            return False  # another program has the name now: the serving process ends when the database stays silent
        self._launch()
        return True

    def _launch(self) -> None:
        """Start the server on the sockets that its users know, without waiting for it."""
        folder, who = self._folder, runner(self._folder)
        programs = binaries(self._bin_folder, folder, who)
        options = [f"-c{name}={value}" for name, value in {**SERVER, "unix_socket_directories": self.sockets}.items()]
        command = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
        with (folder / "log").open("ab") as log:
            # A separate process group: ^C reaches the program first, which then stops the server.
            self._processes.append(
                subprocess.Popen(
                    command, env=_environment(), preexec_fn=who.become, process_group=0, cwd=folder,
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                )
            )  # fmt: skip

    def _wait_ready(self) -> None:
        """Wait until it answers; retry while children of a killed server still hold its memory."""
        folder = self._folder
        deadline = time.monotonic() + START_SECONDS
        while True:
            lines = _pid_file(folder / "data")
            process = self._processes[-1]
            if len(lines) > _READY_LINE and lines[0] == str(process.pid) and lines[_READY_LINE] == "ready":
                return
            if process.poll() is not None:
                tail = (folder / "log").read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
                if not any(_HELD_BY_CHILDREN in line for line in tail) or time.monotonic() > deadline:
                    raise NoServer(f"PostgreSQL did not start on {folder}: {' / '.join(tail)}")
                time.sleep(_AGAIN_SECONDS)
                self._launch()
            if time.monotonic() > deadline:
                raise NoServer(f"PostgreSQL does not become ready on {folder}")
            time.sleep(_STEP_SECONDS)

    def stop(self) -> None:
        """Stop the server, and delete its socket folder."""
        if self._processes:
            _stop(self._processes[-1])
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoServer(f"the folder {folder} cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise NoServer(f"the folder {folder} cannot be written to")


def _takes(lock: int, kind: int) -> bool:
    """Return True if the lock was free, and is now held."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _dsn(sockets: str) -> str:
    return f"postgresql://postgres@/postgres?host={quote(sockets, safe='/')}"


def _ready_socket(data: Path) -> str | None:
    """Return the socket folder of the server of `data`, or None if none is running and ready."""
    lines = _pid_file(data)
    if len(lines) > _READY_LINE and lines[_READY_LINE] == "ready" and _is_server(int(lines[0]), data):
        return lines[_SOCKET_LINE]
    return None


def _pid_file(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _is_server(pid: int, data: Path) -> bool:
    """Return True if process `pid` is the server of `data`: the number may have been reused since."""
    try:
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline")
        return not Path("/proc/self").exists() or str(data).encode() in command.read_bytes().split(b"\0")
    except (ProcessLookupError, FileNotFoundError):
        return False
    except PermissionError:
        return True


def _wait_stopped(data: Path) -> None:
    """Wait until no server runs on `data`; with the lock held, a running one has lost its program.

    Raises:
        NoServer: The server does not stop.
    """
    deadline = time.monotonic() + STOP_SECONDS
    while not _is_stopped(data):
        if time.monotonic() > deadline:
            raise NoServer(f"an older PostgreSQL (process {_pid_file(data)[0]}) on {data} does not stop")
        time.sleep(_STEP_SECONDS)


def _is_stopped(data: Path) -> bool:
    """Return True if no server runs on `data`; signal a running one to stop.

    The file of a dead server stays: PostgreSQL reads from it whether its children still write. It is deleted only if
    another program has its number now, because PostgreSQL would wait for that program.
    """
    lines = _pid_file(data)
    if not lines or not lines[0].lstrip("-").isdigit():
        return True
    pid = abs(int(lines[0]))
    if not _is_server(pid, data):
        if _is_alive(pid):
            (data / "postmaster.pid").unlink(missing_ok=True)
        return True
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _initialise(folder: Path, programs: Path, who: Runner) -> None:
    """Run initdb in a sibling folder and rename it at the end, so an interrupted first start leaves nothing half
    made."""
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


def _socket_folder(folder: Path, who: Runner) -> Path:
    """Return a private folder with a short name, because a socket's path has at most 107 bytes.

    The last one is reused if possible, because programs that joined know its name.
    """
    note = folder / "socket"
    known = note.read_text() if note.exists() else ""
    if Path(known).name.startswith(_SOCKET_PREFIX) and _keep_socket_folder(folder, known, who):
        return Path(known)
    short = tempfile.gettempdir() if len(tempfile.gettempdir()) < _LONG_FOLDER else "/tmp"
    sockets = Path(tempfile.mkdtemp(prefix=_SOCKET_PREFIX, dir=short))
    note.write_text(str(sockets))
    who.own(sockets)
    return sockets


def _keep_socket_folder(folder: Path, sockets: str, who: Runner) -> bool:
    """Create the socket folder if necessary and check that it is private; return False if its name is taken."""
    path = Path(sockets)
    try:
        path.mkdir(mode=0o700)
        who.own(path)
    except FileExistsError:
        found = path.lstat()
        if (
            not path.is_dir()
            or path.is_symlink()
            or found.st_uid not in (os.geteuid(), who.uid)
            or found.st_mode & 0o077
        ):
            return False
    except OSError:
        return False
    (folder / "socket").write_text(sockets)
    return True


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Shut down with a checkpoint; if that hangs, immediately, with recovery at the next start."""
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
