"""Single sign-on against a real provider in a process of its own: who gets in, and what does not pass for a proof."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from quizapp import clock
from quizapp.audit import queries as audit
from quizapp.audit.queries import Filters
from quizapp.config import SecondFactor as Demand
from quizapp.db import db
from quizapp.identity_sources import Oidc
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people import single_sign_on as adapter
from quizapp.people.models import Person
from quizapp.people.rules.second_factor import Vault
from tests.builders.people import grant, make_person, sign_in
from tests.conftest import SECRET_KEY, close_connections, make_app
from tests.databases import Templates, both_databases
from tests.page_lint import LintingClient
from tests.servers import provider as servers
from tests.servers.ports import free_port
from tests.servers.provider import CLIENT, SECRET, Provider

ADDRESS = "https://exam.example.gov.cn"
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
BACK = "/sign-in/organisation/back"


@pytest.fixture(scope="module")
def provider(_guards: None) -> Iterator[Provider]:
    with servers.running() as made:
        made.register("subject-1", preferred_username="p00777")
        made.register("subject-mfa", preferred_username="p00778", amr=["pwd", "otp"], acr="loa2")
        made.register("subject-unknown", preferred_username="p99999")
        yield made
        made.misbehave()


class Site:
    """An installation that is connected to the provider."""

    def __init__(self, app: Flask, provider: Provider) -> None:
        self.app, self.provider = app, provider
        app.test_client_class = LintingClient
        self.connect()
        with app.app_context(), db.transaction() as session:
            self.person = queries.person_by_login(session, "p00777") or make_person(session, login="p00777")

    def connect(self, **changes: object) -> None:
        """Under these settings, as after a new start."""
        oidc = Oidc(self.provider.issuer, CLIENT, SECRET, ADDRESS)
        self.app.config["SETTINGS"] = replace(self.app.config["SETTINGS"], oidc=replace(oidc, **changes))  # type: ignore[arg-type]
        for kept in ("single_sign_on", "outbound"):
            self.app.extensions.pop(kept, None)

    def browser(self) -> LintingClient:
        made = self.app.test_client()
        assert isinstance(made, LintingClient)
        return made

    def leave(self, browser: LintingClient, going: str = "") -> str:
        """Off to the provider: its address, with everything that the request has to carry."""
        answer = browser.get("/sign-in/organisation", query_string={"next": going} if going else {})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        asked = parse_qs(urlsplit(answer.location).query)
        assert answer.location.startswith(f"{self.provider.issuer}/oauth2/authorize?")
        assert asked["redirect_uri"] == [ADDRESS + BACK]
        assert {"state", "nonce", "code_challenge"} <= set(asked)
        assert asked["code_challenge_method"] == ["S256"]
        return str(answer.location)

    def come_back(self, browser: LintingClient, address: str) -> TestResponse:
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}" == ADDRESS
        return browser.get(f"{parts.path}?{parts.query}")

    def sign_in(self, browser: LintingClient, subject: str = "subject-1", going: str = "") -> TestResponse:
        return self.come_back(browser, self.provider.sign_in(self.leave(browser, going), subject))

    def acts(self, action: str) -> int:
        with self.app.app_context():
            return audit.count(db.session(), Filters(action=action))

    def nobody_is_in(self, browser: LintingClient) -> bool:
        return browser.get("/account").status_code == 303

    def change(self, **values: object) -> None:
        with self.app.app_context(), db.transaction() as session:
            person = session.get_one(Person, self.person.id)
            for name, value in values.items():
                setattr(person, name, value)


@pytest.fixture
def site(app: Flask, provider: Provider) -> Iterator[Site]:
    provider.misbehave()
    yield Site(app, provider)
    provider.misbehave()


@pytest.fixture(scope="module")
def shared_site(templates: Templates, tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Site]:
    """For tests that leave nobody signed in and nothing changed."""
    folder = tmp_path_factory.mktemp("single-sign-on")
    with templates.copy("sqlite", folder) as url:
        app = make_app(url, folder / "instance")
        yield Site(app, provider)
        close_connections(app)


def post(browser: LintingClient, address: str, **data: str) -> TestResponse:
    token = TOKEN.search(browser.get("/help").get_data(as_text=True))
    assert token
    return browser.post(address, data={**data, "csrf_token": token[1]})


# ---------------------------------------------------------------- who gets in


@both_databases
def test_there_and_back_and_out_again(site: Site) -> None:
    browser = site.browser()
    assert 'id="sso"' in browser.get("/sign-in").get_data(as_text=True)
    with browser.session_transaction() as before:
        before["planted"] = "before signing in"
    answer = site.sign_in(browser, going="/account?from=mail")
    assert (answer.status_code, answer.location) == (303, "/account?from=mail")
    page = browser.get("/account").get_data(as_text=True)
    assert "p00777" in page
    assert "起和这个账号关联" in page
    with browser.session_transaction() as cookie:
        first = cookie["_user_id"]
        assert "planted" not in cookie
    # the account is known from now on, whatever work number the provider says next; every sign-in has a token of its own
    site.provider.register("subject-1", preferred_username="renamed-there")
    other = site.browser()
    assert site.sign_in(other).status_code == 303
    site.provider.register("subject-1", preferred_username="p00777")
    with other.session_transaction() as cookie:
        assert cookie["_user_id"] != first
    assert (site.acts("link_identity"), site.acts("refuse_sign_in")) == (1, 0)
    # out: here at once, and an offer to sign out there
    left = post(browser, "/sign-out")
    assert left.location == "/sign-in?left=1"
    assert "退出单位统一登录" in browser.get(left.location).get_data(as_text=True)
    assert site.nobody_is_in(browser)
    out = browser.get("/sign-in/organisation/leave")
    assert out.location.startswith(f"{site.provider.issuer}/oauth2/end_session?")
    assert parse_qs(urlsplit(out.location).query)["post_logout_redirect_uri"] == [f"{ADDRESS}/sign-in"]


def test_another_account_with_the_same_work_number_stays_out_until_it_is_unlinked(site: Site) -> None:
    site.sign_in(site.browser())
    site.provider.register("subject-2", preferred_username="p00777")
    refused = site.sign_in(browser := site.browser(), "subject-2")
    assert refused.status_code == 403
    assert "已经和另一个统一登录账号关联" in refused.get_data(as_text=True)
    assert site.nobody_is_in(browser)
    with site.app.app_context(), db.transaction() as session:
        admin = grant(session, make_person(session), Role.SECURITY_ADMIN)
    desk, page = site.browser(), f"/people/{site.person.id}"
    sign_in(desk, admin)
    assert "解除统一登录的关联" in desk.get(page).get_data(as_text=True)
    assert post(desk, f"{page}/single-sign-on/unlink").status_code == 303
    assert post(desk, f"{page}/single-sign-on/unlink").status_code == 409
    assert site.sign_in(site.browser(), "subject-2").status_code == 303
    assert site.sign_in(site.browser()).status_code == 403
    assert site.acts("unlink_identity") == 1


def test_nobody_is_made_and_who_is_not_in_use_stays_out(site: Site) -> None:
    with site.app.app_context():
        people = queries.count_people(db.session())
    unknown = site.sign_in(browser := site.browser(), "subject-unknown")
    assert unknown.status_code == 403
    assert "没有工号 p99999 的人" in unknown.get_data(as_text=True)
    assert site.nobody_is_in(browser)
    with site.app.app_context():
        assert queries.count_people(db.session()) == people
    site.sign_in(site.browser())  # linked while in use: the link opens nothing later

    def shut_out() -> None:
        refused = site.sign_in(browser)
        assert refused.status_code == 403
        assert "已经停用" in refused.get_data(as_text=True)
        assert site.nobody_is_in(browser)

    site.change(active=False)
    shut_out()
    site.change(active=True)
    with site.app.app_context(), db.transaction() as session:
        service.leave(session, session.get_one(Person, site.person.id), clock.today(), "left")
    shut_out()
    # of several within a minute the first is an event and the others are counted; the clock may have passed into the next
    assert 1 <= site.acts("refuse_sign_in") <= 2


def test_a_holder_of_a_role_takes_the_second_step_unless_the_provider_has(site: Site) -> None:
    site.app.config["SETTINGS"] = replace(site.app.config["SETTINGS"], second_factor=Demand.REQUIRED)
    with site.app.app_context(), db.transaction() as session:
        plain = grant(session, session.get_one(Person, site.person.id), Role.EXAM_ADMIN)
        strong = grant(session, make_person(session, login="p00778"), Role.EXAM_ADMIN)
    # no second factor anywhere: the role is shut until there is one, whatever the provider says that nobody has agreed to
    for subject in ("subject-1", "subject-mfa"):
        browser = site.browser()
        assert site.sign_in(browser, subject).location.startswith("/account/second-factor")
        assert browser.get("/people").location.startswith("/account/second-factor")
    # without a password here a fresh sign-in at the provider stands for it, for ten minutes
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        late = post(browser, "/account/second-factor/begin")
        assert late.status_code == 422
        assert "重新登录" in late.get_data(as_text=True)
    assert post(browser, "/account/second-factor/begin").status_code == 303
    with site.app.app_context(), db.transaction() as session:
        service.begin_second_factor(session, Vault(SECRET_KEY), plain.id)
    key = confirmed(site, plain)
    confirmed(site, strong)
    browser = site.browser()
    assert site.sign_in(browser).location == "/sign-in/code"
    assert site.nobody_is_in(browser)
    assert post(browser, "/sign-in/code", code=pyotp.TOTP(key).at(clock.now())).status_code == 303
    assert browser.get("/people").status_code == 200
    # what the operator has agreed to counts, by method or by class
    for agreed in ({"amr": frozenset({"otp"})}, {"acr": frozenset({"loa2"})}):
        site.connect(**agreed)
        browser = site.browser()
        assert site.sign_in(browser, "subject-mfa").location == "/"
        assert browser.get("/people").status_code == 200
        assert site.sign_in(site.browser()).location == "/sign-in/code"


def confirmed(site: Site, person: Person) -> str:
    """The key of the second factor that this person has begun to set up, confirmed by the code before the present one."""
    with site.app.app_context(), db.transaction() as session:
        factor = queries.second_factor(session, person.id)
        assert factor is not None
        key = Vault(SECRET_KEY).unseal(person.id, factor.secret)
        service.confirm_second_factor(session, Vault(SECRET_KEY), person.id, pyotp.TOTP(key).at(clock.now() - timedelta(seconds=30)))
        return key


# ---------------------------------------------------------------- what is no proof


@pytest.mark.parametrize("how", [
    "nonce", "no nonce", "audience", "audience by azp", "issuer", "signature", "another key", "no algorithm",
    "public key as secret", "garbage", "no subject", "expired", "future",
])
def test_a_token_that_is_not_right_opens_nothing(shared_site: Site, how: str) -> None:
    browser = shared_site.browser()
    back = shared_site.provider.sign_in(shared_site.leave(browser), "subject-1")
    shared_site.provider.misbehave(how)
    refused = shared_site.come_back(browser, back)
    shared_site.provider.misbehave()
    assert refused.status_code == 422
    said = "已经过期，或者两边服务器的时间对不上" if how in ("expired", "future") else "没有通过核对"
    assert said in refused.get_data(as_text=True)
    assert shared_site.nobody_is_in(browser)


def test_the_state_belongs_to_one_browser_and_one_moment(shared_site: Site) -> None:
    site, browser = shared_site, shared_site.browser()
    back = site.provider.sign_in(site.leave(browser), "subject-unknown")

    def stale(who: LintingClient, address: str) -> bool:
        answer = site.come_back(who, address)
        return answer.status_code == 422 and "请从头再登录一次" in answer.get_data(as_text=True) and site.nobody_is_in(who)

    assert stale(site.browser(), back), "somebody else's way back"
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert stale(browser, back.replace(state, state[::-1])), "another state"
    assert stale(browser, back), "what was refused once cannot be tried again"
    assert site.sign_in(browser, "subject-unknown").status_code == 403
    with browser.session_transaction() as cookie:
        assert "single_sign_on" not in cookie, "used up"
    # with the very cookie of before: the provider takes a code once
    with browser.session_transaction() as cookie:
        cookie.clear()
    going = site.leave(browser)
    with browser.session_transaction() as cookie:
        kept = list(cookie["single_sign_on"])
    back = site.provider.sign_in(going, "subject-unknown")
    assert site.come_back(browser, back).status_code == 403
    with browser.session_transaction() as cookie:
        cookie["single_sign_on"] = kept
    assert site.come_back(browser, back).status_code == 422
    # and another verifier than the one that it was asked with is none (PKCE)
    back = site.provider.sign_in(site.leave(browser), "subject-unknown")
    with browser.session_transaction() as cookie:
        cookie["single_sign_on"] = [*cookie["single_sign_on"][:2], "x" * 64, *cookie["single_sign_on"][3:]]
    assert site.come_back(browser, back).status_code == 422
    site.leave(browser)
    with browser.session_transaction() as cookie:
        state = cookie["single_sign_on"][0]
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        assert stale(browser, f"{ADDRESS}{BACK}?code=x&state={state}")


def test_who_denies_is_told_so(shared_site: Site) -> None:
    browser = shared_site.browser()
    going = shared_site.leave(browser)
    state = parse_qs(urlsplit(going).query)["state"][0]
    refused = shared_site.come_back(browser, f"{ADDRESS}{BACK}?error=access_denied&error_description=%3Cb%3E&state={state}")
    assert refused.status_code == 403
    assert "没有让你进来" in refused.get_data(as_text=True)
    shared_site.leave(browser)
    # without its state an error is nobody's
    assert shared_site.come_back(browser, f"{ADDRESS}{BACK}?error=access_denied").status_code == 422


@pytest.mark.parametrize("how", ["error", "redirect", "token elsewhere", "slow"])
def test_a_provider_out_of_order_is_a_sentence(shared_site: Site, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(adapter, "READ_SECONDS", 1)
    browser = shared_site.browser()
    back = shared_site.provider.sign_in(shared_site.leave(browser), "subject-1")
    shared_site.connect()  # nothing kept of what the provider said of itself
    shared_site.provider.misbehave(how)
    refused = shared_site.come_back(browser, back)
    shared_site.provider.misbehave()
    shared_site.connect()
    assert refused.status_code == 503
    assert "没有登录" in refused.get_data(as_text=True)
    assert "/elsewhere" not in shared_site.provider.seen(), "no redirect is followed"
    assert shared_site.nobody_is_in(browser)


@pytest.mark.parametrize("how", ["another issuer", "authorization elsewhere"])
def test_nobody_is_sent_to_a_provider_that_says_it_is_another(shared_site: Site, how: str) -> None:
    shared_site.connect()
    shared_site.provider.misbehave(how)
    refused = shared_site.browser().get("/sign-in/organisation")
    shared_site.provider.misbehave()
    shared_site.connect()
    assert (refused.status_code, refused.location) == (503, None)


def test_a_provider_that_is_down_or_not_there(shared_site: Site) -> None:
    shared_site.connect(issuer=f"http://127.0.0.1:{free_port()}")
    down = shared_site.browser().get("/sign-in/organisation")
    assert down.status_code == 503
    assert "暂时没有应答" in down.get_data(as_text=True)
    assert shared_site.browser().get("/sign-in/organisation/leave").location == "/sign-in"
    shared_site.connect()
    shared_site.app.config["SETTINGS"] = replace(shared_site.app.config["SETTINGS"], oidc=None)
    for address in ("/sign-in/organisation", BACK, "/sign-in/organisation/leave"):
        assert shared_site.browser().get(address).status_code == NotFoundError.status
    assert 'id="sso"' not in shared_site.browser().get("/sign-in").get_data(as_text=True)
    shared_site.connect()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_afterwards(shared_site: Site, target: str) -> None:
    browser = shared_site.browser()
    assert shared_site.sign_in(browser, "subject-1", going=target).location == "/"
    assert post(browser, "/sign-out").status_code == 303
