"""Prometheus metrics for the operator: counted here, read at /metrics.

Labels hold only fixed words (declared routes, reasons, shipped packs), so no visitor can create a new one. With several
processes, each writes its counts to the folder PROMETHEUS_MULTIPROC_DIR, and the one that is asked adds them up.
"""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from prometheus_client.values import MutexValue, ValueClass

from api.errors import Damaged, NotFound
from api.http.release_repository import ReleaseRepository
from api.intake.contract import Observation, Receipt
from api.packs.model import Pack
from api.runtime.clock import Clock

IS_SHARED = ValueClass is not MutexValue  # depends on that variable when prometheus_client is imported
KNOWN_VERSIONS = 5  # of a pack, counted by number; older and unknown ones are "other"
COMMIT_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.3, 1.0, 3.0, 10.0)
ANSWER_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The counts of one process."""

    def __init__(self, packs: dict[str, Pack]) -> None:
        self.registry = CollectorRegistry()
        self._newest = {slug: pack.version for slug, pack in packs.items()}
        self._requests = Counter(
            "taskwage_requests", "Answers given.", ("route", "method", "status"), registry=self.registry
        )
        self._answer = Histogram(
            "taskwage_answer_seconds", "From request to answer.", ("route",),
            buckets=ANSWER_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self._items = Counter(
            "taskwage_items", "Items sent to be stored, by what became of them.", ("status",), registry=self.registry
        )
        self._refusals = Counter("taskwage_refusals", "Items not kept, by reason.", ("reason",), registry=self.registry)
        self._unknown_fields = Counter(
            "taskwage_unknown_fields", "Fields of items that this server does not know; they are left out.",
            registry=self.registry,
        )  # fmt: skip
        self._captures = Counter(
            "taskwage_captures",
            "Observations by the pack that read them; a site that changed shows as pay that is missing.",
            ("pack", "version", "status", "pay"),
            registry=self.registry,
        )
        self._commit = Histogram(
            "taskwage_commit_seconds", "From queueing rows to having them on disk.",
            buckets=COMMIT_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self._queue = Gauge(
            "taskwage_queue_rows", "Rows that wait for a commit.", registry=self.registry, multiprocess_mode="livesum"
        )

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(route, method if method in METHODS else "other", status).inc()
        self._answer.labels(route).observe(seconds)

    def settled(self, items: Sequence[object], receipts: Sequence[Receipt]) -> None:
        """Count the statuses of one request's items; unreadable items count as refused only.

        Equal ones are counted together, because a counter costs more than all other work for an item.
        """
        for status, count in Tally(receipt.status for receipt in receipts).items():
            self._items.labels(status).inc(count)
        for reason, count in Tally(receipt.reason for receipt in receipts if receipt.reason is not None).items():
            self._refusals.labels(reason.value).inc(count)
        captures = Tally(
            (item.pack.slug, item.pack.version, receipt.status, item.reward is None and item.paid is None)
            for item, receipt in zip(items, receipts, strict=True)
            if isinstance(item, Observation)
        )
        for capture, count in captures.items():
            self._captured(capture, count)

    def _captured(self, capture: tuple[str, int, str, bool], count: int) -> None:
        slug, version, status, is_missing = capture
        newest = self._newest.get(slug)
        if newest is None:
            return
        known = newest - KNOWN_VERSIONS < version <= newest
        pay = "missing" if is_missing else "read"
        self._captures.labels(slug, str(version) if known else "other", status, pay).inc(count)

    def unknown_fields(self, count: int) -> None:
        """Count fields that were left out of the items of one request."""
        if count:
            self._unknown_fields.inc(count)

    def committed(self, seconds: float) -> None:
        """Record the seconds until rows were on disk."""
        self._commit.observe(seconds)

    def queued(self, rows: int) -> None:
        """Record the number of waiting rows."""
        self._queue.set(rows)


class Outlook:
    """Metrics computed from the releases on request: the current one's age, and damaged files."""

    def __init__(self, releases: ReleaseRepository, clock: Clock) -> None:
        self._releases = releases
        self._clock = clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the age of the current release, if there is one, and the number of damaged files and releases."""
        try:
            as_of = datetime.combine(self._releases.current().as_of, time(), UTC)
        except (NotFound, Damaged):
            as_of = None
        if as_of is not None:
            age = (self._clock.now() - as_of).total_seconds()
            yield GaugeMetricFamily("taskwage_release_age_seconds", "Since the day of the current release.", value=age)
        damaged = len(self._releases.damage())
        yield GaugeMetricFamily("taskwage_damaged_files", "Published files found damaged.", value=damaged)


def gone(process: int, folder: str) -> None:
    """Remove the gauges of an ended process; its counts stay."""
    mark_process_dead(process, folder)  # type: ignore[no-untyped-call]  # the library has no types here


async def exposed(metrics: Metrics, outlook: Collector) -> bytes:
    """Return all counts in Prometheus' format, summed over processes that share a folder."""
    return await asyncio.to_thread(_exposed, metrics, outlook)


def _exposed(metrics: Metrics, outlook: Collector) -> bytes:
    looked = CollectorRegistry(auto_describe=False)
    looked.register(outlook)
    counts = metrics.registry
    if IS_SHARED:
        counts = CollectorRegistry()
        MultiProcessCollector(counts)  # type: ignore[no-untyped-call]  # the library has no types here
    return generate_latest(counts) + generate_latest(looked)
