"""Before, during and right after taking a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from markupsafe import Markup

from quizapp.attempts.models import Attempt
from quizapp.attempts.open_paper import OpenPaper
from quizapp.attempts.pages.handing_in import SealedFiles
from quizapp.attempts.pages.receipt import Proof
from quizapp.attempts.queries import Kept
from quizapp.attempts.rules.layout import Slot
from quizapp.attempts.rules.progress import Counts
from quizapp.attempts.rules.responses import shown
from quizapp.attempts.rules.standing import Standing
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class TakePage(Page):
    """The paper. `break_left`: seconds of break that this person may still take."""

    template: ClassVar[str] = "attempts/take.html"
    styles: ClassVar[tuple[str, ...]] = ("page-exam",)
    modules: ClassVar[tuple[str, ...]] = ("exam",)

    attempt_id: UUID
    title: str
    number: int
    attempts_allowed: int
    score_rule: str
    questions: list[Markup]
    strip: Markup
    card: Markup
    counts: Counts
    deadline_at: datetime
    client_id: str
    problem: str
    data: dict[str, Any]
    break_left: int


@dataclass(frozen=True)
class TakeOverPage(Page):
    """For a browser without script: another one holds the attempt."""

    template: ClassVar[str] = "attempts/take_over.html"

    attempt_id: UUID
    title: str


@dataclass(frozen=True)
class FinishedPage(Page):
    """The receipt. `expired`: handed in by the server because time was up. `data`: for the script."""

    template: ClassVar[str] = "attempts/finished.html"
    styles: ClassVar[tuple[str, ...]] = ("page-exam",)
    modules: ClassVar[tuple[str, ...]] = ("copy", "exam-receipt")
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
    sealed: SealedFiles
    proof: Proof
    data: dict[str, Any]


def answers_for_script(layout: Sequence[Slot], kept: Mapping[int, Kept]) -> dict[int, dict[str, Any]]:
    """What the server holds, by number, in the words of the save protocol."""
    return {
        slot.number: {"seq": answer.seq, "response": shown(slot, answer.response), "flagged": answer.flagged,
                      "seen": answer.seen}
        for slot in layout if (answer := kept.get(slot.position)) is not None
    }


def clock_for_script(attempt: Attempt | OpenPaper, paused_at: datetime | None, now: datetime) -> dict[str, str | None]:
    """`paused_at`: since when the whole sitting stands still; the person's own break counts as well."""
    since = Standing(attempt.deadline_at, paused_at, attempt.break_started_at, attempt.break_left).since(now)
    return {"server_time": now.isoformat(), "deadline": attempt.deadline_at.isoformat(),
            "paused": since.isoformat() if since else None}
