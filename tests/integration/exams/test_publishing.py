"""Publishing freezes roster and forms; what does not hold is refused and leaves nothing behind."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from quizapp.db import db
from quizapp.exams import preparing, queries, service
from quizapp.exams.models import Result, RosterEntry
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.papers import queries as papers
from quizapp.papers.models import Form, FormQuestion
from quizapp.papers.rules.blueprint import Cell
from quizapp.people import service as people
from tests.builders.bank import make_item
from tests.builders.exams import CLOSES, OPENS
from tests.builders.people import make_agency, make_person, make_unit
from tests.databases import both_databases

TODAY = date(2026, 11, 20)
NOW = OPENS - timedelta(days=5)


def draft(session, **settings):
    values = {"title": "学法考试", "year": 2026, "opens_at": OPENS, "closes_at": CLOSES, "now": NOW, "pass_mark": Decimal(6),
              "excellence_mark": Decimal(9), "form_count": 2, "kind": "online", "minutes": 60}
    return service.create(session, **(values | settings))


def ready(session, singles=5):
    for _n in range(singles):
        make_item(session, "single")
    make_item(session, "case")
    exam = draft(session)
    service.set_blueprint(session, exam, [Cell(None, "single", None, 3, Decimal(2)), Cell(None, "case", None, 1, Decimal(4))])
    return exam


@both_databases
def test_a_published_exam_has_everybody_once_and_forms_as_the_blueprint_says(app):
    with app.app_context(), db.transaction() as session:
        unit = make_unit(session, "办公室", make_agency(session))
        first, second = make_person(session, "甲", unit), make_person(session, "乙", unit)
        exam = ready(session)
        preparing.publish(session, exam.id, now=NOW, on=TODAY)
        assert {row.candidate_id for row in queries.roster(session, exam.id)} == {first.id, second.id}
        forms = papers.forms(session, exam.blueprint_id)
        assert len(forms) == 2
        for form in forms:
            questions = papers.form_questions(session, form.id)
            # three single choices, and one question for each part of the case
            assert [q.part for q in questions] == [0, 0, 0, 1, 2]
            assert sum(q.marks for q in questions) == form.total == Decimal(10)


@both_databases
def test_a_transfer_after_publishing_leaves_the_roster_alone(app):
    with app.app_context(), db.transaction() as session:
        top = make_agency(session)
        old, new = make_unit(session, "办公室", top), make_unit(session, "财务处", top)
        person = make_person(session, "甲", old)
        exam = ready(session)
        preparing.publish(session, exam.id, now=NOW, on=TODAY)
        people.transfer(session, person.id, new.id, TODAY)
        assert [row.unit for row in queries.roster(session, exam.id)] == ["办公室"]


@both_databases
def test_a_bank_that_is_too_small_is_named_and_nothing_is_written(app):
    with app.app_context():
        with db.transaction() as session:
            make_person(session)
            exam = ready(session, singles=1)
        with pytest.raises(InputError, match="少 2 道"), db.transaction() as session:
            preparing.publish(session, exam.id, now=NOW, on=TODAY)
        session = db.session()
        assert queries.get(session, exam.id).state == "draft"
        for table in (Form, FormQuestion, RosterEntry):
            assert session.scalar(select(func.count()).select_from(table)) == 0


@both_databases
def test_publishing_twice_is_refused(app):
    with app.app_context(), db.transaction() as session:
        make_person(session)
        exam = ready(session)
        preparing.publish(session, exam.id, now=NOW, on=TODAY)
        with pytest.raises(ConflictError):
            preparing.publish(session, exam.id, now=NOW, on=TODAY)
        with pytest.raises(ConflictError):
            service.change(session, exam, title="别的名称")
        with pytest.raises(ConflictError):
            service.set_blueprint(session, exam, [Cell(None, "single", None, 1, Decimal(1))])
        with pytest.raises(ConflictError):
            service.delete_draft(session, exam.id)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"closes_at": OPENS}, "结束时间要晚于开始时间"),
        ({"excellence_mark": Decimal(5)}, "优秀线"),
        ({"minutes": 0}, "作答时长"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(app, settings, sentence):
    with app.app_context(), pytest.raises(InputError, match=sentence), db.transaction() as session:
        draft(session, **settings)


def test_a_pass_mark_above_the_total_is_refused(app):
    with app.app_context(), db.transaction() as session:
        make_person(session)
        exam = ready(session)
        service.change(session, exam, pass_mark=Decimal(11), excellence_mark=Decimal(12))
        with pytest.raises(InputError, match="高于试卷总分"):
            preparing.publish(session, exam.id, now=NOW, on=TODAY)


def test_nobody_on_the_roster_is_refused(app):
    with app.app_context(), db.transaction() as session:
        make_agency(session)
        exam = ready(session)
        with pytest.raises(InputError, match="名单里一个人也没有"):
            preparing.publish(session, exam.id, now=NOW, on=TODAY)


@both_databases
def test_a_make_up_is_for_the_absent_the_failed_and_the_deferred(app):
    with app.app_context(), db.transaction() as session:
        passed, failed, absent, deferred, excused = (make_person(session, name) for name in "甲乙丙丁戊")
        exam = ready(session)
        preparing.publish(session, exam.id, now=NOW, on=TODAY)
        service.set_status(session, exam.id, deferred.id, "deferred", "出差")
        service.set_status(session, exam.id, excused.id, "excused", "长期病假")
        for person, score in ((passed, 8), (failed, 5)):
            session.add(Result(candidate_id=person.id, exam_id=exam.id, source="online", score=Decimal(score), sat_at=OPENS))
        session.flush()
        second = draft(session, title="补考", make_up_of_id=exam.id, opens_at=CLOSES, closes_at=CLOSES + timedelta(days=1))
        service.set_blueprint(session, second, papers.cells(session, exam.blueprint_id))
        preparing.publish(session, second.id, now=NOW, on=TODAY)
        roster = {row.candidate_id for row in queries.roster(session, second.id)}
        assert roster == {failed.id, absent.id, deferred.id}


def test_an_excuse_needs_a_reason(app):
    with app.app_context(), db.transaction() as session:
        person = make_person(session)
        exam = ready(session)
        preparing.publish(session, exam.id, now=NOW, on=TODAY)
        with pytest.raises(InputError, match="原因"):
            service.set_status(session, exam.id, person.id, "excused", " ")
        assert service.set_status(session, exam.id, person.id, "excused", "本年度退休").reason == "本年度退休"
