"""Beginning an attempt, and deciding which browser may write to it.

Starting is one statement: it copies the paper that was made beforehand into an attempt, if everything allows it
at that moment. Only where it does not is anything asked further, in order to say why.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.attempts import queries
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.saves import SENTENCES, Refusal
from quizapp.attempts.rules.ticket import Entry
from quizapp.attempts.service.finishing import finish_overdue
from quizapp.attempts.service.noting import note_take_over
from quizapp.attempts.service.preparing import prepare_for
from quizapp.attempts.service.statements import CLAIM, OPEN, START, TAKE_OVER
from quizapp.exams.models import Exam, RosterEntry
from quizapp.exams.rules import Phase
from quizapp.kernel.errors import ConflictError


def begin(connection: Connection, entry: Entry, *, now: datetime, sign_in: str | None = None) -> uuid.UUID | None:
    """The new attempt, or the open one: beginning twice, even at the same moment, gives one attempt. None where
    this person may not begin now; `sign_in` as for saving."""
    given = {"candidate": entry.candidate_id, "exam": entry.exam_id, "received": now, "sign_in": sign_in}
    rows = START.rows(connection, **given, shift=entry.shift) or OPEN.rows(connection, **given)
    if not rows:
        return None
    found = rows[0][0]
    return found if isinstance(found, uuid.UUID) else uuid.UUID(found)


def start(
    session: Session, exam: Exam, candidate_id: int, *, now: datetime, shift: timedelta = timedelta(0)
) -> Attempt:
    """The same with every reason said, and with papers made where they are missing yet.

    Raises NotFoundError off the roster and ConflictError with the reason why this person cannot begin now.
    """
    entry = queries.roster_line(session, exam.id, candidate_id)
    finish_overdue(session, now=now, candidate_id=candidate_id, exam_id=exam.id)
    connection, ticket = session.connection(), Entry(candidate_id, exam.id, shift // timedelta(milliseconds=1))
    found = begin(connection, ticket, now=now)
    if found is None:
        check_may_start(session, exam, entry, len(queries.attempts(session, candidate_id, exam.id)), now)
        # published by an earlier release, or more attempts voided than papers were made
        prepare_for(session, exam, candidate_id)
        found = begin(connection, ticket, now=now)
    if found is None:
        raise ConflictError("现在还不能开始作答，请刷新页面再试；仍然不行请联系考试管理员")
    return queries.own(session, candidate_id, found)


def check_may_start(session: Session, exam: Exam, entry: RosterEntry, used: int, now: datetime) -> None:
    """Raises ConflictError with the first reason why this person cannot begin now."""
    if exam.kind != "online":
        raise ConflictError("这是线下纸质考试，请按通知的时间和地点参加")
    if entry.status == "excused":
        raise ConflictError("这场考试你是免考，不需要参加；原因：%(reason)s", reason=entry.reason)
    if entry.status == "deferred":
        raise ConflictError("这场考试你是缓考，请等补考通知；原因：%(reason)s", reason=entry.reason)
    match exam.phase(now):
        case Phase.COMING:
            raise ConflictError("考试还没有开始，%(opens)s 开放", opens=_moment(exam.opens_at))
        case Phase.CLOSED | Phase.ARCHIVED:
            raise ConflictError("考试已在 %(closes)s 结束，不能再开始作答", closes=_moment(exam.closes_at))
    if exam.paused_at is not None:
        raise ConflictError("考试暂停，恢复后才能开始作答；请留在这一页等候")
    if used >= exam.attempts_allowed:
        raise ConflictError("%(allowed)s 次作答机会都已用完", allowed=exam.attempts_allowed)
    counted = queries.result(session, exam.id, candidate_id=entry.candidate_id)
    if counted is not None and counted.source == "paper":
        raise ConflictError("这场考试你已经参加了纸质卷，成绩已登记，不能再在线作答")


def _moment(value: datetime) -> str:
    local = clock.to_local(value)
    return f"{local:%Y-%m-%d %H:%M}"


def claim_for(
    connection: Connection, candidate_id: int, attempt_id: uuid.UUID, client_id: str, *, now: datetime,
    sign_in: str | None = None, by_force: bool = False,
) -> int | None:
    """The epoch under which this browser may save, or None. The first browser to ask gets it and keeps it;
    `by_force` ends the turn of the one before, which can save no more."""
    if by_force:
        note_take_over(connection, candidate_id, attempt_id, client_id, now=now, sign_in=sign_in)
    statement = TAKE_OVER if by_force else CLAIM
    rows = statement.rows(connection, candidate=candidate_id, attempt=attempt_id, client=client_id, received=now,
                          sign_in=sign_in)
    return rows[0][0] if rows else None


def claim(session: Session, candidate_id: int, attempt_id: uuid.UUID, client_id: str) -> int:
    """The same with every reason said. Raises ConflictError while another browser holds the attempt, and when it
    is handed in; NotFoundError where it is not this person's."""
    return _claimed(session, candidate_id, attempt_id, client_id, by_force=False)


def take_over(session: Session, candidate_id: int, attempt_id: uuid.UUID, client_id: str) -> int:
    """Let this browser continue instead of the one before. Returns the new epoch; raises as `claim`."""
    return _claimed(session, candidate_id, attempt_id, client_id, by_force=True)


def _claimed(session: Session, candidate_id: int, attempt_id: uuid.UUID, client_id: str, *, by_force: bool) -> int:
    epoch = claim_for(session.connection(), candidate_id, attempt_id, client_id, now=clock.now(), by_force=by_force)
    if epoch is None:
        raise ConflictError(SENTENCES[why_not(session, candidate_id, attempt_id)])
    return epoch


def why_not(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> Refusal:
    """Why a browser may not write. Raises NotFoundError for an attempt that is not this person's."""
    match queries.own(session, candidate_id, attempt_id).state:
        case "open":
            return Refusal.TAKEN
        case "expired":
            return Refusal.LATE
        case _:
            return Refusal.CLOSED
