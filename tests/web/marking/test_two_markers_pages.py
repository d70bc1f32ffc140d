"""Two markers in two browsers, neither seeing the other; the pages around them."""

from __future__ import annotations

import re
from decimal import Decimal

import lxml.html
from flask import Flask
from sqlalchemy import select

from quizapp.attempts import queries as attempts
from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.marking.models import MarkingRecord
from quizapp.people.models import Person
from tests.builders.exams import OPENS, enrol, make_exam
from tests.builders.marking import hand_in
from tests.builders.people import grant, make_person, make_unit, sign_in
from tests.page_lint import LintingClient


def text_of(page: str) -> str:
    return re.sub(r"\s+", "", lxml.html.document_fromstring(page).text_content())


class Browser:
    def __init__(self, app: Flask, exam_id: int, person_id: int) -> None:
        self.client, self.exam_id = app.test_client(), exam_id
        assert isinstance(self.client, LintingClient)
        with app.app_context(), db.transaction() as session:
            person = session.get_one(Person, person_id)
        sign_in(self.client, person)

    def get(self, address: str) -> str:
        return self.client.get(address).get_data(as_text=True)

    def mark(self, score: str) -> str:
        """Give the next answer these marks; the page after it."""
        page = self.get(f"/marking/{self.exam_id}")
        found = re.search(r'<form class="marking-form[^>]* action="([^"]+)"', page)
        assert found is not None, text_of(page)
        return self.client.post(found[1], data={"p1": score}, follow_redirects=True).get_data(as_text=True)


def test_two_browsers_and_a_third(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        person = make_person(session, "陆明远", make_unit(session, "公共机构节能处"))
        ids = [grant(session, make_person(session, name), Role.REVIEWER).id for name in ("何静安", "周望舒", "秦若谷")]
        exam = make_exam(session, ["short"], candidates=[person], markers=2, marker_tolerance=20)
        hand_in(session, exam, person, "应当先告知")
        exam_id, person_id = exam.id, person.id
    one, two, three = (Browser(app, exam_id, marker) for marker in ids)

    assert "1份待评" in text_of(one.get("/marking"))
    after = one.mark("9")
    assert "没有你要评的作答了" in after
    assert "改上一份（9分）" in text_of(after)
    assert "两人各自评，你评了1份" in text_of(one.get("/marking"))
    page = two.get(f"/marking/{exam_id}")
    assert "第1份，共1份" in text_of(page), "what the first did does not show"
    for secret in ("陆明远", "何静安", "公共机构节能处", 'value="9"'):
        assert secret not in page
    assert "改上一份" not in two.mark("4"), "that it may be corrected would tell that the two differ"
    assert "改上一份" not in one.get(f"/marking/{exam_id}")

    overview = text_of(three.get(f"/marking/{exam_id}/overview"))
    assert "待第三人评1份" in overview
    assert "两人相差在范围内0.00%0/1" in overview
    three.mark("6")
    overview = text_of(three.get(f"/marking/{exam_id}/overview"))
    assert "待第三人评0份" in overview
    assert "第三人已评1份" in overview
    with app.app_context():
        result = attempts.result(db.session(), exam_id, person_id)
        assert result is not None
        assert result.score == Decimal(6)
        acts = db.session().execute(select(AuditEvent.action, AuditEvent.actor_id).where(
            AuditEvent.action.in_(["read_answer", "mark_answer"])).order_by(AuditEvent.number)).all()
        assert [tuple(row) for row in acts] == [*(("read_answer", marker) for marker in ids), ("mark_answer", ids[2])]
        assert db.session().query(MarkingRecord).one().marker_id == ids[2]


def test_the_form_offers_both_ways_and_candidates_read_which_it_is(app: Flask, client: LintingClient) -> None:
    with app.app_context(), db.transaction() as session:
        admin = grant(session, make_person(session), Role.EXAM_ADMIN)
        person = make_person(session)
        exam = make_exam(session, ["multiple", "fill", "short"], markers=2, marker_tolerance=15, multiple_rule="negative",
                         opens_at=OPENS.replace(year=2020), own_unit_barred=True)
        enrol(session, exam, person)
        exam_id = exam.id
    sign_in(client, admin)
    form = lxml.html.document_fromstring(client.get("/exams/new").get_data(as_text=True))
    assert form.get_element_by_id("markers").value == "2", "two markers unless the agency says otherwise"
    assert form.get_element_by_id("marker_tolerance").value == "20"
    assert "相差超过满分的15%；不评本单位的作答" in text_of(client.get(f"/exams/{exam_id}").get_data(as_text=True))
    sign_in(client, person)
    page = text_of(client.get(f"/my-exams/{exam_id}").get_data(as_text=True))
    for line in ("多选题：选对加分、选错扣分", "填空题：一空一空计分", "相差不超过满分的15%的取平均分"):
        assert line in page
