"""What the pages of reports may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from quizapp.kernel.rates import Rate
from quizapp.reports.queries.exam import PersonRow
from quizapp.reports.queries.person import AttemptLine, Record
from quizapp.reports.queries.progress import Progress
from quizapp.reports.queries.sittings import SittingLine
from quizapp.reports.queries.year import YearPerson
from quizapp.reports.rules.charts import Histogram, LineChart, Step
from quizapp.reports.rules.ledger import Asked, Figures, Ledger, YearLine
from quizapp.reports.rules.lines import Line
from quizapp.reports.rules.report import Choice, ExamFacts, ExamReport, Measure
from quizapp.reports.rules.subjects import Share
from quizapp.reports.rules.tally import Tally
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class EmptyPage(Page):
    """No year has an exam or a plan yet."""

    template: ClassVar[str] = "reports/empty.html"
    section: ClassVar[str] = "reports"

    may_create: bool


@dataclass(frozen=True)
class Indicator:
    """A target beside what was reached. `planned` is None where the plan says nothing."""

    name: str
    planned: str | None
    reached: str
    base: str
    rate: Rate | None
    target: int | float | None
    state: str


@dataclass(frozen=True)
class LedgerPage(Page):
    """`asked` is the filter of the address; ranks, types of post, units, campaigns, exams and subjects (code → name) are
    what it may be set to."""

    template: ClassVar[str] = "reports/ledger.html"
    styles: ClassVar[tuple[str, ...]] = ("page-report",)
    modules: ClassVar[tuple[str, ...]] = ("report",)
    section: ClassVar[str] = "reports"

    ledger: Ledger
    total: Figures
    years: Sequence[int]
    indicators: Sequence[Indicator]
    annual_text: str
    words: dict[str, str]
    scope_name: str
    generated_at: datetime
    may_create: bool
    asked: Asked
    ranks: Sequence[str]
    post_types: Sequence[str]
    units: Sequence[tuple[int, str]]
    unit_name: str
    campaigns: Sequence[str]
    exams: Sequence[ExamFacts]
    subjects: Mapping[str, str]


@dataclass(frozen=True)
class Compared:
    """A rate beside that of the year before and beside the plan: `points` is the difference in percentage points,
    `lists` are the lists behind its two numbers."""

    name: str
    base: str
    lists: tuple[Measure, Measure]
    rate: Rate
    before: Rate | None
    points: Decimal | None
    target: Decimal | None
    state: str


@dataclass(frozen=True)
class MeasureLine:
    name: str
    base: str
    formula: str
    source: str
    value: str
    division: str


@dataclass(frozen=True)
class Words:
    """What must be said about the figures in words; empty where there is nothing to say."""

    unknown: Sequence[str]
    added: int
    removed: int
    closed: Sequence[str]
    nobody_sat: bool
    nobody_expected: bool


@dataclass(frozen=True)
class ExamReportPage(Page):
    """`people_base` is the address of the names, to which measure and unit are added, `before_base` that of the names of
    the year before, to which the measure is; `unit_base` narrows this page."""

    template: ClassVar[str] = "reports/exam_report.html"
    styles: ClassVar[tuple[str, ...]] = ("page-report",)
    modules: ClassVar[tuple[str, ...]] = ("report", "charts")
    section: ClassVar[str] = "reports"

    report: ExamReport
    exam: ExamFacts
    total: Tally
    lines: Sequence[Line]
    only_low: bool
    low_count: int
    has_small: bool
    reconciled: bool
    steps: Sequence[Step]
    histogram: Histogram
    exams: Sequence[ExamFacts]
    first: ExamFacts | None
    definitions: Sequence[tuple[str, str]]
    scope_name: str
    view_name: str
    people_base: str
    unit_base: str
    words: dict[str, str]
    all_units: str
    is_open: bool
    compared: Sequence[Compared]
    before: ExamFacts | None
    before_total: Tally | None
    before_base: str
    said: Words
    measures: Sequence[MeasureLine]
    top_lines: Sequence[Line]


@dataclass(frozen=True)
class PeoplePage(Page):
    template: ClassVar[str] = "reports/people.html"
    styles: ClassVar[tuple[str, ...]] = ("page-report",)
    section: ClassVar[str] = "reports"

    exam: ExamFacts
    measure: str
    measure_name: str
    measures: Sequence[tuple[str, str]]
    unit_names: Sequence[str]
    choice: Choice
    view_name: str
    marks: str
    table: Table[PersonRow]


@dataclass(frozen=True)
class NotYetPage(Page):
    template: ClassVar[str] = "reports/not_yet.html"
    styles: ClassVar[tuple[str, ...]] = ("page-report",)
    section: ClassVar[str] = "reports"

    year: int
    who: str
    title: str
    text: str
    nobody: str
    asked: Asked
    table: Table[YearPerson]


@dataclass(frozen=True)
class PersonPage(Page):
    """One person behind the figures of an exam."""

    template: ClassVar[str] = "reports/person.html"
    styles: ClassVar[tuple[str, ...]] = ("page-report",)
    section: ClassVar[str] = "reports"

    exam: ExamFacts
    record: Record
    standing: str
    table: Table[AttemptLine]


@dataclass(frozen=True)
class SubjectLine:
    code: str
    name: str
    share: Share
    standing: str


@dataclass(frozen=True)
class UnitShare:
    """A unit, or several merged ones, with its share of the marks of one subject. `kind` as in Line."""

    kind: str
    name: str
    merged: int
    share: Share


@dataclass(frozen=True)
class SubjectsPage(Page):
    """`chosen` is the subject shown by unit, none where none is asked for; `few`: too few people to show anything."""

    template: ClassVar[str] = "reports/subjects.html"
    styles: ClassVar[tuple[str, ...]] = ("page-report",)
    modules: ClassVar[tuple[str, ...]] = ("report", "charts")
    section: ClassVar[str] = "reports"

    exam: ExamFacts
    choice: Choice
    lines: Sequence[SubjectLine]
    overall: Share
    chosen: SubjectLine | None
    unknown: str
    units: Sequence[UnitShare]
    few: bool
    unit_names: Sequence[str]
    words: dict[str, str]


@dataclass(frozen=True)
class LiveProgress:
    """What the part that is fetched again needs: the figures of this moment and the curve so far."""

    exam: ExamFacts
    at: str
    progress: Progress
    chart: LineChart
    is_open: bool


@dataclass(frozen=True)
class ProgressPage(Page):
    template: ClassVar[str] = "reports/progress.html"
    styles: ClassVar[tuple[str, ...]] = ("page-report",)
    modules: ClassVar[tuple[str, ...]] = ("board", "charts")
    section: ClassVar[str] = "reports"

    live: LiveProgress
    address: str
    unit_names: Sequence[str]
    sittings: Sequence[SittingLine]


@dataclass(frozen=True)
class ProgressPart(Page):
    template: ClassVar[str] = "reports/_progress.html"

    live: LiveProgress


@dataclass(frozen=True)
class YearRow:
    line: YearLine
    participation_points: Decimal | None
    pass_points: Decimal | None


@dataclass(frozen=True)
class YearsPage(Page):
    """`drawn` are the years that have figures; `chart` needs two of them."""

    template: ClassVar[str] = "reports/years.html"
    styles: ClassVar[tuple[str, ...]] = ("page-report",)
    modules: ClassVar[tuple[str, ...]] = ("report", "charts")
    section: ClassVar[str] = "reports"

    rows: Sequence[YearRow]
    drawn: Sequence[YearLine]
    chart: LineChart | None
    scope_name: str
    generated_at: datetime
