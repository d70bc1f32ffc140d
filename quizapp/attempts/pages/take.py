"""Before, during and right after taking a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, ClassVar
from uuid import UUID

from quizapp.attempts.models import Attempt
from quizapp.attempts.pages.my_exams import Rules
from quizapp.attempts.queries import Kept
from quizapp.attempts.rules.counting import show_marks
from quizapp.attempts.rules.layout import Slot
from quizapp.attempts.rules.progress import Counts, Slip, State
from quizapp.attempts.rules.responses import LETTERS, shown
from quizapp.attempts.rules.words import JUDGEMENTS
from quizapp.papers.queries import PaperQuestion
from quizapp.questions.rules.markup import Segment
from quizapp.questions.rules.view import CandidateView, QuestionView, candidate_view
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
    ticket: str


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
    client_id: str
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


def questions_on_page(
    layout: Sequence[Slot], paper: Sequence[PaperQuestion], kept: Mapping[int, Kept], states: Sequence[State]
) -> list[Question]:
    """The paper in this person's order, through the list of fields that a candidate may see."""
    on_form = {question.position: question for question in paper}
    views = _views(layout, on_form)
    found: list[Question] = []
    for slot, state in zip(layout, states, strict=True):
        asked = on_form[slot.position]
        view = views[asked.item_version_id]
        previous = on_form[layout[slot.number - 2].position] if slot.number > 1 else None
        first = previous is None or previous.item_version_id != asked.item_version_id
        found.append(_question(slot, asked, view, kept.get(slot.position), state, first))
    return found


def _views(layout: Sequence[Slot], on_form: Mapping[int, PaperQuestion]) -> dict[int, CandidateView]:
    orders: dict[int, list[tuple[int, tuple[str, ...]]]] = {}
    for slot in layout:
        asked = on_form[slot.position]
        orders.setdefault(asked.item_version_id, []).append((asked.part, slot.options))
    items = {question.item_version_id: question.item for question in on_form.values()}
    return {
        version: candidate_view(items[version], [options for _part, options in sorted(parts)])
        for version, parts in orders.items()
    }


def _question(
    slot: Slot, asked: PaperQuestion, view: CandidateView, answer: Kept | None, state: State, first: bool
) -> Question:
    own = view.questions[max(asked.part - 1, 0)]
    response = shown(slot, answer.response) if answer else []
    texts = tuple(response) if slot.kind in ("fill", "short") else ()
    return Question(
        slot.number, slot.kind, slot.section, show_marks(asked.marks), own.stem, _options(own, response),
        texts or ("",) * max(slot.blanks, 1), view.material, view.stem, first, answer.flagged if answer else False,
        state,
    )


def _options(view: QuestionView, response: Sequence[str]) -> tuple[Option, ...]:
    if view.kind == "true_false":
        pairs = [(value, text) for value, text in JUDGEMENTS.items()]
    else:
        pairs = [(str(place), option.text) for place, option in enumerate(view.options, 1)]
    return tuple(
        Option(value, LETTERS[index], text, value in response) for index, (value, text) in enumerate(pairs)
    )


def card_sections(layout: Sequence[Slot], states: Sequence[State]) -> list[CardSection]:
    """The answer card, grouped as the paper is printed."""
    pairs = zip(layout, states, strict=True)
    found: list[CardSection] = []
    for kind, group in groupby(pairs, key=lambda pair: pair[0].section):
        cells = [(slot.number, state) for slot, state in group]
        found.append(CardSection(kind, cells[0][0], cells[-1][0], cells))
    return found


def answers_for_script(layout: Sequence[Slot], kept: Mapping[int, Kept]) -> dict[int, dict[str, Any]]:
    """What the server holds, by number, in the words of the save protocol."""
    return {
        slot.number: {"seq": answer.seq, "response": shown(slot, answer.response), "flagged": answer.flagged,
                      "seen": answer.seen}
        for slot in layout if (answer := kept.get(slot.position)) is not None
    }


def clock_for_script(attempt: Attempt, paused_at: datetime | None, now: datetime) -> dict[str, str | None]:
    """`paused_at`: since when the whole sitting stands still; the person's own break counts as well."""
    since = paused_at or attempt.break_started_at
    return {"server_time": now.isoformat(), "deadline": attempt.deadline_at.isoformat(),
            "paused": since.isoformat() if since else None}
