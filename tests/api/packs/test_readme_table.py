"""The README's table of platforms says what the packs say."""

from __future__ import annotations

import pytest

from api.packs import generate, readme_table
from api.packs import load as packs

LOADED = packs.load()


def test_the_table_in_the_readme_is_fresh():
    assert generate.fresh_readme()[1]


def test_a_stale_table_is_noticed_and_mended(tmp_path):
    file = tmp_path / "README.md"
    file.write_text(f"before\n{readme_table.BEGIN}\nold\n{readme_table.END}\nafter\n")
    fresh, is_fresh = generate.fresh_readme(file)
    assert not is_fresh
    assert fresh.startswith("before\n")
    assert fresh.endswith("\nafter\n")
    file.write_text(fresh)
    assert generate.fresh_readme(file) == (fresh, True)


def test_a_readme_without_its_marks_is_refused():
    with pytest.raises(readme_table.NoTable):
        readme_table.with_table("nothing", LOADED.values())


def test_every_platform_has_a_row_and_closed_ones_come_last():
    lines = readme_table.table(LOADED.values()).splitlines()[2:]
    assert len(lines) == len(LOADED)
    assert "closed 30 September 2026" in lines[-1]


def test_every_pack_that_reads_a_site_names_its_public_source():
    assert [pack.slug for pack in LOADED.values() if pack.pages and not pack.sources] == []


def test_what_is_read_is_what_the_pack_reads():
    assert readme_table.reads(LOADED["dataannotation"]) == [
        "listing",
        "claim",
        "end",
        "outcome",
        "money",
        "paid time",
        "statement",
    ]
    assert readme_table.reads(LOADED["mercor"]) == ["listing", "money"]
    assert readme_table.reads(LOADED["crowdgen"]) == []
