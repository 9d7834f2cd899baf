"""The benchmarks are tried on the same servers and pools as the API."""

from __future__ import annotations

from tests.api.conftest import clock, pool, serving, settings, site

__all__ = ["clock", "pool", "serving", "settings", "site"]
