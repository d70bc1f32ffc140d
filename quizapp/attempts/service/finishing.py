"""Handing in, running out of time, marking."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import Answer, Attempt
from quizapp.attempts.queries import Kept
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.receipt import receipt
from quizapp.attempts.rules.saves import SENTENCES, Refusal, is_overdue, missing
from quizapp.attempts.service.results import recount
from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.papers import queries as papers
from quizapp.questions.rules.content import marking_key
from quizapp.questions.rules.marking import is_answered, mark

FINISHED = ("submitted", "expired")
ANSWER = cast(Table, Answer.__table__)
WRITE_SCORE = (
    update(ANSWER)
    .where(ANSWER.c.candidate_id == bindparam("whose"), ANSWER.c.attempt_id == bindparam("which"),
           ANSWER.c.position == bindparam("place"))
    .values(score=bindparam("reached"))
)


class MissingAnswersError(ConflictError):
    """The browser holds changes that have not arrived. `numbers`: the questions, as shown."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__("还有 %(count)s 题的改动没有保存，保存后会继续交卷", count=len(numbers))
        self.numbers = numbers


def submit(
    session: Session, candidate_id: int, attempt_id: uuid.UUID, *, now: datetime,
    manifest: Mapping[int, int] | None = None, client_id: str | None = None,
) -> Attempt:
    """Hand in and mark. Handing in twice gives the same receipt; after time is up it counts as run out.

    `manifest`: number → last sequence of the browser. Raises MissingAnswersError when something has not
    arrived and still could, ConflictError when another browser (`client_id`) holds the attempt.
    """
    attempt = _lock(session, candidate_id, attempt_id)
    if attempt is None:
        raise NotFoundError(queries.NOT_FOUND)
    if attempt.state in FINISHED:
        return attempt
    if attempt.state == "void":
        raise ConflictError("这次作答已作废，不能交卷；有疑问请联系考试管理员")
    exam = session.get_one(Exam, attempt.exam_id)
    if is_overdue(attempt.deadline_at, exam.grace_seconds, now):
        return _finish(session, attempt, exam, "expired", attempt.deadline_at)
    if client_id is not None and attempt.client_id not in ("", client_id):
        raise ConflictError(SENTENCES[Refusal.TAKEN])
    _check_arrived(session, attempt, manifest or {})
    return _finish(session, attempt, exam, "submitted", min(now, attempt.deadline_at))


def _check_arrived(session: Session, attempt: Attempt, manifest: Mapping[int, int]) -> None:
    if not manifest:
        return
    kept = queries.answers(session, attempt.candidate_id, attempt.id)
    arrived = [(slot.number, kept[slot.position].seq) for slot in slots(attempt.layout) if slot.position in kept]
    numbers = missing(dict(manifest), arrived)
    if numbers:
        raise MissingAnswersError(numbers)


def finish_overdue(
    session: Session, *, now: datetime, candidate_id: int | None = None, exam_id: int | None = None
) -> int:
    """Finish what ran out of time, as of its deadline, with what was saved. Returns how many.

    Any number of workers may do this at once: each attempt is finished by whoever locks it first.
    """
    finished = 0
    for owner, attempt_id in queries.overdue(session, now, candidate_id=candidate_id, exam_id=exam_id):
        attempt = _lock(session, owner, attempt_id, skip_locked=True)
        if attempt is not None and attempt.state == "open":
            _finish(session, attempt, session.get_one(Exam, attempt.exam_id), "expired", attempt.deadline_at)
            finished += 1
    return finished


def _lock(
    session: Session, candidate_id: int, attempt_id: uuid.UUID, *, skip_locked: bool = False
) -> Attempt | None:
    return session.scalar(
        select(Attempt).where(Attempt.candidate_id == candidate_id, Attempt.id == attempt_id)
        .with_for_update(key_share=True, skip_locked=skip_locked).execution_options(populate_existing=True)
    )


def _finish(session: Session, attempt: Attempt, exam: Exam, state: str, at: datetime) -> Attempt:
    answers = queries.answers(session, attempt.candidate_id, attempt.id)
    scores = _marked(session, attempt, exam, answers)
    _write_scores(session, attempt, scores)
    attempt.state, attempt.finished_at = state, at
    attempt.receipt = receipt(attempt.id, attempt.candidate_id, at,
                              [(a.position, a.seq, a.response) for a in answers.values()])
    _total(attempt, scores)
    session.flush()
    recount(session, attempt.exam_id, attempt.candidate_id)
    return attempt


def _marked(
    session: Session, attempt: Attempt, exam: Exam, answers: Mapping[int, Kept]
) -> dict[int, Decimal | None]:
    """Position → marks, None where a person has to give them. A question without an answer scores nothing."""
    return {
        asked.position: mark(asked.question.type, marking_key(asked.question), answers[asked.position].response,
                             asked.marks, exam.multiple_rule).score
        for asked in papers.questions_with_content(session, attempt.form_id) if asked.position in answers
    }


def _write_scores(session: Session, attempt: Attempt, scores: Mapping[int, Decimal | None]) -> None:
    if scores:
        session.execute(WRITE_SCORE, [
            {"whose": attempt.candidate_id, "which": attempt.id, "place": position, "reached": score}
            for position, score in scores.items()
        ])


def _total(attempt: Attempt, scores: Mapping[int, Decimal | None]) -> None:
    known = [score for score in scores.values() if score is not None]
    attempt.needs_marking = len(known) < len(scores)
    attempt.score = None if attempt.needs_marking else sum(known, Decimal(0))


def mark_answer(
    session: Session, candidate_id: int, attempt_id: uuid.UUID, position: int, score: Decimal
) -> Attempt:
    """Give a short answer its marks (0 to the question's, two decimals); the last one settles the attempt.

    `position` is the form's. Raises ConflictError before the paper is handed in, NotFoundError where nothing
    was answered, InputError for marks that the question does not have.
    """
    attempt = _lock(session, candidate_id, attempt_id)
    if attempt is None:
        raise NotFoundError(queries.NOT_FOUND)
    if attempt.state not in FINISHED:
        raise ConflictError("这份答卷还没有交卷，不能评分")
    answers = queries.answers(session, candidate_id, attempt_id)
    question = next((q for q in papers.form_questions(session, attempt.form_id) if q.position == position), None)
    answer = answers.get(position)
    if question is None or answer is None or question.type != "short" or not is_answered(answer.response):
        raise NotFoundError("这道题没有需要人工评分的作答")
    if not score.is_finite() or not 0 <= score <= question.marks or score != round(score, 2):
        raise InputError("得分应当在 0 到 %(marks)s 之间，最多两位小数", marks=question.marks)
    _write_scores(session, attempt, {position: score})
    _total(attempt, {kept.position: kept.score for kept in answers.values()} | {position: score})
    session.flush()
    recount(session, attempt.exam_id, candidate_id)
    return attempt
