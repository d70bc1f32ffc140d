"""Two markers: when they agree, what the answer has, and the figures of agreement against a count by hand."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.marking.agreement import agreement, differ, settled, weighted_kappa

MARKS = Decimal(10)
SCORE = st.decimals(0, MARKS, places=2)
TOLERANCE = st.integers(0, 100)


@pytest.mark.parametrize(
    ("given_so_far", "expected"),
    [
        ([], None),
        (["6"], None),
        (["6", "8"], "7"),
        (["6", "6.25"], "6.13"),
        (["6", "8.01"], None),
        (["6", "9", "8"], "8"),
        (["0", "10", "0"], "0"),
    ],
)
def test_what_an_answer_has(given_so_far: list[str], expected: str | None) -> None:
    """With 10 marks and 20 per cent, two marks apart is still agreed."""
    found = settled([Decimal(one) for one in given_so_far], MARKS, 20)
    assert found == (None if expected is None else Decimal(expected))


@given(SCORE, SCORE, SCORE, TOLERANCE)
def test_what_is_settled_lies_between_the_two_or_is_the_third(
    first: Decimal, second: Decimal, third: Decimal, tolerance: int
) -> None:
    two = settled([first, second], MARKS, tolerance)
    assert (two is None) == differ(first, second, MARKS, tolerance)
    if two is None:
        assert settled([first, second, third], MARKS, tolerance) == third
    else:
        assert min(first, second) <= two <= max(first, second)
        assert two == settled([second, first], MARKS, tolerance), "who came first does not count"
        assert two == round(two, 2)


@given(SCORE, SCORE)
def test_the_bounds_of_the_tolerance(first: Decimal, second: Decimal) -> None:
    assert not differ(first, second, MARKS, 100)
    assert differ(first, second, MARKS, 0) == (first != second)


def by_matrix(pairs: list[tuple[int, int]]) -> Decimal | None:
    """Cohen 1968 from the matrix of counts, category by category."""
    n = len(pairs)
    rows = [sum(first == one for first, _ in pairs) for one in range(11)]
    columns = [sum(second == one for _, second in pairs) for one in range(11)]
    seen = sum((first - second) ** 2 for first, second in pairs) / Decimal(n)
    chance = sum(((i - j) ** 2 * Decimal(rows[i]) * columns[j] / n / n for i in range(11) for j in range(11)), Decimal(0))
    return None if not chance else (1 - seen / chance).quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=30))
def test_kappa_is_that_of_the_matrix(pairs: list[tuple[int, int]]) -> None:
    found, expected = weighted_kappa([(Decimal(a), Decimal(b)) for a, b in pairs]), by_matrix(pairs)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert abs(found - expected) <= Decimal("0.01")  # the matrix rounds on its way


def test_the_figures_of_agreement() -> None:
    pairs = [(Decimal(a), Decimal(b)) for a, b in (("6", "6"), ("6", "8"), ("2", "9"), ("10", "10"))]
    found = agreement(pairs, MARKS, 20)
    assert (found.within.numerator, found.within.denominator, found.alike.numerator) == (3, 4, 2)
    # by hand: mean square 53/4; means 6 and 33/4, mean squares 44 and 281/4; 44 - 99 + 70.25 = 15.25
    assert found.kappa == Decimal("0.13")
    nothing = agreement([], MARKS, 20)
    assert (nothing.within.percent, nothing.alike.percent, nothing.kappa) == (None, None, None)
    assert agreement([(Decimal(5), Decimal(5))], MARKS, 20).kappa is None, "nothing differs, so nothing is to be compared"
