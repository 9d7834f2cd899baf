"""The toll, the secret and the neighbourhood: what holds, and each way in which it must not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.errors import TollUnpaid, UnknownSecret
from api.intake import enrolment
from tests.builders import NOW

KEY = b"k" * 32


@pytest.fixture
def toll():
    made = enrolment.challenge(KEY, 8, NOW)
    return made, enrolment.solve(made.challenge, made.difficulty)


def test_a_paid_toll_holds_until_it_expires(toll):
    made, nonce = toll
    assert enrolment.check_toll(KEY, made.challenge, nonce, NOW) == made.expires_at
    with pytest.raises(TollUnpaid, match="expired"):
        enrolment.check_toll(KEY, made.challenge, nonce, made.expires_at)


def test_a_nonce_must_solve_its_challenge(toll):
    made, nonce = toll
    wrong = next(str(n) for n in range(10_000) if str(n) != nonce and not solves(made, str(n)))
    with pytest.raises(TollUnpaid, match="does not solve"):
        enrolment.check_toll(KEY, made.challenge, wrong, NOW)


def solves(made, nonce):
    try:
        enrolment.check_toll(KEY, made.challenge, nonce, NOW)
    except TollUnpaid:
        return False
    return True


@pytest.mark.parametrize("text", ["", ".", "1.2.3.4", "1.99999999999.0.x.signature", "x" * 300, "1.9.0.é.é"])
def test_a_challenge_that_is_not_ours_is_refused(text):
    with pytest.raises(TollUnpaid, match="not issued by this server"):
        enrolment.check_toll(KEY, text, "0", NOW)


def test_terms_cannot_be_made_easier(toll):
    made, nonce = toll
    easier = made.challenge.replace(f".{made.difficulty}.", ".0.")
    with pytest.raises(TollUnpaid, match="not issued by this server"):
        enrolment.check_toll(KEY, easier, nonce, NOW)


def test_a_challenge_of_another_database_is_refused(toll):
    made, nonce = toll
    with pytest.raises(TollUnpaid, match="not issued by this server"):
        enrolment.check_toll(b"other" * 8, made.challenge, nonce, NOW)


def test_zero_bits_are_counted_from_the_start():
    assert enrolment.zero_bits(b"\x00\x00\xff") == 16
    assert enrolment.zero_bits(b"\x00\x1f\xff") == 11
    assert enrolment.zero_bits(b"\x80") == 0


def test_a_secret_is_256_bits_and_is_known_by_its_hash():
    secret = enrolment.new_secret()
    assert len(secret) == enrolment.SECRET_LENGTH
    assert secret != enrolment.new_secret()
    assert enrolment.bearer(f"Bearer {secret}") == enrolment.secret_hash(secret)


def test_a_secret_may_name_its_home():
    secret = f"manila.{enrolment.new_secret()}"
    assert enrolment.bearer(f"Bearer {secret}") == enrolment.secret_hash(secret)
    assert enrolment.bearer_home(f"Bearer {secret}") == "manila"
    assert enrolment.bearer_home(f"Bearer {enrolment.new_secret()}") is None


@pytest.mark.parametrize("home", ["", "Manila", "a" * 31, "man.ila", "m\u00e1nila", "1st", "manila."])
def test_what_names_no_possible_home_is_no_secret(home):
    with pytest.raises(UnknownSecret):
        enrolment.bearer(f"Bearer {home}.{enrolment.new_secret()}")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer short", "Basic " + "a" * 43, "Bearer " + "é" * 43])
def test_a_header_without_a_secret_is_refused(header):
    with pytest.raises(UnknownSecret):
        enrolment.bearer(header)


def test_a_neighbourhood_is_a_household_and_is_unknown_without_the_salt():
    salt = b"s" * 32
    here = enrolment.neighbourhood("203.0.113.7", salt)
    assert here == enrolment.neighbourhood("203.0.113.250", salt)
    assert here == enrolment.neighbourhood("::ffff:203.0.113.9", salt)
    assert here != enrolment.neighbourhood("203.0.114.7", salt)
    assert here != enrolment.neighbourhood("203.0.113.7", b"t" * 32)
    assert enrolment.neighbourhood("2001:db8:1:2::1", salt) == enrolment.neighbourhood("2001:db8:1:3::9", salt)
    assert enrolment.neighbourhood("2001:db8:2::1", salt) != enrolment.neighbourhood("2001:db8:1::1", salt)
    assert enrolment.neighbourhood(None, salt) == enrolment.neighbourhood("nonsense", salt)


def test_a_challenge_says_when_it_ends(toll):
    made, _ = toll
    assert made.expires_at - NOW == timedelta(minutes=30)


@pytest.mark.parametrize(("crowd", "bits"), [(0, 18), (1, 18), (1.5, 19), (2, 19), (2.1, 20), (8, 21), (1e9, 24)])
def test_a_larger_crowd_pays_a_higher_toll_up_to_a_bound(crowd, bits):
    assert enrolment.harder(18, crowd) == bits


def test_no_toll_is_beyond_what_the_contract_allows():
    assert enrolment.harder(30, 1e9) == 32


def test_a_place_is_shared_by_many_neighbourhoods():
    salt = b"s" * 32
    places = [
        place for a in range(200) for b in range(200) for place, _ in enrolment.places(f"10.{a}.{b}.1", salt, "x")
    ]
    assert enrolment.places("10.1.1.250", salt, "x") == [(places[201], 1)]
    assert enrolment.places("10.1.1.250", salt, "y") != [(places[201], 1)]
    assert len(set(places)) < len(places)
    assert all(0 <= place < 2**20 for place in places)


@pytest.mark.parametrize("address", ["::ffff:203.0.113.9", "2002:cb00:7109::1", "2002:cb00:7163:5::1"])
def test_an_address_that_holds_an_ipv4_address_counts_with_that_one(address):
    salt = b"s" * 32
    assert enrolment.neighbourhood(address, salt) == enrolment.neighbourhood("203.0.113.7", salt)
    assert enrolment.places(address, salt, "x") == enrolment.places("203.0.113.7", salt, "x")


def test_an_ipv6_address_counts_with_its_household_and_with_its_carrier():
    salt = b"s" * 32
    household, carrier = enrolment.places("2001:db8:1::1", salt, "x")
    assert enrolment.places("2001:db8:1:2::9", salt, "x") == [household, carrier]
    other_household, same_carrier = enrolment.places("2001:db8:2::1", salt, "x")
    assert (other_household != household, same_carrier) == (True, carrier)
    assert enrolment.places("2001:db9:1::1", salt, "x")[1] != carrier
    assert (household[1], carrier[1]) == (1, 10)
