"""Before, during and right after taking a paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from quizapp.attempts.pages.my_exams import Rules
from quizapp.attempts.rules.progress import Counts, Slip, State
from quizapp.questions.rules.markup import Segment
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class BeginPage(Page):
    """The rules before the start. `blocked`: why this person cannot start, or empty."""

    template: ClassVar[str] = "attempts/begin.html"
    styles: ClassVar[tuple[str, ...]] = ("page-home",)
    section: ClassVar[str] = "my_exams"

    rules: Rules
    used: int
    blocked: str
    open_attempt: UUID | None
    would_end_at: datetime
    problem: str
    release: str


@dataclass(frozen=True)
class Option:
    """`value` is the place of the option on this page; the bank's own id never leaves the server."""

    value: str
    letter: str
    text: str
    checked: bool


@dataclass(frozen=True)
class Question:
    """One question as a candidate may see it: no key, explanation, reasons, rubric, basis or code."""

    number: int
    kind: str
    section: str
    marks: str
    stem: tuple[Segment, ...]
    options: tuple[Option, ...]
    texts: tuple[str, ...]
    material: str
    lead: tuple[Segment, ...]
    first_part: bool
    flagged: bool
    state: State


@dataclass(frozen=True)
class CardSection:
    """One type on the answer card, with the numbers it holds."""

    kind: str
    first: int
    last: int
    cells: list[tuple[int, State]]


@dataclass(frozen=True)
class TakePage(Page):
    template: ClassVar[str] = "attempts/take.html"
    styles: ClassVar[tuple[str, ...]] = ("page-exam",)
    modules: ClassVar[tuple[str, ...]] = ("exam",)

    attempt_id: UUID
    title: str
    number: int
    attempts_allowed: int
    score_rule: str
    questions: list[Question]
    sections: list[CardSection]
    counts: Counts
    slips: list[Slip]
    width: int
    deadline_at: datetime
    epoch: int
    client_id: str
    message: str
    problem: str
    data: dict[str, Any]


@dataclass(frozen=True)
class TakeOverPage(Page):
    """For a browser without script: another one holds the attempt."""

    template: ClassVar[str] = "attempts/take_over.html"

    attempt_id: UUID
    title: str


@dataclass(frozen=True)
class FinishedPage(Page):
    """The receipt. `expired`: handed in by the server because time was up."""

    template: ClassVar[str] = "attempts/finished.html"
    styles: ClassVar[tuple[str, ...]] = ("page-exam",)
    section: ClassVar[str] = "my_exams"

    attempt_id: UUID
    title: str
    person: str
    number: int
    expired: bool
    started_at: datetime
    finished_at: datetime
    answered: int
    total: int
    receipt: str
    short_receipt: str
    released: bool
    release: str
    releases_at: datetime | None
    needs_marking: bool
    attempts_left: int
    exam_id: int
    may_start: bool
