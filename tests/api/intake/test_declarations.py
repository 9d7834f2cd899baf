"""What the stores are told is sent, held against the contract."""

from __future__ import annotations

from pathlib import Path

from api.intake import declarations


def test_every_field_that_can_be_sent_is_declared_to_the_stores():
    assert declarations.undeclared() == []


def test_no_category_stands_for_a_field_that_is_never_sent():
    sent = {name for kind in declarations.SENT for name in kind.__struct_fields__}
    assert sorted(declarations.CATEGORIES.keys() - sent) == []


def test_country_pay_and_web_activity_are_declared():
    assert {"locationInfo", "financialAndPaymentInfo", "websiteActivity"} <= declarations.declared().keys()


def test_the_text_for_the_stores_names_every_category_and_field():
    text = (Path(__file__).parents[3] / "docs" / "store" / "data.md").read_text()
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    assert rows.keys() == declarations.declared().keys()
    missing = [f for kind, names in declarations.declared().items() for f in names if f"`{f}`" not in rows[kind]]
    assert missing == []
