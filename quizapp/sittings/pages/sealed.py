"""Sealed files of an exam: the list, and one file beside what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from quizapp.attempts.models import Attempt, SealedFile
from quizapp.attempts.quarantine import Filed
from quizapp.attempts.rules.layout import CHOICES, Slot
from quizapp.attempts.rules.responses import LETTERS
from quizapp.attempts.rules.sealed import Change, Contents
from quizapp.attempts.rules.words import JUDGEMENTS
from quizapp.exams.models import Exam
from quizapp.i18n import N_, _, explain
from quizapp.papers.queries import PaperQuestion
from quizapp.questions.rules.names import TYPE_NAMES
from quizapp.sittings.forms.sealed import RefusalForm, UploadForm
from quizapp.ui.pages import Page

STATES = {
    "waiting": N_("待两人同意"), "approved": N_("一人已同意，待第二人"), "accepted": N_("已采纳"), "refused": N_("已退回"),
}
TAGS = {"waiting": "warn", "approved": "brand", "accepted": "ok", "refused": ""}
OUTCOMES = {
    "changed": N_("换成文件里的"), "new": N_("补上"), "same": N_("答案相同，只更新序号"), "older": N_("平台上的较新，不动"),
    "held": N_("平台上已是这个答案"),
    "unfit": N_("不能采纳"),
}


@dataclass(frozen=True)
class SealedFilesPage(Page):
    template: ClassVar[str] = "sittings/sealed_files.html"
    styles: ClassVar[tuple[str, ...]] = ("page-sealed",)
    section: ClassVar[str] = "exams"

    exam: Exam
    files: list[Filed]
    form: UploadForm
    problem: str
    states: Mapping[str, str] = field(default_factory=lambda: STATES)
    tags: Mapping[str, str] = field(default_factory=lambda: TAGS)


@dataclass(frozen=True)
class Row:
    """One question: both answers in the words of the page, both sequences, and what acceptance would do."""

    number: int
    kind: str
    before: tuple[str, ...]
    before_seq: int | None
    after: tuple[str, ...]
    after_seq: int
    outcome: str
    problem: str


@dataclass(frozen=True)
class SealedFilePage(Page):
    """`may_decide`: empty, or why this person cannot. `unknown`: questions that the paper does not have."""

    template: ClassVar[str] = "sittings/sealed_file.html"
    styles: ClassVar[tuple[str, ...]] = ("page-sealed",)
    section: ClassVar[str] = "exams"

    exam: Exam
    filed: Filed
    file: SealedFile
    attempt: Attempt
    contents: Contents
    last_heard: datetime | None
    rows: list[Row]
    unknown: int
    form: RefusalForm
    problem: str
    may_approve: str
    own: bool
    total: int
    states: Mapping[str, str] = field(default_factory=lambda: STATES)
    tags: Mapping[str, str] = field(default_factory=lambda: TAGS)
    outcomes: Mapping[str, str] = field(default_factory=lambda: OUTCOMES)


def rows_of(found: Sequence[Change], paper: Sequence[PaperQuestion]) -> list[Row]:
    """Every question of the file, those that would change first."""
    on_form = {question.position: question for question in paper}
    rows = [_row(change, on_form[change.slot.position]) for change in found]
    return sorted(rows, key=lambda row: (row.outcome not in ("changed", "new"), row.number))


def _row(change: Change, asked: PaperQuestion) -> Row:
    before = change.before
    sent = _sent(change) if change.problem else in_words(change.slot, change.response, asked)
    return Row(
        change.slot.number, _(TYPE_NAMES[change.slot.kind]),
        in_words(change.slot, before.response, asked) if before else (), before.seq if before else None,
        sent, change.save.seq, _outcome(change), explain(change.problem) if change.problem else "",
    )


def _outcome(change: Change) -> str:
    if change.problem:
        return "unfit"
    if not change.counts:
        held = change.before
        return "held" if held and (held.seq, held.response) == (change.save.seq, change.response) else "older"
    if not change.differs:
        return "same"
    return "changed" if change.before and change.before.response else "new"


def in_words(slot: Slot, response: Sequence[str], asked: PaperQuestion) -> tuple[str, ...]:
    """An answer as it is kept, with the letters and words that this person saw."""
    if slot.kind == "true_false":
        return tuple(_(JUDGEMENTS[value]) for value in response)
    if slot.kind in CHOICES:
        texts = asked.question.options  # type: ignore[union-attr]
        return tuple(f"{LETTERS[place]}　{texts[option]}" for place, option in enumerate(slot.options) if option in response)
    return tuple(text or "—" for text in response)


def _sent(change: Change) -> tuple[str, ...]:
    """What does not fit, as far as it can be shown."""
    response = change.save.response
    return tuple(str(part)[:200] for part in response) if isinstance(response, list) else ()


