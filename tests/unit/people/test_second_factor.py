"""Codes of the authenticator, and secrets at rest, as pure rules."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest

from quizapp.clock import SHANGHAI
from quizapp.kernel.errors import ConflictError
from quizapp.people.rules.second_factor import (
    ALPHABET,
    STEP,
    Vault,
    address_of,
    in_groups,
    is_from_authenticator,
    new_code,
    new_key,
    shown,
    step_of,
    typed,
)

# the key and a moment of RFC 6238, appendix B: 94287082 in eight digits
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=SHANGHAI)


def test_the_codes_are_those_of_the_standard() -> None:
    assert step_of(RFC_KEY, "287082", datetime.fromtimestamp(59, SHANGHAI), 0) == 1
    assert step_of(RFC_KEY, "081804", datetime.fromtimestamp(1111111109, SHANGHAI), 0) == 37037036


@pytest.mark.parametrize(("late", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_one_step(late: int, taken: bool) -> None:
    key = new_key()
    code = pyotp.TOTP(key).at(NOON + timedelta(seconds=late * STEP))
    assert (step_of(key, code, NOON, 0) is not None) is taken


def test_a_used_step_and_those_before_are_refused() -> None:
    key = new_key()
    code, earlier = (pyotp.TOTP(key).at(NOON + timedelta(seconds=shift)) for shift in (0, -STEP))
    used = step_of(key, code, NOON, 0)
    assert used is not None
    assert step_of(key, code, NOON, used) is None
    assert step_of(key, earlier, NOON, used) is None
    assert step_of(key, code, NOON, used - 1) == used


def test_a_secret_is_sealed_for_one_person_and_one_installation() -> None:
    key, vault = new_key(), Vault("a secret")
    sealed = vault.seal(7, key)
    assert key.encode() not in sealed
    assert sealed != vault.seal(7, key)
    assert vault.unseal(7, sealed) == key
    for other, person_id in ((vault, 8), (Vault("another secret"), 7)):
        with pytest.raises(ConflictError):
            other.unseal(person_id, sealed)
    assert vault.salt("p1") != vault.salt("p2")
    assert vault.salt("p1") != Vault("another secret").salt("p1")


@pytest.mark.parametrize("text", ["ABCD-2345", " abcd 2345 ", "ａｂｃｄ－２３４５", "abcd2345"])
def test_a_code_is_read_however_it_was_typed(text: str) -> None:
    assert typed(text) == "ABCD2345"


def test_what_is_typed_in_other_scripts_is_no_code() -> None:
    assert not is_from_authenticator(typed("١٢٣٤٥٦"))
    assert not is_from_authenticator(typed("1234567"))
    assert is_from_authenticator(typed("１２３ ４５６"))


def test_codes_are_long_enough_and_without_what_people_mix_up() -> None:
    codes = {new_code(8) for _ in range(500)}
    assert len(codes) == 500
    assert not set("".join(codes)) & set("01OIL")
    assert len(ALPHABET) == 31
    assert shown("ABCD2345") == "ABCD-2345"
    assert typed(shown("ABCD2345")) == "ABCD2345"


def test_what_the_telephone_scans() -> None:
    address = address_of(RFC_KEY, "qx10001", "学法用法考试平台")
    assert address.startswith("otpauth://totp/")
    assert f"secret={RFC_KEY}" in address
    assert pyotp.parse_uri(address).name == "qx10001"
    assert in_groups("ABCDEFGH") == "ABCD EFGH"
