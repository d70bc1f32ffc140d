"""Notes on the attempts of an exam, as whoever holds it sees them: facts, in the order of the roster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from quizapp.attempts.noted import WithNotes
from quizapp.attempts.pages.notes import Line, lines_of, sums_of
from quizapp.attempts.rules.notes import DECISIONS
from quizapp.exams.models import Exam
from quizapp.i18n import N_, _
from quizapp.sittings.forms.notes import DecisionForm
from quizapp.ui.pages import Page

TAGS = {"no_concern": "ok", "follow_up": "warn", "": ""}
WAITING = N_("待判断")


@dataclass(frozen=True)
class Card:
    """One attempt: what happened, a sentence a kind; what the candidate said; what was decided."""

    one: WithNotes
    sums: Sequence[str]
    devices: Sequence[str]
    state: str
    tag: str

    @classmethod
    def of(cls, one: WithNotes) -> Card:
        decision = one.review.decision if one.review else ""
        devices = list(dict.fromkeys(note.device for note in one.notes if note.device))
        return cls(one, sums_of(one.notes), devices, _(DECISIONS[decision] if decision else WAITING), TAGS[decision])


@dataclass(frozen=True)
class NotesPage(Page):
    """`shown`: waiting or all."""

    template: ClassVar[str] = "sittings/notes.html"
    styles: ClassVar[tuple[str, ...]] = ("page-integrity",)
    section: ClassVar[str] = "exams"

    exam: Exam
    cards: Sequence[Card]
    shown: str
    waiting: int
    total: int


@dataclass(frozen=True)
class NotePage(Page):
    """One attempt with every note. `blocked`: why this person cannot decide, or empty."""

    template: ClassVar[str] = "sittings/note.html"
    styles: ClassVar[tuple[str, ...]] = ("page-integrity",)
    section: ClassVar[str] = "exams"

    exam: Exam
    card: Card
    form: DecisionForm
    problem: str
    blocked: str

    @property
    def lines(self) -> list[Line]:
        return lines_of(self.card.one.notes)
