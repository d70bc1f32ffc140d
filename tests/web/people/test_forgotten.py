"""A forgotten password: who may hand over a code, and what it does. One's own sign-ins, ended from the account page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from quizapp import clock
from quizapp.db import db
from quizapp.kernel.errors import TooManyError
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.models import OneTimeLink
from quizapp.people.rules.second_factor import CODE_TRIES, Vault
from tests.builders.people import grant, make_person, sign_in
from tests.databases import both_databases
from tests.page_lint import LintingClient
from tests.web.people.test_desks import TOKEN, Desk

PASSWORD, NEW = "读过的条文用在每一次履职里", "答过的每一题都有据可查呢"
CODE = re.compile(r'id="new-code"[^>]*>([\w-]+)<')


@pytest.fixture
def desk(app: Flask, client: LintingClient) -> Desk:
    made = Desk(app, client)
    with app.app_context(), db.transaction() as session:
        service.set_password(session, session.merge(made.inside), PASSWORD)
    return made


@pytest.fixture
def visitor(app: Flask) -> LintingClient:
    made = app.test_client()
    assert isinstance(made, LintingClient)
    return made


def handed_over(desk: Desk, person_id: int) -> str:
    answer = desk.post(f"/people/{person_id}/code")
    assert answer.status_code == 303
    found = CODE.search(desk.page(answer.location))
    assert found
    assert not CODE.search(desk.page(answer.location)), "a code is shown once"
    return found[1]


def reset(visitor: LintingClient, login: str, code: str, password: str = NEW, at: str = "10.0.0.1"):  # type: ignore[no-untyped-def]
    token = TOKEN.search(visitor.get("/reset-password").get_data(as_text=True))
    assert token
    return visitor.post("/reset-password", environ_overrides={"REMOTE_ADDR": at}, data={
        "login": login, "code": code, "password": password, "again": password, "csrf_token": token[1]})


@both_databases
def test_the_code_sets_a_password_once_and_ends_what_was_open(desk: Desk, app: Flask, visitor: LintingClient) -> None:
    desk.enter(Role.LIAISON, desk.office)
    login, own = desk.inside.login, app.test_client()
    sign_in(own, desk.inside)
    code = handed_over(desk, desk.inside.id)
    assert reset(visitor, login, code, "short").status_code == 422
    assert reset(visitor, login, code, f"{login}{login}").status_code == 422
    assert reset(visitor, f" {login} ", code.lower().replace("-", " ")).status_code == 303
    assert visitor.get("/account").status_code == 200
    assert own.get("/account").status_code == 303
    with app.app_context():
        assert service.verify(db.session(), login, NEW, "10.0.0.2").id == desk.inside.id
    other = app.test_client()
    assert isinstance(other, LintingClient)
    assert reset(other, login, code).status_code == 422
    assert (desk.acts("make_code"), desk.acts("set_password")) == (1, 1)


def test_the_code_is_not_in_the_database(desk: Desk, app: Flask) -> None:
    desk.enter(Role.LIAISON, desk.office)
    code = handed_over(desk, desk.inside.id)
    with app.app_context():
        kept = db.session().scalars(select(OneTimeLink)).one()
        assert kept.kind == "code"
        assert kept.token_hash not in {code, queries.token_hash(code), queries.token_hash(code.replace("-", ""))}


def test_a_code_runs_out_and_a_newer_one_replaces_it(desk: Desk, visitor: LintingClient) -> None:
    with time_machine.travel("2026-11-25 09:00:00+08:00", tick=False) as traveller:
        desk.enter(Role.LIAISON, desk.office)
        old, new = handed_over(desk, desk.inside.id), handed_over(desk, desk.inside.id)
        assert reset(visitor, desk.inside.login, old).status_code == 422
        traveller.shift(timedelta(minutes=31))
        assert reset(visitor, desk.inside.login, new).status_code == 422


def test_a_code_is_for_one_person(desk: Desk, app: Flask, visitor: LintingClient) -> None:
    desk.enter(Role.EXAM_ADMIN)
    code = handed_over(desk, desk.inside.id)
    assert reset(visitor, desk.outside.login, code).status_code == 422
    assert reset(visitor, desk.inside.login, code).status_code == 303


def test_a_liaison_hands_codes_to_people_without_a_role_in_their_units(desk: Desk, app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        above = grant(session, make_person(session, "上级", desk.office), Role.EDITOR)
        service.set_password(session, above, PASSWORD)
    desk.enter(Role.LIAISON, desk.office)
    assert desk.post(f"/people/{above.id}/code").status_code == 403
    assert "联络员只给没有角色的人" in desk.page(f"/people/{above.id}")
    assert desk.post(f"/people/{desk.outside.id}/code").status_code == 404
    assert desk.acts("make_code") == 0
    desk.enter(Role.SYSTEM_ADMIN)
    assert desk.post(f"/people/{above.id}/code").status_code == 403
    desk.enter(Role.SECURITY_ADMIN)
    assert desk.post(f"/people/{above.id}/code").status_code == 303


def test_wrong_codes_are_slowed_by_address_and_end_the_code_at_last(
    desk: Desk, app: Flask, visitor: LintingClient
) -> None:
    with time_machine.travel("2026-11-25 09:00:00+08:00", tick=False):
        desk.enter(Role.LIAISON, desk.office)
        login, code = desk.inside.login, handed_over(desk, desk.inside.id)
        for _ in range(5):
            assert reset(visitor, login, "ZZZZ-ZZZZ").status_code == 422
        assert reset(visitor, login, code).status_code == 429
        # whoever types elsewhere is not held up, nor is the password
        with app.app_context():
            assert service.verify(db.session(), login, PASSWORD, "10.0.0.1").id == desk.inside.id
        with app.app_context(), db.transaction() as session:
            for number in range(CODE_TRIES - 6):
                service.note_wrong_code(session, login, f"10.1.0.{number}")
        assert reset(visitor, login, "ZZZZ-ZZZZ", at="10.0.0.9").status_code == 422
        assert reset(visitor, login, code, at="10.0.0.10").status_code == 422


def test_one_address_cannot_use_up_a_code_while_it_lasts(desk: Desk, app: Flask) -> None:
    """As fast as the slowing lets it, from one address, for as long as the code lasts."""
    with time_machine.travel("2026-11-25 09:00:00+08:00", tick=False) as traveller, app.app_context():
        with db.transaction() as session:
            service.make_code(session, Vault("key"), desk.inside)
        end, tries = clock.now() + timedelta(minutes=30), 0
        while clock.now() < end:
            try:
                service.slow_down(db.session(), desk.inside.login, "10.0.0.1", "code")
            except TooManyError:
                traveller.shift(timedelta(seconds=1))
                continue
            tries += 1
            with db.transaction() as session:
                service.note_wrong_code(session, desk.inside.login, "10.0.0.1")
        assert 20 < tries < CODE_TRIES
        assert db.session().scalars(select(OneTimeLink)).one().used_at is None


def test_nobody_learns_who_exists(desk: Desk, visitor: LintingClient) -> None:
    def answer(login: str) -> str:
        page = reset(visitor, login, "ZZZZ-ZZZZ").get_data(as_text=True)
        return re.sub(r'(content|value)="[^"]{40,}"|nonce="[^"]+"', "", page).replace(login, "")

    desk.enter(Role.LIAISON, desk.office)
    handed_over(desk, desk.inside.id)
    assert answer("nobody") == answer(desk.inside.login)


def test_all_other_sign_ins_end_at_once(desk: Desk, app: Flask) -> None:
    me = desk.enter(Role.LIAISON, desk.office)
    others = [app.test_client() for _ in range(2)]
    for other in others:
        sign_in(other, me)
    assert "结束其他全部登录" in desk.page("/account")
    assert desk.post("/account/sign-ins/end-others").status_code == 303
    assert "结束其他全部登录" not in desk.page("/account")
    assert [other.get("/account").status_code for other in others] == [303, 303]
    assert desk.acts("end_sign_ins") == 1
