"""The story of a wrong key: challenged, changed by two persons, regraded; certificates and what was handed in follow, and
everybody is told."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from quizapp import clock
from quizapp.approvals.rules import Said
from quizapp.attempts import queries as attempts
from quizapp.attempts.rules.layout import slots
from quizapp.db import db
from quizapp.filings import service as filings
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from quizapp.records import queries, service
from tests.builders.people import grant, make_person
from tests.builders.regrades import make_room
from tests.e2e.hall import Hall, Sitter

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def test_from_a_challenge_to_a_certificate_issued_anew(exam_hall: Hall) -> None:
    hall = exam_hall
    with hall.app.app_context():
        room = make_room(clock.now() - timedelta(days=10))
        with db.transaction() as session:
            service.settle(session, room.exam_id, Said("试验"), now=clock.now())
            first = queries.of_person(session, room.people[0])[0]
            old = first.number, first.code
            admin = grant(session, make_person(session), Role.EXAM_ADMIN)
            office, handed_in = admin.id, filings.hand_in_exam(session, room.exam_id, True, by=admin.id, now=clock.now()).id
            logins = {one: session.get_one(Person, one).login for one in room.people}
        attempt = attempts.attempts(db.session(), room.people[1], room.exam_id)[0]
        number = next(slot.number for slot in slots(attempt.layout) if slot.kind == "single")

    def browser(person_id: int) -> Page:
        return hall.context(Sitter(hall, person_id, room.exam_id, logins.get(person_id, "")), viewport={"width": 1280, "height": 900}).new_page()

    question = f"/challenges/{room.exam_id}/{room.version['single']}/0"
    candidate = browser(room.people[1])
    raise_challenge(candidate, attempt.id, number)
    propose(browser(room.pair.first.id), question)
    agree(browser(room.pair.second.id), question)
    find_certificate(candidate, attempt.id, number)
    look_at_filing(browser(office), handed_in)
    check_old_certificate(browser(room.people[2]), *old)


def raise_challenge(candidate: Page, attempt_id: UUID, number: int) -> None:
    """The candidate doubts the key on the own marked paper."""
    candidate.goto(f"/my/attempts/{attempt_id}/result")
    candidate.locator(f"#q{number}").get_by_role("link", name="对这道题提出异议").click()
    candidate.get_by_label("理由").fill("条文写的是第三项，答案应当是 C")
    candidate.get_by_role("button", name="提交异议").click()
    expect(candidate.get_by_text("正在等审题人答复")).to_be_visible()


def propose(reviewer: Page, question: str) -> None:
    """The reviewer sees who would pass, and puts another key forward."""
    reviewer.goto(question)
    expect(reviewer.get_by_text("条文写的是第三项，答案应当是 C")).to_be_visible()
    reviewer.get_by_role("radio", name="C 说法C").check()
    reviewer.get_by_role("button", name="预览：谁的成绩会变").click()
    expect(reviewer.get_by_text("这是预览，成绩没有改动")).to_be_visible()
    reviewer.get_by_label("原因").fill("条文写的是第三项")
    reviewer.get_by_role("button", name="提出：重新评分").click()
    expect(reviewer.get_by_text("等待另一人同意：重新评分")).to_be_visible()


def agree(second: Page, question: str) -> None:
    """The second person sees the same numbers and agrees."""
    second.goto(question)
    expect(second.get_by_role("heading", name="同意以后的成绩")).to_be_visible()
    second.get_by_role("link", name="看会办什么").click()
    second.get_by_role("button", name="同意并办理").click()
    expect(second.get_by_text("已重新评分（第 1 次）").first).to_be_visible()


def find_certificate(candidate: Page, attempt_id: UUID, number: int) -> None:
    """The candidate passes now, is told, and has a certificate."""
    candidate.goto("/my-exams")
    expect(candidate.get_by_text("成绩由 10 分改为 20 分，现在合格")).to_be_visible()
    candidate.get_by_role("link", name="看证书").click()
    expect(candidate.get_by_text("学法考试合格证书", exact=True)).to_be_visible()
    candidate.goto(f"/my/attempts/{attempt_id}/result")
    expect(candidate.locator(f"#q{number}").get_by_text("这道题的答案考后已更正")).to_be_visible()


def look_at_filing(filed: Page, filing_id: int) -> None:
    """What was handed in before is there once more, with what is different and why."""
    filed.goto(f"/filings/{filing_id}")
    expect(filed.get_by_role("heading", name="第 2 版", exact=True)).to_be_visible()
    expect(filed.get_by_role("heading", name="第 1 版", exact=True)).to_be_visible()
    expect(filed.get_by_role("heading", name="与第 1 版的差异")).to_be_visible()
    expect(filed.get_by_text("条文写的是第三项").first).to_be_visible()
    filed.get_by_role("button", name="已看过，确认").click()
    expect(filed.get_by_text("第 2 版还没有确认")).to_have_count(0)


def check_old_certificate(failed: Page, number: str, code: str) -> None:
    """Somebody fails now; somebody else passes with other marks, and the paper of before is known as void."""
    failed.goto("/my/study-file")
    expect(failed.get_by_role("heading", name="已撤销的证书")).to_be_visible()
    expect(failed.get_by_text("考后试题更正，重新评分（第 1 次）")).to_be_visible()
    failed.goto("/certificates")
    failed.get_by_label("证书编号").fill(number)
    failed.get_by_label("校验码").fill(code)
    failed.get_by_role("button", name="查验").click()
    expect(failed.get_by_text("这张证书已撤销")).to_be_visible()
    expect(failed.get_by_text(re.compile("已换发新的证书"))).to_be_visible()
