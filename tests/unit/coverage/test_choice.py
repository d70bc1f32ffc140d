"""What the filter of law coverage writes into an address."""

from __future__ import annotations

import pytest

from quizapp.coverage.queries import Choice


def test_a_choice_is_in_the_address_as_far_as_it_was_made() -> None:
    assert Choice(2026).to_address() == {"year": 2026}
    whole = Choice(2026, "constitution", 7, "科级", "行政执法")
    assert whole.to_address() == {"year": 2026, "subject": "constitution", "unit": 7, "rank": "科级", "post_type": "行政执法"}
    assert whole.to_address(post_type="", unit=0) == {"year": 2026, "subject": "constitution", "rank": "科级"}


@pytest.mark.parametrize("one", [{"subject": "constitution"}, {"unit": 7}, {"rank": "科级"}, {"post_type": "行政执法"}])
def test_each_filter_alone_can_be_taken_off(one: dict[str, object]) -> None:
    assert Choice(2026, **one).is_narrow  # type: ignore[arg-type]
    assert not Choice(2026).is_narrow
