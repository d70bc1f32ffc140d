"""What the pages about marking may use. No page has a field for a name, a login or a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from quizapp.approvals.asking import WhyForm
from quizapp.approvals.queries import Standing
from quizapp.exams.models import Exam
from quizapp.i18n import explain
from quizapp.kernel.errors import InputError
from quizapp.kernel.rates import show_marks
from quizapp.marking.agreement import Agreement
from quizapp.marking.forms import Typed
from quizapp.marking.queries import Waiting
from quizapp.papers.queries import PaperQuestion
from quizapp.questions.rules.markup import Segment, parse_stem
from quizapp.questions.rules.schema import Case, Short
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class ExamsPage(Page):
    template: ClassVar[str] = "marking/exams.html"
    section: ClassVar[str] = "marking"
    styles: ClassVar[tuple[str, ...]] = ("page-marking",)

    rows: Sequence[Waiting]


@dataclass(frozen=True)
class PointField:
    """A point of the rubric, `number` from 1, with its field; number 0 is the field for the total.

    `error` is empty unless what was typed is refused.
    """

    id: str
    number: int
    text: str
    share: int
    most: str
    typed: str
    error: str


@dataclass(frozen=True)
class Asked:
    """The question of a short answer: its case first, then stem, reference answer and rubric."""

    material: str
    lead: tuple[Segment, ...]
    stem: tuple[Segment, ...]
    reference: str
    marks: str


@dataclass(frozen=True)
class Last:
    """The marks given last, which may be corrected at `address`."""

    score: str
    address: str


@dataclass(frozen=True)
class AnswerPage(Page):
    """One answer. `number` of `total`; `left` to the same question, this one with them. `problem`: why another
    answer than the one saved stands here."""

    template: ClassVar[str] = "marking/answer.html"
    section: ClassVar[str] = "marking"
    styles: ClassVar[tuple[str, ...]] = ("page-exam", "page-marking")
    modules: ClassVar[tuple[str, ...]] = ("marking",)

    exam_id: int
    title: str
    name: str
    number: int
    total: int
    left: int
    asked: Asked
    text: str
    points: Sequence[PointField]
    total_field: PointField | None
    correcting: bool
    last: Last | None
    problem: str


@dataclass(frozen=True)
class FinishedPage(Page):
    """Nothing waits for this marker. `own`: answers of their own, which others mark."""

    template: ClassVar[str] = "marking/finished.html"
    section: ClassVar[str] = "marking"

    title: str
    marked: int
    own: int
    last: Last | None
    problem: str
    exam: Exam


@dataclass(frozen=True)
class OverridePage(Page):
    """Other marks for an answer that has been marked. `waiting`: what waits for a second person; `alone`: no second
    person is needed."""

    template: ClassVar[str] = "marking/override.html"
    section: ClassVar[str] = "marking"
    styles: ClassVar[tuple[str, ...]] = ("page-exam", "page-marking")
    modules: ClassVar[tuple[str, ...]] = ("marking",)

    exam_id: int
    title: str
    asked: Asked
    text: str
    before: str
    points: Sequence[PointField]
    total_field: PointField | None
    form: WhyForm
    problem: str
    waiting: Standing | None
    alone: bool


@dataclass(frozen=True)
class MarkedRow:
    name: str
    text: str
    score: str
    waiting: bool


@dataclass(frozen=True)
class MarkedGroup:
    """The answers to one question that have been marked."""

    stem: str
    marks: str
    rows: Sequence[MarkedRow]


@dataclass(frozen=True)
class MarkedPage(Page):
    template: ClassVar[str] = "marking/marked.html"
    section: ClassVar[str] = "marking"
    styles: ClassVar[tuple[str, ...]] = ("page-marking",)

    exam_id: int
    title: str
    groups: Sequence[MarkedGroup]


@dataclass(frozen=True)
class QuestionRow:
    """One question: its answers, how many of them wait for the first, the second and the third marker, how many a third
    has decided, and how well the first two agree."""

    stem: str
    marks: str
    answers: int
    waiting: tuple[int, int, int]
    thirds: int
    agreement: Agreement

    @property
    def done(self) -> int:
        return self.answers - sum(self.waiting)


@dataclass(frozen=True)
class OverviewPage(Page):
    """How far the marking of an exam is."""

    template: ClassVar[str] = "marking/overview.html"
    section: ClassVar[str] = "marking"
    styles: ClassVar[tuple[str, ...]] = ("page-marking",)

    exam: Exam
    rows: Sequence[QuestionRow]


def asked(question: PaperQuestion) -> tuple[Asked, Short]:
    item, short = question.item, question.question
    if not isinstance(short, Short):
        raise TypeError(f"question {question.position} is {short.type}: no person marks it")
    material, lead = (item.material, parse_stem(item.stem)) if isinstance(item, Case) else ("", ())
    return Asked(material, lead, parse_stem(short.stem), short.key, show_marks(question.marks)), short


def point_fields(
    short: Short, most: Sequence[Decimal], typed: Typed, errors: Mapping[str, InputError]
) -> list[PointField]:
    return [
        PointField(name, number, point.point, point.share, show_marks(limit), text, _error(errors, name))
        for number, (point, limit, text) in enumerate(zip(short.rubric, most, typed.points, strict=True), 1)
        for name in [f"p{number}"]
    ]


def total_field(short: Short, marks: str, typed: Typed, errors: Mapping[str, InputError]) -> PointField | None:
    """Only where there are several points: one point is the total."""
    if len(short.rubric) == 1:
        return None
    return PointField("total", 0, "", 100, marks, typed.total, _error(errors, "total"))


def _error(errors: Mapping[str, InputError], name: str) -> str:
    return explain(errors[name]) if name in errors else ""
