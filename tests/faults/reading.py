"""The database as the checker wants it."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import Answer, AnswerEvent
from quizapp.attempts.models import Attempt as Stored
from quizapp.attempts.rules.layout import Slot, slots
from quizapp.attempts.rules.responses import shown
from quizapp.attempts.rules.seals import from_detail
from quizapp.attempts.service.sealing import ACT
from quizapp.audit import queries as audit
from quizapp.audit.signing import seal
from quizapp.audit.verification import recorded_heads, verify
from quizapp.exams.models import Exam
from tests.faults.history import Head, value_of
from tests.faults.record import OVER, Attempt, Held, Logged, Record

ANSWER = (Answer.attempt_id, Answer.position, Answer.seq, Answer.response, Answer.flagged, Answer.seen, Answer.saved_at,
          Answer.score)
EVENT = (AnswerEvent.attempt_id, AnswerEvent.position, AnswerEvent.seq, AnswerEvent.response, AnswerEvent.flagged,
         AnswerEvent.seen, AnswerEvent.client_id, AnswerEvent.received_at, AnswerEvent.refused)


def record(session: Session, instance: Path) -> Record:
    """Everything, at the end of a run. `instance`: where the installation keeps its key and the heads of its chain."""
    answers, events = defaultdict(list), defaultdict(list)
    for row in session.execute(select(*ANSWER)):
        answers[row.attempt_id].append(row)
    for row in session.execute(select(*EVENT)):
        events[row.attempt_id].append(row)
    grace = {row.id: row.grace_seconds for row in session.execute(select(Exam.id, Exam.grace_seconds))}
    proof = verify(session, recorded_heads(instance, seal().public_key))
    links = list(audit.chain(session))
    seals = Counter(
        str(leaf.attempt_id) for link in links if link.fields["action"] == ACT
        for leaf in from_detail(link.fields["detail"])  # type: ignore[arg-type]
    )
    return Record(
        {str(attempt.id): _attempt(session, attempt, grace[attempt.exam_id], answers[attempt.id], events[attempt.id],
                                   seals[str(attempt.id)]) for attempt in session.scalars(select(Stored))},
        [link.digest for link in links], [str(finding) for finding in proof.findings],
    )


def _attempt(
    session: Session, attempt: Stored, grace: int, answers: list[Row[Any]], events: list[Row[Any]], seals: int
) -> Attempt:
    by_position = {slot.position: slot for slot in slots(attempt.layout)}
    over = attempt.state in OVER
    return Attempt(
        id=str(attempt.id), candidate=attempt.candidate_id, exam=attempt.exam_id, number=attempt.number,
        state=attempt.state, latest=(attempt.deadline_at + timedelta(seconds=grace)).timestamp(),
        answers={by_position[row.position].number: Held(row.seq, _value(by_position, row), row.saved_at.timestamp(),
                                                       "" if row.score is None else str(row.score)) for row in answers},
        events=[Logged(row.client_id, by_position[row.position].number, row.seq, _value(by_position, row),
                       row.received_at.timestamp(), row.refused) for row in events],
        receipt=attempt.receipt, proved=queries.receipt_of(session, attempt) if over else "",
        seals=seals,
    )


def answers_of(session: Session, candidate: int, attempt_id: str) -> tuple[dict[int, tuple[int, str]], bool]:
    """Question → sequence and value as they stand now, and whether the attempt is over."""
    attempt = queries.own(session, candidate, uuid.UUID(attempt_id))
    by_position = {slot.position: slot for slot in slots(attempt.layout)}
    rows = session.execute(select(*ANSWER).where(Answer.candidate_id == candidate, Answer.attempt_id == attempt.id))
    found = {by_position[row.position].number: (row.seq, _value(by_position, row)) for row in rows}
    return found, attempt.state in OVER


def head_of_chain(session: Session) -> Head:
    head = audit.head(session)
    return Head(head.number, head.digest)


def _value(by_position: dict[int, Slot], row: Row[Any]) -> str:
    return value_of(shown(by_position[row.position], row.response), row.flagged, row.seen)
