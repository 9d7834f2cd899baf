"""Money is read exactly, or refused."""

import pytest

from analytics.model.errors import BadInput
from analytics.model.units import usd_micros, usd_per_hour


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("$0.05", 50_000),
        ("$0.20 ", 200_000),
        ("0.15", 150_000),
        (".5", 500_000),
        ("$3", 3_000_000),
        ("$1,200.50", 1_200_500_000),
        ("USD 0.000001", 1),
        ("$0.00", 0),
        ("0.29", 290_000),  # 0.29 * 1e6 is 289999.99999999994 in floats
    ],
)
def test_dollars_become_micros_exactly(text, micros):
    assert usd_micros(text) == micros


@pytest.mark.parametrize("text", ["", "$", "-0.05", "five", "0.0000001", "0,05", "nan", "1e3", "$1.2.3", "€1"])
def test_what_is_no_amount_of_dollars_is_refused(text):
    with pytest.raises(BadInput):
        usd_micros(text)


def test_an_hour_at_a_cent_a_second_pays_36_dollars():
    assert usd_per_hour(10_000, 1.0) == 36.0
