"""The analysis of one exam: everything read and worked out, nothing written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.analysis.calibration import calibrate
from quizapp.analysis.queries import samples, stored, sums
from quizapp.analysis.rules import leaks, timing
from quizapp.analysis.rules.classical import (
    Asked,
    FormStatistics,
    QuestionStatistics,
    Sat,
    form_statistics,
    is_right_or_wrong,
    question_statistics,
)
from quizapp.analysis.rules.flags import Flag, flags
from quizapp.analysis.rules.irt import Estimate, model_for, pooled
from quizapp.analysis.rules.leaks import Note
from quizapp.exams.models import Exam
from quizapp.papers import queries as papers
from quizapp.papers.models import FormQuestion
from quizapp.questions.rules.content import marking_key
from quizapp.questions.rules.schema import Multiple, Question, Single, TrueFalse

Name = tuple[int, int]
"""A question: (item version id, part)."""


@dataclass(frozen=True, slots=True)
class Timed:
    """`people` with a known time, their median in seconds, how many were right in under five."""

    people: int = 0
    seconds: float | None = None
    quick: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """One question of the exam."""

    name: Name
    kind: str
    statistics: QuestionStatistics
    timed: Timed
    estimate: Estimate | None
    flags: list[Flag]
    notes: list[Note]


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the window: from when, how many began in it, and the share of the marks that they got."""

    start: datetime
    people: int
    share: float


@dataclass(frozen=True, slots=True)
class Analysed:
    people: int
    waiting: int
    timed: int
    forms: list[FormStatistics]
    slices: list[Slice]
    questions: list[Measured]


def analyse(session: Session, exam: Exam) -> Analysed:
    """Everything about the exam. An exam without one marked attempt gives an analysis without questions."""
    starts = leaks.slice_starts(exam.opens_at, exam.closes_at, clock.SHANGHAI)
    forms = sums.sat(session, exam.id, starts)
    questions = sums.questions_of_forms(session, list(forms))
    asked = sums.asked(session, exam.id, forms, questions, starts) if forms else {}
    chosen = samples.papers(session, exam.id, forms)
    timed, people = _timed(session, chosen, questions)
    estimates = _estimates(session, chosen, questions, asked)
    on_forms = _on_forms(questions, asked)
    shown = _questions(session, list(forms))
    earlier = stored.earlier(session, exam, [name[0] for name in on_forms])
    return Analysed(
        sum(form.people for form in forms.values()), sums.waiting(session, exam.id), people,
        [form_statistics(form, asked[form_id]) for form_id, form in forms.items()], _slices(starts, forms),
        [_measured(name, shown[name], listed, forms, len(starts), timed.get(name, Timed()), estimates.get(name), earlier)
         for name, listed in on_forms.items()],
    )


def _measured(
    name: Name, question: Question, asked: Sequence[Asked], forms: Mapping[int, Sat], slices: int, timed: Timed,
    estimate: Estimate | None, earlier: Mapping[Name, stored.Earlier],
) -> Measured:
    found = question_statistics(asked, forms)
    notes = [leaks.rise(asked, forms, slices), leaks.quick(timed.people, timed.quick) if timed.people else None]
    if name in earlier:
        before = earlier[name]
        notes.append(leaks.since(found.facility, found.people, before.facility, before.people, before.exam_id))
    return Measured(name, question.type, found, timed, estimate,
                    flags(question.type, options_of(question), keys_of(question), found), [one for one in notes if one])


def options_of(question: Question) -> tuple[str, ...]:
    """The ids of what can be chosen, in the bank's order."""
    if isinstance(question, Single | Multiple):
        return tuple(question.options)
    return ("true", "false") if isinstance(question, TrueFalse) else ()


def keys_of(question: Question) -> tuple[str, ...]:
    key = marking_key(question)
    return tuple(str(one) for one in key) if isinstance(question, Single | Multiple | TrueFalse) else ()


def _on_forms(questions: sums.Questions, asked: Mapping[int, Sequence[Asked]]) -> dict[Name, list[Asked]]:
    found: dict[Name, list[Asked]] = defaultdict(list)
    for form_id, listed in questions.items():
        for question, one in zip(listed, asked[form_id], strict=True):
            found[question.item_version_id, question.part].append(one)
    return found


def _questions(session: Session, form_ids: Sequence[int]) -> dict[Name, Question]:
    return {(one.item_version_id, one.part): one.question for form_id in form_ids
            for one in papers.questions_with_content(session, form_id)}


def _slices(starts: Sequence[datetime], forms: Mapping[int, Sat]) -> list[Slice]:
    found = []
    for number, start in enumerate(starts):
        possible = sum(form.slices[number] * form.total for form in forms.values())
        got = sum(form.slice_marks[number] for form in forms.values())
        found.append(Slice(start, sum(form.slices[number] for form in forms.values()), got / possible if possible else 0.0))
    return found


def _timed(session: Session, chosen: Mapping[int, Sequence[samples.Paper]],
           questions: sums.Questions) -> tuple[dict[Name, Timed], int]:
    """By question, and of how many papers there were saves at all."""
    seconds: dict[Name, list[float]] = defaultdict(list)
    quick: dict[Name, int] = defaultdict(int)
    people = 0
    for form_id, some in chosen.items():
        at = {q.position: q for q in questions[form_id]}
        saves = samples.saves(session, some)
        people += len(saves)
        kept = [paper for paper in some if paper.attempt_id in saves]
        got = samples.marks(session, kept)
        for paper in kept:
            for position, taken in timing.times(paper.started_at, saves[paper.attempt_id]).items():
                name = (at[position].item_version_id, at[position].part)
                seconds[name].append(taken)
                right = got[paper.attempt_id].get(position, 0) == at[position].marks * 100
                quick[name] += taken < leaks.QUICK and right
    return {name: Timed(len(all_), timing.middle(all_), quick[name]) for name, all_ in seconds.items()}, people


def _estimates(
    session: Session, chosen: Mapping[int, Sequence[samples.Paper]], questions: sums.Questions,
    asked: Mapping[int, Sequence[Asked]],
) -> dict[Name, Estimate]:
    found: dict[Name, list[Estimate]] = defaultdict(list)
    for form_id, some in chosen.items():
        kept: list[FormQuestion] = [
            q for q, one in zip(questions[form_id], asked[form_id], strict=True) if is_right_or_wrong(one)
        ]
        if not kept or not model_for(len(some)):
            continue
        got = samples.marks(session, some)
        right = [[int(got[paper.attempt_id].get(q.position, 0) == q.marks * 100) for q in kept] for paper in some]
        for question, estimate in zip(kept, calibrate(right), strict=True):
            if estimate is not None:
                found[question.item_version_id, question.part].append(estimate)
    return {name: one for name, all_ in found.items() if (one := pooled(all_)) is not None}
