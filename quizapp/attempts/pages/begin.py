"""The page before the start: rules, and until the exam opens the waiting room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from quizapp.attempts.pages.my_exams import Rules
from quizapp.exams.models import Exam
from quizapp.exams.rules import MULTIPLE_RULE_NAMES
from quizapp.i18n import _
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class Waiting:
    """For whom the page begins by itself. `offset`: milliseconds after the opening at which it does; `paused`: the
    sitting stands still, so nobody knows when."""

    opens_at: datetime
    now: datetime
    offset: int
    paused: bool


@dataclass(frozen=True)
class BeginPage(Page):
    """`blocked`: why this person cannot start, or empty. `minutes`, `break_minutes`: what this person has, by an
    accommodation more than the rules say. `releases_at`: where the end of the exam decides it. `marking`: how this paper
    is marked, in sentences."""

    template: ClassVar[str] = "attempts/begin.html"
    styles: ClassVar[tuple[str, ...]] = ("page-home",)
    modules: ClassVar[tuple[str, ...]] = ("waiting",)
    section: ClassVar[str] = "my_exams"

    rules: Rules
    marking: Sequence[str]
    used: int
    blocked: str
    open_attempt: UUID | None
    would_end_at: datetime
    minutes: int
    break_minutes: int
    problem: str
    release: str
    releases_at: datetime
    ticket: str
    understood: bool
    waiting: Waiting | None


def marking_lines(exam: Exam, kinds: Collection[str]) -> list[str]:
    """How what stands on the paper is marked. `kinds`: the types of its questions."""
    lines = []
    if "multiple" in kinds:
        lines.append(_("多选题：%(rule)s。", rule=_(MULTIPLE_RULE_NAMES[exam.multiple_rule])))
    if "fill" in kinds:
        lines.append(_("填空题：一空一空计分；全角半角、空格、首尾标点和数字写法（六十、60）不影响得分。"))
    if "short" in kinds and exam.markers > 1:
        lines.append(_("简答题：两人各自评分，看不到姓名和单位；相差不超过满分的 %(n)s%% 的取平均分，超过的以第三人的分为准。",
                       n=exam.marker_tolerance))
    elif "short" in kinds:
        lines.append(_("简答题：由一人按得分点评分，看不到姓名和单位。"))
    return lines
