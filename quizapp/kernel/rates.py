"""Rates with their base in the same value, and rounding as printed reports need it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import sqrt


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` of `denominator` people. An empty base has no rate: `percent` is None, never 0 or 100."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        """Percentage with two decimals, rounded half up (domain rule for published rates)."""
        return _percent(self.numerator, self.denominator)

    def rounded(self, digits: int) -> Decimal | None:
        """Percentage to so many digits, rounded once from the raw counts: 1992 of 2059 is 96.75 and 96.7, where the
        second rounded from the first would be 96.8."""
        if self.denominator == 0:
            return None
        return round_half_up(Decimal(self.numerator) * 100 / Decimal(self.denominator), digits)

    def __str__(self) -> str:
        return "—" if self.percent is None else f"{self.percent}%"


@lru_cache(4096)  # a page asks for the same rate several times: figure, bar, comparison with the target
def _percent(numerator: int, denominator: int) -> Decimal | None:
    if denominator == 0:
        return None
    return round_half_up(Decimal(numerator) * 100 / Decimal(denominator), 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """Percentages between which a rate lies that was estimated from a sample."""

    low: Decimal
    high: Decimal


Z_95 = 1.959963984540054  # standard normal deviate that leaves 2.5 % above it


def wilson(share: float, size: int, digits: int = 1) -> Interval | None:
    """The 95 % score interval of a share between 0 and 1 that was seen in a sample of `size`; None without a sample.

    Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212. Where the share is a mean of
    values between 0 and 1 rather than of yes and no, it is on the wide side: their variance is at most share × (1 - share).
    """
    if size <= 0:
        return None
    spread = Z_95 * Z_95 / size
    middle = (share + spread / 2) / (1 + spread)
    half = Z_95 * sqrt(share * (1 - share) / size + spread / (4 * size)) / (1 + spread)
    low, high = (round_half_up(Decimal(str(min(max(end, 0.0), 1.0))) * 100, digits) for end in (middle - half, middle + half))
    return Interval(low, high)


def round_half_up(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
