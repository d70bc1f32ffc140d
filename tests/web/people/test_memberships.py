"""Transfer, secondment, leaving and coming back on the page about a person, and what they leave alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from quizapp.clock import now, today
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.models import Membership
from tests.builders.people import make_agency, make_unit
from tests.databases import both_databases
from tests.page_lint import LintingClient
from tests.web.attempts.conftest import candidate_for
from tests.web.people.test_desks import Desk


@pytest.fixture
def desk(app: Flask, client: LintingClient) -> Desk:
    return Desk(app, client)


def secondment_of(desk: Desk) -> Membership:
    with desk.app.app_context():
        return db.session.scalars(db.select(Membership).where(Membership.kind == "seconded")).one()


@both_databases
def test_lent_back_gone_and_back(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    who, day = f"/people/{desk.inside.id}", today()
    lent = {"host": desk.cars.id, "counting": "host", "lent_since": day.isoformat(), "lent_until": ""}
    assert desk.post(f"{who}/second", **{**lent, "lent_since": ""}).status_code == 422
    assert desk.post(f"{who}/second", **{**lent, "counting": "both"}).status_code == 422
    same = desk.post(f"{who}/second", **{**lent, "host": desk.office.id})
    assert same.status_code == 422
    assert "借调单位就是所在单位" in same.get_data(as_text=True)
    assert '<option selected value="host">' in same.get_data(as_text=True)  # what was typed stays
    assert desk.post(f"{who}/second", **lent).status_code == 303
    assert desk.post(f"{who}/second", **lent).status_code == 409
    page = desk.page(who)
    assert "算在借调单位" in page
    assert f"{desk.inside.login} · 车队" in page
    end = f"{who}/second/{secondment_of(desk).id}/end"
    assert desk.post(end, back_on="").status_code == 422
    assert desk.post(end, back_on=(day + timedelta(days=3)).isoformat()).status_code == 303
    assert "借调结束" in desk.page(who)
    assert desk.post(f"{who}/second/99999/end", back_on=day.isoformat()).status_code == 404
    assert desk.post(f"{who}/leave", ending="bored", left_on=day.isoformat()).status_code == 422
    assert desk.post(f"{who}/leave", ending="retired", left_on=day.isoformat()).status_code == 303
    page = desk.page(who)
    assert "已经离开" in page
    assert "登记任职" in page
    assert "生成一次性链接" not in page
    assert desk.post(f"{who}/link").status_code == 409
    assert desk.post(f"{who}/undo-leave").status_code == 303
    assert desk.post(f"{who}/undo-leave").status_code == 409
    assert desk.post(f"{who}/leave", ending="left", left_on=day.isoformat()).status_code == 303
    assert "林望舒" in desk.page("/people?status=left")
    assert desk.post(f"{who}/transfer", unit=desk.cars.id, on=day.isoformat()).status_code == 303
    assert "已登记任职" in desk.page(who)
    assert [desk.acts(act) for act in ("second_person", "end_secondment", "leave_person", "undo_leave",
                                       "return_person")] == [1, 1, 2, 1, 1]


def test_nobody_sends_themselves_away(desk: Desk) -> None:
    me = desk.enter(Role.EXAM_ADMIN)
    assert desk.post(f"/people/{me.id}/leave", ending="left", left_on=today().isoformat()).status_code == 403
    desk.enter(Role.LIAISON, desk.office)
    for act in ("second", "leave", "undo-leave", "second/1/end"):
        assert desk.post(f"/people/{desk.inside.id}/{act}").status_code == 403


def test_the_page_speaks_english(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    desk.post("/language", language="en")
    page = desk.page(f"/people/{desk.inside.id}")
    for words in ("Lend to another unit", "Counted in the host unit", "Departure or retirement"):
        assert words in page


@both_databases
@pytest.mark.parametrize("act", ["transfer", "second", "leave"])
def test_an_open_attempt_goes_on(app: Flask, exam_morning: time_machine.Traveller, act: str) -> None:
    """Whatever happens to the membership of somebody in the middle of a paper, nobody is locked out of it."""
    candidate = candidate_for(app, ("single", "true_false"))
    paper = candidate.begin()
    assert candidate.save(paper, {"q": 1, "seq": 1, "response": ["1"]}).status_code == 200
    with app.app_context(), db.transaction() as session:
        other = make_unit(session, "车队", make_agency(session))
        person = queries.profile(session, candidate.person_id, today(), now()).person
        if act == "transfer":
            service.transfer(session, person.id, other.id, today())
        elif act == "second":
            service.second(session, person.id, other.id, today(), None, "host")
        else:
            service.leave(session, person, today(), "left")
    assert candidate.get(paper).status_code == 200
    assert candidate.save(paper, {"q": 2, "seq": 2, "response": ["1"]}).status_code == 200
    assert candidate.submit(paper).status_code == 200


