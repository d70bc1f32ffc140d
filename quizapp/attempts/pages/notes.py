"""What a candidate sees of the notes on an attempt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from quizapp import clock
from quizapp.attempts.models import NoteReview
from quizapp.attempts.rules.notes import DECISIONS, NAMES, REPLY_CHARS, Noted, sums
from quizapp.i18n import _
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class Line:
    """One note in the reader's words: when (by the second), what, and how long or on which device."""

    at: str
    what: str
    detail: str


@dataclass(frozen=True)
class NotesPage(Page):
    template: ClassVar[str] = "attempts/notes.html"
    styles: ClassVar[tuple[str, ...]] = ("page-exam",)
    section: ClassVar[str] = "my_exams"

    attempt_id: UUID
    title: str
    number: int
    lines: Sequence[Line]
    sums: Sequence[str]
    review: NoteReview | None
    typed: str
    problem: str
    most: int = REPLY_CHARS

    @property
    def decision(self) -> str:
        return _(DECISIONS[self.review.decision]) if self.review and self.review.decision else ""


def lines_of(notes: Iterable[Noted]) -> list[Line]:
    return [Line(_second(note.at), _(NAMES[note.kind]), span(note.lasted) if note.lasted is not None else note.device)
            for note in notes]


def sums_of(notes: Iterable[Noted]) -> list[str]:
    """How often and how long, a sentence a kind. What is no event, such as the device, is not counted."""
    found = []
    for one in sums(notes):
        if one.kind == "device":
            continue
        values = {"what": _(NAMES[one.kind]), "n": one.times, "all": span(one.lasted), "longest": span(one.longest)}
        if not one.lasted:
            found.append(_("%(what)s %(n)s 次", **values))
        elif one.times == 1:
            found.append(_("%(what)s 1 次，%(all)s", **values))
        else:
            found.append(_("%(what)s %(n)s 次，共 %(all)s，最长 %(longest)s", **values))
    return found


def span(seconds: int) -> str:
    """45 秒, 3 分 05 秒: never rounded, so that nobody argues about it."""
    minutes, rest = divmod(seconds, 60)
    return _("%(m)s 分 %(s)s 秒", m=minutes, s=f"{rest:02}") if minutes else _("%(s)s 秒", s=rest)


def _second(moment: datetime) -> str:
    local = clock.to_local(moment)
    return f"{local:%H:%M:%S}" if local.date() == clock.today() else f"{local:%m-%d %H:%M:%S}"
