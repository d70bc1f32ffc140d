"""Counting people of one unit: who is expected, who sat, who passed, and what the scores were.

Scores are whole hundredths of a mark, as the database keeps them, so that every mean is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from quizapp.kernel.rates import Rate, round_half_up


class Counted(NamedTuple):
    """So many people of one unit with the same roster status and the same score.

    `sat` is whether they handed anything in; `score` is None while a person still has to mark it.
    """

    unit_id: int
    status: str
    sat: bool
    score: int | None
    people: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The marks from which a result is a pass and excellent, in hundredths."""

    passed: int
    excellent: int


def mean_of(hundredths: int, people: int, digits: int) -> Decimal | None:
    """The mean in marks, rounded half up once and from the exact sum; None without people."""
    return round_half_up(Decimal(hundredths) / people / 100, digits) if people else None


class Rates:
    """Rates and means of people who are counted, each with its base in its name."""

    __slots__ = ()
    expected: int
    excused: int
    deferred: int
    sat: int
    passed: int
    excellent: int

    @property
    def on_roster(self) -> int:
        return self.expected + self.excused + self.deferred

    @property
    def participation(self) -> Rate:
        """参考率 = sat ÷ expected."""
        return Rate(self.sat, self.expected)

    @property
    def pass_of_expected(self) -> Rate:
        """合格率 = passed ÷ expected."""
        return Rate(self.passed, self.expected)

    @property
    def pass_of_sat(self) -> Rate:
        """合格率 = passed ÷ sat."""
        return Rate(self.passed, self.sat)

    @property
    def excellence_of_sat(self) -> Rate:
        """优秀率 = excellent ÷ sat."""
        return Rate(self.excellent, self.sat)

    @property
    def mean(self) -> Decimal | None:
        """Mean of the marked scores, two decimals half up; the absent are not counted as 0."""
        return mean_of(*self.sum_of_marks, 2)

    @property
    def mean_text(self) -> str:
        """The mean with one decimal, as tables show it."""
        mean = mean_of(*self.sum_of_marks, 1)
        return "—" if mean is None else str(mean)

    @property
    def sum_of_marks(self) -> tuple[int, int]:
        """Sum of the scores in hundredths, and of how many people."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Tally(Rates):
    """The additive measures of a group of people. `scores` maps hundredths of a mark to people.

    Excused and deferred people are outside `expected`; what they may have handed in is not counted,
    so that a rate never passes 100 %.
    """

    expected: int = 0
    excused: int = 0
    deferred: int = 0
    sat: int = 0
    unmarked: int = 0
    passed: int = 0
    excellent: int = 0
    scores: Mapping[int, int] = field(default_factory=dict)

    @property
    def absent(self) -> int:
        return self.expected - self.sat

    @property
    def failed(self) -> int:
        return self.sat - self.unmarked - self.passed

    @property
    def excellence_of_expected(self) -> Rate:
        """优秀率 = excellent ÷ expected, for whoever states the pass rate on that base."""
        return Rate(self.excellent, self.expected)

    @property
    def completion(self) -> Rate:
        """完成率 = handed in and marked ÷ expected: who still waits for a mark has not come to an end."""
        return Rate(self.sat - self.unmarked, self.expected)

    @property
    def sum_of_marks(self) -> tuple[int, int]:
        return sum(score * people for score, people in self.scores.items()), sum(self.scores.values())

    @property
    def median(self) -> Decimal | None:
        """Median of the marked scores; of an even number the mean of the middle two, half up."""
        people = sum(self.scores.values())
        if not people:
            return None
        middle = (self._score_at((people - 1) // 2) + self._score_at(people // 2)) / Decimal(2)
        return round_half_up(middle / 100, 2)

    def _score_at(self, rank: int) -> int:
        """The score of the person at this place (from 0) when all stand from low to high."""
        for score in sorted(self.scores):
            rank -= self.scores[score]
            if rank < 0:
                return score
        raise IndexError(rank)


def combined(tallies: Iterable[Tally]) -> Tally:
    """All groups as one. Medians of the result come from the merged scores, not from medians."""
    parts = list(tallies)
    scores: dict[int, int] = {}
    for part in parts:
        for score, people in part.scores.items():
            scores[score] = scores.get(score, 0) + people
    return Tally(
        sum(p.expected for p in parts), sum(p.excused for p in parts), sum(p.deferred for p in parts),
        sum(p.sat for p in parts), sum(p.unmarked for p in parts), sum(p.passed for p in parts),
        sum(p.excellent for p in parts), scores,
    )


def by_unit(counts: Iterable[Counted], lines: Lines) -> dict[int, Tally]:
    """The tally of each unit's own members."""
    sums: dict[int, dict[str, int]] = {}
    scores: dict[int, dict[int, int]] = {}
    for row in counts:
        unit = sums.setdefault(row.unit_id, dict.fromkeys(("expected", "excused", "deferred", "sat", "unmarked",
                                                           "passed", "excellent"), 0))
        unit[row.status] += row.people
        if row.status != "expected" or not row.sat:
            continue
        unit["sat"] += row.people
        if row.score is None:
            unit["unmarked"] += row.people
            continue
        unit["passed"] += row.people if row.score >= lines.passed else 0
        unit["excellent"] += row.people if row.score >= lines.excellent else 0
        marks = scores.setdefault(row.unit_id, {})
        marks[row.score] = marks.get(row.score, 0) + row.people
    return {unit_id: Tally(**values, scores=scores.get(unit_id, {})) for unit_id, values in sums.items()}
