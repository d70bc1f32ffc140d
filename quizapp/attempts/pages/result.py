"""The marked paper, after release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from quizapp.questions.rules.markup import Segment
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class ReviewedOption:
    """`chosen` by the candidate, `right` by the key; `reason`: why a wrong one is wrong."""

    letter: str
    text: str
    chosen: bool
    right: bool
    reason: str


@dataclass(frozen=True)
class Basis:
    """A cited article, or a document that is no statute (`document`, `locator`)."""

    law: str
    article: str
    paragraph: int | None
    version: date | None
    document: str
    locator: str


@dataclass(frozen=True)
class ReviewedQuestion:
    """One question with its key. `outcome`: right, partial, wrong, empty or pending."""

    number: int
    kind: str
    stem: tuple[Segment, ...]
    material: str
    lead: tuple[Segment, ...]
    first_part: bool
    options: tuple[ReviewedOption, ...]
    given: tuple[str, ...]
    expected: tuple[str, ...]
    frequent_wrong: tuple[tuple[str, str], ...]
    explanation: str
    basis: tuple[Basis, ...]
    score: str
    marks: str
    outcome: str


@dataclass(frozen=True)
class ResultPage(Page):
    """`questions` is empty where the exam shows no key."""

    template: ClassVar[str] = "attempts/result.html"
    styles: ClassVar[tuple[str, ...]] = ("page-exam",)
    section: ClassVar[str] = "my_exams"

    attempt_id: UUID
    title: str
    number: int
    finished_at: datetime
    score: str
    total: str
    grade: str
    pass_mark: str
    excellence_mark: str
    needs_marking: bool
    counts: bool
    score_rule: str
    questions: list[ReviewedQuestion]
    outcome_counts: dict[str, int]
    show_key: bool
