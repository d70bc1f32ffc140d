"""Signing in: what is refused, what is slowed, what ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from quizapp.audit import queries as audit
from quizapp.audit.queries import Filters
from quizapp.db import db
from quizapp.people import queries, service
from quizapp.people.models import Person
from tests.builders.people import make_person, sign_in
from tests.page_lint import LintingClient

PASSWORD = "读过的条文用在每一次履职里"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def person(app: Flask) -> Person:
    with app.app_context(), db.transaction() as session:
        made = make_person(session, login="p00777")
        service.set_password(session, made, PASSWORD)
        return made


def token(client: LintingClient, address: str = "/sign-in") -> str:
    found = TOKEN.search(client.get(address).get_data(as_text=True))
    assert found
    return found[1]


def try_sign_in(client: LintingClient, password: str, *, address: str = "10.0.0.1", next_address: str = ""):  # type: ignore[no-untyped-def]
    return client.post("/sign-in", query_string={"next": next_address} if next_address else {},
                       data={"login": "p00777", "password": password, "csrf_token": token(client)},
                       environ_overrides={"REMOTE_ADDR": address})


def test_the_right_password_opens_and_the_wrong_one_does_not(client: LintingClient, person: Person) -> None:
    wrong = try_sign_in(client, "not this one at all")
    assert wrong.status_code == 422
    assert "账号或者密码不正确" in wrong.get_data(as_text=True)
    assert client.get("/account").status_code == 303
    right = try_sign_in(client, PASSWORD)
    assert (right.status_code, right.location) == (303, "/")
    assert client.get("/account").status_code == 200


def test_five_failures_slow_one_address_and_lock_nobody_else(app: Flask, client: LintingClient, person: Person) -> None:
    with time_machine.travel("2026-11-25 09:00:00+08:00", tick=False) as traveller:
        for _ in range(5):
            assert try_sign_in(client, "wrong wrong wrong").status_code == 422
        slowed = try_sign_in(client, PASSWORD)
        assert slowed.status_code == 429
        assert "秒后再试" in slowed.get_data(as_text=True)
        elsewhere = app.test_client()
        assert isinstance(elsewhere, LintingClient)
        assert try_sign_in(elsewhere, PASSWORD, address="10.0.0.2").status_code == 303
        traveller.shift(timedelta(seconds=2))
        assert try_sign_in(client, PASSWORD).status_code == 303


def test_a_deactivated_account_stays_shut(app: Flask, client: LintingClient, person: Person) -> None:
    sign_in(client, person)
    with app.app_context(), db.transaction() as session:
        link = service.make_link(session, person.id)
        found = session.get(Person, person.id)
        assert found is not None
        found.active = False
    assert client.get("/account").status_code == 303
    assert try_sign_in(client, PASSWORD).status_code == 422
    assert client.get(f"/set-password/{link}").status_code == 409


def test_the_session_begins_afresh(client: LintingClient, person: Person) -> None:
    with client.session_transaction() as before:
        before["planted"] = "before signing in"
    try_sign_in(client, PASSWORD)
    with client.session_transaction() as after:
        assert "planted" not in after


def test_an_ended_sign_in_works_no_more(app: Flask, client: LintingClient, person: Person) -> None:
    sign_in(client, person)
    assert client.get("/account").status_code == 200
    with app.app_context(), db.transaction() as session:
        service.end_all_sign_ins(session, person.id)
    assert client.get("/account").status_code == 303


def test_a_sign_in_ends_by_idleness_and_by_age(client: LintingClient, person: Person) -> None:
    with time_machine.travel("2026-11-25 09:00:00+08:00", tick=False) as traveller:
        sign_in(client, person)
        for _ in range(8):
            traveller.shift(timedelta(hours=1, minutes=40))
            response = client.get("/account")
            if response.status_code == 303:
                break
        else:
            pytest.fail("twelve hours were not the end")
        sign_in(client, person)
        traveller.shift(timedelta(hours=2, minutes=1))
        assert client.get("/account").status_code == 303


def test_signing_out_ends_it_on_the_server(app: Flask, client: LintingClient, person: Person) -> None:
    sign_in(client, person)
    with client.session_transaction() as cookie:
        stolen = cookie["_user_id"]
    client.post("/sign-out", data={"csrf_token": token(client, "/account")})
    with client.session_transaction() as cookie:
        cookie["_user_id"] = stolen
    assert client.get("/account").status_code == 303


def test_a_link_works_once(app: Flask, client: LintingClient, person: Person) -> None:
    with app.app_context(), db.transaction() as session:
        link = f"/set-password/{service.make_link(session, person.id)}"
    sign_in(client, person)
    form = {"password": "一句只有我记得的话啊", "again": "一句只有我记得的话啊", "csrf_token": token(client, link)}
    assert client.post(link, data={**form, "again": "另外一句不同的话啊啊"}).status_code == 422
    assert client.post(link, data={**form, "password": "short", "again": "short"}).status_code == 422
    assert client.post(link, data=form).status_code == 303
    assert client.get("/account").status_code == 200
    assert client.get(link).status_code == 409
    other = app.test_client()
    assert isinstance(other, LintingClient)
    assert other.post(link, data={**form, "csrf_token": token(other)}).status_code == 409
    with app.app_context():
        assert len(queries.sign_ins_of(db.session(), person.id, service.sign_in.clock.now())) == 1
        assert audit.count(db.session(), Filters(action="set_password")) == 1


def test_a_link_expires_and_a_newer_one_replaces_it(app: Flask, client: LintingClient, person: Person) -> None:
    with app.app_context(), db.transaction() as session:
        old, new = service.make_link(session, person.id), service.make_link(session, person.id)
    assert client.get(f"/set-password/{old}").status_code == 409
    assert client.get(f"/set-password/{new}").status_code == 200
    with time_machine.travel(service.sign_in.clock.now() + timedelta(days=7, minutes=1)):
        assert client.get(f"/set-password/{new}").status_code == 409


@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "\thttps://evil.example",
    "/\t/evil.example", "evil",
])
def test_nobody_is_led_elsewhere(client: LintingClient, person: Person, target: str) -> None:
    assert try_sign_in(client, PASSWORD, next_address=target).location == "/"


def test_one_comes_back_to_where_one_was_going(client: LintingClient, person: Person) -> None:
    sent = client.get("/account?from=mail")
    assert sent.location == "/sign-in?next=/account?from%3Dmail"
    assert try_sign_in(client, PASSWORD, next_address="/account?from=mail").location == "/account?from=mail"


def test_a_post_without_its_token_is_refused(client: LintingClient, person: Person) -> None:
    assert client.post("/sign-in", data={"login": "p00777", "password": PASSWORD}).status_code == 400
    sign_in(client, person)
    refused = client.post("/language", data={"language": "en"})
    assert refused.status_code == 400
    assert "刷新页面" in refused.get_data(as_text=True)


def test_an_unknown_account_reads_the_same_as_a_wrong_password(client: LintingClient, person: Person) -> None:
    def answer(login: str) -> str:
        page = client.post("/sign-in", data={"login": login, "password": "wrong wrong wrong", "csrf_token": token(client)})
        text = TOKEN.sub("", page.get_data(as_text=True))
        return re.sub(r'content="[^"]{40,}"|nonce="[^"]+"', "", text).replace(login, "")

    assert answer("nobody") == answer("p00777")
