"""The demo agency: the same one every time, and worth looking at."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam, Result
from quizapp.ops.demo import loading
from quizapp.people import queries as people
from quizapp.people.models import Person
from quizapp.plans import queries as plans
from tests.databases import both_databases

pytestmark = pytest.mark.timeout(240)


def figures(session: Session) -> list[tuple[str, int, int, int, Decimal]]:
    """(title, expected, sat, passed, sum of scores) of every exam."""
    found = []
    for exam in sorted(exams.exams(session), key=lambda e: e.id):
        rows = session.execute(select(Result.score).where(Result.exam_id == exam.id)).scalars().all()
        passed = sum(score >= exam.pass_mark for score in rows)
        expected = exams.roster_counts(session, exam.id)["expected"]
        found.append((exam.title, expected, len(rows), passed, sum(rows, Decimal(0))))
    return found


@both_databases
def test_the_demo_is_a_whole_year_with_a_plan_and_an_open_exam(app):
    with app.app_context():
        with db.transaction() as session:
            loading.load(session, app.config["SETTINGS"].bank_path, lambda step: None)
        session = db.session()
        assert 310 <= people.count_people(session) <= 330
        assert plans.plan_for(session, 2023) is not None
        assert plans.targets(session, 2023) == {"participation_target": Decimal(100), "pass_target": Decimal(100)}
        in_2023 = exams.exams(session, 2023)
        assert sorted(e.kind for e in in_2023 if e.make_up_of_id is None) == ["online", "online", "paper"]
        named = {exam.campaign for exam in in_2023}
        assert None in named, "the exam on paper is a part of none"
        assert len(named) == 3
        assert named - {None} <= set(plans.campaigns(session, 2023))
        for _title, expected, sat, passed, _scores in figures(session)[:3]:
            assert 0.95 < sat / expected <= 1
            assert 0.95 < passed / sat < 1
        visitor = people.person_by_login(session, "qx20417")
        current = session.scalars(select(Exam).where(Exam.year != 2023)).one()
        assert visitor is not None
        assert session.get(Result, (visitor.id, current.id)) is None
        # nobody can sign in before passwords are issued, and each start issues new ones
        assert session.scalar(select(func.count()).where(Person.password_hash.is_not(None))) == 0
        with db.transaction() as writing:
            first = loading.fresh_passwords(writing)
        with db.transaction() as writing:
            second = loading.fresh_passwords(writing)
        assert len(first) == len(second) == 10
        assert not {password for _a, password in first} & {password for _a, password in second}


def test_the_same_seed_plays_the_same_year(app):
    with app.app_context():
        seen = []
        for _time in range(2):
            with suppress(Rehearsal), db.transaction() as session:
                loading.load(session, app.config["SETTINGS"].bank_path, lambda step: None)
                seen.append(figures(session)[:4])
                raise Rehearsal
        # ids go on counting after a rollback on some databases; SQLite starts again
        assert seen[0] == seen[1]


class Rehearsal(Exception):
    """Leaves the transaction, so that the second time begins where the first began."""
