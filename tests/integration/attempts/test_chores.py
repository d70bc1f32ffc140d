"""The worker hands in what ran out of time without being asked."""

from __future__ import annotations

from datetime import timedelta

from quizapp.attempts import queries, service
from quizapp.db import db
from quizapp.jobs.worker import Keeper
from tests.builders.exams import OPENS, make_exam
from tests.builders.people import make_person
from tests.databases import both_databases


@both_databases
def test_an_overdue_attempt_is_finished_by_the_worker_and_an_open_one_left_alone(app, exam_morning):
    with app.app_context(), db.transaction() as session:
        late, early = make_person(session, "甲"), make_person(session, "乙")
        exam = make_exam(session, candidates=[late, early], minutes=30)
        first = service.start(session, exam, late.id, now=OPENS)
        second = service.start(session, exam, early.id, now=OPENS + timedelta(minutes=20))
    exam_morning.move_to(OPENS + timedelta(minutes=31))
    Keeper(app).keep()
    with app.app_context():
        session = db.session()
        finished = queries.own(session, late.id, first.id)
        assert (finished.state, finished.finished_at) == ("expired", OPENS + timedelta(minutes=30))
        assert queries.own(session, early.id, second.id).state == "open"
