"""Deltas give back the whole, byte for byte; signatures hold for the whole and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.release.delta import Parts, applied, delta
from analytics.release.signature import Signer, is_signed
from analytics.release.snapshot import Snapshot, encoded, packed

numbers = st.one_of(st.none(), st.floats(0, 1e6).map(lambda value: float(f"{value:.3g}")), st.just(6.28e-05))
cells = st.tuples(st.sampled_from([5, 10, 20, 50]), *[numbers] * 6) | st.tuples(st.just(10), *[numbers] * 8)
keys = st.integers(0, 30).map(lambda number: f"{number * 9_000_000_000_001:012x}")


def snapshot(rates, release="2026-11-23"):
    return encoded(
        Snapshot(
            all_in_factor=1.4,
            as_of=date(2026, 11, 23),
            method='says "rates":{ too',
            nature="real",
            platform="practice",
            platform_rate=(50, 3.0),
            rates=dict(sorted(rates.items())),
            release=release,
            s_b=1.05,
            sigma_e=0.95,
            slope=0.6,
            usd_per={"IDR": 6.28e-05},
        )
    )


@given(st.dictionaries(keys, cells), st.dictionaries(keys, cells))
def test_a_delta_makes_the_very_bytes_of_the_new_snapshot(old, new):
    one, other = snapshot(old), snapshot(new, "2026-11-30")
    assert applied(one, delta(one, other)) == other
    assert Parts.of(one.decode()).text().encode() == one


def test_a_text_without_rates_is_no_snapshot():
    with pytest.raises(ValueError):
        Parts.of("{}")


def test_a_delta_of_a_usual_week_is_small():
    rates = {
        f"{number * 5_600_000_011:012x}": (10, 3.58 + number % 7, 1.2, 9.1, 4.4, 0.9, 0.8) for number in range(5000)
    }
    moved = rates | dict.fromkeys(list(rates)[::100], (20, 1.1, 1.0, 1.3, 2.0, 0.5, 0.5))
    one, other = snapshot(rates), snapshot(moved, "2026-11-30")
    small = packed(delta(one, other))
    assert len(small[".gz"]) < len(packed(other)[".gz"]) / 20


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_signature_holds_for_what_was_signed_alone(content, other):
    signer = Signer(bytes(range(32)))
    signature = signer.sign(content)
    assert signature == Signer(bytes(range(32))).sign(content)
    assert is_signed(content, signature, signer.public_key)
    assert is_signed(other, signature, signer.public_key) == (other == content)
    assert not is_signed(content, signature, Signer(bytes(32)).public_key)


@pytest.mark.parametrize(("signature", "key"), [("", ""), ("AAAA", "AAAA"), ("no base64", "é")])
def test_what_is_no_signature_or_no_key_holds_for_nothing(signature, key):
    assert not is_signed(b"", signature, key)


def test_a_signer_shows_its_key_to_no_log():
    assert "seed" not in repr(Signer(b"x" * 32))
