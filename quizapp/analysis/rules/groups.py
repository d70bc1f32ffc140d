"""People in groups by the score on their form: the best and the worst 27 % and third."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EXTREME = 0.27
"""Kelley (1939), “The selection of upper and lower groups for the validation of test items”, Journal of Educational
Psychology 30: upper and lower groups of 27 % tell most about an item."""
THIRD = 1 / 3
LOWER, UPPER = (0,), (4,)
"""Bands of the worst and the best 27 %."""
THIRDS = ((0, 1), (2,), (3, 4))
"""Bands of the worst, middle and best third."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """The scores that part a form's people into five bands, the worst first; all in hundredths of marks.

    Whoever has the score of a bound belongs to the outer band: groups are at least as large as they should be, and
    nobody is in one by lot. `extremes`, `thirds`: whether the two outer groups do not overlap; where they do, scores
    are too alike to compare the best with the worst.
    """

    low: int
    low_third: int
    high_third: int
    high: int

    @property
    def extremes(self) -> bool:
        return self.low < self.high

    @property
    def thirds(self) -> bool:
        return self.low_third < self.high_third

    def band(self, score: int) -> int:
        """0 to 4. Where groups overlap the lower one takes the score."""
        if score <= self.low:
            return 0
        if score <= self.low_third:
            return 1
        if score >= self.high:
            return 4
        return 3 if score >= self.high_third else 2


def cuts(scores: Mapping[int, int]) -> Cuts:
    """`scores`: score → people, not empty."""
    up = sorted(scores)
    return Cuts(_reach(scores, up, EXTREME), _reach(scores, up, THIRD), _reach(scores, up[::-1], THIRD),
                _reach(scores, up[::-1], EXTREME))


def _reach(scores: Mapping[int, int], order: list[int], share: float) -> int:
    """The first score in this order up to which there are so many of the people."""
    wanted, met = share * sum(scores.values()), 0
    for score in order:
        met += scores[score]
        if met >= wanted - 1e-9:
            return score
    return order[-1]
