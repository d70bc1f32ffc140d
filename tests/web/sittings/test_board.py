"""The board and the pages on which time is given; every page is read by the linting client."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from quizapp.attempts import service as attempting
from quizapp.attempts.rules.saves import Save
from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.exams.models import Accommodation, Exam
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from tests.builders.exams import OPENS, enrol, make_exam
from tests.builders.people import grant, make_agency, make_person, make_unit, sign_in
from tests.page_lint import LintingClient

TAB = "tab-one-0001"
MINUTE = timedelta(minutes=1)
CLOSES = OPENS + 90 * MINUTE


@dataclass
class Hall:
    app: Flask
    exam_id: int
    people: dict[str, int]
    admin: LintingClient
    liaison: LintingClient
    at: str

    def page(self, rest: str = "/board", who: LintingClient | None = None) -> str:
        answer = (who or self.admin).get(f"{self.at}{rest}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def post(self, rest: str, status: int = 303, **fields: Any) -> str:
        answer = self.admin.post(f"{self.at}{rest}", data=fields)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def exam(self) -> Exam:
        with self.app.app_context():
            return db.session().get_one(Exam, self.exam_id)


@pytest.fixture
def hall(app: Flask, exam_morning: time_machine.Traveller) -> Hall:
    """Four units with five people: one at work, one silent, one handed in, one collected, one not there; an
    administrator, and a liaison of the second unit."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        top = make_agency(session)
        office, service = make_unit(session, "办公室", top), make_unit(session, "服务中心", top)
        kitchen = make_unit(session, "餐饮科", service)
        people = {name: make_person(session, name, unit) for name, unit in (
            ("甲在答", office), ("乙静默", service), ("丙交卷", kitchen), ("丁到时", kitchen), ("戊未到", service))}
        exam = make_exam(session, ["single", "multiple"], closes_at=CLOSES)
        for person in people.values():
            enrol(session, exam, person)
        admin = grant(session, make_person(session, "何静安"), Role.EXAM_ADMIN)
        liaison = grant(session, make_person(session, "宋嘉禾", service), Role.LIAISON, service)
        ids = {name: person.id for name, person in people.items()}
        for name, minutes in (("甲在答", 0), ("乙静默", 0), ("丙交卷", 0), ("丁到时", 0)):
            attempt = attempting.start(session, exam, ids[name], now=OPENS + minutes * MINUTE)
            attempting.claim(session, ids[name], attempt.id, TAB)
            moment = OPENS + (29 if name == "甲在答" else 5) * MINUTE
            attempting.save_batch(session, ids[name], attempt.id, TAB, 1, [
                Save(1, 1, ["1"], False, True), Save(2, 2, [], False, True)], received_at=moment)
            if name == "丙交卷":
                attempting.submit(session, ids[name], attempt.id, now=OPENS + 20 * MINUTE)
            if name == "丁到时":
                attempt.deadline_at = OPENS + 25 * MINUTE
                session.flush()
                attempting.finish_overdue(session, now=OPENS + 26 * MINUTE)
        exam_id = exam.id
    exam_morning.move_to(OPENS + 30 * MINUTE)
    clients = []
    for person in (admin, liaison):
        client = app.test_client()
        assert isinstance(client, LintingClient)
        sign_in(client, person)
        clients.append(client)
    return Hall(app, exam_id, ids, clients[0], clients[1], f"/exams/{exam_id}")


def counts(page: str) -> dict[str, int]:
    tiles = re.findall(r'<span class="vh">(\S+?)：</span>([\d,]+)</a>', page)
    return {name: int(number) for name, number in tiles}


def names(page: str) -> set[str]:
    return {name for name in ("甲在答", "乙静默", "丙交卷", "丁到时", "戊未到") if name in page}


def test_the_board_counts_everybody_by_state_and_unit(hall: Hall) -> None:
    page = hall.page()
    assert counts(page) == {"应考": 5, "已进入": 4, "正在作答": 2, "静默": 1, "已交卷": 1, "到时交卷": 1, "未进入": 1}
    assert names(page) == {"甲在答", "乙静默", "丙交卷", "丁到时", "戊未到"}
    assert "09:30:00" in page
    assert "服务中心" in page
    assert "餐饮科</a>" not in page.split("people-h")[0]  # two levels at a time


@pytest.mark.parametrize(
    ("state", "seen"),
    [("working", {"甲在答", "乙静默"}), ("silent", {"乙静默"}), ("submitted", {"丙交卷"}), ("expired", {"丁到时"}), ("absent", {"戊未到"}),
     ("entered", {"甲在答", "乙静默", "丙交卷", "丁到时"}), ("nonsense", {"甲在答", "乙静默", "丙交卷", "丁到时", "戊未到"})],
)
def test_a_figure_leads_to_its_people(hall: Hall, state: str, seen: set[str]) -> None:
    assert names(hall.page(f"/board?state={state}")) == seen


def test_a_unit_is_seen_with_what_lies_below(hall: Hall) -> None:
    page = hall.page()
    unit = re.search(r'href="([^"]*unit=\d+[^"]*)">服务中心', page)
    assert unit is not None
    inside = hall.admin.get(unit[1].replace("&amp;", "&")).get_data(as_text=True)
    assert counts(inside)["应考"] == 4
    assert names(inside) == {"乙静默", "丙交卷", "丁到时", "戊未到"}
    assert "餐饮科</a>" in inside


def test_a_liaison_sees_own_units_and_may_only_look(hall: Hall) -> None:
    page = hall.page(who=hall.liaison)
    assert counts(page)["应考"] == 4
    assert "甲在答" not in page
    assert "办公室" not in page
    for word in ("全场延时", "暂停考试", "便利措施", "加时", f"{hall.at}/people/"):
        assert word not in page
    sheet = hall.liaison.get(f"{hall.at}/board?download=csv").get_data(as_text=True)
    assert "甲在答" not in sheet
    assert sheet.count("\n") == 5
    foreign = hall.liaison.get(f"{hall.at}/board?unit=1&q=甲在答").get_data(as_text=True)
    assert "没有符合的行" in foreign
    for rest in ("/pause", "/extension", "/accommodations", f"/people/{hall.people['乙静默']}", "/postponement"):
        assert hall.liaison.get(f"{hall.at}{rest}").status_code == 403
    for rest in ("/pause", "/resume", "/extension", f"/people/{hall.people['乙静默']}/extension"):
        assert hall.liaison.post(f"{hall.at}{rest}", data={"minutes": 5, "why": "x"}).status_code == 403


def test_the_part_that_lives_is_fetched_alone_with_addresses_of_the_page(hall: Hall) -> None:
    answer = hall.admin.get(f"{hall.at}/board?state=working", headers={"Quizapp-Part": "live"})
    part = answer.get_data(as_text=True)
    assert "<html" not in part
    assert counts(part)["应考"] == 5
    assert f'href="{hall.at}/board?state=working&amp;sort=name"' in part


def test_the_table_is_downloaded_as_it_is_filtered(hall: Hall) -> None:
    text = hall.admin.get(f"{hall.at}/board?state=working&download=csv").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["姓名"] for row in rows] == ["甲在答", "乙静默"]
    assert [row["已答"] for row in rows] == ["1", "1"]
    assert rows[0]["最后保存"] == "09:29:00"


def statements(app: Flask, act: Callable[[], object]) -> int:
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(found)


def test_the_board_asks_as_much_for_many_as_for_few(hall: Hall) -> None:
    before = statements(hall.app, hall.page)
    with hall.app.app_context(), db.transaction() as session:
        exam = session.get_one(Exam, hall.exam_id)
        for number in range(30):
            person = make_person(session, f"应考人{number}")
            enrol(session, exam, person)
            attempting.start(session, exam, person.id, now=OPENS)
    assert statements(hall.app, hall.page) == before
    assert before <= 16  # four of them count what waits, for the navigation


def test_an_exam_without_a_board_is_not_found(hall: Hall) -> None:
    with hall.app.app_context(), db.transaction() as session:
        paper, draft = make_exam(session, ["single"], kind="paper").id, make_exam(session, ["single"], state="draft").id
    for exam_id in (paper, draft, 999_999, 2**31):
        assert hall.admin.get(f"/exams/{exam_id}/board").status_code == 404


# ---------------------------------------------------------------- one person


def test_minutes_for_one_person(hall: Hall) -> None:
    rest = f"/people/{hall.people['甲在答']}"
    page = hall.page(rest)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is not None
    hall.post(f"{rest}/extension", minutes="15", why="电脑故障", seen=seen[1])
    page = hall.page(rest)
    assert "10:45，还有 75 分钟" in page
    assert "电脑故障" in page
    refused = hall.post(f"{rest}/extension", 409, minutes="15", why="电脑故障", seen=seen[1])
    assert "已经被别人改过" in refused
    assert "+15" not in hall.page()
    assert "延时 15 分" in hall.page()
    wrong = hall.post(f"{rest}/extension", 422, minutes="241", why="")
    assert "请填写 1 至 240 的整数" in wrong
    with hall.app.app_context():
        recorded = db.session().scalars(select(AuditEvent).where(AuditEvent.action == "extend_attempt")).one()
    assert recorded.detail["minutes"] == 15


def test_who_has_handed_in_gets_no_minutes(hall: Hall) -> None:
    rest = f"/people/{hall.people['丙交卷']}"
    assert "已经交卷，不能再延时" in hall.page(rest)
    assert "已在 2026-11-25 09:20 交卷" in hall.post(f"{rest}/extension", 409, minutes="15", why="电脑故障")


def test_an_accommodation_is_entered_changed_and_withdrawn(hall: Hall) -> None:
    rest = f"/people/{hall.people['甲在答']}"
    fields: dict[str, Any] = {"extra_percent": "30", "break_minutes": "10", "ground": "unit", "detail": "只说这一句"}
    hall.post(f"{rest}/accommodation", **fields)
    assert "10:57，还有 87 分钟" in hall.page(rest)
    assert "+30%，休息 10 分" in hall.page()
    listed = hall.page("/accommodations")
    assert "所在单位书面申请：只说这一句" in listed
    hall.post(f"{rest}/accommodation", **(fields | {"extra_percent": "50"}))
    assert "11:15，还有 105 分钟" in hall.page(rest)
    assert "请选择延长多少" in hall.post(f"{rest}/accommodation", 422, **(fields | {"extra_percent": "0", "break_minutes": "0"}))
    hall.post(f"{rest}/accommodation/withdraw")
    assert "10:30，还有 60 分钟" in hall.page(rest)
    with hall.app.app_context():
        recorded = db.session().scalars(select(AuditEvent).where(AuditEvent.action == "change_accommodation")).all()
        assert len(recorded) == 3
        assert not any("只说这一句" in str(one.detail) for one in recorded)
        assert db.session().scalars(select(Accommodation)).all() == []


def test_somebody_is_found_by_work_number(hall: Hall) -> None:
    with hall.app.app_context():
        login = db.session().get_one(Person, hall.people["戊未到"]).login
    assert "还没有登记便利措施" in hall.page("/accommodations")
    answer = hall.admin.post(f"{hall.at}/accommodations", data={"login": f" {login} "})
    assert answer.location.endswith(f"/people/{hall.people['戊未到']}#accommodation")
    assert "应考名单里没有工号 nobody" in hall.post("/accommodations", 422, login="nobody")
    assert hall.admin.get(f"{hall.at}/people/999999").status_code == 404
    assert hall.admin.get(f"{hall.at}/people/{2**31}").status_code == 404


def test_nobody_gives_time_to_themselves(hall: Hall) -> None:
    with hall.app.app_context(), db.transaction() as session:
        own = session.scalars(select(Person).where(Person.name == "何静安")).one()
        enrol(session, session.get_one(Exam, hall.exam_id), own)
    page = hall.page(f"/people/{own.id}")
    assert "这是你自己的考试" in page
    assert hall.admin.post(f"{hall.at}/people/{own.id}/accommodation", data={
        "extra_percent": "30", "break_minutes": "0", "ground": "unit"}).status_code == 403


# ---------------------------------------------------------------- everybody


def test_a_short_extension_counts_at_once_and_a_second_one_is_shown_first(hall: Hall) -> None:
    given: dict[str, Any] = {"minutes": "10", "why": "停电", "seen": hall.exam().closes_at.isoformat()}
    hall.post("/extension", **given)
    assert hall.exam().closes_at == CLOSES + 10 * MINUTE
    given["seen"] = hall.exam().closes_at.isoformat()
    page = hall.post("/extension", 200, **given)
    assert "再看一遍" in page
    assert "2 人，各加 10 分钟" in page
    assert "10:40 改为" in page
    assert hall.exam().closes_at == CLOSES + 10 * MINUTE
    hall.post("/extension", **given, sure="1")
    assert hall.exam().closes_at == CLOSES + 20 * MINUTE
    assert "已经被别人改过" in hall.post("/extension", 409, **given, sure="1")


def test_a_long_extension_is_shown_first(hall: Hall) -> None:
    assert "再看一遍：全场延时 31 分钟" in hall.post("/extension", 200, minutes="31", why="停电")
    assert hall.exam().closes_at == CLOSES
    assert "请填写" in hall.post("/extension", 422, minutes="", why="")


def test_a_sitting_is_paused_and_goes_on(hall: Hall, exam_morning: time_machine.Traveller) -> None:
    assert "暂停考试" in hall.page("/pause")
    assert "请填写" in hall.post("/pause", 422, why="")
    hall.post("/pause", why="机房停电")
    page = hall.page()
    assert "考试已暂停" in page
    assert "恢复考试" in page
    exam_morning.shift(40 * MINUTE)
    assert "40 分钟" in hall.page("/pause")
    hall.post("/resume")
    assert hall.exam().closes_at == CLOSES + 40 * MINUTE
    assert "没有暂停" in hall.post("/resume", 409)
    with hall.app.app_context():
        acts = db.session().scalars(select(AuditEvent.action).order_by(AuditEvent.number)).all()
    assert acts[-2:] == ["pause_exam", "resume_exam"]


def test_a_start_ahead_can_be_put_off(hall: Hall) -> None:
    assert "已经开始" in hall.post("/postponement", 409, minutes="10", why="没准备好")
    with hall.app.app_context(), db.transaction() as session:
        session.get_one(Exam, hall.exam_id).opens_at = opens = OPENS + 40 * MINUTE
    assert "推迟开始" in hall.page()
    assert "推迟开始" in hall.page("/postponement")
    hall.post("/postponement", minutes="10", why="没准备好", seen=opens.isoformat())
    assert (hall.exam().opens_at, hall.exam().closes_at) == (opens + 10 * MINUTE, CLOSES + 10 * MINUTE)
    assert "请填写" in hall.post("/postponement", 422, minutes="x", why="")
    assert "页面已经过时" in hall.post("/postponement", 422, minutes="10", why="没准备好", seen="yesterday")
