"""From a doubt on one's own paper to another key, through the pages of everybody who has to do with it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from time_machine import Traveller

from quizapp.attempts import queries as attempts
from quizapp.attempts.models import Regrade
from quizapp.attempts.rules.layout import slots
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.marking.models import Challenge
from quizapp.people.models import Person
from tests.builders.people import grant, make_person, sign_in
from tests.builders.regrades import NOW, Room, make_room
from tests.page_lint import LintingClient


class Desk:
    """Browsers of everybody, and where the question is."""

    def __init__(self, app: Flask, room: Room) -> None:
        self.app, self.room = app, room
        with app.app_context():
            attempt = attempts.attempts(db.session(), room.people[1], room.exam_id)[0]
            number = next(slot.number for slot in slots(attempt.layout) if slot.kind == "single")
            with db.transaction() as session:
                self.admin_id = grant(session, make_person(session, "梁致和"), Role.EXAM_ADMIN).id
        self.result = f"/my/attempts/{attempt.id}/result"
        self.own = f"/my/attempts/{attempt.id}/questions/{number}/challenge"
        self.question = f"/challenges/{room.exam_id}/{room.version['single']}/0"

    def browser(self, person_id: int) -> LintingClient:
        client = self.app.test_client()
        assert isinstance(client, LintingClient)
        with self.app.app_context():
            sign_in(client, db.session().get_one(Person, person_id))
        return client


@pytest.fixture
def desk(app: Flask, exam_morning: Traveller) -> Desk:
    with app.app_context():
        room = make_room()
    exam_morning.move_to(NOW)
    app.config["WTF_CSRF_ENABLED"] = False
    return Desk(app, room)


def text(client: LintingClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def test_from_a_doubt_to_another_key(desk: Desk) -> None:
    candidate, other = desk.browser(desk.room.people[1]), desk.browser(desk.room.people[0])
    reviewer, second = desk.browser(desk.room.pair.first.id), desk.browser(desk.room.pair.second.id)
    raise_doubt(desk, candidate, other)
    propose_another_key(desk, reviewer, candidate)
    # the second person sees the same numbers, worked out now
    page = text(second, desk.question)
    assert "同意以后的成绩" in page
    agree = re.search(r"/approvals/[0-9a-f-]+", page)
    assert agree is not None
    assert reviewer.post(f"{agree[0]}/agree").status_code == 403
    assert second.post(f"{agree[0]}/agree").status_code == 303
    # the candidate is told, sees the new key and the answer, and says so
    home = text(candidate, "/my-exams")
    assert "成绩由 10 分改为 20 分，现在合格" in home
    assert "这道题的答案考后已更正" in text(candidate, desk.result)
    assert "已采纳" in text(candidate, desk.own)
    confirms = re.findall(r"/my/notices/[0-9a-f-]+/confirm", home)
    assert len(confirms) == 3  # the answer, the result, and a certificate
    assert other.post(confirms[0]).status_code == 404
    for one in confirms:
        assert candidate.post(one).status_code == 303
    assert "要你知道的" not in text(candidate, "/my-exams")
    assert "已重新评过分" in text(reviewer, desk.question)


def raise_doubt(desk: Desk, candidate: LintingClient, other: LintingClient) -> None:
    """The candidate: too short, then well, then once more."""
    assert desk.own in text(candidate, desk.result)
    assert other.get(desk.own).status_code == 404
    assert candidate.post(desk.own, data={"reason": "错了"}).status_code == 422
    assert candidate.post(desk.own, data={"reason": "条文写的是\u202e第三项，答案应当是这一项<b>"}).status_code == 303
    assert candidate.post(desk.own, data={"reason": "再提一次，请快一点答复"}).status_code == 409
    page = text(candidate, desk.own)
    assert "等待答复" in page
    assert "条文写的是第三项，答案应当是这一项&lt;b&gt;" in page


def propose_another_key(desk: Desk, reviewer: LintingClient, candidate: LintingClient) -> None:
    """The reviewer: no name, the article, a preview that writes nothing."""
    admin = desk.browser(desk.admin_id)
    assert "1</b> 件待答复" in text(reviewer, "/challenges")
    page = text(reviewer, desk.question)
    assert "条文写的是第三项" in page
    with desk.app.app_context():
        name = db.session().get_one(Person, desk.room.people[1]).login
    assert name not in page
    assert candidate.get(desk.question).status_code == 403
    assert reviewer.get(f"{desk.question}/preview?treatment=key&basis=示例法第十二条").status_code == 422
    preview = f"{desk.question}/preview?treatment=key&key=C&basis=示例法第十二条"
    page = text(reviewer, preview)
    assert "变为合格" in page
    assert "变为合格的人" not in page  # names are for exam administrators
    assert "变为合格的人" in text(admin, preview)
    assert "人数太少，不按单位列出" in page  # three people: a number by unit would be a name
    assert "人数太少，不按单位列出" not in text(admin, preview)
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert sent.pop("after") == "0"
    assert reviewer.post(f"{desk.question}/preview", data=sent | {"why": "条文如此", "after": "3"}).status_code == 409
    assert reviewer.post(f"{desk.question}/preview", data=sent | {"why": "条文写的是第三项", "after": "0"}).status_code == 303
    with desk.app.app_context():
        assert not db.session().scalar(select(func.count()).select_from(Regrade))


def test_the_key_stands(desk: Desk) -> None:
    candidate, reviewer = desk.browser(desk.room.people[1]), desk.browser(desk.room.pair.first.id)
    for time in range(2):
        assert candidate.post(desk.own, data={"reason": f"第 {time} 次，答案应当是第三项"}).status_code == 303
        assert reviewer.post(f"{desk.question}/stands", data={"words": "条文写的是第二项", "basis": ""}).status_code == 422
        answer = {"words": "条文写的是第二项，原文在旁边", "basis": "《示例法》第十二条"}
        assert reviewer.post(f"{desk.question}/stands", data=answer).status_code == 303
        assert reviewer.post(f"{desk.question}/stands", data=answer).status_code == 409
    page = text(candidate, desk.own)
    assert "答案不变" in page
    assert "依据：《示例法》第十二条" in page
    assert candidate.post(desk.own, data={"reason": "第三次提，答案应当是第三项"}).status_code == 409
    with desk.app.app_context():
        assert db.session().scalar(select(func.count()).select_from(Challenge)) == 2


def test_nobody_judges_their_own_challenge(desk: Desk) -> None:
    candidate = desk.browser(desk.room.people[1])
    assert candidate.post(desk.own, data={"reason": "答案应当是第三项"}).status_code == 303
    with desk.app.app_context(), db.transaction() as session:
        grant(session, session.get_one(Person, desk.room.people[1]), Role.REVIEWER)
    answer = {"words": "我自己答复我自己", "basis": "《示例法》第十二条"}
    assert candidate.post(f"{desk.question}/stands", data=answer).status_code == 403
    assert "不能由你决定" in text(candidate, desk.question)
