"""The heavy steps of a publish as Ray tasks, one a part: on this machine, or on a cluster that stands already.

Ray is an extra (`pip install taskwage[ray]`). What a step keeps stays in Ray's store until the next step asks for it; a
task whose worker dies runs again, and so does whatever made what was lost with it. The steps are those that run here.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.estimator.parts import SOURCE, Parts, Source, Step, Told, together
from api.errors import CannotStart
from api.publishing.local_engine import Exports, sources

STORE_BYTES = 1 << 30  # what parts keep between steps; more goes to disk
RETRIES = 3  # of a task whose worker died
PLACE = "tw-ray-"  # short: sockets' paths have 107 characters at most
ONLY_HERE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # what Ray calls a node that listens on 127.0.0.1 alone
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is told to anybody
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DEDUP_LOGS": "0",
    "POLARS_MAX_THREADS": "1",  # a worker is one core
}


@dataclass(frozen=True)
class RayEngine:
    """Where tasks run: `address` of a cluster, or none: `workers` processes here, started and stopped by us."""

    address: str | None = None
    workers: int = os.cpu_count() or 1

    def __post_init__(self) -> None:
        if self.address is None:
            os.environ.update(ONLY_HERE)
        ray_module()

    @contextmanager
    def __call__(self, exports: Exports, _: Path) -> Iterator[Parts]:
        """The parts, for as long as they are needed."""
        with running(self) as ray:
            yield OnRay(ray, sources(exports, few_rows=0))


def ray_module() -> Any:  # noqa: ANN401  an extra, and without types
    """Ray.

    Raises:
        CannotStart: it is not installed.
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
    """Ray, connected; what was started here listens on 127.0.0.1 only, and is stopped again."""
    ray = ray_module()
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
    except (ConnectionError, RuntimeError, ValueError) as failed:
        raise CannotStart(f"Ray does not start or answer: {str(failed).splitlines()[0]}") from failed
    try:
        yield ray
    finally:
        ray.shutdown()
        if ours is not None:
            shutil.rmtree(ours, ignore_errors=True)


class OnRay(Parts):
    """Parts that lie in Ray's store."""

    def __init__(self, ray: Any, sources: Sequence[Source]) -> None:  # noqa: ANN401
        self._ray = ray
        self._task = ray.remote(num_returns=2, max_retries=RETRIES)(stepped)
        self._held: list[dict[str, Any]] = [{SOURCE: ray.put(source)} for source in sources]

    @property
    def count(self) -> int:
        return len(self._held)

    def run(self, step: Step, read: str, keep: str | None, *shared: object) -> Told:
        common = [self._ray.put(one) for one in shared]
        words = []
        for held in self._held:
            kept, told = self._task.remote(step, held[read], *common)
            if keep is not None:
                held[keep] = kept
            words.append(told)
        return together(self._ray.get(words))


def stepped(step: Step, state: object, *shared: object) -> tuple[Any, Told]:
    """A step in a worker."""
    return step(state, *shared)
