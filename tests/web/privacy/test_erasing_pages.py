"""Who has left is erased by two system administrators: proposed on the person's page, agreed to on another."""

from __future__ import annotations

import dataclasses
import html
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from quizapp.approvals.models import Proposal
from quizapp.audit.models import AuditEvent
from quizapp.config import TwoPersons
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from tests.builders.people import grant, make_left, make_person, sign_in
from tests.page_lint import LintingClient

NAME, LOGIN = "褚云归", "40917"


@dataclass
class Desk:
    """Two system administrators and an exam administrator, each at a browser; somebody who has left."""

    app: Flask
    people: dict[str, LintingClient]
    person_id: int

    @property
    def at(self) -> str:
        return f"/people/{self.person_id}/personal-data"

    def page(self, who: str, address: str, status: int = 200) -> str:
        answer = self.people[who].get(address)
        assert answer.status_code == status, answer.get_data(as_text=True)[:600]
        return html.unescape(answer.get_data(as_text=True))

    def post(self, who: str, address: str, **fields: Any) -> TestResponse:
        return self.people[who].post(address, data=fields)

    def ask(self, **fields: Any) -> TestResponse:
        return self.post("邵启航", f"{self.at}/erase", **{"login": LOGIN, "why": "本人书面申请"} | fields)

    def proposal(self) -> str:
        with self.app.app_context():
            return f"/approvals/{db.session().scalars(select(Proposal.id).where(Proposal.state == 'waiting')).one()}"

    def name(self) -> str:
        with self.app.app_context():
            return db.session().get_one(Person, self.person_id).name


@pytest.fixture
def desk(app: Flask) -> Desk:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        roles = {"邵启航": Role.SYSTEM_ADMIN, "温如许": Role.SYSTEM_ADMIN, "何静安": Role.EXAM_ADMIN}
        people = {name: grant(session, make_person(session, name), role) for name, role in roles.items()}
        found = Desk(app, {}, make_left(session, NAME, login=LOGIN).id)
    for name, person in people.items():
        client = app.test_client()
        assert isinstance(client, LintingClient)
        sign_in(client, person)
        found.people[name] = client
    return found


def test_who_has_left_is_erased_by_two(desk: Desk) -> None:
    for fields, words in (({"login": "1"}, "请核对是不是这个人"), ({"why": ""}, "请写明原因"),
                          ({"why": f"{NAME}本人申请"}, "不要写这个人的姓名和工号"), ({"why": f"工号{LOGIN}"}, "不要写这个人")):
        refused = desk.ask(**fields)
        assert (refused.status_code, words in html.unescape(refused.get_data(as_text=True))) == (422, True), words
    assert desk.ask().status_code == 303
    assert desk.name() == NAME
    mine = desk.page("邵启航", desk.at)
    assert "等待另一人同意：注销" in mine
    assert "可以同意的有：温如许" in mine  # no exam administrator
    assert 'name="login"' not in mine
    page = desk.proposal()
    assert desk.post("邵启航", f"{page}/agree").status_code == 403
    assert desk.ask().status_code == 409
    desk.page("何静安", page, 404)
    assert NAME not in desk.page("何静安", "/approvals")
    assert f"注销人员：{NAME}" in desk.page("温如许", "/approvals")
    shown = desk.page("温如许", page)
    for words in (f"{NAME}（{LOGIN}）", "只剩编号", "必须留下的记录", "本人书面申请", "同意并办理", f'href="{desk.at}"'):
        assert words in shown, words
    answer = desk.people["温如许"].post(f"{page}/agree", follow_redirects=True)
    assert "已同意。已注销" in html.unescape(answer.get_data(as_text=True))
    assert desk.name() == f"已注销人员 {desk.person_id}"
    for address in (page, "/approvals"):
        done = desk.page("邵启航", address)
        assert f"已注销人员 {desk.person_id}" in done
        assert NAME not in done
        assert LOGIN not in done


def test_it_is_refused_withdrawn_and_overtaken(desk: Desk) -> None:
    desk.ask()
    page = desk.proposal()
    assert desk.post("温如许", f"{page}/refuse", words="还有申诉没有办完").status_code == 303
    assert "温如许 没有同意：注销" in desk.page("邵启航", desk.at)
    desk.ask()
    assert desk.post("邵启航", f"{desk.proposal()}/withdraw", back="object").location.endswith(desk.at)
    desk.ask()
    page = desk.proposal()
    with desk.app.app_context(), db.transaction() as session:  # put right meanwhile: the number was somebody else's
        session.get_one(Person, desk.person_id).login = "40918"
    assert "现在同意也不会办理" in desk.page("温如许", page)
    answer = desk.people["温如许"].post(f"{page}/agree", follow_redirects=True)
    assert "情况已经变了" in html.unescape(answer.get_data(as_text=True))
    assert desk.name() == NAME


def test_switched_off_by_the_operator_one_does_it_and_the_record_says_so(desk: Desk) -> None:
    settings = desk.app.config["SETTINGS"]
    desk.app.config["SETTINGS"] = dataclasses.replace(settings, two_persons=TwoPersons.OFF)
    assert "另一位系统管理员同意以后" not in desk.page("邵启航", desk.at)
    answer = desk.people["邵启航"].post(f"{desk.at}/erase", data={"login": LOGIN, "why": "本人申请"}, follow_redirects=True)
    assert "由你一人办理" in html.unescape(answer.get_data(as_text=True))
    assert desk.name() == f"已注销人员 {desk.person_id}"
    with desk.app.app_context():
        event = db.session().scalars(select(AuditEvent).where(AuditEvent.action == "erase_person")).one()
    assert event.detail["two_persons"] == "off"


def test_in_english(desk: Desk) -> None:
    desk.people["邵启航"].post("/language", data={"language": "en", "next": "/approvals"})
    assert "Propose: Erase" in desk.page("邵启航", desk.at)
    desk.ask()
    shown = desk.page("邵启航", desk.proposal())
    for words in ("Erase a person", "Who is erased", "Only the number", "Records that have to stay"):
        assert words in shown, words
