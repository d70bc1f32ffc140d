"""Waiting for the start, and what stands where the paper was while its clock stands still."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from quizapp.attempts import queries
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.sittings.service import giving, holding
from quizapp.sittings.service.giving import Allowance
from tests.builders.exams import OPENS, enrol
from tests.builders.people import make_person
from tests.web.attempts.conftest import Candidate, attempt_id, candidate_for, data_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def tight(app: Flask, exam_morning: time_machine.Traveller) -> Candidate:
    """Five minutes before an exam whose window is as long as its working time."""
    exam_morning.move_to(OPENS - 5 * MINUTE)
    app.config["WTF_CSRF_ENABLED"] = False
    return candidate_for(app, closes_at=OPENS + 90 * MINUTE)


def act(candidate: Candidate, what: object, *given: object, **more: object) -> None:
    with candidate.client.application.app_context(), db.transaction() as session:
        what(session, candidate.exam_id, *given, **more)  # type: ignore[operator]


def waiting_page(candidate: Candidate) -> str:
    answer = candidate.get(f"/my-exams/{candidate.exam_id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def ahead(candidate: Candidate, **payload: object) -> dict[str, object]:
    given = {"ticket": candidate.entry(candidate.exam_id)} | payload
    answer = candidate.client.post(f"/my-exams/{candidate.exam_id}/standing", json=given)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, object] = answer.get_json()
    return found


def test_before_the_opening_the_page_is_a_waiting_room(tight: Candidate) -> None:
    page = waiting_page(tight)
    assert "候考" in page
    assert 'id="start"' in page
    assert "考试还没有开始" not in page
    assert re.search(r'data-offset="\d+"', page)
    assert ahead(tight) == {"server_time": (OPENS - 5 * MINUTE).isoformat(), "opens_at": OPENS.isoformat(),
                            "paused": False, "closed": False}


def test_who_comes_too_early_waits_on_with_the_tick_kept(tight: Candidate, exam_morning: time_machine.Traveller) -> None:
    early = tight.start()
    assert early.status_code == 409
    page = early.get_data(as_text=True)
    assert "候考" in page
    assert "checked" in page
    exam_morning.move_to(OPENS)
    assert tight.start().status_code == 303


def test_a_start_that_is_moved_shows_nothing_before_the_new_time(
    tight: Candidate, exam_morning: time_machine.Traveller
) -> None:
    act(tight, holding.postpone, 10, now=OPENS - MINUTE)
    assert ahead(tight)["opens_at"] == (OPENS + 10 * MINUTE).isoformat()
    exam_morning.move_to(OPENS + 9 * MINUTE)
    assert tight.start().status_code == 409
    with tight.client.application.app_context():
        assert queries.attempts(db.session(), tight.person_id) == []
    exam_morning.move_to(OPENS + 10 * MINUTE)
    assert tight.start().status_code == 303


def test_the_page_of_the_spread_start_gives_the_whole_working_time(
    tight: Candidate, exam_morning: time_machine.Traveller
) -> None:
    with tight.client.application.app_context(), db.transaction() as session:
        exam = session.get_one(Exam, tight.exam_id)
        exam.settles_at = exam.closes_at + MINUTE
        for _n in range(60):
            enrol(session, exam, make_person(session))
    page = waiting_page(tight)
    offset, ticket = re.search(r'data-offset="(\d+)"', page), re.search(r'name="ticket" value="([^"]+)"', page)
    assert offset is not None
    assert ticket is not None
    assert tight.press().read_entry(ticket[1]).shift == int(offset[1]) > 0
    starts = OPENS + timedelta(milliseconds=int(offset[1]))
    exam_morning.move_to(starts)
    paper = tight.start(ticket=ticket[1]).location
    with tight.client.application.app_context():
        assert queries.own(db.session(), tight.person_id, attempt_id(paper)).deadline_at == starts + 90 * MINUTE


def test_what_was_arranged_is_said_before_the_start(tight: Candidate, exam_morning: time_machine.Traveller) -> None:
    act(tight, giving.grant, tight.person_id, Allowance(30, 20), "已核对证明材料", by=None, now=OPENS - 5 * MINUTE)
    page = waiting_page(tight)
    assert "作答时间 117 分钟" in page
    assert "另可停表休息 20 分钟" in page
    assert "已核对证明材料" not in page
    exam_morning.move_to(OPENS)
    assert "最迟 11 月 25 日 10:57 交卷" in waiting_page(tight)


def test_a_ticket_of_another_exam_or_another_person_tells_nothing(tight: Candidate, app: Flask) -> None:
    other = candidate_for(app)
    wrong = tight.client.post(f"/my-exams/{tight.exam_id}/standing", json={"ticket": tight.entry(other.exam_id)})
    assert wrong.status_code == 422
    stranger = other.client.post(f"/my-exams/{tight.exam_id}/standing", json={"ticket": tight.entry(tight.exam_id)})
    assert stranger.status_code == 404
    nobody = app.test_client().post(f"/my-exams/{tight.exam_id}/standing", json={"ticket": tight.entry(tight.exam_id)})
    assert nobody.status_code == 401


# ---------------------------------------------------------------- pauses


@pytest.fixture
def sitting(candidate: Candidate) -> Candidate:
    candidate.client.application.config["WTF_CSRF_ENABLED"] = False
    return candidate


def standing(candidate: Candidate, paper: str) -> str:
    answer = candidate.post_json(f"{paper}/standing", {})
    assert answer.status_code == 200
    return str(answer.get_json()["stands"])


def test_in_a_pause_no_question_is_on_the_page(sitting: Candidate, exam_morning: time_machine.Traveller) -> None:
    paper = sitting.begin()
    question = re.search(r'id="q1".*?<legend[^>]*>(.*?)</legend>', sitting.get(paper).get_data(as_text=True), re.S)
    assert question is not None
    act(sitting, holding.pause, now=OPENS + MINUTE)
    exam_morning.move_to(OPENS + 20 * MINUTE)
    page = sitting.get(paper).get_data(as_text=True)
    assert "考试暂停" in page
    assert "exam-data" not in page
    assert "fieldset" not in page
    assert "89 分钟作答" in page
    assert standing(sitting, paper) == "paused"
    home = sitting.get("/my-exams").get_data(as_text=True)
    assert "考试已暂停" in home
    assert "data-deadline" not in home
    submitted = sitting.submit(paper)
    assert (submitted.status_code, submitted.get_json()["reason"]) == (409, "paused")
    act(sitting, holding.resume, now=OPENS + 20 * MINUTE)
    assert standing(sitting, paper) == ""
    data = data_of(sitting.get(paper).get_data(as_text=True))
    assert (data["deadline"], data["paused"]) == ((OPENS + 109 * MINUTE).isoformat(), None)


@pytest.mark.parametrize(("answer", "status"), [("1", 409), ("9", 422)])
def test_what_a_plain_form_brings_in_a_pause_stays_on_its_page(
    app: Flask, exam_morning: time_machine.Traveller, answer: str, status: int
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sitting = candidate_for(app, ("single",))
    paper = sitting.begin()
    act(sitting, holding.pause, now=OPENS + MINUTE)
    exam_morning.move_to(OPENS + 2 * MINUTE)
    came = sitting.post_form(paper, a1=answer, submit="1")
    page = came.get_data(as_text=True)
    assert came.status_code == status
    assert re.search(r'<input type="hidden" name="a1" value="' + answer + '">', page)
    with sitting.client.application.app_context():
        assert queries.own(db.session(), sitting.person_id, attempt_id(paper)).state == "open"


def test_a_start_waits_for_the_end_of_a_pause(sitting: Candidate) -> None:
    act(sitting, holding.pause, now=OPENS)
    page = sitting.get(f"/my-exams/{sitting.exam_id}").get_data(as_text=True)
    assert "data-paused" in page
    assert ahead(sitting)["paused"] is True
    assert sitting.start().status_code == 409
    assert "进去等候" in sitting.get("/my-exams").get_data(as_text=True)


# ---------------------------------------------------------------- breaks


def test_a_break_is_taken_and_ended(sitting: Candidate, exam_morning: time_machine.Traveller) -> None:
    act(sitting, giving.grant, sitting.person_id, Allowance(0, 15), "已核对证明材料", by=None, now=OPENS)
    paper = sitting.begin()
    assert "还可以休息 15 分钟" in sitting.get(paper).get_data(as_text=True)
    assert sitting.post_form(f"{paper}/break").status_code == 303
    exam_morning.shift(5 * MINUTE)
    page = sitting.get(paper).get_data(as_text=True)
    assert "休息中" in page
    assert "fieldset" not in page
    assert "10:00" in page
    assert "90 分钟作答" in page
    assert standing(sitting, paper) == "break"
    assert "正在休息" in sitting.get("/my-exams").get_data(as_text=True)
    assert sitting.post_form(f"{paper}/break/end").status_code == 303
    again = sitting.get(paper).get_data(as_text=True)
    assert data_of(again)["deadline"] == (OPENS + 95 * MINUTE).isoformat()
    assert "还可以休息 10 分钟" in again


def test_without_a_granted_break_there_is_no_button(sitting: Candidate) -> None:
    paper = sitting.begin()
    assert f"{paper}/break" not in sitting.get(paper).get_data(as_text=True)
    assert sitting.post_form(f"{paper}/break").status_code == 409


def test_a_break_of_somebody_else_cannot_be_taken(sitting: Candidate, app: Flask) -> None:
    paper = sitting.begin()
    other = candidate_for(app)
    assert other.post_form(f"{paper}/break").status_code == 404
