"""Saving answers: the hot path. Core statements only, and few of them.

Read and lock the attempt; append the events; move current answers to greater sequences; note the moment.
Only where a sequence was not greater is the stored one read, to tell the browser what is there.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import Answer, AnswerEvent, Attempt
from quizapp.attempts.rules.layout import Slot, slots
from quizapp.attempts.rules.responses import stored
from quizapp.attempts.rules.saves import Batch, Refusal, Save, Standing, judge, newest
from quizapp.exams.models import Exam
from quizapp.kernel.errors import InputError, NotFoundError

ATTEMPT, ANSWER, EVENT, EXAM = (
    cast(Table, model.__table__) for model in (Attempt, Answer, AnswerEvent, Exam)
)
# a parameter named like a column would be written by the UPDATE
_OWN = (ATTEMPT.c.candidate_id == bindparam("whose"), ATTEMPT.c.id == bindparam("which"))
READ_AND_LOCK = (
    select(ATTEMPT.c.state, ATTEMPT.c.epoch, ATTEMPT.c.client_id, ATTEMPT.c.deadline_at, EXAM.c.grace_seconds,
           ATTEMPT.c.layout, ATTEMPT.c.saved_at)
    .join_from(ATTEMPT, EXAM, EXAM.c.id == ATTEMPT.c.exam_id).where(*_OWN)
    .with_for_update(of=ATTEMPT, key_share=True)
)
NOTE_THE_MOMENT = update(ATTEMPT).where(*_OWN).values(saved_at=bindparam("moment"), client_id=bindparam("client"))


@dataclass(frozen=True, slots=True)
class Ack:
    """Question `q` (as shown) is stored with sequence `seq`, which may be newer than what was sent."""

    q: int
    seq: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A save that can never be stored, with the reason; sending it again is no use."""

    q: int
    seq: int
    problem: InputError


@dataclass(frozen=True, slots=True)
class SaveAck:
    """`refused`: why nothing of this batch counts, or empty. `saved_at`: when the server stored last."""

    acks: tuple[Ack, ...]
    rejected: tuple[Rejected, ...]
    refused: Refusal
    deadline_at: datetime
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A save with the place of its question on the form and the response as it is kept."""

    save: Save
    position: int
    response: list[str]


def save_batch(
    session: Session, candidate_id: int, attempt_id: uuid.UUID, client_id: str, epoch: int, saves: Sequence[Save], *,
    received_at: datetime,
) -> SaveAck:
    """Store a batch, each question on its own; saving the same again changes nothing.

    A refused batch is kept as events and changes no answer: commit it as well. Without saves it only tells
    how the attempt stands. Raises NotFoundError for an attempt that is not this person's.
    """
    owner = {"candidate_id": candidate_id, "attempt_id": attempt_id}
    own = {"whose": candidate_id, "which": attempt_id}
    row = session.execute(READ_AND_LOCK, own).one_or_none()
    if row is None:
        raise NotFoundError(queries.NOT_FOUND)
    refused = judge(Standing(*row[:5]), Batch(client_id, epoch, tuple(saves)), received_at)
    checked, rejected = _check(slots(row.layout), saves)
    if checked:
        _append_events(session, owner, client_id, checked, refused, received_at)
    if refused or not checked:
        return SaveAck((), rejected, refused, row.deadline_at, row.saved_at)
    acks = _move_answers(session, owner, checked, received_at)
    session.execute(NOTE_THE_MOMENT, {**own, "moment": received_at, "client": client_id})
    return SaveAck(acks, rejected, refused, row.deadline_at, received_at)


def _check(layout: Sequence[Slot], saves: Sequence[Save]) -> tuple[list[Checked], tuple[Rejected, ...]]:
    checked: list[Checked] = []
    rejected: list[Rejected] = []
    for save in saves:
        try:
            if save.number > len(layout):
                raise InputError("这份试卷没有第 %(number)s 题", number=save.number)
            slot = layout[save.number - 1]
            checked.append(Checked(save, slot.position, stored(slot, save.response)))
        except InputError as problem:
            rejected.append(Rejected(save.number, save.seq, problem))
    return checked, tuple(rejected)


def _append_events(
    session: Session, owner: dict[str, Any], client_id: str, checked: Sequence[Checked], refused: Refusal, at: datetime
) -> None:
    rows = [
        {**owner, "client_id": client_id, "seq": c.save.seq, "position": c.position, "response": c.response,
         "flagged": c.save.flagged, "received_at": at, "refused": str(refused)}
        for c in checked
    ]
    session.execute(_keep_events(_dialect(session)), rows)


def _move_answers(
    session: Session, owner: dict[str, Any], checked: Sequence[Checked], at: datetime
) -> tuple[Ack, ...]:
    by_number = {c.save.number: c for c in checked}
    latest = [next(c for c in checked if c.save is save) for save in newest(c.save for c in checked)]
    rows = [
        {**owner, "position": c.position, "seq": c.save.seq, "response": c.response, "flagged": c.save.flagged,
         "seen": c.save.seen, "saved_at": at, "score": None}
        for c in sorted(latest, key=lambda c: c.position)
    ]
    held = dict(session.execute(_keep_newer(_dialect(session)), rows).all())
    if len(held) < len(rows):
        held |= _stored_seqs(session, owner, [row["position"] for row in rows if row["position"] not in held])
    return tuple(Ack(number, held[c.position]) for number, c in sorted(by_number.items()))


def _stored_seqs(session: Session, owner: dict[str, Any], positions: Sequence[int]) -> dict[int, int]:
    found = session.execute(
        select(ANSWER.c.position, ANSWER.c.seq)
        .where(ANSWER.c.candidate_id == owner["candidate_id"], ANSWER.c.attempt_id == owner["attempt_id"],
               ANSWER.c.position.in_(positions))
    ).all()
    return dict(found)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


# Each statement is made once and takes its rows as parameters: only so is its SQL composed once, not at every save.
@cache
def _keep_events(dialect: str) -> Any:
    return _insert(dialect, EVENT).on_conflict_do_nothing()


@cache
def _keep_newer(dialect: str) -> Any:
    """Insert answers; where one is there already, the greater sequence stays. Returns what was written."""
    statement = _insert(dialect, ANSWER)
    return statement.on_conflict_do_update(
        index_elements=[ANSWER.c.candidate_id, ANSWER.c.attempt_id, ANSWER.c.position],
        set_={name: statement.excluded[name] for name in ("seq", "response", "flagged", "seen", "saved_at")},
        where=ANSWER.c.seq < statement.excluded.seq,
    ).returning(ANSWER.c.position, ANSWER.c.seq)


def _insert(dialect: str, table: Table) -> Any:
    """INSERT with ON CONFLICT, in the words of the database at hand."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)
