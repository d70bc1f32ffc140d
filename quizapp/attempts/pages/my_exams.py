"""The candidate's home: what is unfinished, open, ahead, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from quizapp.attempts.rules.progress import Counts, Slip
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class Resume:
    """The open attempt of an exam. `left`: seconds to the deadline, at least 0."""

    attempt_id: UUID
    title: str
    number: int
    started_at: datetime
    deadline_at: datetime
    saved_at: datetime | None
    left: int
    counts: Counts
    slips: list[Slip]
    width: int


@dataclass(frozen=True)
class Rules:
    """The rules of an exam as a candidate reads them. `questions` and `total` are None before forms exist."""

    exam_id: int
    title: str
    kind: str
    opens_at: datetime
    closes_at: datetime
    last_full_start: datetime
    questions: int | None
    total: str | None
    minutes: int
    pass_mark: str
    excellence_mark: str
    attempts_allowed: int
    score_rule: str
    open_book: bool
    is_make_up: bool


@dataclass(frozen=True)
class OpenExam:
    """An exam whose window is open. `status`: expected, excused or deferred; `used`: attempts so far."""

    rules: Rules
    status: str
    reason: str
    used: int
    days_left: int

    @property
    def may_start(self) -> bool:
        return self.status == "expected" and self.rules.kind == "online" and self.used < self.rules.attempts_allowed


@dataclass(frozen=True)
class Outcome:
    """An exam that somebody sat, or missed. `score` and `grade` are empty before release."""

    title: str
    on: date
    kind: str
    pass_mark: str
    state: str
    score: str
    grade: str
    attempt_id: UUID | None
    release: str
    releases_at: datetime | None


@dataclass(frozen=True)
class MyExamsPage(Page):
    template: ClassVar[str] = "attempts/my_exams.html"
    styles: ClassVar[tuple[str, ...]] = ("page-home",)
    modules: ClassVar[tuple[str, ...]] = ("exam-left",)
    section: ClassVar[str] = "my_exams"

    resumes: list[Resume]
    open_exams: list[OpenExam]
    coming: list[OpenExam]
    outcomes: list[Outcome]
    at: datetime
