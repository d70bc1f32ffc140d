"""Marking in the browser: blind, one after the other, with what was typed kept."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import lxml.html
import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from quizapp.attempts import queries as attempts
from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel.roles import Role
from quizapp.marking.models import MarkingRecord
from quizapp.papers.models import Blueprint
from quizapp.people.models import Person
from tests.builders.bank import content_of, make_item
from tests.builders.exams import enrol, make_exam, make_form
from tests.builders.marking import RUBRIC, hand_in
from tests.builders.people import grant, make_person, make_unit, sign_in
from tests.page_lint import LintingClient

TEXT = "应当先告知当事人有要求听证的权利"
NAMES = ("陆明远", "顾怀宁", "秦若谷")
LOGINS = ("zk7041", "zk7042", "zk7043")
UNIT = "公共机构节能处"
RIGHT = {"p1": "3.5", "p2": "3", "p3": "2.25"}


@dataclass
class Marker:
    """A browser of one marker."""

    client: LintingClient
    exam_id: int

    @property
    def address(self) -> str:
        return f"/marking/{self.exam_id}"

    def get(self, address: str = "") -> str:
        return self.client.get(address or self.address).get_data(as_text=True)

    def form(self) -> str:
        """The address to which the page sends the marks."""
        found = re.search(r'<form class="marking-form[^>]* action="([^"]+)"', self.get())
        assert found is not None
        return found[1]

    def save(self, address: str = "", **fields: str) -> TestResponse:
        return self.client.post(address or self.form(), data=fields or RIGHT)


@pytest.fixture
def exam(app: Flask) -> int:
    """Three people of one unit, each with a short answer in a case."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        make_person(session, "院长")
        unit = make_unit(session, UNIT)
        people = [make_person(session, name, unit, login) for name, login in zip(NAMES, LOGINS, strict=True)]
        made = make_exam(session, forms=0, candidates=people)
        part = content_of("short", rubric=RUBRIC)
        items = [make_item(session, "single"), make_item(session, "case", parts=[part])]
        make_form(session, session.get_one(Blueprint, made.blueprint_id), 1, items)
        for person in people:
            hand_in(session, made, person, TEXT)
        return made.id


def marker(app: Flask, exam: int, role: Role = Role.REVIEWER) -> Marker:
    with app.app_context(), db.transaction() as session:
        person = grant(session, make_person(session, "何静安"), role)
    client = app.test_client()
    assert isinstance(client, LintingClient)
    sign_in(client, person)
    return Marker(client, exam)


@pytest.fixture
def reviewer(app: Flask, exam: int) -> Marker:
    return marker(app, exam)


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    with app.app_context():
        yield db.session()


def text_of(page: str) -> str:
    return " ".join(lxml.html.document_fromstring(page).text_content().split())


def value_of(page: str, field: str) -> str:
    return str(lxml.html.document_fromstring(page).get_element_by_id(field).get("value"))


def test_the_list_says_how_many_wait(app: Flask, exam: int) -> None:
    for role in (Role.REVIEWER, Role.EXAM_ADMIN):
        page = marker(app, exam, role).get("/marking")
        assert "3 份待评" in text_of(page)
        assert f'href="/marking/{exam}"' in page


def test_nothing_to_mark_says_when_there_will_be(app: Flask) -> None:
    page = marker(app, 1).get("/marking")
    assert "没有要评的简答题" in page
    assert "有人交卷" in page


@pytest.mark.parametrize("role", [Role.LIAISON, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.EDITOR])
def test_others_mark_nothing(app: Flask, exam: int, role: Role) -> None:
    address = marker(app, exam).form()
    if role is Role.LIAISON:
        with app.app_context(), db.transaction() as session:
            person = make_person(session)
            grant(session, person, role, make_unit(session))
        client = app.test_client()
        sign_in(client, person)
    else:
        client = marker(app, exam, role).client
    for answer in (client.get("/marking"), client.get(f"/marking/{exam}"), client.get(address), client.post(address)):
        assert answer.status_code == 403


def test_a_page_shows_all_that_is_needed_to_judge(reviewer: Marker) -> None:
    page = text_of(reviewer.get())
    assert "第 1 份，共 3 份" in page
    for words in ("某局拟作出一项决定。", "简述听证的程序。", "参考答案", TEXT, "满分 10 分", "占 40%，0 到 4 分",
                  *[point["point"] for point in RUBRIC]):
        assert str(words) in page


def test_neither_page_nor_address_names_the_candidate(app: Flask, exam: int, reviewer: Marker) -> None:
    with app.app_context():
        people = db.session().query(Person).filter(Person.login.in_(LOGINS)).all()
        ids = {str(one.id) for person in people for one in attempts.attempts(db.session(), person.id)}
    assert len(ids) == 3
    seen = [reviewer.get("/marking")]
    for _ in range(3):
        address = reviewer.form()
        wrong = reviewer.save(address, p1="99", p2="", p3="x")
        seen += [address, reviewer.get(), reviewer.get(address), wrong.get_data(as_text=True)]
        saved = reviewer.save(address)
        seen += [saved.location, reviewer.get(address), reviewer.save(address).location]
        assert re.fullmatch(f"/marking/{exam}/[0-9a-f]{{32}}", address)
    seen.append(reviewer.get())
    for text in map(html.unescape, seen):
        for secret in (*NAMES, *LOGINS, UNIT, *ids):
            assert secret not in text
    assert any("没有你要评的作答了" in text for text in seen)


def test_saving_leads_to_the_next_and_the_last_settles(app: Flask, exam: int, reviewer: Marker) -> None:
    for number in (1, 2, 3):
        assert f"第 {number} 份，共 3 份" in text_of(reviewer.get())
        saved = reviewer.save()
        assert (saved.status_code, saved.location) == (303, f"/marking/{exam}")
    page = text_of(reviewer.get())
    assert "没有你要评的作答了" in page
    assert "已评 3 份" in page
    assert "已评完" in reviewer.get("/marking")
    with app.app_context():
        scores = {attempts.result(db.session(), exam, person.id).score  # type: ignore[union-attr]
                  for person in db.session().query(Person).filter(Person.login.in_(LOGINS))}
    assert scores == {Decimal("8.75")}


def test_a_total_alone(app: Flask, reviewer: Marker) -> None:
    assert reviewer.save(total="6.5").status_code == 303
    with app.app_context():
        kept = db.session().query(MarkingRecord).one()
        assert (kept.score, kept.points) == (Decimal("6.5"), [])


@pytest.mark.parametrize(("fields", "wrong", "word"), [
    ({"p1": "4.5", "p2": "3", "p3": "3"}, ["p1"], "0 到 4 之间"),
    ({"p1": "很好", "p2": "", "p3": "3"}, ["p1", "p2"], "应当是数字"),
    ({"p1": "", "p2": "", "p3": "", "total": "11"}, ["total"], "0 到 10 之间"),
    ({"p1": "1", "p2": "1", "p3": "1", "total": "3"}, ["total"], "只填一处"),
    ({"p1": "1"}, ["p2", "p3"], "请填写得分"),
    ({"p1": "1" * 5000, "p2": "1", "p3": "1"}, ["p1"], "应当是数字"),
])
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    app: Flask, reviewer: Marker, fields: dict[str, str], wrong: list[str], word: str
) -> None:
    answer = reviewer.save(**fields)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert word in page
    found = lxml.html.document_fromstring(page)
    assert found.xpath("//input[@aria-invalid='true']/@id") == wrong
    assert found.xpath("//*[@role='alert']//a/@href") == [f"#{name}" for name in wrong]
    heads = {"p1": "第 1 点", "p2": "第 2 点", "p3": "第 3 点", "total": "直接给总分"}
    said = [link.text_content() for link in found.xpath("//*[@role='alert']//a")]
    assert [text.split("：")[0] for text in said] == [heads[name] for name in wrong]
    for name, typed in fields.items():
        assert value_of(page, name) == typed[:20]
    with app.app_context():
        assert db.session().query(MarkingRecord).count() == 0


def test_the_last_one_can_be_changed(app: Flask, exam: int, reviewer: Marker) -> None:
    address = reviewer.form()
    reviewer.save(address)
    page = reviewer.get()
    assert f'href="{address}"' in page
    assert "改上一份（8.75 分）" in page
    before = reviewer.get(address)
    assert "改上一份" in text_of(before)
    assert [value_of(before, name) for name in RIGHT] == ["3.5", "3", "2.25"]
    assert reviewer.save(address, p1="1", p2="1", p3="1").status_code == 303
    assert "第 2 份，共 3 份" in text_of(reviewer.get())
    assert "改上一份（3 分）" in reviewer.get()
    reviewer.save(address, total="4")
    assert value_of(reviewer.get(address), "total") == "4"


def test_earlier_ones_are_closed(reviewer: Marker, exam: int) -> None:
    first = reviewer.form()
    reviewer.save(first)
    reviewer.save()
    opened = reviewer.client.get(first)
    assert (opened.status_code, opened.location) == (303, f"/marking/{exam}")
    refused = reviewer.save(first)
    assert refused.status_code == 409
    assert "只有最近评的一份可以改" in refused.get_data(as_text=True)


def test_the_second_of_two_markers_is_told_and_goes_on(app: Flask, exam: int, reviewer: Marker) -> None:
    other = marker(app, exam, Role.EXAM_ADMIN)
    address = reviewer.form()
    assert other.save(address).status_code == 303
    late = reviewer.save(address, p1="0", p2="0", p3="0")
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "这份作答已由别人评完" in page
    assert "第 2 份，共 3 份" in text_of(page)
    assert f'action="{address}"' not in page
    with app.app_context():
        assert db.session().query(MarkingRecord).one().score == Decimal("8.75")
    other.save()
    other.save()
    none_left = reviewer.save(address)
    assert none_left.status_code == 409
    assert "没有你要评的作答了" in none_left.get_data(as_text=True)


def test_own_answers_are_left_to_others(app: Flask, exam: int, reviewer: Marker) -> None:
    with app.app_context(), db.transaction() as session:
        person = grant(session, session.query(Person).filter_by(login=LOGINS[0]).one(), Role.REVIEWER)
    client = app.test_client()
    assert isinstance(client, LintingClient)
    sign_in(client, person)
    own = Marker(client, exam)
    assert "2 份待评" in text_of(own.get("/marking"))
    offered = set()
    for _ in range(2):
        offered.add(own.form())
        own.save()
    assert "另有 1 份是你自己的作答" in own.get()
    assert "没有你要评的" in own.get("/marking")
    mine = reviewer.form()
    assert mine not in offered
    assert (own.client.get(mine).status_code, own.save(mine).status_code) == (403, 403)


def test_every_mark_is_on_record_without_the_answer(session: Any, reviewer: Marker) -> None:
    address = reviewer.form()
    reviewer.save(address)
    reviewer.save(address, p1="1", p2="1", p3="1")
    events = session.query(AuditEvent).filter_by(action="mark_answer").order_by(AuditEvent.number).all()
    assert [(e.actor, e.detail["before"], e.detail["after"]) for e in events] == [
        ("何静安", None, "8.75"), ("何静安", "8.75", "3.00")]
    assert events[1].detail["points"] == ["1.00", "1.00", "1.00"]
    assert all(TEXT not in str(e.detail) for e in events)


@pytest.mark.parametrize(("name", "saved"), [("nothing", 404), ("0" * 32, 404), ("é", 404), ("%00", 422)])
def test_an_address_that_was_never_given_leads_nowhere(reviewer: Marker, name: str, saved: int) -> None:
    address = f"/marking/{reviewer.exam_id}/{name}"
    assert reviewer.client.get(address).status_code in (404, saved)
    assert reviewer.save(address).status_code == saved


def test_an_address_belongs_to_its_exam(app: Flask, reviewer: Marker) -> None:
    with app.app_context(), db.transaction() as session:
        other = make_exam(session, ["short"]).id
    name = reviewer.form().rsplit("/", 1)[1]
    assert reviewer.client.get(f"/marking/{other}/{name}").status_code == 404
    for unknown in (999_999, 2**31, 10**30):
        assert reviewer.client.get(f"/marking/{unknown}").status_code == 404
    assert "没有你要评的作答了" in reviewer.get(f"/marking/{other}")


def test_a_rubric_of_one_point_has_one_field(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        person = make_person(session)
        made = make_exam(session, ["short"], candidates=[person])
        hand_in(session, made, person, "第一行\n<b>第二行</b>")
    one = marker(app, made.id)
    page = one.get()
    assert 'name="total"' not in page
    assert "&lt;b&gt;第二行" in page
    assert one.save(p1="10", total="3").status_code == 303
    assert value_of(one.get(one_address := _last(one)), "p1") == "10"
    assert one_address.startswith(one.address)


def _last(of: Marker) -> str:
    found = re.search(r'href="([^"]+)">改上一份', of.get())
    assert found is not None
    return found[1]


def test_in_english(reviewer: Marker) -> None:
    reviewer.client.post("/language", data={"language": "en", "next": "/marking"})
    assert "3 to be marked" in text_of(reviewer.get("/marking"))
    assert "Answer 1 of 3" in text_of(reviewer.get())
    refused = reviewer.save(p1="9", p2="", p3="x").get_data(as_text=True)
    assert "Enter the marks; enter 0 for none" in refused


def test_one_answer_costs_a_fixed_number_of_queries(app: Flask, exam: int, reviewer: Marker) -> None:
    few = queries_of(app, reviewer)
    with app.app_context(), db.transaction() as session:
        for _ in range(5):
            person = make_person(session)
            enrol(session, session.get_one(Exam, exam), person)
            hand_in(session, session.get_one(Exam, exam), person, TEXT)
    assert "共 8 份" in reviewer.get()
    assert queries_of(app, reviewer) == few <= 16


def queries_of(app: Flask, reviewer: Marker) -> int:
    """How many statements the page of one answer needs."""
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    reviewer.get()
    event.remove(engine, "before_cursor_execute", note)
    return len(statements)
