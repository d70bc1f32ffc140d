"""Notes: what a browser may say, what the candidate sees and answers, and what a person decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from quizapp.attempts import noted, service
from quizapp.attempts.models import Attempt, Note
from quizapp.audit import queries as audit
from quizapp.audit.queries import Filters
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from tests.builders.exams import CLOSES
from tests.builders.people import grant, make_agency, make_person, sign_in
from tests.databases import both_databases
from tests.page_lint import LintingClient
from tests.web.attempts.conftest import Candidate, attempt_id, candidate_for

HIDDEN = {"kind": "hidden", "lasted": 12}


def kept(app: Flask) -> list[Note]:
    with app.app_context():
        return list(db.session().scalars(select(Note).order_by(Note.at, Note.id)))


def send(candidate: Candidate, paper: str, *notes: Any) -> Any:
    return candidate.post_json(f"{paper}/notes", {"client_id": candidate.client_id, "notes": list(notes)})


@both_databases
def test_notes_are_kept_by_the_servers_clock(app: Flask, candidate: Candidate, exam_morning: time_machine.Traveller) -> None:
    paper = candidate.begin()
    answer = send(candidate, paper, HIDDEN, {"kind": "device", "device": "Firefox 128 · Windows · 1920×1080"}, {"kind": "resumed"})
    assert (answer.status_code, answer.get_json()) == (200, {"kept": 3})
    found = kept(app)
    assert [(note.kind, note.lasted, note.device) for note in found] == [
        ("hidden", 12, ""), ("device", None, "Firefox 128 · Windows · 1920×1080"), ("resumed", None, "")]
    assert len({note.at for note in found}) == 1


@both_databases
@pytest.mark.parametrize("notes", [
    "text", None, [], [None], [1], [{}], [{"kind": "taken_over"}], [{"kind": "cheating"}], [{"kind": ["hidden"]}],
])
def test_what_is_no_note_is_dropped_without_a_word(app: Flask, candidate: Candidate, notes: Any) -> None:
    paper = candidate.begin()
    answer = candidate.post_json(f"{paper}/notes", {"notes": notes})
    assert (answer.status_code, answer.get_json()) == (200, {"kept": 0})


def test_odd_values_are_left_out(app: Flask, candidate: Candidate) -> None:
    paper = candidate.begin()
    odd = [{"kind": "hidden", "lasted": value} for value in (-1, 10**9, "5", True, 2.5)]
    send(candidate, paper, *odd, {"kind": "device", "device": "x\0\n" + "长" * 400}, {"kind": "resumed", "device": "secret"})
    found = kept(app)
    assert [note.lasted for note in found] == [None] * 7
    assert found[5].device == "x" + "长" * 199
    assert found[6].device == ""


@both_databases
def test_there_is_a_bound_for_a_request_and_for_an_attempt(app: Flask, candidate: Candidate) -> None:
    paper = candidate.begin()
    assert send(candidate, paper, *[HIDDEN] * 50).get_json() == {"kept": 20}
    for _request in range(30):
        assert send(candidate, paper, *[HIDDEN] * 20).status_code == 200
    assert len(kept(app)) == 500


@both_databases
def test_notes_of_others_and_after_the_end_are_not_kept(app: Flask, candidate: Candidate) -> None:
    paper = candidate.begin()
    stranger = candidate_for(app)
    assert stranger.client.post(f"{paper}/notes", json={"ticket": candidate.ticket(paper), "notes": [HIDDEN]}).status_code == 404
    nobody = app.test_client()
    assert nobody.post(f"{paper}/notes", json={"ticket": candidate.ticket(paper), "notes": [HIDDEN]}).status_code == 401
    candidate.submit(paper)
    assert send(candidate, paper, HIDDEN).get_json() == {"kept": 0}
    assert kept(app) == []


@both_databases
def test_the_server_notes_a_take_over_and_nothing_else(app: Flask, candidate: Candidate) -> None:
    paper = candidate.begin()
    candidate.post_json(f"{paper}/take-over", {"client_id": "tab-one-0001"})
    candidate.post_json(f"{paper}/take-over", {"client_id": "tab-one-0001"})
    assert kept(app) == []
    candidate.post_json(f"{paper}/take-over", {"client_id": "tab-two-0002"})
    assert [note.kind for note in kept(app)] == ["taken_over"]


def test_the_page_of_the_paper_names_the_address(candidate: Candidate) -> None:
    from tests.web.attempts.conftest import data_of

    paper = candidate.begin()
    assert data_of(candidate.get(paper).get_data(as_text=True))["urls"]["notes"] == f"{paper}/notes"


# ---------------------------------------------------------------- the candidate


def over_with(candidate: Candidate, *notes: dict[str, Any]) -> str:
    paper = candidate.begin()
    send(candidate, paper, *notes)
    candidate.submit(paper)
    return paper


def test_the_candidate_sees_all_of_it_and_answers(candidate: Candidate) -> None:
    paper = over_with(candidate, HIDDEN, {"kind": "hidden", "lasted": 185}, {"kind": "device", "device": "Edge 126 · Windows"})
    receipt = candidate.get(f"{paper}/receipt").get_data(as_text=True)
    assert "3 条；可以查看并说明情况" in receipt
    page = candidate.get(f"{paper}/notes").get_data(as_text=True)
    assert "离开作答页面 2 次，共 3 分 17 秒，最长 3 分 05 秒" in page
    assert "Edge 126" in page
    assert candidate.post_form(f"{paper}/notes/reply", reply="接了一个电话。").status_code == 303
    assert candidate.post_form(f"{paper}/notes/reply", reply="接了一个工作电话。").status_code == 303
    again = candidate.get(f"{paper}/notes").get_data(as_text=True)
    assert "接了一个工作电话。" in again
    assert "修改说明" in again


@pytest.mark.parametrize("text", ["", "   ", "长" * 501])
def test_an_answer_that_is_none_or_too_long_is_refused_and_kept_on_the_page(candidate: Candidate, text: str) -> None:
    paper = over_with(candidate, HIDDEN)
    answer = candidate.post_form(f"{paper}/notes/reply", reply=text)
    assert answer.status_code == 422
    assert text in answer.get_data(as_text=True)


def test_there_is_no_answering_while_at_work(candidate: Candidate) -> None:
    paper = candidate.begin()
    send(candidate, paper, HIDDEN)
    assert candidate.get(f"{paper}/notes").location == paper
    assert candidate.post_form(f"{paper}/notes/reply", reply="现在").status_code == 409


def test_without_notes_the_page_says_so(candidate: Candidate) -> None:
    paper = over_with(candidate)
    assert "没有备注" in candidate.get(f"{paper}/notes").get_data(as_text=True)


# ---------------------------------------------------------------- staff


@pytest.fixture
def staff(app: Flask) -> Callable[[Role], LintingClient]:
    def enter(role: Role) -> LintingClient:
        with app.app_context(), db.transaction() as session:
            person = grant(session, make_person(session, "宋嘉禾"), role, make_agency(session) if role is Role.LIAISON else None)
        client = app.test_client()
        assert isinstance(client, LintingClient)
        sign_in(client, person)
        return client

    return enter


def token(client: LintingClient) -> str:
    page = client.get("/account").get_data(as_text=True)
    return page.split('name="csrf-token" content="')[1].split('"')[0]


def test_a_person_looks_hears_and_decides(app: Flask, candidate: Candidate, staff: Callable[[Role], LintingClient]) -> None:
    paper = over_with(candidate, HIDDEN)
    candidate.post_form(f"{paper}/notes/reply", reply="接了一个电话。")
    desk, address = staff(Role.EXAM_ADMIN), f"/exams/{candidate.exam_id}/notes"
    page = desk.get(address).get_data(as_text=True)
    assert "离开作答页面 1 次，12 秒" in page
    assert "接了一个电话。" in page
    one = f"{address}/{attempt_id(paper)}"
    assert "接了一个电话。" in desk.get(one).get_data(as_text=True)
    before = stood(app)
    assert desk.post(one, data={"csrf_token": token(desk), "decision": "no_concern", "reason": ""}).status_code == 422
    given = {"csrf_token": token(desk), "decision": "no_concern", "reason": "电话属于工作安排。"}
    assert desk.post(one, data=given).status_code == 303
    assert stood(app) == before
    seen = candidate.get(f"{paper}/notes").get_data(as_text=True)
    assert "电话属于工作安排。" in seen
    assert candidate.post_form(f"{paper}/notes/reply", reply="再说一句。").status_code == 409
    assert "待判断 0" in desk.get(address).get_data(as_text=True)
    with app.app_context():
        event = audit.page(db.session(), Filters(action="decide_notes"), limit=1)[0]
        assert (event.detail["decision"], event.detail["reason"], event.actor) == ("no_concern", "电话属于工作安排。", "宋嘉禾")


def stood(app: Flask) -> list[tuple[object, ...]]:
    """Everything about marks: no decision on notes changes it."""
    with app.app_context():
        rows = db.session().execute(select(Attempt.state, Attempt.score, Attempt.receipt, Attempt.finished_at))
        return [tuple(row) for row in rows]


def test_it_is_the_business_of_exam_administrators_alone(app: Flask, candidate: Candidate, staff: Callable[[Role], LintingClient]) -> None:
    paper = over_with(candidate, HIDDEN)
    one = f"/exams/{candidate.exam_id}/notes/{attempt_id(paper)}"
    for role in (Role.LIAISON, Role.AUDITOR, Role.REVIEWER):
        desk = staff(role)
        assert desk.get(f"/exams/{candidate.exam_id}/notes").status_code == 403
        assert desk.get(one).status_code == 403
    desk = staff(Role.EXAM_ADMIN)
    assert desk.get(f"/exams/{candidate.exam_id}/notes/{uuid.uuid4()}").status_code == 404
    other = candidate_for(app)
    assert desk.get(f"/exams/{other.exam_id}/notes/{attempt_id(paper)}").status_code == 404


def test_nobody_decides_on_their_own_notes(app: Flask, candidate: Candidate) -> None:
    paper = over_with(candidate, HIDDEN)
    with app.app_context(), db.transaction() as session:
        grant(session, session.get_one(Person, candidate.person_id), Role.EXAM_ADMIN)
    one = f"/exams/{candidate.exam_id}/notes/{attempt_id(paper)}"
    assert "不能判断自己的作答备注" in candidate.get(one).get_data(as_text=True)
    answer = candidate.post_form(one, decision="no_concern", reason="没事")
    assert answer.status_code == 403
    with app.app_context():
        assert noted.review(db.session(), candidate.person_id, attempt_id(paper)) is None


def test_what_a_candidate_wrote_is_shown_as_text(candidate: Candidate, staff: Callable[[Role], LintingClient]) -> None:
    paper = over_with(candidate, {"kind": "device", "device": "<script>alert(1)</script>"})
    candidate.post_form(f"{paper}/notes/reply", reply="<img src=x onerror=alert(2)>")
    page = staff(Role.EXAM_ADMIN).get(f"/exams/{candidate.exam_id}/notes/{attempt_id(paper)}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


# ---------------------------------------------------------------- forgetting


@both_databases
def test_notes_are_forgotten_ninety_days_after_the_results(app: Flask, candidate: Candidate) -> None:
    first = over_with(candidate, HIDDEN)
    second = over_with(candidate, HIDDEN)
    with app.app_context():
        with db.transaction() as session:
            for paper, decision in ((first, "no_concern"), (second, "follow_up")):
                attempt = session.get_one(Attempt, (candidate.person_id, attempt_id(paper)))
                service.decide_notes(session, attempt, decision, "理由", 999, now=CLOSES)
        for days, left in ((89, 2), (91, 1)):
            now = CLOSES + timedelta(days=days)
            with db.transaction() as session:
                for exam in noted.exams_to_forget(session, now):
                    service.forget_notes(session, session.get_one(Exam, exam.id), now=now)
            db.session().rollback()
            assert len(kept(app)) == left
        assert noted.review(db.session(), candidate.person_id, attempt_id(second)) is not None
        assert noted.review(db.session(), candidate.person_id, attempt_id(first)) is None
