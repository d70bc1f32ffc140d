"""An exam whose window is as long as its working time, and people who sit it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from quizapp.attempts import service as attempting
from quizapp.attempts.rules.saves import Refusal, Save
from quizapp.attempts.rules.standing import Standing
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.people.models import Person
from quizapp.sittings.service import giving, holding
from quizapp.sittings.service.giving import Allowance
from tests.builders.exams import OPENS, enrol, make_exam
from tests.builders.people import make_person
from tests.integration.attempts.conftest import Sitting, sit

MINUTE = timedelta(minutes=1)
CLOSES = OPENS + 90 * MINUTE
WHY = "机房停电"


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def hall(context: None) -> Hall:
    return Hall()


class Hall:
    """An exam whose window is as long as its working time, and people who sit it."""

    def __init__(self, people: int = 2, **settings: Any) -> None:
        with db.transaction() as session:
            self.people = [make_person(session).id for _n in range(people)]
            self.admin = make_person(session, "何静安").id
            exam = make_exam(session, ["single", "multiple"], closes_at=CLOSES, **settings)
            for person in self.people:
                enrol(session, exam, session.get_one(Person, person))
            self.exam_id = exam.id

    def exam(self) -> Exam:
        return db.session().get_one(Exam, self.exam_id, populate_existing=True)

    def sit(self, who: int = 0, at: datetime = OPENS) -> Sitting:
        return sit(self.exam_id, self.people[who], at=at)

    def grant(self, percent: int, breaks: int = 0, who: int = 0, at: datetime = OPENS) -> Allowance:
        with db.transaction() as session:
            return giving.grant(session, self.exam_id, self.people[who], Allowance(percent, breaks), "已核对证明材料",
                                by=self.admin, now=at)

    def extend(self, minutes: int, who: int = 0, at: datetime = OPENS, **more: object) -> datetime:
        with db.transaction() as session:
            return giving.extend_one(session, self.exam_id, self.people[who], minutes, WHY, by=self.admin, now=at, **more)  # type: ignore[arg-type]

    def extend_all(self, minutes: int, at: datetime = OPENS, **more: object) -> int:
        with db.transaction() as session:
            return giving.extend_all(session, self.exam_id, minutes, WHY, by=self.admin, now=at, agreed=True, **more)  # type: ignore[arg-type]

    def pause(self, at: datetime) -> None:
        with db.transaction() as session:
            holding.pause(session, self.exam_id, now=at)

    def resume(self, at: datetime) -> holding.Resumed:
        with db.transaction() as session:
            return holding.resume(session, self.exam_id, now=at)

    def sweep(self, at: datetime) -> int:
        with db.transaction() as session:
            return attempting.finish_overdue(session, now=at)


def save(sitting: Sitting, seq: int, at: datetime) -> Refusal:
    return sitting.save(Save(1, seq, [], seq % 2 == 0, True), at=at).refused


def take_break(sitting: Sitting, at: datetime) -> Standing:
    with db.transaction() as session:
        return attempting.take_break(session, sitting.candidate_id, sitting.attempt_id, now=at)


def end_break(sitting: Sitting, at: datetime) -> Standing:
    with db.transaction() as session:
        return attempting.end_break(session, sitting.candidate_id, sitting.attempt_id, now=at)
