"""An excuse that is granted, and a removal, while the person presses start."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask

from quizapp.attempts import service as attempts
from quizapp.attempts.rules.ticket import Entry
from quizapp.db import db
from quizapp.rosters import service
from quizapp.rosters.attachments import Cabinet
from quizapp.rosters.rules import DESK
from quizapp.rosters.service import Asked, By
from tests.builders.exams import OPENS, make_exam
from tests.builders.people import make_person
from tests.databases import on_postgresql


@on_postgresql
@pytest.mark.parametrize("act", ["register", "remove"])
def test_a_start_that_waits_for_the_decision_does_not_begin(app: Flask, tmp_path: Path, act: str) -> None:
    """The start has read its line of the roster before it is changed, and waits; afterwards it looks again."""
    found: list[object] = []
    with app.app_context():
        with db.transaction() as session:
            person, admin = make_person(session), make_person(session, "何静安")
            exam = make_exam(session, ("single",), candidates=[person])
            attempts.prepare_papers(session, exam)
            exam_id, person_id, by = exam.id, person.id, By(admin.id, admin.name, DESK)
        starting = threading.Thread(target=start, args=(app, person_id, exam_id, found), daemon=True)
        with db.transaction() as session:
            if act == "register":
                service.register(session, exam_id, person_id, Asked(3), by, Cabinet(tmp_path), now=OPENS)
            else:
                service.remove(session, exam_id, person_id, "登记错了", by, now=OPENS)
            starting.start()
            starting.join(1)
            assert starting.is_alive(), "the start waits for the exam's row"
        starting.join(30)
    assert found == [None]


def start(app: Flask, person_id: int, exam_id: int, found: list[object]) -> None:
    with app.app_context(), db.hot() as connection:
        found.append(attempts.begin(connection, Entry(person_id, exam_id), now=OPENS))
