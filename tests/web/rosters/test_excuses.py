"""Excuse and deferral through the pages: who asks, consents, decides; what is kept, and who may read it.

One installation a database for all of it: every test has an exam and a person of its own.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select

from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams import service as setting_up
from quizapp.kernel.roles import Role
from quizapp.papers.models import BlueprintRow
from quizapp.people.models import Person, Unit
from quizapp.rosters.models import ExcuseCase, ExcuseFile, ExcuseReason, ExcuseStep
from tests.builders.exams import CLOSES, OPENS, make_exam
from tests.builders.marking import hand_in
from tests.builders.people import grant, make_agency, make_person, make_unit, sign_in
from tests.conftest import EXAM_MORNING, close_connections, make_app
from tests.page_lint import LintingClient

DEFERRED, EXCUSED = "8", "3"  # 因公出差, 长期病假: in the order of the migration
PDF = b"%PDF-1.7 \xe8\xaf\x81\xe6\x98\x8e"


class Office:
    """The installation with its people, each in a browser."""

    def __init__(self, app):
        self.app = app
        self.browsers = {}
        with app.app_context(), db.transaction() as session:
            top = make_agency(session)
            self.unit, other = make_unit(session, "甲处", top), make_unit(session, "乙处", top)
            people = {
                "admin": grant(session, make_person(session, "何静安", top), Role.EXAM_ADMIN),
                "second_admin": grant(session, make_person(session, "方敏之", top), Role.EXAM_ADMIN),
                "liaison": grant(session, make_person(session, "陆知行", self.unit), Role.LIAISON, self.unit),
                "elsewhere": grant(session, make_person(session, "贺兰舟", other), Role.LIAISON, other),
                "stranger": make_person(session, "温如玉", self.unit),
            }
            self.ids = {name: person.id for name, person in people.items()}
            self.unit_id = self.unit.id
        for name in people:
            self.enter(name)

    def enter(self, name):
        self.browsers[name] = self.app.test_client()
        with self.app.app_context():
            person = db.session.get_one(Person, self.ids[name])
        sign_in(self.browsers[name], person)

    def exam(self, *names, **settings):
        """A published exam with these people on its roster, and a new candidate of the unit; their ids."""
        with self.app.app_context(), db.transaction() as session:
            candidate = make_person(session, "沈砚秋", session.get_one(Unit, self.unit_id))
            more = [session.get_one(Person, self.ids[name]) for name in names]
            exam = make_exam(session, ("single",), candidates=[candidate, *more], **settings)
            self.ids["candidate"], ids = candidate.id, (exam.id, candidate.id)
        self.enter("candidate")
        return ids

    def read(self, name, address):
        answer = self.browsers[name].get(address)
        return answer.status_code, answer.get_data(as_text=True)

    @contextmanager
    def later(self, moment, *names):
        """At another time these people sign in anew."""
        with time_machine.travel(moment, tick=False):
            for name in names:
                self.enter(name)
            yield
        for name in names:
            self.enter(name)

    def post(self, who, address, **data):
        return self.browsers[who].post(address, data=data, content_type="multipart/form-data")

    def ask(self, exam_id, reason=DEFERRED, **more):
        return self.post("candidate", f"/my/exams/{exam_id}/excuse", reason=reason, **more)

    def last(self):
        with self.app.app_context():
            return db.session.scalars(select(ExcuseCase).order_by(ExcuseCase.id.desc()).limit(1)).one()

    def status(self, exam_id, candidate_id):
        with self.app.app_context():
            entry = exams.roster_entry(db.session(), exam_id, candidate_id)
            return entry.status, entry.reason

    def acts(self, case_id):
        with self.app.app_context():
            return [(step.act, step.capacity, step.words) for step in db.session.scalars(
                select(ExcuseStep).where(ExcuseStep.case_id == case_id).order_by(ExcuseStep.id))]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def office(request, templates, tmp_path_factory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("excuses")
    with time_machine.travel(EXAM_MORNING, tick=False), templates.copy(request.param, folder) as url:
        app = make_app(url, folder / "instance")
        app.config["WTF_CSRF_ENABLED"] = False
        app.test_client_class = LintingClient
        yield Office(app)
        close_connections(app)


def test_from_the_candidate_over_the_unit_to_the_decision(office):
    exam_id, candidate = office.exam()
    own = f"/my/exams/{exam_id}/excuse"
    assert "申请免考或者缓考" in office.read("candidate", "/my-exams")[1]
    assert "提出申请" in office.read("candidate", own)[1]
    assert office.ask(exam_id, note="12 月出差", files=(io.BytesIO(PDF), "../出差 证明.pdf")).status_code == 303
    case = office.last()
    address = f"/excuses/{case.id}"
    assert (case.state, case.kind, case.reason, case.note) == ("asked", "deferred", "因公出差", "12 月出差")
    assert "缓考：等单位同意" in office.read("candidate", "/my-exams")[1]
    assert office.ask(exam_id).status_code == 409  # one at a time
    # nobody skips the unit, and another unit knows of nothing
    assert office.post("admin", f"{address}/decision", then="yes").status_code == 409
    assert "还要等所在单位的联络员同意" in office.read("admin", address)[1]
    assert office.read("elsewhere", address)[0] == 404
    assert office.post("elsewhere", f"{address}/consent", then="yes").status_code == 404
    assert "沈砚秋" not in office.read("elsewhere", "/excuses")[1]
    assert "沈砚秋" in office.read("liaison", "/excuses")[1]
    assert office.post("liaison", f"{address}/consent", then="yes", words="情况属实",
                       files=(io.BytesIO(PDF), "盖章.pdf")).status_code == 303
    assert office.post("liaison", f"{address}/consent", then="yes").status_code == 409
    assert office.status(exam_id, candidate) == ("expected", "")
    assert office.post("admin", f"{address}/decision", then="no", words=" ").status_code == 422
    assert office.post("admin", f"{address}/decision", then="yes").status_code == 303
    assert office.status(exam_id, candidate) == ("deferred", "因公出差")
    assert office.acts(case.id) == [("ask", "self", ""), ("consent", "unit", "情况属实"), ("grant", "desk", "")]
    for who, page in (("candidate", own), ("liaison", address), ("admin", f"/exams/{exam_id}/roster/{candidate}")):
        shown = office.read(who, page)[1]
        assert all(words in shown for words in ("提出申请", "单位同意", "管理员同意", "情况属实", "出差 证明.pdf", "盖章.pdf")), who
    with office.app.app_context():
        found = db.session.execute(select(AuditEvent.action, AuditEvent.detail).where(
            AuditEvent.object_type == "excuse", AuditEvent.object_id == str(case.id)).order_by(AuditEvent.number)).all()
    acts = [action for action, _detail in found if action != "refuse_object"]
    assert acts == ["ask_excuse", "consent_excuse", "grant_excuse"]
    assert len(found) > len(acts)  # and those of the other unit, who were refused, are on the record of the case
    assert found[-1][1]["before"] == "consented"
    assert not [words for _action, detail in found for words in ("出差", "属实") if words in str(detail)]


def test_nobody_decides_on_their_own(office):
    """A liaison and an administrator are candidates too."""
    exam_id, _candidate = office.exam("liaison", "admin")
    for who in ("liaison", "admin"):
        assert office.post(who, f"/my/exams/{exam_id}/excuse", reason=EXCUSED).status_code == 303
        case = office.last()
        if who == "liaison":
            assert office.post(who, f"/excuses/{case.id}/consent", then="yes").status_code == 403
            assert "这是你自己的申请" in office.read(who, f"/excuses/{case.id}")[1]
        else:
            assert office.post(who, f"/excuses/{case.id}/decision", then="yes").status_code == 403
        me = office.ids[who]
        if who == "admin":
            for act in ("", "/restore", "/remove"):
                assert office.post(who, f"/exams/{exam_id}/roster/{me}{act}", reason=EXCUSED, why="x").status_code == 403
        # no other liaison of theirs could consent: the other administrator decides at once
        assert office.post("second_admin", f"/excuses/{case.id}/decision", then="yes").status_code == 303
        assert office.status(exam_id, me) == ("excused", "长期病假")


def test_the_unit_asks_for_its_people_and_for_no_others(office):
    exam_id, candidate = office.exam("admin")
    address = f"/exams/{exam_id}/roster/{candidate}"
    assert "由单位提出申请" in office.read("liaison", address)[1]
    assert office.read("elsewhere", address)[0] == 404
    assert office.post("elsewhere", f"{address}/excuse", reason=EXCUSED).status_code == 404
    assert office.post("liaison", f"/exams/{exam_id}/roster/{office.ids['admin']}/excuse", reason=EXCUSED).status_code == 404
    assert office.post("liaison", f"{address}/excuse", reason="0").status_code == 422
    assert office.post("liaison", f"{address}/excuse", reason=EXCUSED).status_code == 303
    case = office.last()
    assert (case.state, case.capacity) == ("consented", "unit")
    # withdrawn by whoever asked, and by nobody else
    assert office.post("candidate", f"/excuses/{case.id}/withdraw").status_code == 404
    assert office.post("liaison", f"/excuses/{case.id}/withdraw").status_code == 303
    assert office.post("admin", f"/excuses/{case.id}/decision", then="yes").status_code == 409
    assert office.status(exam_id, candidate)[0] == "expected"
    assert "已撤回" in office.read("liaison", "/excuses?all=1")[1]


def test_attachments_are_checked_kept_outside_and_for_few(office):
    exam_id, _candidate = office.exam()
    for name, content in (("a.html", b"<script>"), ("a.pdf", b"<html>"), ("a.docx", b"PK\x03\x04")):
        answer = office.ask(exam_id, files=(io.BytesIO(content), name))
        assert answer.status_code == 422
        assert "a." in answer.get_data(as_text=True)
    assert office.ask(exam_id, files=(io.BytesIO(PDF), "<b>证明</b>.pdf")).status_code == 303
    case = office.last()
    with office.app.app_context():
        file = db.session.scalars(select(ExcuseFile).where(ExcuseFile.case_id == case.id)).one()
    stored = office.app.config["SETTINGS"].instance_path / "excuses" / file.id.hex
    assert stored.read_bytes() == PDF
    assert stored.stat().st_mode & 0o077 == 0
    address = f"/excuses/files/{file.id}"
    for who in ("candidate", "liaison", "admin"):
        answer = office.browsers[who].get(address)
        assert answer.get_data() == PDF, who
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    for who in ("stranger", "elsewhere"):
        assert office.read(who, address)[0] == 404, who
    with office.app.app_context():
        seen = db.session.scalars(select(AuditEvent.actor_id).where(
            AuditEvent.action == "download_excuse_file", AuditEvent.object_id == str(case.id))).all()
    assert sorted(seen) == sorted(office.ids[who] for who in ("candidate", "liaison", "admin"))
    stored.write_bytes(b"%PDF-1.7 other")
    assert office.read("admin", address)[0] == 404


def test_who_has_begun_cannot_be_excused_any_more(office):
    exam_id, candidate = office.exam(opens_at=OPENS - timedelta(days=1))
    assert office.ask(exam_id).status_code == 303
    case = office.last()
    assert office.post("liaison", f"/excuses/{case.id}/consent", then="yes").status_code == 303
    with office.app.app_context(), db.transaction() as session:
        hand_in(session, exams.get(session, exam_id), session.get_one(Person, candidate), "", OPENS)
    assert "这份申请不能再同意" in office.read("admin", f"/excuses/{case.id}")[1]
    answer = office.post("admin", f"/excuses/{case.id}/decision", then="yes")
    assert answer.status_code == 409
    assert "已经开始作答或者已有成绩" in answer.get_data(as_text=True)
    assert office.status(exam_id, candidate)[0] == "expected"
    assert office.post("admin", f"/excuses/{case.id}/decision", then="no", words="已经作答").status_code == 303
    assert office.ask(exam_id).status_code == 409


def test_restored_until_results_are_out_and_counted_as_decided(office):
    """应考 is the roster without excused and deferred people, at each moment."""
    exam_id, candidate = office.exam("stranger", opens_at=OPENS - timedelta(days=3), closes_at=OPENS + timedelta(days=1),
                                     settles_at=OPENS + timedelta(days=1))
    entry = f"/exams/{exam_id}/roster/{candidate}"

    def expected():
        with office.app.app_context():
            found = exams.roster_counts(db.session(), exam_id)
            return found["expected"], found["excused"], found["deferred"]

    def reported():
        rows = json.loads(office.read("admin", f"/reports/exams/{exam_id}/export.json")[1])["rows"]
        (row,) = [row for row in rows if row["unit"] == "甲处"]
        return row["expected"], row["excused"], row["deferred"]

    assert expected() == reported() == (2, 0, 0)
    assert office.post("admin", entry, reason=EXCUSED, files=(io.BytesIO(PDF), "盖章.pdf")).status_code == 303
    assert expected() == reported() == (1, 1, 0)
    assert office.post("admin", entry, reason=EXCUSED).status_code == 409
    assert office.post("admin", f"{entry}/restore", why="").status_code == 422
    assert office.post("admin", f"{entry}/restore", why="已经出院").status_code == 303
    assert expected() == reported() == (2, 0, 0)
    assert office.acts(office.last().id) == [("register", "desk", ""), ("reverse", "desk", "已经出院")]
    assert office.post("admin", entry, reason=DEFERRED).status_code == 303
    assert expected() == reported() == (1, 0, 1)
    with office.later(EXAM_MORNING + timedelta(days=2), "admin", "stranger"):
        assert office.post("admin", f"{entry}/restore", why="太晚了").status_code == 409
        assert office.post("admin", f"/exams/{exam_id}/roster/{office.ids['stranger']}", reason=EXCUSED).status_code == 409
        assert "成绩已经公布" in office.read("stranger", f"/my/exams/{exam_id}/excuse")[1]
    assert expected() == (1, 0, 1)


def test_a_reason_is_retired_and_never_rewritten(office):
    exam_id, _candidate = office.exam()
    assert office.ask(exam_id).status_code == 303
    case = office.last()
    assert office.post("liaison", "/excuses/reasons", kind="excused", name="x").status_code == 403
    assert office.post("admin", f"/excuses/reasons/{DEFERRED}", then="retire").status_code == 303
    try:
        assert office.post("candidate", f"/excuses/{case.id}/withdraw").status_code == 303
        assert office.ask(exam_id).status_code == 422
        assert "因公出差" in office.read("admin", f"/excuses/{case.id}")[1]
        assert office.post("admin", "/excuses/reasons", kind="deferred", name=" 因公出差 ").status_code == 409
    finally:
        assert office.post("admin", f"/excuses/reasons/{DEFERRED}", then="reinstate").status_code == 303
    assert office.post("admin", "/excuses/reasons", kind="deferred", name="抗洪抢险").status_code == 303
    assert "抗洪抢险" in office.read("candidate", f"/my/exams/{exam_id}/excuse")[1]
    with office.app.app_context():
        assert db.session.get_one(ExcuseReason, int(DEFERRED)).name == "因公出差"


def test_late_additions_have_papers_and_are_on_record(office):
    exam_id, _candidate = office.exam(opens_at=OPENS - timedelta(days=1))
    with office.app.app_context(), db.transaction() as session:
        new = make_unit(session, "新设的处", make_agency(session))
        late, twin, _same = (make_person(session, name, new) for name in ("迟到者", "同名", "同名"))
        ids, logins, office.ids["late"] = (late.id, twin.id), (late.login, twin.login), late.id
    address = f"/exams/{exam_id}/roster/late"
    answer = office.post("admin", address, people=f"{logins[0]}\n同名\nq99999", why="新任职")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "第 2 行 同名：有几个人同名，请写工号" in page
    assert "第 3 行 q99999：没有这个工号" in page
    with office.app.app_context():
        assert exams.roster_entry(db.session(), exam_id, ids[0]) is None  # all or nobody
    assert office.post("admin", address, people=f"迟到者，{logins[1]}", why="新任职").status_code == 303
    assert "已经在名单里" in office.post("admin", address, people="迟到者", why="新任职").get_data(as_text=True)
    page = office.read("admin", address)[1]
    assert all(words in page for words in ("补进", "迟到者", "新设的处", "新任职", "何静安"))
    assert "新设的处" in office.read("admin", f"/exams/{exam_id}/roster")[1]
    office.enter("late")
    assert "迟到者" not in office.read("liaison", f"/exams/{exam_id}/roster")[1]
    with office.app.app_context(), db.transaction() as session:
        assert hand_in(session, exams.get(session, exam_id), session.get_one(Person, ids[0]), "", OPENS).finished_at
    # whoever has sat stays, whoever has not may go, with an open application
    assert office.post("admin", f"/exams/{exam_id}/roster/{ids[0]}/remove", why="登记错了").status_code == 409
    assert office.post("admin", f"/exams/{exam_id}/roster/{ids[1]}/remove", why="").status_code == 422
    assert office.post("admin", f"/exams/{exam_id}/roster/{ids[1]}/remove", why="登记错了").status_code == 303
    with office.app.app_context():
        assert exams.roster_entry(db.session(), exam_id, ids[1]) is None
        actions = db.session.scalars(select(AuditEvent.action).where(
            AuditEvent.object_type == "exam", AuditEvent.object_id == str(exam_id)).order_by(AuditEvent.number)).all()
    assert actions == ["add_to_roster", "remove_from_roster"]
    assert "移出" in office.read("admin", address)[1]
    with office.later(CLOSES + timedelta(hours=1), "admin"):
        assert office.post("admin", address, people=logins[1], why="太晚").status_code == 409
        assert "现在不能加人" in office.read("admin", address)[1]


def test_removal_voids_an_open_application(office):
    exam_id, candidate = office.exam()
    assert office.ask(exam_id).status_code == 303
    case = office.last()
    assert office.post("admin", f"/exams/{exam_id}/roster/{candidate}/remove", why="已调走").status_code == 303
    assert office.last().state == "dropped"
    assert office.post("admin", f"/excuses/{case.id}/decision", then="yes").status_code == 409
    assert "已移出名单" in office.read("candidate", f"/my/exams/{exam_id}/excuse")[1]


def test_a_make_up_in_one_act(office):
    exam_id, candidate = office.exam("stranger", "liaison", "second_admin", opens_at=OPENS - timedelta(days=5),
                                     closes_at=OPENS - timedelta(days=3), settles_at=OPENS - timedelta(days=3),
                                     pass_mark=Decimal(5), excellence_mark=Decimal(9))
    with office.app.app_context(), db.transaction() as session:
        setting_up.set_status(session, exam_id, office.ids["liaison"], "excused", "长期病假")
        setting_up.set_status(session, exam_id, office.ids["second_admin"], "deferred", "因公出差")
        exam = exams.get(session, exam_id)
        hand_in(session, exam, session.get_one(Person, candidate), "", exam.opens_at)  # nothing right: failed
        session.add(BlueprintRow(blueprint_id=exam.blueprint_id, position=1, type="single", count=1, marks=Decimal(10)))
        closes = exam.closes_at - exam.opens_at
    running, _other = office.exam()
    assert office.post("admin", f"/exams/{running}/make-up").status_code == 409
    assert "建补考" in office.read("admin", f"/exams/{exam_id}")[1]
    answer = office.post("admin", f"/exams/{exam_id}/make-up")
    assert answer.status_code == 303
    made = int(re.findall(r"\d+$", answer.location)[0])
    page = office.read("admin", f"/exams/{made}")[1]
    assert "名单：3 人" in page
    assert "学法用法线上考试补考" in page
    assert office.post("admin", f"/exams/{exam_id}/make-up").status_code == 409  # a draft is there
    with office.app.app_context():
        draft, first = exams.get(db.session(), made), exams.get(db.session(), exam_id)
        assert exams.still_to_sit(db.session(), first) == {candidate, office.ids["stranger"], office.ids["second_admin"]}
        assert draft.closes_at - draft.opens_at == closes
        assert (draft.make_up_of_id, draft.minutes, draft.pass_mark) == (exam_id, first.minutes, first.pass_mark)
        assert draft.blueprint_id != first.blueprint_id




def test_what_waits_is_counted_beside_the_exams(office):
    """For the liaison first, after the consent for the administrator; the other unit's liaison hears nothing."""
    def waits(who):
        found = re.search(r"(\d+) 份等你办", office.read(who, "/exams")[1])
        return int(found[1]) if found else 0

    everybody = ("liaison", "admin", "elsewhere")
    exam_id, _candidate = office.exam()
    before = {who: waits(who) for who in everybody}
    assert office.ask(exam_id).status_code == 303
    assert {who: waits(who) - before[who] for who in everybody} == {"liaison": 1, "admin": 0, "elsewhere": 0}
    assert office.post("liaison", f"/excuses/{office.last().id}/consent", then="yes").status_code == 303
    assert {who: waits(who) - before[who] for who in everybody} == {"liaison": 0, "admin": 1, "elsewhere": 0}
