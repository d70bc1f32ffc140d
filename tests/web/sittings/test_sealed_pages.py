"""Sealed files on the pages: handing in, comparing, deciding."""

from __future__ import annotations

import html
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from quizapp.attempts import quarantine, queries
from quizapp.attempts.models import SealedFile
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.sealing import sealing_key
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from tests.builders.people import grant, make_person, make_unit, sign_in
from tests.builders.sealed import contents
from tests.builders.sealed import sealed as sealed_file
from tests.page_lint import LintingClient
from tests.web.attempts.conftest import TAB, Candidate, attempt_id, candidate_for, data_of


@dataclass
class Desk:
    """Two administrators, and a candidate who has handed in with an answer missing."""

    app: Flask
    candidate: Candidate
    paper: str
    first: LintingClient
    second: LintingClient

    @property
    def address(self) -> str:
        return f"/exams/{self.candidate.exam_id}/sealed-files"

    @property
    def id(self) -> uuid.UUID:
        return attempt_id(self.paper)

    def file(self, **changes: Any) -> bytes:
        """As the page of this candidate seals it: 文件里 for the gap, the first option for the choice."""
        with self.app.app_context():
            layout = slots(queries.own(db.session(), self.candidate.person_id, self.id).layout)
            public = sealing_key().public
        given = {"single": ["1"], "true_false": ["true"], "fill": ["文件里"]}
        saves = [{"q": slot.number, "seq": 900_000 + slot.number, "response": given[slot.kind], "flagged": False, "seen": True}
                 for slot in layout if slot.kind in given and slot.section == slot.kind]
        fill = next(slot for slot in layout if slot.kind == "fill")
        for save in saves:
            if save["q"] == fill.number:
                save["response"] = ["文件里"] * fill.blanks
        content = {"attempt": str(self.id), "candidate": self.candidate.person_id, "client_id": TAB, "saves": saves}
        return sealed_file(public, contents(**(content | changes)))

    def upload(self, raw: bytes, client: LintingClient | None = None) -> TestResponse:
        return (client or self.first).post(self.address, **multipart(raw))

    def own_upload(self, raw: bytes) -> TestResponse:
        return self.candidate.client.post(f"{self.paper}/sealed-file", **multipart(raw))

    def stored(self) -> list[SealedFile]:
        with self.app.app_context():
            return quarantine.of_attempt(db.session(), self.candidate.person_id, self.id)


def multipart(raw: bytes) -> dict[str, Any]:
    """A form with one file, as one piece: the test client leaves a temporary file open for larger ones."""
    border = "a-border-of-this-test"
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="a.quizapp"\r\n\r\n'
    return {"data": head.encode() + raw + f"\r\n--{border}--\r\n".encode(),
            "content_type": f"multipart/form-data; boundary={border}"}


def administrator(app: Flask, role: Role = Role.EXAM_ADMIN, name: str = "宋嘉禾") -> LintingClient:
    with app.app_context(), db.transaction() as session:
        unit = make_unit(session) if role is Role.LIAISON else None
        person = grant(session, make_person(session, name), role, unit)
    client = app.test_client()
    assert isinstance(client, LintingClient)
    sign_in(client, person)
    return client


def text_of(answer: TestResponse) -> str:
    return html.unescape(answer.get_data(as_text=True))


@pytest.fixture
def desk(app: Flask, exam_morning: time_machine.Traveller) -> Desk:
    app.config["WTF_CSRF_ENABLED"] = False
    candidate = candidate_for(app)
    paper = candidate.begin()
    candidate.save(paper, {"q": 1, "seq": 1, "response": [], "flagged": False, "seen": True})
    candidate.submit(paper)
    return Desk(app, candidate, paper, administrator(app), administrator(app, name="顾怀宁"))


def test_the_exam_page_gives_the_key_that_the_server_opens_with(app: Flask, exam_morning: time_machine.Traveller) -> None:
    candidate = candidate_for(app)
    page = candidate.get(candidate.begin()).get_data(as_text=True)
    with app.app_context():
        assert data_of(page)["sealing"] == sealing_key().public


def test_upload_compare_and_accept_by_two(desk: Desk) -> None:
    assert "还没有封存文件" in text_of(desk.first.get(desk.address))
    uploaded = desk.upload(desk.file())
    assert uploaded.status_code == 303
    page = text_of(desk.first.get(uploaded.location))
    for words in ("文件里", "没有收到", "补上", "只作参考", "服务器最后收到", "到时", "待两人同意"):
        assert words in page
    assert "沈砚秋" in text_of(desk.first.get(desk.address))
    before = receipt_of(desk)
    assert desk.first.post(f"{uploaded.location}/approve").status_code == 303
    again = desk.first.post(f"{uploaded.location}/approve")
    assert again.status_code == 409
    assert "要由另一位考试管理员同意" in text_of(again)
    assert receipt_of(desk) == before
    done = desk.second.post(f"{uploaded.location}/approve", follow_redirects=True)
    assert "已采纳 3 题，成绩和回执已重新计算" in text_of(done)
    assert text_of(done).count("平台上已是这个答案") == 3
    assert receipt_of(desk) != before
    assert "已采纳" in text_of(desk.candidate.get(f"{desk.paper}/receipt"))
    for client in (desk.first, desk.second):
        late = client.post(f"{uploaded.location}/refuse", data={"reason": "晚了"})
        assert late.status_code == 409


def receipt_of(desk: Desk) -> str:
    with desk.app.app_context():
        return queries.own(db.session(), desk.candidate.person_id, desk.id).receipt


def test_refusing_needs_a_reason_which_the_candidate_reads(desk: Desk) -> None:
    place = desk.upload(desk.file()).location
    empty = desk.second.post(f"{place}/refuse", data={"reason": " "})
    assert empty.status_code == 422
    assert "退回要写明原因" in text_of(empty)
    listed = desk.second.post(f"{place}/refuse", data={"reason": "监考记录里没有断网"}, follow_redirects=True)
    assert "已退回" in text_of(listed)
    assert "监考记录里没有断网" in text_of(desk.candidate.get(f"{desk.paper}/receipt"))


@pytest.mark.parametrize(("raw", "sentence"), [
    (b"", "不是封存的作答文件"), (b"%PDF-1.7", "不是封存的作答文件"), (b'{"format": "quizapp-sealed-9"}', "先升级平台"),
    (b" " * 2_000_000, "超过 1 MB"), (b'{"format": "quizapp-sealed-1"}', "打不开"),
])
def test_wrong_files_are_refused_with_one_sentence(desk: Desk, raw: bytes, sentence: str) -> None:
    for answer in (desk.upload(raw), desk.own_upload(raw)):
        assert answer.status_code == 422
        assert sentence in text_of(answer)
    assert desk.stored() == []


def test_no_file_at_all_is_said(desk: Desk) -> None:
    assert "请选择文件" in text_of(desk.first.post(desk.address, data={}))
    assert "请选择文件" in text_of(desk.candidate.client.post(f"{desk.paper}/sealed-file", data={}))


def test_a_candidate_hands_in_on_the_receipt_page(desk: Desk) -> None:
    page = text_of(desk.candidate.get(f"{desk.paper}/receipt"))
    assert "交一份封存的作答文件" in page
    raw = desk.file()
    done = desk.own_upload(raw)
    assert done.status_code == 303
    assert "等待考试管理员决定" in text_of(desk.candidate.get(done.location))
    twice = desk.own_upload(raw)
    assert (twice.status_code, len(desk.stored())) == (409, 1)
    assert "已经上交过" in text_of(twice)
    assert "沈砚秋" in text_of(desk.first.get(desk.address))


def test_after_seven_days_the_page_offers_nothing(desk: Desk, exam_morning: time_machine.Traveller) -> None:
    exam_morning.shift(timedelta(days=7, seconds=1))
    with desk.app.app_context():
        sign_in(desk.candidate.client, db.session().get_one(Person, desk.candidate.person_id))
    assert "交一份封存的作答文件" not in text_of(desk.candidate.get(f"{desk.paper}/receipt"))
    late = desk.own_upload(desk.file())
    assert late.status_code == 409


def test_only_administrators_of_exams_open_these_pages(desk: Desk) -> None:
    place = desk.upload(desk.file()).location
    for role in (Role.LIAISON, Role.EDITOR, Role.REVIEWER, Role.AUDITOR, Role.SYSTEM_ADMIN):
        other = administrator(desk.app, role)
        for address in (desk.address, place):
            assert other.get(address).status_code == 403, role
        for act in ("approve", "refuse"):
            assert other.post(f"{place}/{act}", data={"reason": "不"}).status_code == 403, role
        assert desk.upload(desk.file(), other).status_code == 403, role
    assert desk.candidate.get(desk.address).status_code == 403
    assert desk.candidate.client.post(f"{place}/approve").status_code == 403
    assert [file.state for file in desk.stored()] == ["waiting"]


def test_somebody_elses_receipt_takes_no_file(desk: Desk) -> None:
    stranger = candidate_for(desk.app)
    answer = stranger.client.post(f"{desk.paper}/sealed-file", **multipart(desk.file()))
    assert answer.status_code == 404
    assert desk.stored() == []


def test_an_administrator_decides_on_no_file_of_their_own(desk: Desk) -> None:
    place = desk.upload(desk.file()).location
    with desk.app.app_context(), db.transaction() as session:
        grant(session, session.get_one(Person, desk.candidate.person_id), Role.EXAM_ADMIN)
    assert "不能决定自己的文件" in text_of(desk.candidate.get(place))
    refused = desk.candidate.client.post(f"{place}/approve")
    assert refused.status_code == 403
    assert [file.state for file in desk.stored()] == ["waiting"]


def test_addresses_of_other_exams_and_unknown_files_are_not_found(desk: Desk) -> None:
    place = desk.upload(desk.file()).location
    other = candidate_for(desk.app)
    name = place.rsplit("/", 1)[1]
    assert desk.first.get(f"/exams/{other.exam_id}/sealed-files/{name}").status_code == 404
    assert desk.first.post(f"/exams/{other.exam_id}/sealed-files/{name}/approve").status_code == 404
    assert desk.first.get(f"{desk.address}/{uuid.uuid4()}").status_code == 404
    assert desk.first.get("/exams/99999999999/sealed-files").status_code == 404


def test_the_pages_speak_english(desk: Desk) -> None:
    place = desk.upload(desk.file()).location
    desk.first.post("/language", data={"language": "en"})
    for address in (desk.address, place):
        page = desk.first.get(address).get_data(as_text=True)
        assert "Sealed files" in page
