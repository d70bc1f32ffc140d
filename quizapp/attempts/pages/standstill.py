"""What stands where the paper was while its clock stands still: a pause of the sitting, or a break."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from quizapp.attempts.open_paper import OpenPaper
from quizapp.questions.rules.marking import is_answered
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class StandstillPage(Page):
    """No question is on it. `left`: minutes of work that will be there afterwards; `break_seconds`: of the break;
    `typed`: fields of the plain form that could not be saved and go with the button that leads back."""

    template: ClassVar[str] = "attempts/standstill.html"
    styles: ClassVar[tuple[str, ...]] = ("page-exam",)
    modules: ClassVar[tuple[str, ...]] = ("standstill",)
    section: ClassVar[str] = "my_exams"

    attempt_id: UUID
    title: str
    paused: bool
    since: datetime
    now: datetime
    left: int
    break_seconds: int
    answered: int
    total: int
    ticket: str
    typed: list[tuple[str, str]] = field(default_factory=list)


def standstill_page(paper: OpenPaper, now: datetime, ticket: str) -> StandstillPage:
    time = paper.time
    return StandstillPage(
        paper.id, paper.title, time.paused_at is not None, time.since(now) or now, now,
        int(time.working_left(now).total_seconds() // 60), time.break_seconds(now),
        sum(is_answered(kept.response) for kept in paper.kept.values()), len(paper.layout), ticket,
    )
