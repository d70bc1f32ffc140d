"""A regrade of a hundred thousand attempts of fifty questions, with history, certificates and notices, in one transaction."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import insert, text

from quizapp import clock
from quizapp.approvals.rules import Said
from quizapp.attempts.models import Attempt
from quizapp.db import db
from quizapp.exams.models import Exam, RosterEntry, RosterUnit
from quizapp.kernel.ids import new_id
from quizapp.kernel.roles import Role
from quizapp.marking import challenging, deciding, previewing
from quizapp.papers.models import Blueprint, Form
from quizapp.people.models import Person
from quizapp.records import service as records
from tests.bench.figures import Figure, application, seconds
from tests.bench.pages import look_at_tables, postgresql
from tests.builders.approvals import Pair, make_pair
from tests.builders.bank import make_item
from tests.builders.exams import make_exam, make_form
from tests.builders.people import make_agency, make_unit

ATTEMPTS, QUESTIONS, FORMS, UNITS, GOAL, SOME = 100_000, 50, 4, 200, 60, 5_000
# a third answers A, the others B, which is the key; by candidate and position, so that papers differ
ANSWERS = """
insert into answer (candidate_id, attempt_id, position, seq, response, flagged, seen, saved_at, score)
select a.candidate_id, a.id, q.position, 1, {json}, false, true, a.finished_at,
       case when (a.candidate_id * 7 + q.position) % 3 = 0 then 0 else q.marks end
  from attempt a join form_question q on q.form_id = a.form_id"""
A, B = '["A"]', '["B"]'
RESPONSE = f"case when (a.candidate_id * 7 + q.position) % 3 = 0 then '{A}' else '{B}' end"
SUMS = "update attempt set score = (select sum(score) from answer where candidate_id = attempt.candidate_id and attempt_id = attempt.id)"
RESULTS = """
insert into result (candidate_id, exam_id, source, attempt_id, attempts, score, sat_at)
select candidate_id, exam_id, 'online', id, 1, score, finished_at from attempt"""


def measure() -> list[Figure]:
    with application():
        figures = measured("SQLite")
    with postgresql() as url, application(url):
        return figures + measured("PostgreSQL")


def measured(database: str) -> list[Figure]:
    exam_id, version_id, pair = sat()
    found = challenging.question(db.session(), exam_id, version_id, 0)
    params = {way: deciding.params_of(db.session(), found, way, key, "《示例法》第十二条") for way, key in (("key", ("A",)), ("removed", ()))}
    exam = found.exam

    def issue() -> None:
        with db.transaction() as session:
            records.settle(session, exam_id, Said("试验"), now=clock.now())

    def regrade(way: str) -> None:
        with db.transaction() as session:
            act = deciding.ChangeKey() if way == "key" else deciding.VoidQuestion()
            act.carry_out(session, params[way] | {"after": deciding.regrades(session, exam_id)}, "条文如此", pair.first.id, clock.now())

    name = f"{ATTEMPTS:,} attempts of {QUESTIONS} questions"
    return [
        Figure(f"certificates for {name}, {database}", seconds(issue), GOAL, "s"),
        Figure(f"preview of another key, {name}, {database}",
               seconds(lambda: previewing.preview(db.session(), exam, deciding.decision_of(params["key"]))), GOAL, "s"),
        Figure(f"regrade with it, certificates and notices with it, {database}", seconds(lambda: regrade("key")), GOAL, "s"),
        Figure(f"the same for a question taken out, every paper rescaled, {database}", seconds(lambda: regrade("removed")), GOAL, "s"),
    ]


def sat() -> tuple[int, int, Pair]:
    """An exam that is over, on forms that share one question at different places."""
    now = clock.now()
    with db.transaction() as session:
        top = make_agency(session)
        units = [make_unit(session, f"第 {n} 处", top) for n in range(UNITS)]
        exam = make_exam(session, forms=0, opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=2), pass_mark=Decimal(330),
                         excellence_mark=Decimal(450))
        shared, blueprint = make_item(session, "single"), session.get_one(Blueprint, exam.blueprint_id)
        forms: list[Form] = []
        for number in range(FORMS):
            others = [make_item(session, "single") for _ in range(QUESTIONS - 1)]
            forms.append(make_form(session, blueprint, number + 1, [*others[: number * 9], shared, *others[number * 9 :]]))
        pair = make_pair(session, Role.REVIEWER)
        session.execute(insert(RosterUnit), [
            {"exam_id": exam.id, "unit_id": u.id, "parent_id": u.parent_id, "name": u.name, "path": u.path, "position": u.position}
            for u in (top, *units)])
        exam_id, version_id, opened = exam.id, shared.id, exam.opens_at
    places, form_ids = [(u.id, u.path) for u in units], [form.id for form in forms]
    for start in range(0, ATTEMPTS, SOME):
        people = range(1_000 + start, 1_000 + start + SOME)
        with db.transaction() as session:
            session.execute(insert(Person), [{"id": n, "login": f"b{n}", "name": f"人员{n}", "created_at": now} for n in people])
            session.execute(insert(RosterEntry), [{"exam_id": exam_id, "candidate_id": n, "unit_id": places[n % UNITS][0],
                                                   "path": places[n % UNITS][1]} for n in people])
            session.execute(insert(Attempt), [
                {"candidate_id": n, "id": new_id(), "exam_id": exam_id, "number": 1, "form_id": form_ids[n % FORMS], "layout": [],
                 "state": "submitted", "started_at": opened, "deadline_at": opened + timedelta(hours=1),
                 "finished_at": opened + timedelta(minutes=40)} for n in people])
    with db.transaction() as session:
        json = f"cast({RESPONSE} as jsonb)" if session.get_bind().dialect.name == "postgresql" else RESPONSE
        for statement in (ANSWERS.format(json=json), SUMS, RESULTS):
            session.execute(text(statement))
    look_at_tables("ANALYZE")
    assert db.session().get_one(Exam, exam_id) is not None
    return exam_id, version_id, pair
