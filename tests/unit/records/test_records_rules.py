"""What is copied from paper, and the digest of what it says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from quizapp.records.rules import digest_of, number_of, typed_code, typed_number


@pytest.mark.parametrize("text", ["XF2026-12-00037", " xf2026-12-00037 ", "ＸＦ2026-12-00037", "XF2026—12—00037"])
def test_a_number_as_people_copy_it(text: str) -> None:
    assert typed_number(text) == number_of(2026, 12, 37)


@pytest.mark.parametrize("text", ["", "2026-12-00037", "XF2026-12-37", "XF2026-12-00037'; --", "XF" + "9" * 500])
def test_what_no_certificate_is_called(text: str) -> None:
    assert typed_number(text) == ""


def test_a_code_in_groups() -> None:
    assert typed_code("abcd 2345") == typed_code("ABCD-2345") == "ABCD2345"
    assert typed_code("ABCD0000") == typed_code("ABC") == ""


def test_every_fact_is_in_the_digest() -> None:
    facts: dict[str, object] = {"name": "沈砚秋", "score": Decimal(60), "sat_on": date(2026, 11, 25)}
    assert digest_of(facts) == digest_of(dict(reversed(facts.items())))
    assert len({digest_of(facts), *(digest_of({**facts, name: "另外"}) for name in facts)}) == 4
