"""A release secret for tests, the same in every run."""

from __future__ import annotations

from analytics.disclosure.release_secret import ReleaseSecret

SECRET = ReleaseSecret(bytes(range(32)))
