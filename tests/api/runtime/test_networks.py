"""Networks as settings name them."""

from __future__ import annotations

import pytest

from api.errors import BadSettings
from api.runtime.networks import Networks
from api.runtime.settings import Settings


def test_addresses_and_networks_hold_what_they_should():
    found = Networks.of("10.0.0.0/8, ::1,192.0.2.7")
    assert "10.9.8.7" in found
    assert "::1" in found
    assert "::ffff:192.0.2.7" in found
    assert "192.0.2.8" not in found
    assert None not in found
    assert "a name" not in found


def test_none_hold_nothing():
    assert "127.0.0.1" not in Networks.of("")


@pytest.mark.parametrize("text", ["*", "proxy.internal", "10.0.0.1/8", "300.0.0.1"])
def test_what_is_no_network_is_named(text):
    with pytest.raises(BadSettings, match=r"^TASKWAGE_TRUSTED_PROXIES: "):
        Settings.from_env({"TASKWAGE_TRUSTED_PROXIES": text})


def test_settings_read_them():
    settings = Settings.from_env({"TASKWAGE_TRUSTED_PROXIES": "10.0.0.0/8", "TASKWAGE_METRICS_FROM": "192.0.2.1"})
    assert settings.trusted_proxies == Networks.of("10.0.0.0/8")
    assert "192.0.2.1" in settings.metrics_from
