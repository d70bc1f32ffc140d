"""Two persons in the browser: proposed on one page, agreed to on another; every page is read by the linting client."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from quizapp.approvals.models import Proposal
from quizapp.audit.models import AuditEvent
from quizapp.config import TwoPersons
from quizapp.db import db
from quizapp.exams import service as exams
from quizapp.exams.models import Exam
from quizapp.kernel.roles import Role
from quizapp.marking import queries as marking
from quizapp.marking import service as marks
from quizapp.marking.rules import Given
from tests.builders.exams import CLOSES, OPENS, make_exam
from tests.builders.marking import hand_in
from tests.builders.people import grant, make_person, sign_in
from tests.page_lint import LintingClient

AFTER = CLOSES + timedelta(hours=3)
ANSWER = "应当先告知，再举行听证"


@dataclass
class Desk:
    """Two exam administrators, a reviewer, a system administrator, an auditor, each at a browser."""

    app: Flask
    people: dict[str, LintingClient]
    exam_id: int
    candidate: str = "沈砚秋"

    def page(self, who: str, address: str, status: int = 200) -> str:
        answer = self.people[who].get(address)
        assert answer.status_code == status, answer.get_data(as_text=True)[:600]
        return html.unescape(answer.get_data(as_text=True))

    def post(self, who: str, address: str, **fields: Any) -> TestResponse:
        return self.people[who].post(address, data=fields)

    def proposal(self) -> str:
        """The address of the one that waits."""
        with self.app.app_context():
            found = db.session().scalars(select(Proposal).order_by((Proposal.state == "waiting").desc())).first()
            assert found is not None
            return f"/approvals/{found.id}"

    def exam(self, exam_id: int = 0) -> Exam:
        with self.app.app_context():
            return db.session().get_one(Exam, exam_id or self.exam_id)


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel(AFTER, tick=False):
        with app.app_context(), db.transaction() as session:
            candidate = make_person(session, "沈砚秋")
            exam = make_exam(session, ["single", "short"], candidates=[candidate], release="manual")
            hand_in(session, exam, candidate, ANSWER, OPENS)
            (entry,) = marking.entries(session, exam.id)
            marks.mark(session, exam.id, entry, 9001, Given(marking.question(session, entry).marks), now=OPENS)
            roles = {"何静安": Role.EXAM_ADMIN, "许明远": Role.EXAM_ADMIN, "顾景明": Role.REVIEWER, "邵启航": Role.SYSTEM_ADMIN,
                     "秦若宁": Role.AUDITOR}
            people = {name: grant(session, make_person(session, name), role) for name, role in roles.items()}
            found = Desk(app, {}, exam.id)
        for name, person in people.items():
            client = app.test_client()
            assert isinstance(client, LintingClient)
            sign_in(client, person)
            found.people[name] = client
        yield found


def test_results_are_released_by_two(desk: Desk) -> None:
    at = f"/exams/{desk.exam_id}"
    assert "没有等你同意的事" in desk.page("许明远", "/approvals")
    refused = desk.post("何静安", f"{at}/release", why="")
    assert refused.status_code == 422
    assert "同意的人会看到" in refused.get_data(as_text=True)
    assert desk.post("何静安", f"{at}/release", why="阅卷完成").status_code == 303
    mine = desk.page("何静安", at)
    assert "等待另一人同意：公布成绩" in mine
    assert "许明远" in mine  # who could agree
    assert "邵启航" in mine
    assert desk.exam().released_at is None
    page = desk.proposal()
    assert desk.post("何静安", f"{page}/agree").status_code == 403
    assert desk.post("何静安", f"{at}/release", why="再来一次").status_code == 409

    inbox = desk.page("许明远", "/approvals")
    assert "公布成绩" in inbox
    assert '<span class="nav-count">' in inbox
    shown = desk.page("许明远", page)
    for words in ("阅卷完成", "何静安", "1 人能看到", "附答案和依据", "同意并办理"):
        assert words in shown
    assert "公布成绩" in desk.page("邵启航", page)  # a system administrator, who opens no exam page
    assert f'href="{at}"' not in desk.page("邵启航", page)
    desk.page("顾景明", page, 404)
    desk.page("秦若宁", page, 403)
    assert desk.post("许明远", f"{page}/agree", back="object").location.endswith(at)
    assert desk.exam().released_at == AFTER
    assert "已同意。成绩已公布" in desk.page("许明远", at)
    assert desk.post("邵启航", f"{page}/agree").status_code == 409
    assert '<span class="nav-count">' in desk.page("何静安", "/account")
    assert "成绩已公布" in desk.page("何静安", page)
    assert '<span class="nav-count">' not in desk.page("何静安", "/account")


def test_a_refusal_comes_back_with_its_words_and_a_proposal_can_be_withdrawn(desk: Desk) -> None:
    at = f"/exams/{desk.exam_id}"
    desk.post("何静安", f"{at}/release", why="阅卷完成")
    page = desk.proposal()
    assert desk.post("许明远", f"{page}/refuse", words=" ").status_code == 422
    assert desk.post("许明远", f"{page}/refuse", words="还有申诉没有处理").status_code == 303
    assert "许明远 没有同意：公布成绩" in desk.page("何静安", at)
    assert "还有申诉没有处理" in desk.page("何静安", at)
    assert "还有申诉没有处理" in desk.page("何静安", page)
    assert "没有同意：公布成绩" not in desk.page("何静安", at)  # it has been read
    desk.post("何静安", f"{at}/release", why="申诉已处理")
    page = desk.proposal()
    assert desk.post("许明远", f"{page}/withdraw").status_code == 403
    assert desk.post("何静安", f"{page}/withdraw", back="object").location.endswith(at)
    assert "已撤回" in desk.page("何静安", "/approvals")
    assert desk.post("许明远", f"{page}/agree").status_code == 409
    assert desk.exam().released_at is None


def test_more_time_for_many_is_agreed_to_on_the_board(desk: Desk) -> None:
    closes = AFTER + timedelta(minutes=85)
    with desk.app.app_context(), db.transaction() as session:
        exam_id = make_exam(session, ["single"], candidates=[make_person(session) for _n in range(6)],
                            opens_at=AFTER - timedelta(minutes=5), closes_at=closes, settles_at=closes).id
    at = f"/exams/{exam_id}"
    assert "涉及 6 人，要另一人同意" in desk.page("何静安", f"{at}/extension")
    given = {"minutes": "10", "why": "停电", "seen": closes.isoformat()}
    assert desk.post("何静安", f"{at}/extension", **given).location.endswith("/board")
    assert desk.exam(exam_id).closes_at == closes
    assert "等待另一人同意：全场延时 10 分钟" in desk.page("何静安", f"{at}/board")
    live = html.unescape(desk.people["许明远"].get(f"{at}/board", headers={"Quizapp-Part": "live"}).get_data(as_text=True))
    assert "何静安 提出：全场延时 10 分钟" in live
    assert f'action="{desk.proposal()}/agree"' in live  # one press, where the eyes are
    shown = desk.page("许明远", desk.proposal())
    assert "6 人" in shown
    page = desk.proposal()
    assert desk.post("许明远", f"{page}/agree", back="object").location.endswith(f"{at}/board")
    assert desk.exam(exam_id).closes_at == closes + timedelta(minutes=10)
    late = desk.post("何静安", f"{at}/extension", **given, sure="1")
    assert (late.status_code, "已经被别人改过" in late.get_data(as_text=True)) == (409, True)
    assert "提出：全场延时" not in desk.page("许明远", f"{at}/board")


def test_marks_are_changed_by_two_and_blind(desk: Desk) -> None:
    listed = desk.page("顾景明", f"/marking/{desk.exam_id}/marked")
    assert ANSWER in listed
    address = listed.split('href="/marking/')[-1].split('"')[0]
    address = f"/marking/{address}"
    form = desk.page("顾景明", address)
    assert "现在 10 分" in form
    assert desk.post("顾景明", address, p1="99", why="").status_code == 422
    assert desk.post("顾景明", address, p1="4", why="漏看第二段").status_code == 303
    assert "待同意" in desk.page("顾景明", f"/marking/{desk.exam_id}/marked")
    assert "等待另一人同意" in desk.page("顾景明", address)
    page = desk.proposal()
    shown = desk.page("许明远", page)
    for words in ("10 分，满分 10 分", "4 分，满分 10 分", ANSWER, "漏看第二段", "1 人，不显示姓名"):
        assert words in shown
    assert desk.candidate not in shown
    desk.page("邵启航", page, 404)  # no marker
    desk.post("许明远", f"{page}/agree")
    assert "得分已由 10 改为 4" in desk.page("顾景明", page)


def test_a_draft_is_deleted_by_two(desk: Desk) -> None:
    with desk.app.app_context(), db.transaction() as session:
        draft = exams.create(session, title="建重的考试", year=2026, opens_at=OPENS, closes_at=CLOSES, now=OPENS, kind="paper").id
    assert desk.post("何静安", f"/exams/{draft}/delete", why="建重了").status_code == 303
    assert "等待另一人同意：删除草稿" in desk.page("何静安", f"/exams/{draft}")
    answer = desk.people["许明远"].post(f"{desk.proposal()}/agree", data={"back": "object"}, follow_redirects=True)
    assert "草稿已删除" in html.unescape(answer.get_data(as_text=True))
    desk.page("何静安", f"/exams/{draft}", 404)
    assert desk.post("何静安", f"/exams/{desk.exam_id}/delete", why="不要了").status_code == 409
    assert "建重的考试" in desk.page("何静安", "/approvals")


def test_what_fits_no_more_says_so_before_and_after(desk: Desk) -> None:
    desk.post("何静安", f"/exams/{desk.exam_id}/release", why="阅卷完成")
    page = desk.proposal()
    with desk.app.app_context(), db.transaction() as session:
        session.get_one(Exam, desk.exam_id).show_key = False
    assert "现在同意也不会办理" in desk.page("许明远", page)
    answer = desk.people["许明远"].post(f"{page}/agree", follow_redirects=True)
    assert "情况已经变了" in html.unescape(answer.get_data(as_text=True))
    assert desk.exam().released_at is None
    assert "已失效" in desk.page("何静安", page)


def test_switched_off_by_the_operator_every_page_says_so(desk: Desk) -> None:
    settings = desk.app.config["SETTINGS"]
    desk.app.config["SETTINGS"] = dataclasses.replace(settings, two_persons=TwoPersons.OFF)
    assert "没有启用两人规则" in desk.page("秦若宁", "/account")
    answer = desk.people["何静安"].post(f"/exams/{desk.exam_id}/release", data={"why": "只有一人"}, follow_redirects=True)
    assert "由你一人办理" in html.unescape(answer.get_data(as_text=True))
    assert desk.exam().released_at == AFTER
    with desk.app.app_context():
        event = db.session().scalars(select(AuditEvent).where(AuditEvent.action == "release_results")).one()
    assert event.detail["two_persons"] == "off"


def test_in_english(desk: Desk) -> None:
    desk.post("何静安", f"/exams/{desk.exam_id}/release", why="阅卷完成")
    desk.people["许明远"].post("/language", data={"language": "en", "next": "/approvals"})
    assert "Releasing results, more time for many" in desk.page("许明远", "/approvals")
    shown = desk.page("许明远", desk.proposal())
    for words in ("What happens once you agree", "Visible to: 1", "Agree, and do it"):
        assert words in shown
