"""Changing one's own password: who knows the present one may, and everything that rested on it ends."""

from __future__ import annotations

import re

import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from quizapp import clock
from quizapp.audit import queries as audit
from quizapp.audit.queries import Filters
from quizapp.db import db
from quizapp.people import service
from tests.builders.people import make_person, sign_in
from tests.databases import both_databases
from tests.page_lint import LintingClient

OLD, NEW = "读过的条文用在每一次履职里", "换一句只有我记得的话啊"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@both_databases
def test_the_present_password_opens_a_new_one_and_ends_the_rest(app: Flask, client: LintingClient) -> None:
    with app.app_context(), db.transaction() as session:
        person = make_person(session, login="p00777")
        service.set_password(session, person, OLD)
        link = service.make_link(session, person.id)
    other = app.test_client()
    assert isinstance(other, LintingClient)
    for browser in (client, other):
        sign_in(browser, person)

    def change(old: str, new: str, again: str = "") -> TestResponse:
        token = TOKEN.search(client.get("/account/password").get_data(as_text=True))
        assert token
        return client.post("/account/password", data={"old": old, "password": new, "again": again or new, "csrf_token": token[1]})

    for refused, said in ((change("not it at all", NEW), "密码不正确"), (change(OLD, "short"), "密码太短"), (change(OLD, OLD), "和现在的一样"),
                          (change(OLD, NEW, NEW + "。"), "不一样"), (change(OLD, "p00777p00777"), "容易被猜到"), (change("", NEW), "三个框")):
        assert refused.status_code == 422
        assert said in refused.get_data(as_text=True)
    assert other.get("/account").status_code == 200
    with client.session_transaction() as cookie:
        before = cookie["_user_id"]
    assert change(OLD, NEW).location == "/account"
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != before
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert other.get(f"/set-password/{link}").status_code == 409
    with app.app_context():
        assert audit.count(db.session(), Filters(action="change_password")) == 1
        assert service.verify(db.session(), "p00777", NEW, "10.0.0.1").id == person.id
    with time_machine.travel(clock.now(), tick=False):
        assert {change("wrong wrong wrong", OLD).status_code for _ in range(4)} == {422}  # one more stands above
        assert change(NEW, OLD).status_code == 429
