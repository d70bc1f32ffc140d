"""A candidate whose answers came in a sealed file, and the people who decide on it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from quizapp.attempts import quarantine, queries, service
from quizapp.attempts.models import AnswerEvent, Attempt, SealedFile
from quizapp.attempts.rules.layout import Slot, slots
from quizapp.attempts.rules.responses import shown
from quizapp.attempts.rules.saves import Save
from quizapp.attempts.rules.sealed import SealingKey
from quizapp.attempts.service import files
from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.marking import service as marking
from quizapp.marking.rules import Entry, Given
from quizapp.papers import queries as papers
from quizapp.questions.rules.content import marking_key
from quizapp.sittings.service import sealed as deciding
from quizapp.sittings.service.sealed import Decider
from tests.builders.exams import ALL_KINDS, CLOSES, OPENS, make_exam
from tests.builders.people import make_person
from tests.builders.sealed import contents
from tests.builders.sealed import sealed as sealed_file

KEY = SealingKey(ec.generate_private_key(ec.SECP256R1()))
TAB = "tab-one-0001"
START = OPENS + timedelta(minutes=5)
LATER = CLOSES + timedelta(hours=1)
FIRST, SECOND = Decider(9001, "甲"), Decider(9002, "乙")


@dataclass
class Hall:
    """One candidate with an attempt on every type of question: half of it saved, the rest only on the device."""

    exam_id: int
    candidate_id: int
    attempt_id: uuid.UUID

    def attempt(self) -> Attempt:
        return queries.own(db.session(), self.candidate_id, self.attempt_id)

    def layout(self) -> list[Slot]:
        return slots(self.attempt().layout)

    def number(self, kind: str) -> int:
        return next(slot.number for slot in self.layout() if slot.kind == kind and slot.section == kind)

    def right(self) -> dict[int, list[str]]:
        asked = {q.position: q.question for q in papers.questions_with_content(db.session(), self.attempt().form_id)}
        found = {}
        for slot in self.layout():
            key = [v if isinstance(v, str) else v[0] for v in marking_key(asked[slot.position])]
            found[slot.number] = shown(slot, key or ["听证"])
        return found

    def save(self, *saves: Save, at: datetime = START) -> None:
        with db.transaction() as session:
            ack = service.save_batch(session, self.candidate_id, self.attempt_id, TAB, 1, saves, received_at=at)
            assert not ack.rejected

    def submit(self, at: datetime = START) -> Attempt:
        with db.transaction() as session:
            return service.submit(session, self.candidate_id, self.attempt_id, now=at)

    def file(self, answers: dict[int, list[str]], seq: int = 1000, **changes: Any) -> bytes:
        saves = [{"q": n, "seq": seq + n, "response": r, "flagged": False, "seen": True} for n, r in answers.items()]
        return sealed_file(KEY.public, contents(
            attempt=str(self.attempt_id), candidate=self.candidate_id, saves=saves, client_id=TAB, **changes))

    def upload(self, raw: bytes, *, at: datetime = LATER, exam_id: int | None = None) -> uuid.UUID:
        with db.transaction() as session:
            return deciding.upload(session, KEY, raw, exam_id or self.exam_id, FIRST, now=at).id

    def approve(self, file_id: uuid.UUID, by: Decider, *, at: datetime = LATER) -> files.TakenOver | None:
        with db.transaction() as session:
            return deciding.approve(session, self.exam_id, file_id, by, now=at)

    def accept(self, file_id: uuid.UUID, *, at: datetime = LATER) -> files.TakenOver:
        assert self.approve(file_id, FIRST, at=at) is None
        done = self.approve(file_id, SECOND, at=at)
        assert done is not None
        return done

    def refuse(self, file_id: uuid.UUID, by: Decider = FIRST, reason: str = "与监控记录不符") -> None:
        with db.transaction() as session:
            deciding.refuse(session, self.exam_id, file_id, reason, by, now=LATER)

    def stored(self, file_id: uuid.UUID) -> SealedFile:
        return quarantine.file(db.session(), self.exam_id, file_id)

    def kept(self) -> dict[int, queries.Kept]:
        found = queries.answers(db.session(), self.candidate_id, self.attempt_id)
        return {slot.number: found[slot.position] for slot in self.layout() if slot.position in found}

    def file_events(self) -> list[AnswerEvent]:
        return list(db.session().scalars(select(AnswerEvent).where(AnswerEvent.client_id.like("file-%"))))


def make_hall() -> Hall:
    with db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, ALL_KINDS, candidates=[person])
        ids = exam.id, person.id
    with db.transaction() as session:
        attempt = service.start(session, session.get_one(Exam, ids[0]), ids[1], now=START)
        service.claim(session, ids[1], attempt.id, TAB)
        attempt_id = attempt.id
    return Hall(*ids, attempt_id)


def mark_short(hall: Hall, score: Decimal, marker: int = 8001) -> None:
    position = next(slot.position for slot in hall.layout() if slot.kind == "short")
    entry = Entry(hall.candidate_id, hall.attempt_id, position, hall.attempt().form_id, 0, 0)
    with db.transaction() as session:
        marking.mark(session, hall.exam_id, entry, marker, Given(score, (score,)), now=LATER)


def recorded(action: str) -> list[AuditEvent]:
    return list(db.session().scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.number)))
