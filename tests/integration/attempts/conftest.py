"""A candidate, an exam with every type of question, and an attempt on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from quizapp.attempts import queries, service
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.layout import Slot, slots
from quizapp.attempts.rules.responses import shown
from quizapp.attempts.rules.saves import Save
from quizapp.attempts.service import SaveAck
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.papers import queries as papers
from quizapp.questions.rules.content import marking_key
from tests.builders.exams import ALL_KINDS, OPENS, make_exam
from tests.builders.people import make_person

TAB = "tab-one-0001"
START = OPENS + timedelta(minutes=5)


@dataclass
class Sitting:
    """One person with one open attempt, and what a browser would do with it."""

    exam_id: int
    candidate_id: int
    attempt_id: uuid.UUID
    client_id: str = TAB
    epoch: int = 1

    def attempt(self) -> Attempt:
        return queries.own(db.session(), self.candidate_id, self.attempt_id)

    def layout(self) -> list[Slot]:
        return slots(self.attempt().layout)

    def number(self, kind: str) -> int:
        """The number under which the first question of this type is shown."""
        return next(slot.number for slot in self.layout() if slot.kind == kind and slot.section == kind)

    def save(self, *saves: Save, at: datetime = START, **changes: Any) -> SaveAck:
        given = {"client_id": self.client_id, "epoch": self.epoch} | changes
        with db.transaction() as session:
            return service.save_batch(session, self.candidate_id, self.attempt_id, saves=saves, received_at=at, **given)

    def right_answers(self) -> dict[int, list[str]]:
        """Number → the right response as the page names it; short answers say something."""
        attempt = self.attempt()
        asked = {q.position: q.question for q in papers.questions_with_content(db.session(), attempt.form_id)}
        found = {}
        for slot in slots(attempt.layout):
            key = marking_key(asked[slot.position])
            first = [variant if isinstance(variant, str) else variant[0] for variant in key]
            found[slot.number] = shown(slot, first or ["听证"])
        return found

    def answer_all(self, *, at: datetime = START, first_seq: int = 1) -> None:
        right = self.right_answers()
        self.save(*[Save(n, first_seq + n, response, False, True) for n, response in right.items()], at=at)

    def submit(self, at: datetime = START, **more: Any) -> Attempt:
        with db.transaction() as session:
            return service.submit(session, self.candidate_id, self.attempt_id, now=at, **more)

    def kept(self) -> dict[int, queries.Kept]:
        """Current answers by the number shown."""
        found = queries.answers(db.session(), self.candidate_id, self.attempt_id)
        return {slot.number: found[slot.position] for slot in self.layout() if slot.position in found}


def sit(exam_id: int, candidate_id: int, *, at: datetime = START) -> Sitting:
    with db.transaction() as session:
        attempt = service.start(session, session.get_one(Exam, exam_id), candidate_id, now=at)
        if attempt.client_id == "":
            service.claim(session, candidate_id, attempt.id, TAB)
        return Sitting(exam_id, candidate_id, attempt.id)


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def sitting(context: None) -> Sitting:
    with db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, ALL_KINDS, candidates=[person])
        ids = exam.id, person.id
    return sit(*ids)


def counted(act: Callable[[], object]) -> list[str]:
    """The statements that something takes, without those that only begin a transaction."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return [s for s in statements if not s.startswith("BEGIN")]
