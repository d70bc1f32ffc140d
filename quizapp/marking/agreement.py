"""Two markers at one answer: when they agree, what the answer then has, and how well they agree over all. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from quizapp.kernel.rates import Rate, round_half_up

MARKERS = 2
AT_MOST = MARKERS + 1  # readings of one answer, the third one's included


def differ(first: Decimal, second: Decimal, marks: Decimal, tolerance: int) -> bool:
    """Whether two marks lie further apart than `tolerance` per cent of the question's `marks`."""
    return abs(first - second) * 100 > marks * tolerance


def settled(scores: Sequence[Decimal], marks: Decimal, tolerance: int) -> Decimal | None:
    """What an answer has by the marks given so far, in the order in which they came; None while another person is needed.

    Two that do not `differ`: their mean, half up to 0.01. Two that do: what the third gave, whatever it is.
    """
    match list(scores):
        case [first, second, *_] if not differ(first, second, marks, tolerance):
            return round_half_up((first + second) / 2, 2)
        case [_, _, third]:
            return third
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Over the answers that two people have marked: `within` the tolerance, `alike` to the last digit. `kappa`: see
    `weighted_kappa`."""

    within: Rate
    alike: Rate
    kappa: Decimal | None


def agreement(pairs: Sequence[tuple[Decimal, Decimal]], marks: Decimal, tolerance: int) -> Agreement:
    """`pairs`: the first two marks of each answer to one question."""
    within = sum(not differ(first, second, marks, tolerance) for first, second in pairs)
    alike = sum(first == second for first, second in pairs)
    return Agreement(Rate(within, len(pairs)), Rate(alike, len(pairs)), weighted_kappa(pairs))


def weighted_kappa(pairs: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Cohen's kappa with quadratic weights, half up to 0.01; 1 is full agreement, 0 what chance would give.

    Cohen, Weighted kappa, Psychological Bulletin 70 (1968) 213-220. With weights (x - y)² over the marks themselves it is
    1 - Σ(x - y)² / n divided by the mean of (x - y)² over all pairings of the one's marks with the other's. None where
    that is 0 (no answers, or everybody always gave the same marks): then there is nothing to compare with.
    """
    if not pairs:
        return None
    first, second = [Fraction(one) for one, _ in pairs], [Fraction(other) for _, other in pairs]
    observed = sum(((x - y) ** 2 for x, y in zip(first, second, strict=True)), Fraction(0)) / len(pairs)
    by_chance = _square_mean(first) - 2 * _mean(first) * _mean(second) + _square_mean(second)
    if not by_chance:
        return None
    kappa = 1 - observed / by_chance
    return round_half_up(Decimal(kappa.numerator) / Decimal(kappa.denominator), 2)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _square_mean(values: Sequence[Fraction]) -> Fraction:
    return _mean([value * value for value in values])
