"""Keeping notes, and what candidates and staff say about them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import Attempt, Note, NoteReview
from quizapp.attempts.rules.notes import DECISIONS, JUDGE, KEPT, PER_ATTEMPT, REPLY_CHARS, Sent
from quizapp.attempts.service.statements import LIVING
from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.ids import new_id
from quizapp.kernel.rights import Somebody, Target, authorise
from quizapp.statement import Statement, as_json

# only while the attempt is open, and not without end; in the tables of the candidate alone
_KEEP = """
insert into note (candidate_id, attempt_id, id, kind, at, lasted, device)
select a.candidate_id, a.id, v.id, v.kind, :received, v.lasted, v.device
  from attempt a, {sent}
 where a.candidate_id = :candidate and a.id = :attempt and a.state = 'open' and {living}
   and (select count(*) from note where candidate_id = :candidate and attempt_id = :attempt) < :most"""
_SENT = {
    "postgresql": "jsonb_to_recordset(:sent ::jsonb) as v(id uuid, kind text, lasted int, device text)",
    "sqlite": """(select value ->> 'id' as id, value ->> 'kind' as kind, value ->> 'lasted' as lasted,
       value ->> 'device' as device from json_each(:sent)) v""",
}
_TEXTS = {dialect: _KEEP.format(sent=sent, living=LIVING) for dialect, sent in _SENT.items()}
KEEP_NOTES = Statement(**_TEXTS)
# before the take-over itself: only where another browser has held the attempt until now
NOTE_TAKE_OVER = Statement(**{dialect: text + " and a.client_id not in ('', :client)" for dialect, text in _TEXTS.items()})


def keep_notes(
    connection: Connection, candidate_id: int, attempt_id: uuid.UUID, notes: Sequence[Sent], *, received_at: datetime,
    sign_in: str | None = None,
) -> int:
    """Keep what a browser noted, by the server's clock; how many were kept. What comes after the end or beyond the
    bound is dropped without a word. `sign_in` as for saving."""
    if not notes:
        return 0
    return KEEP_NOTES.count(connection, candidate=candidate_id, attempt=attempt_id, received=received_at,
                            sign_in=sign_in, most=PER_ATTEMPT - len(notes) + 1, sent=_as_rows(notes))


def note_take_over(
    connection: Connection, candidate_id: int, attempt_id: uuid.UUID, client_id: str, *, now: datetime,
    sign_in: str | None = None,
) -> None:
    """That another browser is about to continue."""
    NOTE_TAKE_OVER.count(connection, candidate=candidate_id, attempt=attempt_id, received=now, sign_in=sign_in,
                         client=client_id, most=PER_ATTEMPT, sent=_as_rows([Sent("taken_over", None, "")]))


def _as_rows(notes: Sequence[Sent]) -> str:
    ids = sorted(new_id() for _note in notes)  # those of one request keep their order
    return as_json([{"id": one.hex, "kind": n.kind, "lasted": n.lasted, "device": n.device} for one, n in zip(ids, notes, strict=True)])


def reply_to_notes(
    session: Session, candidate_id: int, attempt_id: uuid.UUID, text: str, *, now: datetime
) -> NoteReview:
    """What the candidate has to say about the notes; may be changed until somebody has decided.

    Raises ConflictError before the end and after the decision, InputError for nothing or too much.
    """
    attempt = queries.own(session, candidate_id, attempt_id)
    if attempt.finished_at is None:
        raise ConflictError("交卷以后才能说明，作答时请先答题")
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise InputError("请写下说明，或者不提交")
    if len(text) > REPLY_CHARS:
        raise InputError("说明最多 %(most)s 个字，现在有 %(count)s 个，请写短一些", most=REPLY_CHARS, count=len(text))
    review = _review(session, candidate_id, attempt_id)
    if review.decision:
        raise ConflictError("已经有人看过并作了判断，不能再改；有疑问请联系考试管理员")
    review.reply, review.replied_at = text, now
    session.flush()
    return review


def decide_notes(
    session: Session, attempt: Attempt, decision: str, reason: str, decided_by: int, *, now: datetime
) -> NoteReview:
    """What a person thinks of the notes, with the reason. Deciding again corrects it; no mark changes.

    Raises ForbiddenError for the own attempt, ConflictError before the end, InputError without a reason.
    """
    state = "" if attempt.finished_at else "open"
    authorise(Somebody(decided_by), JUDGE, Target(people=[attempt.candidate_id], state=state))
    reason = reason.strip()
    if decision not in DECISIONS:
        raise InputError("请选择判断")
    if not reason:
        raise InputError("请写明理由，考生会看到")
    if len(reason) > REPLY_CHARS:
        raise InputError("理由最多 %(most)s 个字，请写短一些", most=REPLY_CHARS)
    review = _review(session, attempt.candidate_id, attempt.id)
    review.decision, review.reason, review.decided_by, review.decided_at = decision, reason, decided_by, now
    session.flush()
    return review


def _review(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> NoteReview:
    """The row of this attempt, made where there is none; the attempt is locked, so there is one."""
    session.execute(
        select(Attempt.id).where(Attempt.candidate_id == candidate_id, Attempt.id == attempt_id)
        .with_for_update(key_share=True)
    )
    found = session.get(NoteReview, (candidate_id, attempt_id), populate_existing=True)
    if found is None:
        found = NoteReview(candidate_id=candidate_id, attempt_id=attempt_id, reply="", decision="", reason="")
        session.add(found)
    return found


def forget_notes(session: Session, exam: Exam, *, now: datetime) -> int:
    """Delete notes and what was said about them once the results have been final for `KEPT`; how many notes. What
    somebody still follows up stays."""
    final = max(exam.settles_at, exam.released_at or exam.settles_at)
    if now < final + KEPT or (exam.release == "manual" and exam.released_at is None):
        return 0
    attempts = select(Attempt.id).where(Attempt.exam_id == exam.id).where(
        ~select(NoteReview.attempt_id).where(NoteReview.candidate_id == Attempt.candidate_id, NoteReview.attempt_id == Attempt.id,
                                             NoteReview.decision == "follow_up").exists())
    session.execute(delete(NoteReview).where(NoteReview.attempt_id.in_(attempts)).execution_options(synchronize_session=False))
    gone = session.execute(delete(Note).where(Note.attempt_id.in_(attempts)).execution_options(synchronize_session=False))
    return int(gone.rowcount)  # type: ignore[attr-defined]
