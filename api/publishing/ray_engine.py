"""The heavy steps of a publish as Ray tasks, one a part: on this machine, or on a running cluster.

Ray is an extra (`pip install taskwage[ray]`). A step's results stay in Ray's store until the next step needs them. A
task whose worker dies runs again a few times, with any lost inputs. Each worker compares the hash of its code with the
publisher's, so no release holds figures of other code.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.estimator.parts import SOURCE, Frames, Parts, Source, Step, together
from api.errors import CannotStart, TaskwageError
from api.publishing.code_digest import code_digest
from api.publishing.local_engine import Exports, sources

STORE_BYTES = 1 << 30  # results that parts keep between steps; more goes to disk
CONNECT_SECONDS = 5.0
RETRIES = 3  # of a task whose worker died or ran out of memory
STEP_SECONDS = 3600.0  # of one step over all parts; a step of ten million rows takes seconds
PLACE = "tw-ray-"  # short: socket paths have 107 characters at most
ONLY_HERE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # Ray's name for a node that listens on 127.0.0.1 alone
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # no usage reports
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_task_oom_retries": str(RETRIES),  # without a bound Ray retries for ever
    "POLARS_MAX_THREADS": "1",  # a worker is one core
}


@dataclass(frozen=True)
class RayEngine:
    """An engine on the cluster at `address`, or on `workers` local processes that it starts and stops."""

    address: str | None = None
    workers: int = os.cpu_count() or 1
    step_seconds: float = STEP_SECONDS

    def __post_init__(self) -> None:
        if self.address is None:
            os.environ.update(ONLY_HERE)
        ray_module()

    @contextmanager
    def __call__(self, exports: Exports, _: Path) -> Iterator[Parts]:
        """Provide the parts while the context is open."""
        with running(self) as ray:
            yield OnRay(ray, sources(exports, few_rows=0), self.step_seconds)


def ray_module() -> Any:  # noqa: ANN401  an extra, and without types
    """Import and return Ray.

    Raises:
        CannotStart: Ray is not installed.
    """
    os.environ.update({name: value for name, value in QUIET.items() if name.startswith("RAY")})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import ray
    except ImportError as missing:
        raise CannotStart(
            "Ray is not installed: pip install 'taskwage[ray]', or publish without --engine ray"
        ) from missing
    return ray


@contextmanager
def running(engine: RayEngine) -> Iterator[Any]:
    """Connect to Ray; a local instance listens on 127.0.0.1 only and is stopped afterwards."""
    ray = ray_module()
    if engine.address is not None:
        _require_listener(engine.address)
    ours = None if engine.address else tempfile.mkdtemp(prefix=PLACE, dir="/tmp")  # the settings' folder may be long
    settings = {"runtime_env": {"env_vars": QUIET}, "log_to_driver": False, "logging_level": "ERROR"}
    own = {
        "address": "local",
        "num_cpus": engine.workers,
        "include_dashboard": False,
        "object_store_memory": STORE_BYTES,
        "_node_ip_address": "127.0.0.1",
        "_temp_dir": ours,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ray.init(**settings, **({"address": engine.address} if engine.address else own))
    except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as failed:
        raise CannotStart(_unreachable(engine.address, failed)) from failed
    try:
        yield ray
    finally:
        ray.shutdown()
        if ours is not None:
            shutil.rmtree(ours, ignore_errors=True)


def _require_listener(address: str) -> None:
    """Require a listener at HOST:PORT, because Ray ends the process if there is none.

    Raises:
        CannotStart: No process listens there.
    """
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not port.isdigit():
        return  # "auto", which Ray resolves
    try:
        socket.create_connection((host, int(port)), CONNECT_SECONDS).close()
    except OSError as failed:
        raise CannotStart(
            f"cannot join Ray at {address}: {failed.strerror or failed}; is its head running there?"
        ) from None


def _unreachable(address: str | None, failed: Exception) -> str:
    if address is None:
        return f"Ray does not start: {str(failed).splitlines()[0]}"
    return (
        f"cannot join Ray at {address} ({type(failed).__name__}); is its head running there? If it asks for a token, set "
        "RAY_AUTH_MODE=token and RAY_AUTH_TOKEN"
    )


class OnRay(Parts):
    """Parts in Ray's store."""

    def __init__(self, ray: Any, sources: Sequence[Source], step_seconds: float = STEP_SECONDS) -> None:  # noqa: ANN401
        self._ray, self._step_seconds, self._code = ray, step_seconds, code_digest()
        self._task = ray.remote(num_returns=2, max_retries=RETRIES)(stepped)
        self._held: list[dict[str, Any]] = [{SOURCE: ray.put(source)} for source in sources]

    @property
    def count(self) -> int:
        return len(self._held)

    def run(self, step: Step, read: str, keep: str | None, *shared: object) -> Frames:
        """Run a step on every part.

        Raises:
            CannotStart: A worker runs other code, keeps dying, cannot read its part, or exceeds the time limit.
        """
        common = [self._ray.put(one) for one in shared]
        words = []
        for held in self._held:
            kept, frames = self._task.remote(self._code, step, held[read], *common)
            if keep is not None:
                held[keep] = kept
            words.append(frames)
        try:
            return together(self._ray.get(words, timeout=self._step_seconds))
        except self._ray.exceptions.RayError as failed:
            for word in words:
                self._ray.cancel(word, force=True)
            raise CannotStart(_reason(self._ray.exceptions, failed, self._step_seconds)) from failed


def _reason(kinds: Any, failed: Exception, step_seconds: float) -> str:  # noqa: ANN401
    """Return in one line why a step failed."""
    cause = getattr(failed, "cause", None)
    if isinstance(cause, TaskwageError):
        return f"a Ray worker stopped: {cause}"
    if isinstance(cause, OSError):
        kind = type(cause).__name__
        return f"a Ray worker cannot read its part ({kind}); give every node the segments' folder or the bucket's keys"
    if isinstance(failed, kinds.GetTimeoutError):
        return f"Ray did not end a step within {step_seconds:.0f} s; add workers, or publish without --engine ray"
    if isinstance(failed, kinds.OutOfMemoryError):
        return f"a Ray worker ran out of memory {RETRIES + 1} times; give nodes more memory or fewer workers"
    if isinstance(failed, kinds.RayTaskError):
        return f"a step failed in a Ray worker ({type(cause).__name__})"
    return f"Ray lost a worker or its data more than {RETRIES} times ({type(failed).__name__}); look at its nodes"


def stepped(code: str, step: Step, state: object, *shared: object) -> tuple[Any, Frames]:
    """Run a step in a worker whose code is the publisher's.

    Raises:
        CannotStart: The worker's code differs.
    """
    if code != code_digest():
        raise CannotStart("its code is not the publisher's; install the same version of taskwage on every node")
    return step(state, *shared)
