"""Small groups: nobody finds their figures, neither in a line of their own nor as the whole less the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.kernel.withholding import SMALL, withheld


@pytest.mark.parametrize(("people", "away"), [
    ([], []), ([5, 40], [False, False]), ([3, 30, 8], [True, False, True]), ([1, 2, 9, 7], [True, True, False, True]),
    ([4, 2, 7, 9], [True, True, False, False]), ([4], [True]), ([0, 8], [True, False]), ([3, 6, 6], [True, True, False]),
])
def test_the_next_smallest_goes_with_so_few(people: list[int], away: list[bool]) -> None:
    assert withheld(people) == away


def test_a_part_with_nobody_takes_another_along_where_more_is_told_of_it() -> None:
    assert withheld([0, 8, 6], even_nobody=True) == [True, False, True]


@given(st.lists(st.integers(0, 40), max_size=9), st.booleans())
def test_nothing_small_can_be_found(people: list[int], even_nobody: bool) -> None:
    away = withheld(people, even_nobody=even_nobody)
    assert all(is_away for number, is_away in zip(people, away, strict=True) if number < SMALL)
    together = sum(number for number, is_away in zip(people, away, strict=True) if is_away)
    assert together >= SMALL or together == 0 or all(away)
    assert any(number < SMALL for number in people) or not any(away)
