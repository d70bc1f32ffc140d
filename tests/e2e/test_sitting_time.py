"""Time in a real browser: the waiting room that starts by itself, a pause seen from both sides, a break."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from quizapp import clock
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from quizapp.sittings.service import giving
from quizapp.sittings.service.giving import Allowance
from tests.builders.people import grant, make_person
from tests.e2e.hall import Hall, Sitter, begin, choose, ready, saved, singles

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def invigilator(hall: Hall) -> Page:
    with hall.app.app_context(), db.transaction() as session:
        person: Person = grant(session, make_person(session, "何静安"), Role.EXAM_ADMIN)
        desk = Sitter(hall, person.id, 0, person.login)
    return hall.context(desk, viewport={"width": 1440, "height": 900}).new_page()


def test_the_waiting_room_starts_by_itself_and_follows_a_start_that_is_moved(exam_hall: Hall) -> None:
    """Opening in some seconds; put off while the page waits; nothing of the paper before the new time."""
    opens = clock.now() + timedelta(seconds=8)
    (sitter,) = exam_hall.seat(opens_at=opens, closes_at=opens + timedelta(hours=3))
    page = exam_hall.phone(sitter)
    page.goto(f"{exam_hall.address}/my-exams/{sitter.exam_id}")
    expect(page.locator("#device li.is-done")).to_have_count(3)
    expect(page.locator("#waiting-left")).to_have_text(re.compile(r"^0?0:0\d$"))
    page.locator("label[for=understood]").click()
    expect(page.locator("#waiting-word")).to_contain_text("到时间自动开始")
    sitter.change_exam(opens_at=opens + timedelta(seconds=8))
    # the page believes the old time, is told that it is too early, and waits on with its tick
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 409, timeout=20_000):
        pass
    expect(page.locator("#understood")).to_be_checked()
    ready(page)
    attempt = sitter.attempt()
    assert timedelta(0) <= attempt.started_at - (opens + timedelta(seconds=8)) < timedelta(seconds=5)
    # SQLite computes in milliseconds
    assert abs(attempt.deadline_at - attempt.started_at - timedelta(minutes=90)) < timedelta(milliseconds=1)


def test_a_pause_is_made_on_the_board_and_seen_on_the_paper(exam_hall: Hall) -> None:
    (sitter,) = exam_hall.seat()
    page = exam_hall.phone(sitter)
    paper = begin(page, sitter)
    number = singles(sitter)[0]
    choose(page, number, 2)
    saved(page)
    before = sitter.attempt().deadline_at
    desk = invigilator(exam_hall)
    desk.goto(f"{exam_hall.address}/exams/{sitter.exam_id}/board")
    expect(desk.locator(".board-tiles .tile", has_text="正在作答").locator(".figure")).to_contain_text("1")
    desk.get_by_role("link", name="暂停考试").click()
    desk.fill("#why", "机房停电")
    desk.get_by_role("button", name="暂停考试").click()
    expect(desk.locator("#board-live")).to_contain_text("考试已暂停")
    page.reload()
    expect(page.get_by_role("heading", name="考试暂停")).to_be_visible()
    assert page.locator("fieldset").count() == 0
    page.wait_for_timeout(2_000)
    desk.get_by_role("link", name="恢复考试").first.click()
    desk.get_by_role("button", name="恢复考试").click()
    expect(desk.locator(".messages")).to_contain_text("考试已恢复")
    # it goes back by itself, with the answer that was there
    ready(page)
    assert page.url.endswith(paper)
    expect(page.locator(f"#q{number}o2")).to_be_checked()
    assert sitter.attempt().deadline_at - before >= timedelta(seconds=2)


def test_a_break_is_taken_on_the_paper_and_ended(exam_hall: Hall) -> None:
    (sitter,) = exam_hall.seat()
    with exam_hall.app.app_context(), db.transaction() as session:
        giving.grant(session, sitter.exam_id, sitter.person_id, Allowance(0, 10), "已核对证明材料", by=None, now=clock.now())
    page = exam_hall.phone(sitter)
    page.on("dialog", lambda dialog: dialog.accept())
    begin(page, sitter)
    before = sitter.attempt().deadline_at
    page.locator(".exam-break button").click()
    expect(page.get_by_role("heading", name="休息中")).to_be_visible()
    expect(page.locator("#still-left")).to_have_text(re.compile(r"^9:5\d$"))
    assert page.locator("fieldset").count() == 0
    page.wait_for_timeout(1_500)
    page.get_by_role("button", name="结束休息，接着作答").click()
    ready(page)
    attempt = sitter.attempt()
    assert attempt.break_started_at is None
    assert timedelta(seconds=1) <= attempt.deadline_at - before == timedelta(seconds=600 - attempt.break_left)


def test_the_board_follows_without_being_asked(exam_hall: Hall) -> None:
    sitter, other = exam_hall.seat(2)
    page = exam_hall.phone(sitter)
    begin(page, sitter)
    desk = invigilator(exam_hall)
    desk.goto(f"{exam_hall.address}/exams/{sitter.exam_id}/board")
    working = desk.locator(".board-tiles .tile", has_text="正在作答").locator(".figure")
    expect(working).to_contain_text("1")
    begin(exam_hall.phone(other), other)
    expect(working).to_contain_text("2", timeout=20_000)
    # what is being typed is not taken away
    field = desk.locator("#people input[type=search]")
    field.fill("沈")
    desk.wait_for_timeout(10_000)
    expect(field).to_have_value("沈")
