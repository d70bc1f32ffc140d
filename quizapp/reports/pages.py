"""What the pages of reports may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from quizapp.kernel.rates import Rate
from quizapp.reports.queries.exam import PersonRow
from quizapp.reports.queries.year import NotYetRow
from quizapp.reports.rules.charts import Histogram, Step
from quizapp.reports.rules.ledger import Figures, Ledger
from quizapp.reports.rules.lines import Line
from quizapp.reports.rules.report import Choice, ExamFacts, ExamReport
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


@dataclass(frozen=True)
class ExamReportPage(Page):
    """`people_base` is the address of the names, to which measure and unit are added; `unit_base` narrows this page."""

    template: ClassVar[str] = "reports/exam_report.html"
    styles: ClassVar[tuple[str, ...]] = ("page-report",)
    modules: ClassVar[tuple[str, ...]] = ("report",)
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
    table: Table[PersonRow]


@dataclass(frozen=True)
class NotYetPage(Page):
    template: ClassVar[str] = "reports/not_yet.html"
    styles: ClassVar[tuple[str, ...]] = ("page-report",)
    section: ClassVar[str] = "reports"

    year: int
    table: Table[NotYetRow]
