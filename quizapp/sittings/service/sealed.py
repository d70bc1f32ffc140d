"""Deciding on sealed files: two people accept, one is enough to send back. Every step is in the audit record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from quizapp.attempts import evidence, quarantine
from quizapp.attempts.models import SealedFile
from quizapp.attempts.rules.sealed import SealingKey
from quizapp.attempts.service.files import TakenOver, receive, take_over_file
from quizapp.attempts.service.finishing import locked
from quizapp.audit import service as audit
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.rights import Right, Somebody, Target, authorise

REASON_CHARS = 500
DECIDED = {"accepted": "这份文件已经采纳，不能再改", "refused": "这份文件已经退回，不能再改"}
DECIDE = Right(own="不能决定自己的作答文件，请由别的考试管理员决定", states=DECIDED)


@dataclass(frozen=True, slots=True)
class Decider:
    """Who acts, as the record names them."""

    id: int
    name: str
    address: str = ""


def upload(session: Session, key: SealingKey, raw: bytes, exam_id: int, by: Decider, *, now: datetime) -> SealedFile:
    """Take in a file that somebody brought. Raises as `attempts.service.files.receive`."""
    found = receive(session, key, raw, exam_id=exam_id, uploaded_by=by.id, now=now)
    _note(session, "upload_sealed_file", found, by, {})
    return found


def approve(session: Session, exam_id: int, file_id: uuid.UUID, by: Decider, *, now: datetime) -> TakenOver | None:
    """The first approval, or the second, which takes the answers over; None after the first.

    Raises ForbiddenError for the candidate's own file, ConflictError for the second approval by the first person
    and for a file that is decided.
    """
    found = _undecided(session, exam_id, file_id, by)
    if found.state == "waiting":
        found.state, found.first_by, found.first_at = "approved", by.id, now
        session.flush()
        _note(session, "approve_sealed_file", found, by, {})
        return None
    if found.first_by == by.id:
        raise ConflictError("你已经同意过这份文件，要由另一位考试管理员同意才能采纳")
    done = take_over_file(session, found, now=now)
    found.state, found.second_by, found.second_at = "accepted", by.id, now
    session.flush()
    _note(session, "accept_sealed_file", found, by, _restated(session, done) | {"first": found.first_by})
    return done


def refuse(
    session: Session, exam_id: int, file_id: uuid.UUID, reason: str, by: Decider, *, now: datetime
) -> SealedFile:
    """Send a file back; nothing of it counts. One person is enough, also after the first approval. Raises as
    `approve`, and InputError without a reason."""
    reason = reason.strip()
    if not reason:
        raise InputError("退回要写明原因，考生会看到")
    if len(reason) > REASON_CHARS:
        raise InputError("原因最多 %(most)s 个字，请写短一些", most=REASON_CHARS)
    found = _undecided(session, exam_id, file_id, by)
    found.state, found.reason, found.second_by, found.second_at = "refused", reason, by.id, now
    session.flush()
    _note(session, "refuse_sealed_file", found, by, {"reason": reason})
    return found


def _undecided(session: Session, exam_id: int, file_id: uuid.UUID, by: Decider) -> SealedFile:
    """The file, read again under the lock of its attempt: of two who decide at once the second sees the first."""
    found = quarantine.file(session, exam_id, file_id)
    locked(session, found.candidate_id, found.attempt_id)
    found = quarantine.file(session, exam_id, file_id)
    authorise(Somebody(by.id), DECIDE, Target(people=[found.candidate_id], state=found.state))
    return found


def _restated(session: Session, done: TakenOver) -> dict[str, Any]:
    """Before and after, so that the receipt that was given out and the one that follows are both in the chain."""
    detail: dict[str, Any] = {
        "questions": list(done.numbers), "positions": list(done.positions), "open": done.open,
        "before": {"score": done.before.score, "receipt": done.before.receipt},
        "after": {"score": done.after.score, "receipt": done.after.receipt},
    }
    found = None if done.open else evidence.one(session, done.attempt.candidate_id, done.attempt.id)
    if found is not None:
        detail["after"]["record"] = found.leaf().record
    return detail


def _note(session: Session, action: str, file: SealedFile, by: Decider, detail: dict[str, Any]) -> None:
    facts = {"exam": file.exam_id, "candidate": file.candidate_id, "file": str(file.id), "sha256": file.digest}
    audit.record(session, action, "attempt", file.attempt_id, actor_id=by.id, actor=by.name, address=by.address,
                 detail=facts | detail)
