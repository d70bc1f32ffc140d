"""The report of one exam as one value: page, Excel, CSV and JSON all speak from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from quizapp.kernel.errors import InputError
from quizapp.kernel.rates import show_marks
from quizapp.reports.rules.tally import Lines, Tally, combined
from quizapp.reports.rules.tree import UnitRates

OWN = "-own"


class Measure(StrEnum):
    """What a person can be counted under; each has a list of names behind it."""

    ON_ROSTER = "on_roster"
    EXPECTED = "expected"
    EXCUSED = "excused"
    DEFERRED = "deferred"
    SAT = "sat"
    ABSENT = "absent"
    PASSED = "passed"
    FAILED = "failed"
    EXCELLENT = "excellent"
    UNMARKED = "unmarked"


def standing_of(status: str, has_sat: bool, score: int | None, lines: Lines) -> Measure:
    """The one measure that says most of a person: roster status, whether they sat, score in hundredths."""
    if status != "expected":
        return Measure(status)
    if not has_sat:
        return Measure.ABSENT
    if score is None:
        return Measure.UNMARKED
    if score >= lines.excellent:
        return Measure.EXCELLENT
    return Measure.PASSED if score >= lines.passed else Measure.FAILED


@dataclass(frozen=True, slots=True)
class ExamFacts:
    """What a report says about its exam. Marks are out of the paper's total, targets are percentages."""

    id: int
    title: str
    year: int
    kind: str
    opens_at: datetime
    closes_at: datetime
    pass_mark: Decimal
    excellence_mark: Decimal
    participation_target: Decimal
    pass_target: Decimal
    make_up_of_id: int | None
    roster_as_of: date | None
    settles_at: datetime | None = None
    campaign: str | None = None

    def belongs_to(self, campaign: str) -> bool:
        """Whether it is a part of this campaign: by its settings, and where they name none, as in exams of before, by
        its title."""
        return self.campaign == campaign if self.campaign else campaign in self.title

    def is_over(self, now: datetime) -> bool:
        """Whether the figures are final: nobody can be working any more."""
        return (self.settles_at or self.closes_at) <= now

    @property
    def participation_line(self) -> int | float:
        return drawn(self.participation_target)

    @property
    def pass_line(self) -> int | float:
        return drawn(self.pass_target)

    @property
    def lines(self) -> Lines:
        return Lines(int(self.pass_mark * 100), int(self.excellence_mark * 100))


def drawn(target: Decimal) -> int | float:
    """A percentage as charts and sentences want it: 95, or 92.5."""
    return int(target) if target == int(target) else float(target)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader asked to see. `units` are tokens: `4` with everything below, `4-own` without. `subject` is the
    code of a subject of the bank; it narrows what was asked, never who is counted. `low` and `high` are marks, from the
    one up to before the other; they narrow a list of names, never a figure."""

    with_make_up: bool = True
    units: tuple[str, ...] = ()
    rank: str = ""
    post_type: str = ""
    subject: str = ""
    low: Decimal | None = None
    high: Decimal | None = None

    @classmethod
    def from_address(cls, values: Any) -> Choice:
        """From the parameters scope, unit, rank, post_type and subject of an address."""
        units = tuple(token for token in values.get("unit", "").split(",") if token)
        return cls(values.get("scope") != "first", units, values.get("rank", ""), values.get("post_type", ""),
                   values.get("subject", ""))

    @classmethod
    def of_names(cls, values: Any) -> Choice:
        """The same for a list of names, with low and high too. Raises InputError for what are no marks, or a range in
        which no mark can lie."""
        low, high = _marks(values.get("low", "")), _marks(values.get("high", ""))
        if low is not None and high is not None and low >= high:
            raise InputError("分数段的下限 %(low)s 要低于上限 %(high)s，请改一下", low=show_marks(low), high=show_marks(high))
        return replace(cls.from_address(values), low=low, high=high)

    @property
    def of_some_scores(self) -> bool:
        return self.low is not None or self.high is not None

    def to_address(self, **changes: str) -> dict[str, str]:
        """The parameters that bring this choice back; those at their default are left out."""
        values = {"scope": "" if self.with_make_up else "first", "unit": ",".join(self.units), "rank": self.rank,
                  "post_type": self.post_type, "subject": self.subject, "low": "" if self.low is None else show_marks(self.low),
                  "high": "" if self.high is None else show_marks(self.high), **changes}
        return {key: value for key, value in values.items() if value}


def _marks(text: str) -> Decimal | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", text):
        raise InputError("“%(text)s”不是分数，请写成 60 或者 60.5 的样子", text=text[:20])
    return Decimal(text)


@dataclass(frozen=True, slots=True)
class ExamReport:
    """`rows` hold the whole tree that the reader may see, parents before children.

    With make-ups the best score of a person counts once, on the base of the first exam's roster.
    """

    exam: ExamFacts
    make_ups: tuple[ExamFacts, ...]
    choice: Choice
    rows: tuple[UnitRates, ...]
    generated_at: datetime
    ranks: tuple[str, ...] = ()
    post_types: tuple[str, ...] = ()
    shown_units: tuple[tuple[int, str, int], ...] = field(default=())
    """Units that the reader may choose between: number, name, level; of a wide tree the upper ones."""
    units: int = 0

    @property
    def total(self) -> Tally:
        return combined(row.all for row in self.rows if row.level == 0)

    @property
    def closed(self) -> list[UnitRates]:
        """Units of the roster that have been dissolved since; they are counted where the roster has them."""
        return [row for row in self.rows if row.branch.unit.closed]

    @property
    def combines_make_ups(self) -> bool:
        return bool(self.make_ups) and self.choice.with_make_up


def year_before(exams: Iterable[ExamFacts], exam: ExamFacts) -> ExamFacts | None:
    """The exam of the year before that stands nearest in the calendar: of the same kind, and no make-up."""
    def apart(other: ExamFacts) -> int:
        return abs(other.opens_at.timetuple().tm_yday - exam.opens_at.timetuple().tm_yday)

    alike = [one for one in exams if one.year == exam.year - 1 and one.kind == exam.kind and one.make_up_of_id is None]
    return min(alike, key=apart, default=None)


def as_percent(value: Decimal | None) -> float | None:
    """Two decimals survive the trip through a float: 97.28 is written as 97.28."""
    return None if value is None else float(value)


def to_json(report: ExamReport, as_of: datetime) -> dict[str, Any]:
    """The stable shape of `results export --format json`; rates are percentages, null on an empty base."""
    return {"exam": report.exam.title, "as_of": as_of.isoformat(timespec="seconds"),
            "rows": [_row_to_json(row) for row in report.rows]}


def _row_to_json(row: UnitRates) -> dict[str, Any]:
    tally = row.all
    return {
        "unit": row.name, "path": list(row.branch.names), "expected": tally.expected, "excused": tally.excused,
        "deferred": tally.deferred, "sat": tally.sat, "passed": tally.passed, "excellent": tally.excellent,
        "participation_rate": as_percent(tally.participation.percent),
        "pass_rate_of_expected": as_percent(tally.pass_of_expected.percent),
        "pass_rate_of_sat": as_percent(tally.pass_of_sat.percent),
        "excellence_rate_of_sat": as_percent(tally.excellence_of_sat.percent),
        "mean": as_percent(tally.mean), "median": as_percent(tally.median),
    }
