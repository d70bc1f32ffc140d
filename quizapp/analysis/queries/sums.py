"""The sums behind the statistics, made by the database in two statements: memory does not grow with the people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from quizapp.analysis.rules.classical import Asked, Sat
from quizapp.analysis.rules.flags import CHOICES
from quizapp.analysis.rules.groups import Cuts, cuts
from quizapp.attempts.models import Answer, Attempt
from quizapp.attempts.service.finishing import FINISHED
from quizapp.papers.models import Form, FormQuestion

Questions = Mapping[int, Sequence[FormQuestion]]
"""Form id → its questions in order."""


def first_attempts(exam_id: int, *, marked: bool = True) -> list[ColumnElement[bool]]:
    """Conditions on `Attempt` for the first finished attempt of each person: whoever sits again knows questions by
    then. `marked`: those that have their marks, else those that still wait for some."""
    earlier = aliased(Attempt, name="earlier")
    before = select(literal(1)).where(
        earlier.candidate_id == Attempt.candidate_id, earlier.exam_id == exam_id, earlier.number < Attempt.number,
        earlier.state.in_(FINISHED),
    )
    return [
        Attempt.exam_id == exam_id, Attempt.state.in_(FINISHED), ~before.exists(),
        Attempt.score.is_not(None) if marked else Attempt.score.is_(None),
    ]


def waiting(session: Session, exam_id: int) -> int:
    """First attempts that still wait for marks."""
    counted = select(func.count()).select_from(Attempt).where(*first_attempts(exam_id, marked=False))
    return session.scalar(counted) or 0


def questions_of_forms(session: Session, form_ids: Sequence[int]) -> dict[int, list[FormQuestion]]:
    found: dict[int, list[FormQuestion]] = {form_id: [] for form_id in form_ids}
    for question in session.scalars(
        select(FormQuestion).where(FormQuestion.form_id.in_(form_ids)).order_by(FormQuestion.form_id, FormQuestion.position)
    ):
        found[question.form_id].append(question)
    return found


def sat(session: Session, exam_id: int, starts: Sequence[datetime]) -> dict[int, Sat]:
    """Who sat each form: form id → scores, bands, slices."""
    time = _slice(starts)
    score = type_coerce(Attempt.score, Integer)
    rows = session.execute(
        select(Attempt.form_id, score, time, func.count()).where(*first_attempts(exam_id))
        .group_by(Attempt.form_id, Attempt.score, time)
    ).all()
    numbers = {row[0]: (row[1], int(row[2] * 100)) for row in session.execute(
        select(Form.id, Form.number, Form.total).where(Form.id.in_({row[0] for row in rows}))
    )}
    found = {form_id: Sat(number, total) for form_id, (number, total) in sorted(numbers.items(), key=lambda one: one[1])}
    for form_id, marks, part, people in rows:
        form = found[form_id]
        form.scores[marks] += people
        form.slices[part] += people
        form.slice_marks[part] += people * marks
    for form in found.values():
        form.cuts = cuts(form.scores)
        for marks, people in form.scores.items():
            form.bands[form.cuts.band(marks)] += people
    return found


def asked(session: Session, exam_id: int, forms: Mapping[int, Sat], questions: Questions,
          starts: Sequence[datetime]) -> dict[int, list[Asked]]:
    """Form id → its questions with their sums, in order. A question left empty brought nothing."""
    found = {
        form_id: [Asked(form_id, q.position, int(q.marks * 100)) for q in listed] for form_id, listed in questions.items()
    }
    at = {(one.form, one.position): one for listed in found.values() for one in listed}
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL work_mem = '128MB'"))  # attempts matched with their answers, and nothing of it on disk
    for form_id, position, cell, response, x, people, t in session.execute(_sums(exam_id, forms, questions, starts)):
        one, got = at[form_id, position], x * people
        band, part = divmod(cell, max(len(starts), 1))
        one.moments.add(got, x * got, x * int(t))
        one.got[band] += got
        one.by_slice[part] += got
        _count(one, band, response, people)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL work_mem TO DEFAULT"))
    return found


def _count(one: Asked, band: int, response: list[str] | None, people: int) -> None:
    """`response` is None where nothing is chosen (a fill, a short answer): it counts as answered when it says something,
    which the statement has sorted out."""
    if response == []:
        return
    one.answered[band] += people
    for option in response or ():
        one.choices[band, option] += people


def _sums(exam_id: int, forms: Mapping[int, Sat], questions: Questions, starts: Sequence[datetime]) -> Select[Any]:
    """One row for all answers to a question that say the same and brought the same, by band and slice: of squares and
    products, which cost the database most, none has to be added up answer by answer.

    PostgreSQL divides the work among its processes only where it expects far fewer groups than answers. It would take
    every attempt's score and start for a group of its own; behind an offset it sees one number, the cell, and guesses
    few. As a text, because a number there would have to be converted first, and until then might leave rows out: what
    may leave rows out is not divided.
    """
    score = type_coerce(Attempt.score, Integer)
    band = case(*((Attempt.form_id == form_id, _band(score, form.cuts)) for form_id, form in forms.items() if form.cuts),
                else_=literal_column("2", Integer))
    given = (
        select(Attempt.form_id, Answer.position, (band * max(len(starts), 1) + _slice(starts)).label("cell"),
               _choice(questions).label("choice"), func.coalesce(type_coerce(Answer.score, Integer), 0).label("x"), score.label("score"))
        .join(Answer, (Answer.candidate_id == Attempt.candidate_id) & (Answer.attempt_id == Attempt.id))
        .where(*first_attempts(exam_id)).offset(literal_column("'0'")).subquery("given")
    )
    key = (given.c.form_id, given.c.position, given.c.cell, given.c.choice, given.c.x)
    return select(*key, func.count(), func.sum(given.c.score)).group_by(*key)


def _band(score: ColumnElement[int], bounds: Cuts) -> ColumnElement[int]:
    """As `Cuts.band`."""
    number = literal_column
    return case((score <= bounds.low, number("0")), (score <= bounds.low_third, number("1")), (score >= bounds.high, number("4")),
                (score >= bounds.high_third, number("3")), else_=number("2"))


def _slice(starts: Sequence[datetime]) -> ColumnElement[int]:
    first = literal_column("0", Integer)
    if len(starts) < 2:
        return first
    later = list(enumerate(starts))[:0:-1]
    return case(*((Attempt.started_at >= start, literal_column(str(n), Integer)) for n, start in later), else_=first)


def _choice(questions: Questions) -> ColumnElement[Any]:
    """The response where options are chosen; of what people write only whether it says anything ([] or nothing)."""
    written = {form_id: tuple(q.position for q in listed if q.type not in CHOICES) for form_id, listed in questions.items()}
    response: Any = Answer.response
    if not any(written.values()):
        return response
    is_written: ColumnElement[bool] = Answer.position.in_(next(iter(written.values())))
    if len(set(written.values())) > 1:
        is_written = or_(*(and_(Attempt.form_id == form_id, Answer.position.in_(positions))
                           for form_id, positions in written.items() if positions))
    return case((is_written & (response != []), null()), else_=response)
