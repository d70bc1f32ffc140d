"""Rates with their base in the same value, and rounding as printed reports need it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` of `denominator` people. An empty base has no rate: `percent` is None, never 0 or 100."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        """Percentage with two decimals, rounded half up (domain rule for published rates)."""
        return _percent(self.numerator, self.denominator)

    def __str__(self) -> str:
        return "—" if self.percent is None else f"{self.percent}%"


@lru_cache(4096)  # a page asks for the same rate several times: figure, bar, comparison with the target
def _percent(numerator: int, denominator: int) -> Decimal | None:
    if denominator == 0:
        return None
    return round_half_up(Decimal(numerator) * 100 / Decimal(denominator), 2)


def round_half_up(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
