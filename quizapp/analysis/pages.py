"""What the pages of item analysis may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from quizapp.analysis.models import ExamAnalysis, ItemStatistic
from quizapp.analysis.queries.stored import QuestionRow
from quizapp.analysis.rules.charts import Plot
from quizapp.exams.models import Exam
from quizapp.questions.models import Item
from quizapp.questions.rules.sheet import QuestionSheet
from quizapp.ui.pages import Page
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class Held:
    """An exam that is over. `analysis` is None before it has been analysed; `flagged`: questions with a flag or note."""

    exam: Exam
    analysis: ExamAnalysis | None
    questions: int
    flagged: int


@dataclass(frozen=True)
class ExamsPage(Page):
    template: ClassVar[str] = "analysis/exams.html"
    styles: ClassVar[tuple[str, ...]] = ("page-analysis",)
    section: ClassVar[str] = "bank"

    table: Table[Held]


@dataclass(frozen=True)
class ExamPage(Page):
    """`words`: reliability, error and forms in sentences; `alpha`, `sem`: of the form with the fewest people in doubt:
    the lowest and the greatest. `expected`: number of a form → what was predicted when it was made. `definitions`: term, meaning."""

    template: ClassVar[str] = "analysis/exam.html"
    styles: ClassVar[tuple[str, ...]] = ("page-analysis",)
    section: ClassVar[str] = "bank"

    exam: Exam
    analysis: ExamAnalysis | None
    alpha: str
    sem: str
    questions: int
    flagged: int
    words: Sequence[str]
    expected: Mapping[int, float | None]
    table: Table[QuestionRow]
    only_flagged: bool
    slices: Sequence[tuple[str, int, float]]
    definitions: Sequence[tuple[str, str]]
    may_compute: bool


@dataclass(frozen=True)
class QuestionPage(Page):
    """`told`: (name, colour, sentence) of flags and notes; `facts`: (name, figure, base); `choices`: (option, whether of the
    key, share of each third in words); `others`: the same item in other exams (exam, statistic, version)."""

    template: ClassVar[str] = "analysis/question.html"
    styles: ClassVar[tuple[str, ...]] = ("page-bank", "page-analysis")
    section: ClassVar[str] = "bank"

    exam: Exam
    row: QuestionRow
    statistic: ItemStatistic
    sheet: QuestionSheet
    material: str
    kind: str
    difficulty: str
    told: Sequence[tuple[str, str, str]]
    facts: Sequence[tuple[str, str, str]]
    plot: Plot | None
    plot_label: str
    groups: Sequence[Mapping[str, Any]]
    choices: Sequence[tuple[str, bool, Sequence[str]]]
    others: Sequence[tuple[Exam, ItemStatistic, int]]


@dataclass(frozen=True)
class ItemPage(Page):
    """One item of the bank through all exams that had it."""

    template: ClassVar[str] = "analysis/item.html"
    styles: ClassVar[tuple[str, ...]] = ("page-analysis",)
    section: ClassVar[str] = "bank"

    item: Item
    table: Table[tuple[Exam, ItemStatistic, int]]
