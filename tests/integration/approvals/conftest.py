"""The office in which one person proposes and another agrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from quizapp.approvals import service
from quizapp.approvals.models import Proposal
from quizapp.approvals.rules import Kind
from quizapp.approvals.service import By
from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel.roles import Role
from tests.builders.approvals import Pair, by, make_pair
from tests.builders.exams import CLOSES, OPENS, make_exam
from tests.builders.marking import hand_in
from tests.builders.people import grant, make_person

MINUTE = timedelta(minutes=1)
AFTER = CLOSES + timedelta(hours=3)


@dataclass
class Office:
    """Two exam administrators; an exam whose results wait for release, with one result; somebody who sat it."""

    pair: Pair
    exam_id: int
    candidate: int

    @property
    def params(self) -> dict[str, Any]:
        return {"exam": self.exam_id}

    def propose(self, kind: Kind = Kind.RELEASE, params: dict[str, Any] | None = None, now: datetime = AFTER) -> Proposal:
        with db.transaction() as session:
            return self.pair.propose(session, kind, params or self.params, now=now)

    def agree(self, proposal: Proposal, who: By | None = None, now: datetime = AFTER) -> Proposal:
        with db.transaction() as session:
            return service.agree(session, proposal.id, who or self.pair.second, now=now)

    def exam(self) -> Exam:
        db.session().expire_all()
        return db.session().get_one(Exam, self.exam_id)


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with time_machine.travel(AFTER, tick=False), app.app_context():
        with db.transaction() as session:
            candidate = make_person(session, "沈砚秋")
            exam = make_exam(session, ["single"], candidates=[candidate], release="manual")
            hand_in(session, exam, candidate, "", OPENS)
            found = Office(make_pair(session), exam.id, candidate.id)
        yield found


def role_of(*roles: Role, name: str = "顾景明") -> By:
    with db.transaction() as session:
        person = make_person(session, name)
        for role in roles:
            grant(session, person, role)
        return by(person)


def events(action: str) -> list[AuditEvent]:
    return list(db.session().scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.number)))


def why(proposal: Proposal) -> str:
    return str(proposal.outcome.get("message", ""))
