"""The year's ledger: what was planned beside what was reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from quizapp.kernel.rates import Rate
from quizapp.reports.rules.report import ExamFacts
from quizapp.reports.rules.tally import mean_of


@dataclass(frozen=True, slots=True)
class Targets:
    """What the year's plan asks; None where it says nothing. Rates are percentages."""

    confirmed: bool
    online: int | None = None
    offline: int | None = None
    total: int | None = None
    participation: Decimal | None = None
    pass_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """People of one exam, or entries summed over exams; `marks` is the sum of scores in hundredths of `marked`."""

    expected: int = 0
    excused: int = 0
    deferred: int = 0
    sat: int = 0
    passed: int = 0
    excellent: int = 0
    marked: int = 0
    marks: int = 0

    @property
    def participation(self) -> Rate:
        return Rate(self.sat, self.expected)

    @property
    def pass_of_expected(self) -> Rate:
        return Rate(self.passed, self.expected)

    @property
    def pass_of_sat(self) -> Rate:
        return Rate(self.passed, self.sat)

    @property
    def excellence_of_sat(self) -> Rate:
        return Rate(self.excellent, self.sat)

    @property
    def mean(self) -> Decimal | None:
        return mean_of(self.marks, self.marked, 2)

    @property
    def mean_text(self) -> str:
        mean = mean_of(self.marks, self.marked, 1)
        return "—" if mean is None else str(mean)

    @property
    def on_roster(self) -> int:
        return self.expected + self.excused + self.deferred


def summed(figures: Sequence[Figures]) -> Figures:
    names = Figures.__slots__
    return Figures(*(sum(getattr(one, name) for one in figures) for name in names))


def instead(whole: Figures, before: Figures, after: Figures) -> Figures:
    """`whole` with the part `before` replaced by `after`."""
    names = Figures.__slots__
    return Figures(*(getattr(whole, name) - getattr(before, name) + getattr(after, name) for name in names))


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One exam with its make-ups merged in; `make_ups` are shown beneath with their own figures."""

    exam: ExamFacts
    figures: Figures
    make_ups: tuple[tuple[ExamFacts, Figures], ...] = ()

    def is_held(self, now: datetime) -> bool:
        return self.exam.is_over(now)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A year. `people` are distinct people expected in at least one exam, `taken_part` those who sat at least one."""

    year: int
    rows: tuple[LedgerRow, ...]
    targets: Targets | None
    people: int
    taken_part: int

    def ended(self, now: datetime) -> list[LedgerRow]:
        """The exams that are over: only these are held against targets and quoted."""
        return [row for row in self.rows if row.is_held(now)]

    def total(self, now: datetime) -> Figures:
        """Sum of the exams that are over. Entries, not people: whoever is expected in two counts twice."""
        return summed([row.figures for row in self.ended(now)])

    @property
    def not_yet(self) -> int:
        return self.people - self.taken_part

    def held(self, kind: str, now: datetime) -> int:
        return sum(1 for row in self.rows if row.exam.kind == kind and row.is_held(now))

    def set_up(self, kind: str) -> int:
        return sum(1 for row in self.rows if row.exam.kind == kind)
