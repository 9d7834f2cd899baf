"""What the stores are told is sent, held against the contract."""

from __future__ import annotations

from api.intake import declarations


def test_every_field_that_can_be_sent_is_declared_to_the_stores():
    assert declarations.undeclared() == []


def test_no_category_stands_for_a_field_that_is_never_sent():
    sent = {name for kind in declarations.SENT for name in kind.__struct_fields__}
    assert sorted(declarations.CATEGORIES.keys() - sent) == []


def test_country_pay_and_web_activity_are_declared():
    assert {"locationInfo", "financialAndPaymentInfo", "websiteActivity"} <= declarations.declared().keys()
