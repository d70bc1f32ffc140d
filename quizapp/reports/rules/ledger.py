"""The year's ledger: what was planned beside what was reached."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from quizapp.kernel.errors import InputError
from quizapp.kernel.rates import Rate
from quizapp.reports.rules.report import ExamFacts
from quizapp.reports.rules.tally import Rates


@dataclass(frozen=True, slots=True)
class Targets:
    """What the year's plan asks; None where it says nothing. Rates are percentages."""

    confirmed: bool
    online: int | None = None
    offline: int | None = None
    total: int | None = None
    participation: Decimal | None = None
    pass_rate: Decimal | None = None


def only_of_sat(participation: Decimal | None, pass_rate: Decimal | None) -> bool:
    """Whether a published pass rate can only have those who sat as its base.

    Nobody passes who has not sat, so on 应考 the pass rate cannot be above the participation rate: 99.91 % beside
    99.52 %, as Zhuhai published for 2025, is a rate of those who sat.
    """
    return participation is not None and pass_rate is not None and pass_rate > participation


@dataclass(frozen=True, slots=True)
class Figures(Rates):
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
    def sum_of_marks(self) -> tuple[int, int]:
        return self.marks, self.marked


def summed(figures: Sequence[Figures]) -> Figures:
    names = Figures.__slots__
    return Figures(*(sum(getattr(one, name) for one in figures) for name in names))


def instead(whole: Figures, before: Figures, after: Figures) -> Figures:
    """`whole` with the part `before` replaced by `after`."""
    names = Figures.__slots__
    return Figures(*(getattr(whole, name) - getattr(before, name) + getattr(after, name) for name in names))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader of a year asked to see: exams that opened from `since` to `until`, those of a campaign, one alone
    (`exam`, a number), those with questions of a subject (its code), and of whom."""

    since: date | None = None
    until: date | None = None
    unit: str = ""
    rank: str = ""
    post_type: str = ""
    campaign: str = ""
    exam: str = ""
    subject: str = ""

    @classmethod
    def from_address(cls, values: Any) -> Asked:
        """Raises InputError for what is no date, or a span that ends before it begins."""
        since, until = _day(values.get("since", "")), _day(values.get("until", ""))
        if since and until and until < since:
            raise InputError("结束日期 %(until)s 早于开始日期 %(since)s，请改一下", since=since, until=until)
        return cls(since, until, values.get("unit", ""), values.get("rank", ""), values.get("post_type", ""),
                   values.get("campaign", ""), values.get("exam", ""), values.get("subject", ""))

    def of_exam(self) -> dict[str, str]:
        """The part of it that the report of one exam knows too."""
        values = {"unit": self.unit, "rank": self.rank, "post_type": self.post_type}
        return {key: value for key, value in values.items() if value}

    def to_address(self) -> dict[str, str]:
        """The parameters that bring this filter back."""
        values = {"since": str(self.since or ""), "until": str(self.until or ""), "campaign": self.campaign,
                  "exam": self.exam, "subject": self.subject}
        return {key: value for key, value in values.items() if value} | self.of_exam()

    def holds(self, day: date, exam: ExamFacts, subjects: Collection[str]) -> bool:
        """Whether this exam, which opened on this day and asks these subjects, is asked for."""
        in_time = (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
        is_meant = self.exam in ("", str(exam.id)) and (not self.campaign or exam.belongs_to(self.campaign))
        return in_time and is_meant and (not self.subject or self.subject in subjects)

    @property
    def leaves_exams_out(self) -> bool:
        """Whether exams of the year may be missing, so that their number says nothing about the plan."""
        return bool(self.since or self.until or self.campaign or self.exam or self.subject)

    @property
    def any(self) -> bool:
        return self != Asked()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("“%(text)s”不是日期，请写成 2026-06-01 的样子", text=text[:20]) from None


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year beside others: its exams that have ended, make-ups merged in."""

    year: int
    exams: int
    figures: Figures
    targets: Targets | None


def points(after: Rate, before: Rate | None) -> Decimal | None:
    """By how many percentage points a rate rose, of the rounded figures, so that readers can check it by hand."""
    if before is None or after.percent is None or before.percent is None:
        return None
    return after.percent - before.percent


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One exam with its make-ups merged in; `make_ups` are shown beneath with their own figures."""

    exam: ExamFacts
    figures: Figures
    make_ups: tuple[tuple[ExamFacts, Figures], ...] = ()

    @property
    def exam_ids(self) -> tuple[int, ...]:
        return (self.exam.id, *(make_up.id for make_up, _figures in self.make_ups))

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
