"""What is over time goes once a day, is on record, and nothing goes before its time."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from quizapp import clock
from quizapp.audit import queries as audit_queries
from quizapp.audit import service as audit
from quizapp.audit.queries import Filters
from quizapp.audit.verification import verify
from quizapp.db import db
from quizapp.jobs.models import Job
from quizapp.kernel.errors import InputError
from quizapp.kernel.ids import new_id
from quizapp.kernel.periods import MONTH, Periods, read
from quizapp.people.models import FailedSignIn, OneTimeLink, SignIn
from quizapp.privacy import tasks
from quizapp.privacy.cli import keeping
from quizapp.rosters import service as rosters
from quizapp.rosters.attachments import Attached, cabinet
from quizapp.rosters.models import ExcuseReason
from quizapp.rosters.queries import every_attachment
from quizapp.rosters.rules import SELF
from tests.builders.exams import make_exam
from tests.builders.people import make_person
from tests.databases import both_databases


@pytest.mark.parametrize(("texts", "sentence"), [
    ({"logs": "5"}, "至少保存 6 个月"), ({"audit": "5", "logs": "5"}, "至少保存 6 个月"), ({"jobs": "0"}, "至少保存 6 个月"),
    ({"logs": "24", "audit": "12"}, "不能小于"), ({"logs": "-1"}, "要写几个月"), ({"logs": "six"}, "要写几个月"),
])
def test_a_period_shorter_than_the_law_allows_is_refused(texts: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError, match="QUIZAPP_KEEP") as caught:
        read(texts)
    assert sentence in str(caught.value)


def test_periods_as_they_come_and_as_they_are_set() -> None:
    assert read({"logs": "", "audit": "", "jobs": ""}) == Periods(12, 60, 12)
    assert read({"logs": "6", "audit": "6", "jobs": "6"}) == Periods(6, 6, 6)
    assert timedelta(days=184) <= 6 * MONTH, "six months are never shorter than the longest six months"


@both_databases
def test_an_attachment_without_a_row_goes_after_a_day_and_any_other_stays(app: Flask, exam_morning: time_machine.Traveller) -> None:
    """The server died after the file was written and before its row was certain."""
    with app.app_context():
        with db.transaction() as session:
            person = make_person(session)
            exam = make_exam(session, ["single"], candidates=[person])
            reason = session.scalars(select(ExcuseReason).limit(1)).one()
            asked = rosters.Asked(reason.id, "住院", [Attached("证明.pdf", "application/pdf", b"%PDF-1.7 known")])
            me = rosters.By(person.id, person.name, SELF)
            rosters.ask(session, exam.id, person.id, asked, me, cabinet(), now=clock.now())
        left, fresh = new_id(), new_id()
        for name, hours in ((left, 30), (fresh, 1)):
            cabinet().keep(name, b"unknown")
            moment = (clock.now() - timedelta(hours=hours)).timestamp()
            os.utime(cabinet().folder / name.hex, (moment, moment))
        (known,) = every_attachment(db.session())
        os.utime(cabinet().folder / known.hex, (0, 0))
        assert tasks.run("system")["excuse_files"] == 1
        assert {path.name for path in cabinet().folder.iterdir()} == {known.hex, fresh.hex}


@both_databases
def test_what_is_over_time_goes_and_nothing_else(app: Flask, exam_morning: time_machine.Traveller) -> None:
    tasks.DONE.clear()
    with app.app_context():
        write()
        with db.transaction() as session:
            for number in range(3):
                audit.record(session, "add_unit", "unit", number)
        exam_morning.shift(12 * MONTH - timedelta(hours=1))
        write()
        tasks.keep_periods()
        assert rows() == {"sign_in": 2, "failed_sign_in": 2, "one_time_link": 1, "job": 2}, "links are over after 30 days"
        exam_morning.shift(timedelta(hours=2))
        tasks.keep_periods()
        assert rows()["sign_in"] == 2, "once a day"
        said = json.loads(app.test_cli_runner().invoke(keeping, ["run", "--dry-run", "--json"]).output)
        assert said["classes"] == {"sign_ins": 1, "failed_sign_ins": 1, "links": 0, "jobs": 1, "audit_events": 0}
        assert rows()["sign_in"] == 2, "a dry run removes nothing"
        exam_morning.shift(timedelta(days=1))
        tasks.keep_periods()
        tasks.keep_periods()
        assert rows() == {"sign_in": 1, "failed_sign_in": 1, "one_time_link": 1, "job": 1}
        runs = audit_queries.page(db.session(), Filters(action="run_retention"), limit=9)
        assert [run.detail["classes"]["sign_ins"] for run in runs] == [1, 0]

        exam_morning.shift(50 * MONTH)
        tasks.keep_periods()
        (run,) = audit_queries.page(db.session(), Filters(action="run_retention"), limit=1)
        assert run.detail["classes"]["audit_events"] == 3, "the three acts are older than five years, the runs are not"
        cut = audit_queries.cut(db.session())
        assert cut is not None
        assert cut.number == 3
        assert verify(db.session(), []).holds


def write() -> None:
    """One of each class, over and done with now."""
    now = clock.now()
    with db.transaction() as session:
        person = make_person(session)
        session.add_all([
            SignIn(token_hash=f"s{now}", person_id=person.id, created_at=now, last_seen_at=now, ended_at=now,
                   expires_at=now + timedelta(days=400), address="10.0.0.7", device=""),
            FailedSignIn(login="p", address="10.0.0.7", at=now),
            OneTimeLink(token_hash=f"l{now}", person_id=person.id, created_at=now, expires_at=now),
            Job(kind="people.import", params={}, state="done", result={}, created_at=now, finished_at=now),
        ])


def rows() -> dict[str, int]:
    return {model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) or 0
            for model in (SignIn, FailedSignIn, OneTimeLink, Job)}
