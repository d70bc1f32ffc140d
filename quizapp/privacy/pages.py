"""What the pages on personal data may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from quizapp.approvals.queries import Standing
from quizapp.privacy.forms import EraseForm
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class OwnPage(Page):
    template: ClassVar[str] = "privacy/own.html"
    styles: ClassVar[tuple[str, ...]] = ("page-people",)

    name: str
    login: str
    held: list[tuple[str, int]]
    kept: list[tuple[str, str, str]]


@dataclass(frozen=True)
class PersonDataPage(Page):
    """`waiting`: the erasure that waits for a second person; `alone`: the operator has switched that rule off."""

    template: ClassVar[str] = "privacy/person_data.html"
    styles: ClassVar[tuple[str, ...]] = ("page-people",)
    section: ClassVar[str] = "people"

    person_id: int
    name: str
    login: str
    erased_at: object
    held: list[tuple[str, int]]
    stays: list[tuple[str, str]]
    why_not: str
    waiting: Standing | None
    alone: bool
    form: EraseForm
    problem: str
