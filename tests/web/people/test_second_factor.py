"""The second step: set up, asked for, used once, limited, replaced, taken away."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from quizapp import clock
from quizapp.audit import queries as audit
from quizapp.audit.queries import Filters
from quizapp.config import SecondFactor as Demand
from quizapp.db import db
from quizapp.kernel.errors import InputError, QuizappError
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.cli import reset_second_factor
from quizapp.people.models import Person, RecoveryCode, SecondFactor
from quizapp.people.rules.second_factor import MOST_CODES_FROM_AFAR, Vault
from tests.builders.people import grant, make_person, sign_in
from tests.conftest import SECRET_KEY
from tests.databases import both_databases
from tests.page_lint import LintingClient

PASSWORD = "读过的条文用在每一次履职里"
TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
KEY = re.compile(r'id="scan-key">([A-Z2-7 ]+)<')
CODE = re.compile(r"<li><code>([\w-]+)</code>")
NOON = "2026-11-25 12:00:00+08:00"


class Staff:
    """Somebody with a role and a password, and a browser."""

    def __init__(self, app: Flask, client: LintingClient) -> None:
        self.app, self.client = app, client
        with app.app_context(), db.transaction() as session:
            self.person = grant(session, make_person(session, login="p00777"), Role.EXAM_ADMIN)
            service.set_password(session, self.person, PASSWORD)
        self.key = ""

    def post(self, address: str, at: str = "10.0.0.1", client: LintingClient | None = None, **data: str):  # type: ignore[no-untyped-def]
        browser = client or self.client
        token = TOKEN.search(browser.get("/help").get_data(as_text=True))
        assert token
        return browser.post(address, data={**data, "csrf_token": token[1]}, environ_overrides={"REMOTE_ADDR": at})

    def password(self, at: str = "10.0.0.1", client: LintingClient | None = None):  # type: ignore[no-untyped-def]
        return self.post("/sign-in", at, client, login="p00777", password=PASSWORD)

    def page(self, address: str = "/account/second-factor") -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.status_code
        return answer.get_data(as_text=True)

    def enrol(self) -> list[str]:
        """Set it up as a person does; the recovery codes. The code of this moment is used up by it."""
        self.password()
        assert self.post("/account/second-factor/begin", password=PASSWORD).status_code == 303
        found = KEY.search(self.page())
        assert found
        self.key = found[1].replace(" ", "")
        assert self.post("/account/second-factor/confirm", code=self.code()).status_code == 303
        codes: list[str] = CODE.findall(self.page())
        assert len(codes) == 10
        return codes

    def code(self) -> str:
        return pyotp.TOTP(self.key).at(clock.now())

    def another_browser(self) -> LintingClient:
        made = self.app.test_client()
        assert isinstance(made, LintingClient)
        return made

    def acts(self, action: str) -> int:
        with self.app.app_context():
            return audit.count(db.session(), Filters(action=action))


@pytest.fixture
def staff(app: Flask, client: LintingClient) -> Staff:
    return Staff(app, client)


@both_databases
def test_enrolled_signed_out_signed_in(staff: Staff) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        codes = staff.enrol()
        assert not CODE.findall(staff.page()), "recovery codes are shown once"
        staff.post("/sign-out")
        # the password alone opens nothing
        assert staff.password().location == "/sign-in/code"
        assert staff.client.get("/account").location.startswith("/sign-in?")
        # the code that confirmed is used up; the next one opens, once
        assert staff.post("/sign-in/code", code=staff.code()).status_code == 422
        traveller.shift(timedelta(seconds=30))
        assert staff.post("/sign-in/code", code=staff.code()).status_code == 303
        assert staff.client.get("/account").status_code == 200
        other = staff.another_browser()
        assert staff.password(client=other).location == "/sign-in/code"
        assert staff.post("/sign-in/code", client=other, code=staff.code()).status_code == 422
        # a recovery code opens, once
        assert staff.post("/sign-in/code", client=other, code=codes[3].lower()).status_code == 303
        third = staff.another_browser()
        staff.password(client=third)
        assert staff.post("/sign-in/code", client=third, code=codes[3]).status_code == 422
        assert staff.post("/sign-in/code", client=third, code=codes[4]).status_code == 303
        assert "还有 8 个恢复码" in staff.page("/account")
        assert (staff.acts("enable_second_factor"), staff.acts("use_recovery_code")) == (1, 2)


@both_databases
def test_of_many_browsers_with_one_code_one_gets_in(app: Flask, staff: Staff) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        recovery = staff.enrol()[0]
        traveller.shift(timedelta(seconds=60))
        for code in (staff.code(), recovery):
            barrier = threading.Barrier(6)

            def attempt(_number: int, code: str = code, barrier: threading.Barrier = barrier) -> bool:
                barrier.wait(20)
                with app.app_context():
                    try:
                        with db.transaction() as session:
                            service.pass_second_step(session, Vault(SECRET_KEY), staff.person.id, code)
                    except InputError:
                        return False
                    return True

            with ThreadPoolExecutor(6) as pool:
                assert sorted(pool.map(attempt, range(6))) == [False] * 5 + [True]


def test_nothing_counts_before_it_is_confirmed(staff: Staff) -> None:
    with time_machine.travel(NOON, tick=False):
        staff.password()
        assert staff.post("/account/second-factor/begin", password="not the password").status_code == 422
        assert "密钥" not in staff.page()
        staff.post("/account/second-factor/begin", password=PASSWORD)
        page = staff.page()
        assert 'class="qr"' in page
        assert "style=" not in page
        assert staff.post("/account/second-factor/confirm", code="000000").status_code == 422
        staff.post("/sign-out")
        assert staff.password().location.startswith("/account/second-factor")
        staff.post("/account/second-factor/cancel")
        assert not KEY.search(staff.page())


def test_the_secret_and_the_codes_are_not_in_the_database(app: Flask, staff: Staff) -> None:
    with time_machine.travel(NOON, tick=False):
        codes = staff.enrol()
    with app.app_context():
        factor = db.session().get_one(SecondFactor, staff.person.id)
        assert staff.key.encode() not in factor.secret
        assert Vault(SECRET_KEY).unseal(staff.person.id, factor.secret) == staff.key
        stored = set(db.session().scalars(select(RecoveryCode.code_hash)))
        assert len(stored) == 10
        assert not stored & {code.replace("-", "") for code in codes}
        assert {len(one) for one in stored} == {64}


def test_switching_it_on_ends_the_sign_ins_elsewhere(staff: Staff) -> None:
    with time_machine.travel(NOON, tick=False):
        other = staff.another_browser()
        sign_in(other, staff.person)
        assert other.get("/account").status_code == 200
        staff.enrol()
        assert other.get("/account").status_code == 303
        assert staff.client.get("/account").status_code == 200


def test_off_and_new_codes_take_password_and_code(staff: Staff) -> None:
    change = "/account/second-factor/change"
    with time_machine.travel(NOON, tick=False) as traveller:
        codes = staff.enrol()
        traveller.shift(timedelta(seconds=30))
        assert staff.post(change, act="off", password="wrong wrong wrong", code=staff.code()).status_code == 422
        assert staff.post(change, act="off", password=PASSWORD, code="000000").status_code == 422
        assert staff.post("/account/second-factor/cancel").status_code == 409
        assert staff.post("/account/second-factor/begin", password=PASSWORD).status_code == 409
        assert staff.post(change, act="renew", password=PASSWORD, code=staff.code()).status_code == 303
        new = CODE.findall(staff.page())
        assert len(new) == 10
        assert not set(new) & set(codes)
        assert staff.post(change, act="off", password=PASSWORD, code=codes[0]).status_code == 422
        assert staff.post(change, act="off", password=PASSWORD, code=new[0]).status_code == 303
        staff.post("/sign-out")
        assert staff.password().location.startswith("/account/second-factor")
        assert (staff.acts("renew_recovery_codes"), staff.acts("disable_second_factor")) == (1, 1)


def test_wrong_codes_are_slowed_and_shut_nobody_out(staff: Staff) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        staff.enrol()  # the person signed in from 10.0.0.1
        staff.post("/sign-out")
        traveller.shift(timedelta(seconds=60))
        thief = staff.another_browser()
        staff.password("10.9.0.1", thief)
        for number in range(MOST_CODES_FROM_AFAR):
            # five from each address, so that no address is slowed by itself
            assert staff.post("/sign-in/code", f"10.9.0.{number // 5}", thief, code="000000").status_code == 422
        refused = staff.post("/sign-in/code", "10.9.0.200", thief, code=staff.code())
        assert refused.status_code == 429
        assert "15 分钟" in refused.get_data(as_text=True)
        # from where the person signs in, they still do
        assert staff.password().location == "/sign-in/code"
        assert staff.post("/sign-in/code", code=staff.code()).status_code == 303
        traveller.shift(timedelta(minutes=16))
        staff.password("10.9.0.1", thief)
        for _ in range(5):
            assert staff.post("/sign-in/code", "10.9.0.1", thief, code="000000").status_code == 422
        assert staff.post("/sign-in/code", "10.9.0.1", thief, code=staff.code()).status_code == 429


def test_the_proof_of_the_password_does_not_last(app: Flask, staff: Staff) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        staff.enrol()
        staff.post("/sign-out")
        assert staff.client.get("/sign-in/code").location == "/sign-in"
        staff.password()
        traveller.shift(timedelta(minutes=11))
        assert staff.post("/sign-in/code", code=staff.code()).location == "/sign-in"
        # nor longer than the password
        staff.password()
        with app.app_context(), db.transaction() as session:
            service.set_password(session, session.get_one(Person, staff.person.id), PASSWORD + "。")
        assert staff.post("/sign-in/code", code=staff.code()).location == "/sign-in"


def test_a_link_does_not_go_around_it(app: Flask, staff: Staff) -> None:
    with time_machine.travel(NOON, tick=False):
        staff.enrol()
        with app.app_context(), db.transaction() as session:
            link = f"/set-password/{service.make_link(session, staff.person.id)}"
        other = staff.another_browser()
        assert staff.post(link, client=other, password=PASSWORD + "。", again=PASSWORD + "。").location == "/sign-in/code"
        assert other.get("/account").status_code == 303


def test_a_security_administrator_resets_it_and_nobody_else(app: Flask, staff: Staff) -> None:
    with time_machine.travel(NOON, tick=False):
        staff.enrol()
        address = f"/people/{staff.person.id}/second-factor/reset"
        desk = staff.another_browser()
        with app.app_context(), db.transaction() as session:
            others = [grant(session, make_person(session), role) for role in (Role.EXAM_ADMIN, Role.SYSTEM_ADMIN)]
            admin = grant(session, make_person(session), Role.SECURITY_ADMIN)
        for other in others:
            sign_in(desk, other)
            assert staff.post(address, client=desk).status_code == 403
        sign_in(desk, admin)
        assert "重置两步验证" in desk.get(f"/people/{staff.person.id}").get_data(as_text=True)
        assert staff.post(f"/people/{admin.id}/second-factor/reset", client=desk).status_code == 403
        assert staff.post(address, client=desk).status_code == 303
        assert staff.client.get("/account").status_code == 303
        assert staff.password().location.startswith("/account/second-factor")
        assert staff.acts("reset_second_factor") == 1


def test_the_operator_resets_the_last_administrator(app: Flask, staff: Staff) -> None:
    with time_machine.travel(NOON, tick=False):
        staff.enrol()
    done = app.test_cli_runner().invoke(reset_second_factor, ["p00777"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert not queries.has_second_factor(db.session(), staff.person.id)
    again = app.test_cli_runner().invoke(reset_second_factor, ["p00777"])
    assert isinstance(again.exception, QuizappError)


def test_under_another_secret_recovery_codes_still_open(app: Flask, staff: Staff) -> None:
    """An installation that has lost its secret cannot read the keys, and says so."""
    with time_machine.travel(NOON, tick=False) as traveller:
        codes = staff.enrol()
        traveller.shift(timedelta(seconds=30))
        staff.post("/sign-out")
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], secret_key="another secret of the installation")
        staff.password()
        refused = staff.post("/sign-in/code", code=staff.code())
        assert refused.status_code == 409
        assert "读不出来" in refused.get_data(as_text=True)
        assert staff.post("/sign-in/code", code=codes[0]).status_code == 303


def demand(app: Flask, wanted: Demand) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], second_factor=wanted)


def test_where_it_is_asked_for_it_may_be_put_off(app: Flask, staff: Staff) -> None:
    first = staff.post("/sign-in?next=/exams", login="p00777", password=PASSWORD)
    assert first.location == "/account/second-factor?next=/exams"
    assert 'href="/exams"' in staff.page(first.location)
    assert staff.client.get("/exams").status_code == 200
    staff.post("/sign-out")
    demand(app, Demand.OFFERED)
    assert staff.password().location == "/"


def test_where_it_is_required_a_role_opens_nothing_before(app: Flask, staff: Staff) -> None:
    demand(app, Demand.REQUIRED)
    with time_machine.travel(NOON, tick=False):
        staff.password()
        for address in ("/exams", "/people", "/bank"):
            answer = staff.client.get(address)
            assert (answer.status_code, answer.location) == (303, f"/account/second-factor?next={address}")
        assert staff.post(f"/people/{staff.person.id}/link").status_code == 303
        assert staff.acts("make_link") == 0
        page = staff.page("/account/second-factor?next=/exams")
        assert "平台要求" in page
        assert staff.client.get("/my-exams").status_code == 200
        staff.enrol()
        assert staff.client.get("/exams").status_code == 200


def test_who_only_takes_exams_is_not_asked(app: Flask, staff: Staff) -> None:
    demand(app, Demand.REQUIRED)
    with app.app_context(), db.transaction() as session:
        candidate = make_person(session, login="p00888")
        service.set_password(session, candidate, PASSWORD)
    assert staff.post("/sign-in", login="p00888", password=PASSWORD).location == "/"
    assert staff.client.get("/my-exams").status_code == 200
    assert "两步验证" not in staff.page("/account")
    assert staff.post("/account/second-factor/begin", password=PASSWORD).status_code == 403
