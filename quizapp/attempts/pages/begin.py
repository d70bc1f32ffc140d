"""The page before the start: rules, and until the exam opens the waiting room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from quizapp.attempts.pages.my_exams import Rules
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
    accommodation more than the rules say. `releases_at`: where the end of the exam decides it."""

    template: ClassVar[str] = "attempts/begin.html"
    styles: ClassVar[tuple[str, ...]] = ("page-home",)
    modules: ClassVar[tuple[str, ...]] = ("waiting",)
    section: ClassVar[str] = "my_exams"

    rules: Rules
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
