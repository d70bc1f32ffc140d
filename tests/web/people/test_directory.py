"""Signing in by a directory, against a real slapd that lets a bind without a password through."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from quizapp import clock
from quizapp.audit import queries as audit
from quizapp.audit.queries import Filters
from quizapp.db import db
from quizapp.identity_sources import Ldap
from quizapp.kernel.errors import InputError
from quizapp.kernel.roles import Role
from quizapp.outbound import outbound_of
from quizapp.people import queries, service
from quizapp.people.directory import Directory as Adapter
from quizapp.people.models import FailedSignIn, Person
from quizapp.people.rules.second_factor import Vault
from tests.builders.people import grant, make_person, sign_in
from tests.conftest import SECRET_KEY, close_connections, make_app
from tests.databases import Templates, both_databases
from tests.page_lint import LintingClient
from tests.servers import slapd
from tests.servers.ports import free_port
from tests.servers.slapd import BASE, SEARCH, SEARCH_PASSWORD, Directory

THERE, HERE = "目录里的密码，只在目录里", "一句只有平台知道的话啊"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
ENTRIES = """\
dn: {base}
objectClass: dcObject
objectClass: organization
dc: qingxi
o: Qingxi

dn: ou=people,{base}
objectClass: organizationalUnit
ou: people

dn: ou=elsewhere,{base}
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
ref: {elsewhere}

""" + "".join(f"""\
dn: uid={login},ou=people,{{base}}
objectClass: inetOrgPerson
uid: {login}
cn: {login}
sn: {login}
employeeNumber: {number}
userPassword:: {base64.b64encode(THERE.encode()).decode()}

""" for login, number in (("p00777", 1), ("p00778", 2), ("p00999", 3), ("p00001", 4), ("p00002", 5), ("twin-a", 9), ("twin-b", 9)))


@pytest.fixture(scope="module")
def directory(_guards: None) -> Iterator[Directory]:
    with slapd.running(ENTRIES) as made:
        yield made


def of(directory: Directory, **changes: object) -> Ldap:
    return replace(Ldap(directory.tls, SEARCH, SEARCH_PASSWORD, BASE, ca=directory.ca, start_tls=False), **changes)  # type: ignore[arg-type]


class Site:
    """An installation that is connected to the directory: p00777 has a password there alone, p00001 is a system
    administrator with one here too, p00002 is on the operator's list."""

    def __init__(self, app: Flask, directory: Directory) -> None:
        self.app, self.directory = app, directory
        app.test_client_class = LintingClient
        self.connect()
        with app.app_context(), db.transaction() as session:
            self.person = make_person(session, login="p00777")
            self.admin = grant(session, make_person(session, login="p00001"), Role.SYSTEM_ADMIN)
            self.listed = make_person(session, login="p00002")
            service.set_password(session, self.admin, HERE)
            service.set_password(session, self.listed, HERE)

    def connect(self, **changes: object) -> None:
        changes = {"local_accounts": frozenset({"p00002"}), **changes}
        self.app.config["SETTINGS"] = replace(self.app.config["SETTINGS"], ldap=of(self.directory, **changes))
        for kept in ("directory", "outbound"):
            self.app.extensions.pop(kept, None)

    def browser(self) -> LintingClient:
        made = self.app.test_client()
        assert isinstance(made, LintingClient)
        return made

    def sign_in(self, login: str, password: str, browser: LintingClient | None = None) -> TestResponse:
        return post(browser or self.browser(), "/sign-in", login=login, password=password)

    def forget_failures(self) -> int:
        with self.app.app_context(), db.transaction() as session:
            return int(session.execute(delete(FailedSignIn)).rowcount)  # type: ignore[attr-defined]

    def acts(self, action: str) -> int:
        with self.app.app_context():
            return audit.count(db.session(), Filters(action=action))


def post(browser: LintingClient, address: str, **data: str) -> TestResponse:
    token = TOKEN.search(browser.get("/help").get_data(as_text=True))
    assert token
    return browser.post(address, data={**data, "csrf_token": token[1]})


@pytest.fixture
def site(app: Flask, directory: Directory) -> Site:
    return Site(app, directory)


@pytest.fixture(scope="module")
def shared_site(templates: Templates, tmp_path_factory: pytest.TempPathFactory, directory: Directory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("directory")
    with templates.copy("sqlite", folder) as url:
        app = make_app(url, folder / "instance")
        yield Site(app, directory)
        close_connections(app)


# ---------------------------------------------------------------- who gets in


@both_databases
def test_the_directorys_password_opens_and_no_other_does(site: Site) -> None:
    browser = site.browser()
    assert "单位目录的密码" in browser.get("/sign-in").get_data(as_text=True)
    assert site.sign_in("p00777", "not this one at all", browser).status_code == 422
    assert browser.get("/account").status_code == 303
    assert site.sign_in("p00777", THERE, browser).location == "/"
    page = browser.get("/account").get_data(as_text=True)
    assert "单位目录" in page
    assert "/account/password" not in page
    assert browser.get("/account/password").status_code == 404
    # letters are the same to a directory, and to whoever is looked up by what it says
    assert site.sign_in("P00777", THERE).location == "/"
    # a password that was set here opens nothing beside a directory
    with site.app.app_context(), db.transaction() as session:
        service.set_password(session, session.get_one(Person, site.person.id), HERE)
    assert site.sign_in("p00777", HERE).status_code == 422
    assert site.forget_failures() == 2


def test_the_glass_can_be_broken_with_the_directory_up_or_down(site: Site) -> None:
    for url in (site.directory.tls, f"ldaps://localhost:{free_port()}"):
        site.connect(url=url)
        for login in ("p00001", "p00002"):
            assert site.sign_in(login, HERE).status_code == 303
            assert site.sign_in(login, THERE).status_code == 422, "each password is checked in one place"
    down = site.sign_in("p00777", THERE)
    assert down.status_code == 503
    assert "暂时没有应答" in down.get_data(as_text=True)
    assert site.forget_failures() == 4, "nobody is slowed because the directory is down"
    # the way in meanwhile: a code from the liaison, once
    with site.app.app_context(), db.transaction() as session:
        code = service.make_code(session, Vault(SECRET_KEY), session.get_one(Person, site.person.id))
    browser = site.browser()
    answer = post(browser, "/reset-password", login="p00777", code=code, password=HERE + "。", again=HERE + "。")
    assert answer.location == "/"
    assert "这里设的密码不起作用" in browser.get("/account").get_data(as_text=True)
    assert site.sign_in("p00777", HERE + "。").status_code == 503


def test_whom_the_platform_does_not_let_in_stays_out(site: Site) -> None:
    unknown = site.sign_in("p00999", THERE)
    assert unknown.status_code == 403
    assert "没有工号 p00999 的人" in unknown.get_data(as_text=True)
    with site.app.app_context(), db.transaction() as session:
        service.deactivate(session, session.get_one(Person, site.person.id))
    closed = site.sign_in("p00777", THERE)
    assert closed.status_code == 403
    assert "已经停用" in closed.get_data(as_text=True)
    # who does not know the password is told none of this
    for login in ("p00999", "p00777", "p12345"):
        assert "账号或者密码不正确" in site.sign_in(login, "wrong wrong wrong").get_data(as_text=True)
    assert site.acts("refuse_sign_in") == 1  # of several within a minute the first is an event, the others are counted


def test_a_holder_of_a_role_takes_the_second_step(site: Site) -> None:
    with site.app.app_context(), db.transaction() as session:
        grant(session, site.person, Role.EXAM_ADMIN)
    browser = site.browser()
    assert site.sign_in("p00777", THERE, browser).location.startswith("/account/second-factor")
    assert post(browser, "/account/second-factor/begin", password=HERE).status_code == 422
    assert post(browser, "/account/second-factor/begin", password=THERE).status_code == 303
    with site.app.app_context(), db.transaction() as session:
        factor = queries.second_factor(session, site.person.id)
        assert factor is not None
        key = Vault(SECRET_KEY).unseal(site.person.id, factor.secret)
    before = clock.now() - timedelta(seconds=30)
    assert post(browser, "/account/second-factor/confirm", code=pyotp.TOTP(key).at(before)).status_code == 303
    assert site.sign_in("p00777", THERE, browser := site.browser()).location == "/sign-in/code"
    assert browser.get("/account").status_code == 303
    assert post(browser, "/sign-in/code", code=pyotp.TOTP(key).at(clock.now())).status_code == 303
    assert "单位目录" in browser.get("/account").get_data(as_text=True)


def test_guessing_is_slowed_however_the_number_is_spelled(site: Site) -> None:
    with time_machine.travel(clock.now(), tick=False):
        for login in ("p00777", "P00777", "ｐ00777", " p00777", "P０0777"):
            assert site.sign_in(login, "wrong wrong wrong").status_code == 422
        slowed = site.sign_in("p00777", THERE)
        assert slowed.status_code == 429
        assert "秒后再试" in slowed.get_data(as_text=True)
        assert site.sign_in("p00778", "wrong wrong wrong").status_code == 422


# ---------------------------------------------------------------- what opens nothing


@pytest.mark.parametrize(("login", "password"), [
    ("p00777", "\0"), ("p00777", "\u00ad"), ("p00777", "\u200b\u00ad"), ("*", THERE), ("p0077*", THERE), ("p00777)(uid=*", THERE),
    ("p00777)(|(uid=*", THERE), ("*)(uid=p00777", THERE), ("p00777\\2a", THERE), ("p00777\0", THERE),
    (f"uid=p00777,ou=people,{BASE}", THERE), ("p00777", THERE + "\0"), ("", THERE), ("p00777", ""),
])
def test_what_is_no_number_or_no_password_opens_nothing(shared_site: Site, login: str, password: str) -> None:
    browser = shared_site.browser()
    answer = shared_site.sign_in(login, password, browser)
    shared_site.forget_failures()
    assert answer.status_code == 422
    assert browser.get("/account").status_code == 303


def test_the_filter_holds_what_was_typed_as_a_value(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the check of what was typed would let it through."""
    from quizapp.people import directory as module

    adapter = Adapter(of(directory, filter="(&(objectClass=person)(uid={login}))"), outbound_of(None, of(directory)))
    assert adapter.proved("p00777", THERE) == "p00777"
    monkeypatch.setattr(module, "typed_login", lambda text: text)
    for login in ("*", "p00777)(uid=*", "*)(|(uid=*)", "p00777\0", "\\2a"):
        with pytest.raises(InputError, match="不正确"):
            adapter.proved(login, THERE)
    assert adapter._query("a*b(c)\\d\0") == "(&(objectClass=person)(uid=a\\2ab\\28c\\29\\5cd\\00))"


def test_one_number_of_two_entries_opens_neither_and_a_number_can_be_another_attribute(directory: Directory) -> None:
    ldap = of(directory, attribute="employeeNumber", filter="(employeeNumber={login})")
    adapter = Adapter(ldap, outbound_of(None, ldap))
    assert adapter.proved("1", THERE) == "1"
    with pytest.raises(InputError):
        adapter.proved("9", THERE)


def test_no_referral_is_followed(directory: Directory) -> None:
    """The search below meets one: its address hears nothing."""
    Adapter(of(directory), outbound_of(None, of(directory))).proved("p00777", THERE)
    below = of(directory, base=f"ou=elsewhere,{BASE}")
    with pytest.raises(InputError):
        Adapter(below, outbound_of(None, below)).proved("p00777", THERE)
    with pytest.raises(TimeoutError):
        directory.listener.accept()


# ---------------------------------------------------------------- how it is called


def test_start_tls_and_ldaps_and_a_plain_loopback_work(shared_site: Site) -> None:
    site = shared_site
    for changes in ({"url": site.directory.plain, "start_tls": True}, {}, {"url": site.directory.plain, "plain": True}):
        site.connect(**changes)
        assert site.sign_in("p00777", THERE).status_code == 303, changes
    site.connect()


@pytest.mark.parametrize("changes", [
    {"ca": "other"}, {"ca": None}, {"host": "127.0.0.1"}, {"bind_password": "wrong"}, {"base": "dc=nowhere"}, {"tls to plain": True},
], ids=str)
def test_a_directory_that_does_not_prove_itself_is_not_asked(shared_site: Site, changes: dict[str, object]) -> None:
    """Another authority, none that is known, another name on the certificate; and settings that do not fit."""
    directory = shared_site.directory
    for tls in (False, True):
        port = directory.plain_port if tls else directory.tls_port
        real = {name: value for name, value in changes.items() if name not in ("host", "tls to plain")}
        if changes.get("ca") == "other":
            real["ca"] = directory.other_ca
        if "tls to plain" in changes:
            port = directory.tls_port if tls else directory.plain_port
        shared_site.connect(url=f"{'ldap' if tls else 'ldaps'}://{changes.get('host', 'localhost')}:{port}", start_tls=tls, **real)
        browser = shared_site.browser()
        answer = shared_site.sign_in("p00777", THERE, browser)
        assert answer.status_code == 503, f"{changes} {tls}"
        assert browser.get("/account").status_code == 303
    shared_site.connect()
    assert shared_site.forget_failures() == 0


def test_a_link_from_the_desk_and_a_person_page_know_of_the_directory(shared_site: Site) -> None:
    desk = shared_site.browser()
    sign_in(desk, shared_site.admin)
    page = desk.get(f"/people/{shared_site.person.id}").get_data(as_text=True)
    assert "单位目录的密码" in page
    assert "还没有设密码" not in page
