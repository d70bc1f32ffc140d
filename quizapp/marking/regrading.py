"""A regrade: what it would change, worked out without writing; and the change itself, written set by set.

No object is built for an attempt: rows are read form by form, worked out in whole hundredths, put into the history, and
the tables follow the history in one statement each.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, and_, case, func, select, type_coerce, update
from sqlalchemy.orm import Session

from quizapp.attempts.correcting import Corrections, Sheet, corrections, sheet_of, stored_key
from quizapp.attempts.models import Answer, Attempt, Regrade, Result
from quizapp.attempts.rules.correcting import FULL, REMOVED, Correction, hundredths, rescaled
from quizapp.attempts.rules.counting import Finished, counting
from quizapp.attempts.service.finishing import FINISHED
from quizapp.db import insert_many
from quizapp.exams.models import Exam
from quizapp.marking.models import RegradedAttempt, RegradedResult
from quizapp.papers import queries as papers
from quizapp.papers.models import Form, FormQuestion
from quizapp.questions.rules.marking import MarkingRule

MARKED = (*FINISHED, "void")
OF_ATTEMPT = and_(Answer.candidate_id == Attempt.candidate_id, Answer.attempt_id == Attempt.id)


@dataclass(frozen=True, slots=True)
class Change:
    """One attempt, in hundredths; None: left empty, or still without marks."""

    candidate_id: int
    attempt_id: uuid.UUID
    position: int
    answer_before: int | None
    answer_after: int | None
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class ResultChange:
    """What counts for one person, in hundredths."""

    candidate_id: int
    attempt_before: uuid.UUID | None
    attempt_after: uuid.UUID | None
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Outcome:
    """Everything that one decision changes, and nothing that it leaves. `asked`: how many attempts have the question."""

    attempts: Sequence[Change]
    results: Sequence[ResultChange]
    asked: int

    def digest(self) -> str:
        """SHA-256 over every change, in a fixed order: what the history says is what was done."""
        return digest_of(
            (c.candidate_id, c.attempt_id, c.position, c.answer_before, c.answer_after, c.before, c.after) for c in self.attempts)


@dataclass(frozen=True)
class Regraded:
    """What was done, for the features that follow from it. `by`: who proposed it."""

    exam_id: int
    number: int
    reason: str
    by: int
    now: datetime
    outcome: Outcome


AFTER_REGRADE: list[Callable[[Session, Regraded], None]] = []


def after_regrade(act: Callable[[Session, Regraded], None]) -> Callable[[Session, Regraded], None]:
    """What a feature above has to do once an exam was marked anew; run in its transaction, in the order registered."""
    AFTER_REGRADE.append(act)
    return act


def digest_of(rows: Iterable[tuple[Any, ...]]) -> str:
    told = hashlib.sha256()
    for line in sorted(",".join("-" if value is None else str(value) for value in row) for row in rows):
        told.update(line.encode() + b"\n")
    return told.hexdigest()


# ---------------------------------------------------------------- working it out


def worked_out(session: Session, exam: Exam, decision: Correction) -> Outcome:
    """What the decision would change now. Reads alone. Raises ValueError where a form would have no question left."""
    before = corrections(session, exam.id)
    after = {**before, decision.asked: decision}
    changes: list[Change] = []
    asked = 0
    for form_id, position in forms_with(session, exam, decision):
        paper = papers.questions_with_content(session, form_id)
        rows = _rows(session, exam.id, form_id, position, _exactly(exam, paper, position, before))
        asked += len(rows)
        changes += _of_form(session, exam, form_id, position, (sheet_of(paper, before), sheet_of(paper, after)), rows)
    return Outcome(changes, _results(session, exam, changes), asked)


def forms_with(session: Session, exam: Exam, decision: Correction) -> list[tuple[int, int]]:
    """Form → position of the question, for the forms of the exam that ask it."""
    rows = session.execute(
        select(FormQuestion.form_id, FormQuestion.position).join(Form, Form.id == FormQuestion.form_id)
        .where(Form.blueprint_id == exam.blueprint_id, FormQuestion.item_version_id == decision.version_id,
               FormQuestion.part == decision.part).order_by(FormQuestion.form_id)
    ).all()
    return [(row[0], row[1]) for row in rows]


def leaves_nothing(session: Session, exam: Exam, decision: Correction) -> bool:
    """Whether a form of the exam would have no question left that counts."""
    after = {**corrections(session, exam.id), decision.asked: decision}
    for form_id, _position in forms_with(session, exam, decision):
        counted = sheet_of(papers.questions_with_content(session, form_id), after)
        if all(counted.treated.get(at) == REMOVED for at, marks in counted.marks.items() if marks):
            return True
    return False


def _exactly(exam: Exam, paper: Sequence[papers.PaperQuestion], position: int, before: Corrections) -> bool:
    """Whether every answer has to be added up: a stored sum was rounded, stopped at 0, or is open because of this very answer.
    Otherwise what the attempt has, less what this answer brought, is what the others brought."""
    removed = any(one.treatment == REMOVED for one in before.values())
    return removed or exam.multiple_rule == MarkingRule.NEGATIVE or any(q.position == position and q.type == "short" for q in paper)


def _rows(session: Session, exam_id: int, form_id: int, position: int, exactly: bool) -> Sequence[Any]:
    """(candidate, attempt, its score, the answer or None, its score, what the others brought, how many of them wait).
    The last two are None unless `exactly`."""
    here = and_(OF_ATTEMPT, Answer.position == position)
    wanted = (Attempt.exam_id == exam_id, Attempt.form_id == form_id, Attempt.state.in_(MARKED))
    columns: list[Any] = [Attempt.candidate_id, Attempt.id, type_coerce(Attempt.score, Integer).label("before"),
                          Answer.response, type_coerce(Answer.score, Integer).label("was")]
    if not exactly:
        return session.execute(select(*columns).outerjoin(Answer, here).where(*wanted)).all()
    other = case((Answer.position != position, type_coerce(Answer.score, Integer)), else_=0)
    waits = case((and_(Answer.position != position, Answer.score.is_(None)), 1), else_=0)
    sums = (
        select(Attempt.candidate_id, Attempt.id, func.sum(other).label("others"), func.sum(waits).label("waits"))
        .join(Answer, OF_ATTEMPT).where(*wanted).group_by(Attempt.candidate_id, Attempt.id).subquery()
    )
    return session.execute(
        select(*columns, func.coalesce(sums.c.others, 0), func.coalesce(sums.c.waits, 0)).outerjoin(Answer, here)
        .outerjoin(sums, and_(sums.c.candidate_id == Attempt.candidate_id, sums.c.id == Attempt.id)).where(*wanted)
    ).all()


def _of_form(
    session: Session, exam: Exam, form_id: int, position: int, sheets: tuple[Sheet, Sheet], rows: Sequence[Any]
) -> list[Change]:
    old, new = sheets
    asked = next(q for q in new.questions if q.position == position)
    marks = {at: hundredths(most) for at, most in new.marks.items()}
    whole, removed = sum(marks.values()), sum(marks[at] for at, how in new.treated.items() if how == REMOVED)
    empties = _left_empty(session, exam.id, form_id, [at for at, how in new.treated.items() if how == FULL and at != position])
    known: dict[tuple[str, ...], int | None] = {}
    changes = []
    for row in rows:
        candidate_id, attempt_id, before, response, was = row[:5]
        if response is None:
            lost = marks[position] if old.treated.get(position) == FULL else 0
            brings: int | None = marks[position] if new.treated.get(position) == FULL else 0
            stored = None
        else:
            answer = tuple(response)
            if answer not in known:
                found = new.mark(asked, answer, exam.multiple_rule)
                known[answer] = None if found is None else hundredths(found)
            brings, lost, stored = known[answer], was or 0, known[answer]
        others = _others(row, before, lost, sum(marks[at] for at in empties.get(attempt_id, ())))
        after = None if others is None or brings is None else max(others + brings, 0)
        if after is not None and removed:
            after = rescaled(after, whole, removed)
        if (was, before) != (stored, after):
            changes.append(Change(candidate_id, attempt_id, position, was, stored, before, after))
    return changes


def _others(row: Any, before: int | None, lost: int, empties: int) -> int | None:
    """What all other answers brought together, None while one of them waits for marks."""
    if len(row) > 5:
        return None if row[6] else row[5] + empties
    return None if before is None else before - lost


def _left_empty(session: Session, exam_id: int, form_id: int, positions: Sequence[int]) -> dict[uuid.UUID, list[int]]:
    """Attempt → which of these positions have no answer at all."""
    found: dict[uuid.UUID, list[int]] = {}
    for position in positions:
        for attempt_id in session.scalars(
            select(Attempt.id).outerjoin(Answer, and_(OF_ATTEMPT, Answer.position == position))
            .where(Attempt.exam_id == exam_id, Attempt.form_id == form_id, Answer.position.is_(None), Attempt.state.in_(MARKED))
        ):
            found.setdefault(attempt_id, []).append(position)
    return found


def _results(session: Session, exam: Exam, changes: Sequence[Change]) -> list[ResultChange]:
    """Which attempt counts anew, by the exam's rule."""
    scores = {change.attempt_id: change.after for change in changes}
    people = {change.candidate_id for change in changes}
    sat: dict[int, list[Finished]] = {}
    counted: dict[int, tuple[uuid.UUID | None, int | None]] = {}
    for row in session.execute(
        select(Attempt.candidate_id, Attempt.id, Attempt.number, type_coerce(Attempt.score, Integer).label("score"),
               Result.attempt_id.label("counts"), type_coerce(Result.score, Integer).label("counted"))
        .join(Result, and_(Result.candidate_id == Attempt.candidate_id, Result.exam_id == Attempt.exam_id))
        .where(Attempt.exam_id == exam.id, Attempt.state.in_(FINISHED), Result.source == "online")
    ):
        if row[0] in people:
            score = scores.get(row[1], row[3])
            sat.setdefault(row[0], []).append(Finished(row[1], row[2], None if score is None else Decimal(score)))
            counted[row[0]] = row[4], row[5]
    found = []
    for candidate_id, attempts in sat.items():
        chosen = counting(attempts, exam.score_rule)
        if chosen is None:
            continue
        after = chosen.id, None if chosen.score is None else int(chosen.score)
        if after != counted[candidate_id]:
            found.append(ResultChange(candidate_id, counted[candidate_id][0], after[0], counted[candidate_id][1], after[1]))
    return found


# ---------------------------------------------------------------- writing it


def hold_attempts(session: Session, exam: Exam) -> None:
    """Lock every attempt of the exam, so that marks given by hand at this moment come before or after."""
    held = (
        select(Attempt.number).where(Attempt.exam_id == exam.id).order_by(Attempt.candidate_id, Attempt.id)
        .with_for_update(key_share=True).subquery()
    )
    session.execute(select(func.count()).select_from(held))  # a hundred thousand ids need not be fetched


def write(
    session: Session, exam: Exam, decision: Correction, outcome: Outcome, basis: str, by: int, *, now: datetime
) -> Regraded:
    """Mark the exam anew, as it was worked out under the locks on the exam and its attempts. Of other questions nothing
    is touched."""
    regrade = Regrade(
        exam_id=exam.id, number=decision.number, item_version_id=decision.version_id, part=decision.part,
        treatment=decision.treatment, key=stored_key(decision.key),
        reason=decision.reason, basis=basis, proposed_by=by, at=now, attempts=len(outcome.attempts), results=len(outcome.results),
        answers=sum(c.answer_before != c.answer_after for c in outcome.attempts), digest=outcome.digest(),
    )
    session.add(regrade)
    session.flush()
    _keep(session, regrade, outcome)
    _follow(session, regrade)
    session.expire_all()  # what was read as objects before has other marks now
    return Regraded(exam.id, decision.number, decision.reason, by, now, outcome)


def _keep(session: Session, regrade: Regrade, outcome: Outcome) -> None:
    place = {"exam_id": regrade.exam_id, "number": regrade.number}
    insert_many(session, RegradedAttempt, (
        {**place, "candidate_id": c.candidate_id, "attempt_id": c.attempt_id, "position": c.position,
         "answer_before": _marks(c.answer_before), "answer_after": _marks(c.answer_after), "score_before": _marks(c.before),
         "score_after": _marks(c.after)} for c in outcome.attempts))
    insert_many(session, RegradedResult, (
        {**place, "candidate_id": c.candidate_id, "attempt_before": c.attempt_before, "attempt_after": c.attempt_after,
         "score_before": _marks(c.before), "score_after": _marks(c.after)} for c in outcome.results))


def _marks(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)


def _follow(session: Session, regrade: Regrade) -> None:
    """The tables take over what the history says."""
    kept, counted = RegradedAttempt, RegradedResult
    mine = and_(kept.exam_id == regrade.exam_id, kept.number == regrade.number)
    ours = and_(counted.exam_id == regrade.exam_id, counted.number == regrade.number)
    quietly = {"synchronize_session": False}
    session.execute(
        update(Answer).values(score=kept.answer_after)
        .where(mine, Answer.candidate_id == kept.candidate_id, Answer.attempt_id == kept.attempt_id,
               Answer.position == kept.position), execution_options=quietly)
    session.execute(
        update(Attempt).values(score=kept.score_after, needs_marking=kept.score_after.is_(None))
        .where(mine, Attempt.candidate_id == kept.candidate_id, Attempt.id == kept.attempt_id), execution_options=quietly)
    session.execute(
        update(Result).values(score=counted.score_after, attempt_id=counted.attempt_after, sat_at=Attempt.finished_at)
        .where(ours, Result.candidate_id == counted.candidate_id, Result.exam_id == counted.exam_id,
               Attempt.candidate_id == counted.candidate_id, Attempt.id == counted.attempt_after), execution_options=quietly)
