"""What the pages about exams may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from quizapp.approvals.asking import WhyForm
from quizapp.approvals.queries import Standing
from quizapp.exams.audience import Found, Offered
from quizapp.exams.forms import ExamForm
from quizapp.exams.models import Exam
from quizapp.exams.queries import RosterRow
from quizapp.exams.rules import (
    KIND_NAMES,
    MARKER_NAMES,
    MULTIPLE_RULE_NAMES,
    PHASE_NAMES,
    RELEASE_NAMES,
    SCORE_RULE_NAMES,
    CheckLine,
    Phase,
)
from quizapp.papers.models import BlueprintRow
from quizapp.papers.rules.blueprint import Cell
from quizapp.papers.rules.comparison import FormLine
from quizapp.questions.models import Subject
from quizapp.questions.rules.names import DIFFICULTY_NAMES, TYPE_NAMES
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class Words:
    """The names of rules and types, for templates to translate."""

    kinds: Mapping[str, str] = field(default_factory=lambda: KIND_NAMES)
    phases: Mapping[Phase, str] = field(default_factory=lambda: PHASE_NAMES)
    score_rules: Mapping[str, str] = field(default_factory=lambda: SCORE_RULE_NAMES)
    multiple_rules: Mapping[str, str] = field(default_factory=lambda: MULTIPLE_RULE_NAMES)
    markers: Mapping[int, str] = field(default_factory=lambda: MARKER_NAMES)
    releases: Mapping[str, str] = field(default_factory=lambda: RELEASE_NAMES)
    types: Mapping[str, str] = field(default_factory=lambda: TYPE_NAMES)
    difficulties: Mapping[int, str] = field(default_factory=lambda: DIFFICULTY_NAMES)


@dataclass(frozen=True)
class ExamsPage(Page):
    template: ClassVar[str] = "exams/exams.html"
    section: ClassVar[str] = "exams"

    table: Table[Exam]
    any_exam: bool


@dataclass(frozen=True)
class ExamFormPage(Page):
    """New or changed settings; `exam` is None for a new one."""

    template: ClassVar[str] = "exams/edit.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-exams",)
    modules: ClassVar[tuple[str, ...]] = ("exam-settings",)

    form: ExamForm
    problem: str
    exam: Exam | None


@dataclass(frozen=True)
class ExamPage(Page):
    """One exam with everything that stands around it.

    `units`, `party`: the units and Party branches that it is for, by name. `expected`: how far the
    predictions for the forms lie apart, in words. `waiting`: kind of act → what waits for a second
    person, or what the reader has not seen of its decision; `asked`: the kind whose form was refused; `alone`: no second
    person.
    """

    template: ClassVar[str] = "exams/show.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-exams",)

    exam: Exam
    phase: Phase
    rows: list[BlueprintRow]
    total: Decimal
    question_count: int
    forms: list[FormLine]
    expected: str
    counts: dict[str, int]
    checks: list[CheckLine]
    original: Exam | None
    make_ups: list[Exam]
    subject_names: dict[str, str]
    released: bool
    may_make_up: bool
    may_manage: bool
    now: datetime
    over: bool
    waiting: Mapping[str, Standing]
    form: WhyForm
    asked: str
    problem: str
    alone: bool
    units: list[str]
    party: list[str]
    words: Words = Words()


@dataclass(frozen=True)
class BlueprintPage(Page):
    template: ClassVar[str] = "exams/blueprint.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-exams",)
    modules: ClassVar[tuple[str, ...]] = ("blueprint",)

    exam: Exam
    lines: list[dict[str, Any]]
    subjects: list[Subject]
    problem: str
    shortage: str
    total: Decimal
    stock: dict[str, int]
    cells: list[Cell]
    words: Words = Words()


@dataclass(frozen=True)
class AudiencePage(Page):
    """Whom an exam is for: what can be ticked, and who would be on the roster today by what is ticked."""

    template: ClassVar[str] = "exams/audience.html"
    section: ClassVar[str] = "exams"
    styles: ClassVar[tuple[str, ...]] = ("page-exams",)

    exam: Exam
    offered: Offered
    found: Found
    problem: str


@dataclass(frozen=True)
class RosterPage(Page):
    template: ClassVar[str] = "exams/roster.html"
    section: ClassVar[str] = "exams"

    exam: Exam
    table: Table[RosterRow]
    counts: dict[str, int]
    may_manage: bool
