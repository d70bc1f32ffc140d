"""Sealed files: into quarantine, and out of it into the answers.

A file proves nothing by itself (see rules.sealed), so nothing of it counts until two people have agreed. What is
taken over then is written like every other save: into the events, under a name of its own, and into the answers
where its sequence is the greater one. The receipt is computed anew from the rows, so that it can be proved as before.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.attempts import correcting, quarantine, queries
from quizapp.attempts.models import Answer, AnswerEvent, Attempt, SealedFile
from quizapp.attempts.rules.receipt import event_digest
from quizapp.attempts.rules.sealed import FILE_CLIENT, Change, Contents, SealingKey
from quizapp.attempts.service.finishing import FINISHED, finish_overdue, locked
from quizapp.attempts.service.results import recount
from quizapp.audit.signing import seal
from quizapp.exams import queries as exams
from quizapp.kernel.errors import ConflictError, InputError

OWN_DAYS = 7
OWN_FILES = 5

AT_TAKING_OVER: list[Callable[[Session, Attempt, Sequence[int]], None]] = []


def at_taking_over(act: Callable[[Session, Attempt, Sequence[int]], None]) -> Callable[..., None]:
    """What a feature above has to do when answers at these positions were replaced out of a file."""
    AT_TAKING_OVER.append(act)
    return act


# ---------------------------------------------------------------- into quarantine


def receive(session: Session, key: SealingKey, raw: bytes, *, exam_id: int, uploaded_by: int, now: datetime) -> SealedFile:
    """A file that somebody brought to whoever holds this exam. Nothing of it counts yet.

    Raises InputError for a wrong file and ConflictError for one that comes twice or has nothing new; each says which.
    """
    contents = key.read(raw)
    attempt = _attempt_of(session, contents)
    if attempt.exam_id != exam_id:
        other = exams.get(session, attempt.exam_id)
        raise InputError("这份文件属于另一场考试《%(title)s》，请到那场考试的页面上交", title=other.title)
    return _put(session, attempt, contents, raw, uploaded_by, now)


def receive_own(
    session: Session, key: SealingKey, raw: bytes, *, candidate_id: int, attempt_id: uuid.UUID, now: datetime
) -> SealedFile:
    """A file that the candidate hands in after the attempt is over. Raises as `receive`, and NotFoundError for
    somebody else's attempt."""
    attempt = queries.own(session, candidate_id, attempt_id)
    check_may_hand_in(session, attempt, now)
    contents = key.read(raw)
    if contents.candidate_id != candidate_id:
        raise InputError("这份文件是另一个人的作答，不能在这里上交；请由本人登录后上交，或者交给监考人员")
    if contents.attempt_id != attempt_id:
        raise InputError("这份文件属于另一次作答，请从那一次作答的回执页面上交")
    return _put(session, attempt, contents, raw, candidate_id, now)


def check_may_hand_in(session: Session, attempt: Attempt, now: datetime) -> None:
    """Raises ConflictError with the reason why the candidate can hand in no file (any more)."""
    if attempt.finished_at is None:
        raise ConflictError("这次作答还没有结束，请回到作答页面，网络恢复后会自动补传")
    if now > attempt.finished_at + timedelta(days=OWN_DAYS):
        raise ConflictError("交卷已超过 %(days)s 天，不能再自己上交文件；请联系考试管理员", days=OWN_DAYS)
    if len(quarantine.of_attempt(session, attempt.candidate_id, attempt.id)) >= OWN_FILES:
        raise ConflictError("这次作答已经上交了 %(count)s 份文件，不能再多；请联系考试管理员", count=OWN_FILES)


def _attempt_of(session: Session, contents: Contents) -> Attempt:
    found = session.get(Attempt, (contents.candidate_id, contents.attempt_id), populate_existing=True)
    if found is None:
        raise InputError("文件里写的人和作答对不上，平台上没有这次作答；请核对是不是在这个平台下载的")
    return found


def _put(
    session: Session, attempt: Attempt, contents: Contents, raw: bytes, uploaded_by: int, now: datetime
) -> SealedFile:
    locked(session, attempt.candidate_id, attempt.id)  # of two uploads of one file the second sees the first
    if attempt.state == "void":
        raise ConflictError("这次作答已作废，不能再上交文件")
    digest = hashlib.sha256(raw).hexdigest()
    before = quarantine.of_attempt(session, attempt.candidate_id, attempt.id)
    if any(file.digest == digest for file in before):
        raise ConflictError("这份文件已经上交过，不用再交")
    content = contents.as_json()
    if not any(change.counts for change in quarantine.compared(session, attempt, content)):
        raise ConflictError("文件里的作答平台都已经收到，没有新的内容，不用上交")
    found = SealedFile(
        candidate_id=attempt.candidate_id, attempt_id=attempt.id, exam_id=attempt.exam_id, digest=digest,
        content=content, uploaded_by=uploaded_by, uploaded_at=now, state="waiting",
    )
    session.add(found)
    session.flush()
    return found


# ---------------------------------------------------------------- out of it


@dataclass(frozen=True, slots=True)
class Marked:
    """What an attempt had before or after a file was taken over; no receipt while it is open."""

    score: Decimal | None
    receipt: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """`numbers`: the questions that moved, as shown; `positions`: the same, the form's. `open`: whether the attempt
    goes on."""

    attempt: Attempt
    numbers: tuple[int, ...]
    positions: tuple[int, ...]
    before: Marked
    after: Marked
    open: bool


def take_over_file(session: Session, file: SealedFile, *, now: datetime) -> TakenOver:
    """Write the answers of a file that has been agreed on; a finished attempt is marked again and gets a new receipt.

    Only greater sequences move, so doing it twice changes nothing. Raises ConflictError where nothing would move.
    """
    attempt = locked(session, file.candidate_id, file.attempt_id)
    if attempt.state == "open":
        finish_overdue(session, now=now, candidate_id=file.candidate_id, exam_id=file.exam_id)
        attempt = locked(session, file.candidate_id, file.attempt_id)
    if attempt.state == "void":
        raise ConflictError("这次作答已作废，文件不能采纳；请退回")
    moving = [change for change in quarantine.compared(session, attempt, file.content) if change.counts]
    if not moving:
        raise ConflictError("文件里的作答已经都不比平台上的新，没有可以采纳的；请退回这份文件")
    before = Marked(attempt.score, attempt.receipt)
    for change in moving:
        _write(session, file, change)
    attempt.revision += 1  # handing in at this very moment reads again
    session.flush()
    positions = tuple(change.slot.position for change in moving)
    if attempt.state in FINISHED:
        _settle_anew(session, attempt, positions)
    after = Marked(attempt.score, attempt.receipt)
    numbers = tuple(change.slot.number for change in moving)
    return TakenOver(attempt, numbers, positions, before, after, attempt.state == "open")


def file_client(file: SealedFile) -> str:
    """The name under which its saves stand in the record of events. No browser can take it."""
    return f"{FILE_CLIENT}{file.id.hex}"


def _write(session: Session, file: SealedFile, change: Change) -> None:
    """As a save that arrived when the file did. `refused` stays empty: it counts, and the receipt covers it."""
    key = {"candidate_id": file.candidate_id, "attempt_id": file.attempt_id, "position": change.slot.position}
    state = {"seq": change.save.seq, "response": list(change.response), "flagged": change.save.flagged,
             "seen": change.save.seen}
    client, position = file_client(file), change.slot.position
    digest = event_digest(file.attempt_id, client, change.save.seq, position, change.response, change.save.flagged)
    session.add(AnswerEvent(**key, **state, client_id=client, received_at=file.uploaded_at, refused="", digest=digest))
    found = session.get(Answer, tuple(key.values()), populate_existing=True)
    if found is None:
        session.add(Answer(**key, **state, saved_at=file.uploaded_at, score=None))
        return
    for name, value in state.items():
        setattr(found, name, value)
    found.saved_at, found.score = file.uploaded_at, None


def _settle_anew(session: Session, attempt: Attempt, positions: Sequence[int]) -> None:
    """Marks of what moved, the sum, receipt and seal. Marks that a person gave to other answers stay."""
    rule = exams.get(session, attempt.exam_id).multiple_rule
    answers = session.scalars(
        select(Answer).where(Answer.candidate_id == attempt.candidate_id, Answer.attempt_id == attempt.id)
    ).all()
    moved = {answer.position: answer for answer in answers if answer.position in positions}
    counted = correcting.sheet(session, attempt.exam_id, attempt.form_id)  # a key may have been put right since
    for asked in counted.questions:
        if asked.position in moved:
            moved[asked.position].score = counted.mark(asked, tuple(moved[asked.position].response), rule)
    attempt.score, attempt.needs_marking = counted.total({answer.position: answer.score for answer in answers})
    session.flush()
    attempt.receipt = queries.receipt_of(session, attempt)
    attempt.signature, attempt.sealed_by = seal().sign(attempt.receipt), None
    for act in AT_TAKING_OVER:
        act(session, attempt, positions)
    session.flush()
    recount(session, attempt.exam_id, attempt.candidate_id)
