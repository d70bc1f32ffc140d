"""Beginning an attempt, and deciding which browser may write to it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.attempts import queries
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.counting import form_for
from quizapp.attempts.rules.layout import lay_out
from quizapp.attempts.rules.saves import SENTENCES, Refusal
from quizapp.attempts.service.finishing import finish_overdue
from quizapp.exams.models import Exam, RosterEntry
from quizapp.exams.rules import Phase, deadline, phase
from quizapp.kernel.errors import ConflictError, NotFoundError
from quizapp.kernel.ids import new_id
from quizapp.papers import queries as papers


def start(session: Session, exam: Exam, candidate_id: int, *, now: datetime) -> Attempt:
    """A new attempt, or the open one: starting twice, even at the same moment, gives one attempt.

    The roster line is locked, so two starts of one person wait for each other; the unique constraints hold
    whatever else happens. Raises NotFoundError off the roster and ConflictError with a reason otherwise.
    """
    entry = session.scalar(
        select(RosterEntry)
        .where(RosterEntry.exam_id == exam.id, RosterEntry.candidate_id == candidate_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if entry is None or exam.state == "draft":
        raise NotFoundError("没有找到这场考试，或者你不在这场考试的名单里；有疑问请联系本单位联络员")
    finish_overdue(session, now=now, candidate_id=candidate_id, exam_id=exam.id)
    past = queries.attempts(session, candidate_id, exam.id)
    for attempt in past:
        if attempt.state == "open":
            return attempt
    check_may_start(session, exam, entry, len(past), now)
    return _begin(session, exam, candidate_id, len(past), now)


def check_may_start(session: Session, exam: Exam, entry: RosterEntry, used: int, now: datetime) -> None:
    """Raises ConflictError with the first reason why this person cannot begin now."""
    if exam.kind != "online":
        raise ConflictError("这是线下纸质考试，请按通知的时间和地点参加")
    if entry.status == "excused":
        raise ConflictError("这场考试你是免考，不需要参加；原因：%(reason)s", reason=entry.reason)
    if entry.status == "deferred":
        raise ConflictError("这场考试你是缓考，请等补考通知；原因：%(reason)s", reason=entry.reason)
    match phase(exam.state, exam.opens_at, exam.closes_at, now):
        case Phase.COMING:
            raise ConflictError("考试还没有开始，%(opens)s 开放", opens=_moment(exam.opens_at))
        case Phase.CLOSED | Phase.ARCHIVED:
            raise ConflictError("考试已在 %(closes)s 结束，不能再开始作答", closes=_moment(exam.closes_at))
    if used >= exam.attempts_allowed:
        raise ConflictError("%(allowed)s 次作答机会都已用完", allowed=exam.attempts_allowed)
    counted = queries.result(session, exam.id, candidate_id=entry.candidate_id)
    if counted is not None and counted.source == "paper":
        raise ConflictError("这场考试你已经参加了纸质卷，成绩已登记，不能再在线作答")


def _begin(session: Session, exam: Exam, candidate_id: int, used: int, now: datetime) -> Attempt:
    forms = papers.forms(session, exam.blueprint_id) if exam.blueprint_id else []
    if not forms:
        raise ConflictError("这场考试还没有组好试卷，请联系考试管理员")
    voided = session.scalars(
        select(Attempt.number).where(Attempt.candidate_id == candidate_id, Attempt.exam_id == exam.id)
    ).all()
    number = max(voided, default=0) + 1
    form = form_for(forms, exam.id, candidate_id, number)
    attempt_id = new_id()
    attempt = Attempt(
        candidate_id=candidate_id, id=attempt_id, exam_id=exam.id, number=number, form_id=form.id, client_id="",
        layout=lay_out(queries.form_layout(session, form.id), attempt_id, shuffle_questions=exam.shuffle_questions,
                       shuffle_options=exam.shuffle_options),
        started_at=now, deadline_at=deadline(now, exam.minutes, exam.closes_at),
    )
    session.add(attempt)
    session.flush()
    return attempt


def _moment(value: datetime) -> str:
    local = clock.to_local(value)
    return f"{local:%Y-%m-%d %H:%M}"


def claim(session: Session, candidate_id: int, attempt_id: uuid.UUID, client_id: str) -> int:
    """The epoch under which this browser may save. The first browser to ask gets it, and keeps it.

    Raises ConflictError while another one holds the attempt, and when it is handed in.
    """
    attempt = locked(session, candidate_id, attempt_id)
    if attempt.client_id not in ("", client_id):
        raise ConflictError(SENTENCES[Refusal.TAKEN])
    attempt.client_id = client_id
    session.flush()
    return attempt.epoch


def take_over(session: Session, candidate_id: int, attempt_id: uuid.UUID, client_id: str) -> int:
    """Let this browser continue instead of the one before, which can save no more. Returns the new epoch."""
    attempt = locked(session, candidate_id, attempt_id)
    if attempt.client_id != client_id:
        attempt.client_id = client_id
        attempt.epoch += 1
        session.flush()
    return attempt.epoch


def locked(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> Attempt:
    """An open attempt, locked until the transaction ends. Raises NotFoundError or ConflictError."""
    attempt = session.scalar(
        select(Attempt).where(Attempt.candidate_id == candidate_id, Attempt.id == attempt_id)
        .with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if attempt is None:
        raise NotFoundError(queries.NOT_FOUND)
    if attempt.state != "open":
        raise ConflictError(SENTENCES[Refusal.LATE if attempt.state == "expired" else Refusal.CLOSED])
    return attempt
