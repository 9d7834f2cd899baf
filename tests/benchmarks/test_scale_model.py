"""What one row costs, carried to ten thousand, a million and twenty million workers: the page's figures are the model's."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.scale_model import HOMES, Costs, Plan, Prices, size, table

PAGE = (Path(__file__).parents[2] / "docs" / "scale.md").read_text()
MILLION = Plan(1_000_000, 1)


def test_the_table_on_the_page_is_the_models():
    assert table() in PAGE


def test_the_costs_on_the_page_are_the_models():
    costs = Costs()
    for words in (
        f"| {costs.intake_seconds * 1e6:.0f} µs of a core",
        f"| {costs.live_bytes:.0f} bytes |",
        f"| {costs.segment_bytes:.0f} bytes |",
        f"| {costs.release_seconds * 1e6:.1f} µs of a core",
        f"a worker makes {costs.rows_a_day:.0f} rows a day, {costs.rows_a_day * costs.kept_days:,.0f} in the "
        f"{costs.kept_days} days",
    ):
        assert words in re.sub(r"\s+", " ", PAGE), words


def test_the_prices_on_the_page_are_the_models():
    prices = Prices()
    assert f"a core with 8 GB of memory ${prices.core_hour:.2f} an hour" in PAGE
    assert f"object storage ${prices.bucket_gb_month} a GB and month" in PAGE


def test_a_million_workers_by_hand():
    """180 rows a day and worker; 86,400 seconds; 45 days of 178 bytes twice; 400 days of 26 bytes and of 15.6 us."""
    assert round(MILLION.peak_rows) == round(180e6 / 86_400 * 4) == 8333
    assert round(MILLION.intake_cores, 2) == 0.35
    assert size(MILLION.ssd_bytes) == size(2 * 180e6 * 45 * 178) == "2.9 TB"
    assert size(MILLION.bucket_bytes) == size(180e6 * 400 * 26) == "1.9 TB"
    assert round(MILLION.release_core_hours) == round(180e6 * 400 * 15.6e-6 / 3600) == 312


def test_homes_share_rows_and_disks_and_nothing_else():
    for homes in HOMES:
        plan = Plan(20_000_000, homes)
        assert round(plan.peak_rows * homes) == round(Plan(20_000_000, 1).peak_rows)
        assert round(plan.ssd_bytes * homes) == round(Plan(20_000_000, 1).ssd_bytes)
        assert plan.bucket_dollars == Plan(20_000_000, 1).bucket_dollars
        assert plan.machine_cores >= 2 * plan.intake_cores
    assert Plan(20_000_000, 8).dollars / 20_000_000 < 0.0005
