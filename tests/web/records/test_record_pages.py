"""The law-study file, the paper, and what a stranger learns by number and code."""

from __future__ import annotations

from flask import Flask
from time_machine import Traveller

from quizapp.approvals.rules import Said
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from quizapp.records import queries, service
from tests.builders.people import grant, make_person, make_unit, sign_in
from tests.builders.regrades import NOW, make_room
from tests.page_lint import LintingClient


def browser(app: Flask, person_id: int = 0) -> LintingClient:
    client = app.test_client()
    assert isinstance(client, LintingClient)
    if person_id:
        with app.app_context():
            sign_in(client, db.session().get_one(Person, person_id))
    return client


def test_file_paper_and_verification(app: Flask, exam_morning: Traveller) -> None:
    with app.app_context():
        room = make_room()
        with db.transaction() as session:
            service.settle(session, room.exam_id, Said("试验"), now=NOW)
            liaison = grant(session, make_person(session, "梁致和"), Role.LIAISON, make_unit(session, "乙处")).id
            mine = queries.of_person(session, room.people[0])[0]
            name = session.get_one(Person, room.people[0]).name
    exam_morning.move_to(NOW)
    own, stranger = browser(app, room.people[0]), browser(app)
    assert mine.number in own.get("/my/study-file").get_data(as_text=True)
    paper = own.get(f"/my/certificates/{mine.number}").get_data(as_text=True)
    assert name in paper
    assert mine.digest in paper
    assert browser(app, room.people[1]).get(f"/my/certificates/{mine.number}").status_code == 404
    assert own.get("/my/certificates/nonsense").status_code == 404
    assert browser(app, liaison).get(f"/people/{room.people[0]}/study-file").status_code == 404
    assert stranger.get("/my/study-file").status_code == 303

    page = stranger.get(f"/certificates?number={mine.number}&code={mine.code}").get_data(as_text=True)
    assert "这张证书有效" in page
    assert name in page
    for number, code in ((mine.number, "ABCDEFGH"), ("XF2026-1-99999", mine.code), (mine.number, "")):
        page = stranger.get(f"/certificates?number={number}&code={code}").get_data(as_text=True)
        assert "没有查到" in page
        assert name not in page
    with app.app_context():
        room.both("single", "key", ("C",))
    page = stranger.get(f"/certificates?number={mine.number}&code={mine.code}").get_data(as_text=True)
    assert "这张证书已撤销" in page
    assert "考后试题更正，重新评分（第 1 次）" in page
    assert "已撤销" in own.get(f"/my/certificates/{mine.number}").get_data(as_text=True)
    app.config["RATE_LIMITS"] = True
    codes = [stranger.get(f"/certificates?number={mine.number}&code=ABCDEFGH").status_code for _ in range(32)]
    assert codes[-1] == 429
