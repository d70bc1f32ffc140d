"""What every request and every answer has to do with: policies, cookies, origins, proxies, limits, odd methods."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp import limits
from quizapp.access import public
from quizapp.config import Settings
from quizapp.headers import POLICY
from quizapp.kernel.roles import Role
from quizapp.origin import is_foreign
from tests.page_lint import nonce_faults
from tests.security.conftest import browser_of, running

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@pytest.fixture(scope="module")
def admin(site: Flask) -> FlaskClient:
    return browser_of(site, Role.EXAM_ADMIN, Role.SYSTEM_ADMIN)


def token_of(client: FlaskClient, address: str = "/sign-in") -> str:
    found = TOKEN.search(client.get(address).get_data(as_text=True))
    assert found is not None
    return found[1]


def policy_of(answer: TestResponse) -> dict[str, list[str]]:
    parts = (part.split() for part in answer.headers[POLICY].split(";"))
    return {name: values for name, *values in parts}


# ---------------------------------------------------------------- policies


def test_a_page_runs_only_what_carries_its_own_nonce(site: Flask) -> None:
    first, second = site.test_client().get("/sign-in"), site.test_client().get("/sign-in")
    policy = policy_of(first)
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    (nonce, dynamic) = policy["script-src"]
    assert dynamic == "'strict-dynamic'"
    assert re.fullmatch(r"'nonce-[\w-]{22,}'", nonce)
    assert nonce not in second.headers[POLICY]
    assert "unsafe" not in first.headers[POLICY]
    page = first.get_data(as_text=True)
    assert nonce_faults(page, first.headers[POLICY]) == []
    assert nonce_faults(page, second.headers[POLICY]) != []


@pytest.mark.parametrize("address", ["/healthz", "/static/css/base.css", "/static/js/site.js", "/nowhere.json"])
def test_what_is_no_page_may_do_nothing(site: Flask, address: str) -> None:
    answer = site.test_client().get(address, headers={"Accept": "application/json"})
    answer.close()
    policy = policy_of(answer)
    assert set(policy) == {"default-src", "object-src", "base-uri", "form-action", "frame-ancestors"}
    assert all(values == ["'none'"] for values in policy.values())
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_errors_carry_the_same_headers(site: Flask, admin: FlaskClient) -> None:
    for answer in (admin.get("/exams/999999"), admin.post("/sign-out"), site.test_client().get("/nowhere")):
        assert answer.status_code in (400, 404)
        assert policy_of(answer)["frame-ancestors"] == ["'none'"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_pages_are_kept_by_nobody(site: Flask, admin: FlaskClient) -> None:
    for answer in (admin.get("/people"), admin.get("/people?download=csv"), admin.get("/account"), site.test_client().get("/sign-in")):
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in admin.get("/account").headers["Vary"]
    with site.test_client().get("/static/css/base.css?v=1") as kept:
        assert "max-age" in kept.headers["Cache-Control"]


def test_over_https_cookies_are_bound_to_the_host_and_browsers_come_back_over_https(settings: Settings) -> None:
    with running(settings, secure_cookies=True) as app:
        answer = app.test_client().get("/sign-in", base_url="https://exam.example.cn")
        strict = answer.headers["Strict-Transport-Security"]
        cookie = SimpleCookie(answer.headers["Set-Cookie"])["__Host-quizapp"]
    assert int(re.search(r"max-age=(\d+)", strict)[1]) >= 31_536_000  # type: ignore[index]
    assert "includeSubDomains" in strict
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, True, "Lax", "/", "")


def test_over_http_nobody_is_told_to_come_back_over_https(site: Flask) -> None:
    answer = site.test_client().get("/sign-in")
    assert "Strict-Transport-Security" not in answer.headers
    assert "HttpOnly" in answer.headers["Set-Cookie"]


# ---------------------------------------------------------------- where a change comes from


@pytest.mark.parametrize(("headers", "foreign"), [
    ({}, False), ({"HTTP_SEC_FETCH_SITE": "same-origin"}, False), ({"HTTP_SEC_FETCH_SITE": "none"}, False),
    ({"HTTP_SEC_FETCH_SITE": "cross-site"}, True), ({"HTTP_SEC_FETCH_SITE": "same-site"}, True),
    ({"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://exam.cn"}, True),
    ({"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "https://behind-a-proxy.cn"}, False),
    ({"HTTP_ORIGIN": "http://exam.cn"}, False), ({"HTTP_ORIGIN": "http://exam.cn:81"}, True),
    ({"HTTP_ORIGIN": "http://exam.cn.evil.cn"}, True), ({"HTTP_ORIGIN": "null"}, True), ({"HTTP_ORIGIN": ""}, True),
    ({"HTTP_ORIGIN": "http://exam.cn@evil.cn"}, True),
])
def test_a_foreign_page_is_told_by_what_the_browser_says(headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign({"HTTP_HOST": "exam.cn", **headers}) is foreign


def test_a_change_from_another_site_is_refused_whatever_token_it_has(site: Flask, admin: FlaskClient) -> None:
    fields = {"csrf_token": token_of(admin, "/account"), "language": "en", "next": "/account"}
    for origin in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        refused = admin.post("/language", data=fields, headers=origin)
        assert refused.status_code == 403
        assert "别的网站" in refused.get_data(as_text=True)
    assert "lang=\"zh" in admin.get("/account").get_data(as_text=True)
    assert admin.post("/language", data={**fields, "language": "zh"}, headers={"Origin": "http://localhost"}).status_code == 303


def test_a_token_of_another_browser_is_none(site: Flask, admin: FlaskClient) -> None:
    other = token_of(site.test_client())
    assert admin.post("/sign-out", data={"csrf_token": other}).status_code == 400
    assert admin.get("/account").status_code == 200
    # nor can anybody be signed in by a form of another site
    answer = site.test_client().post("/sign-in", data={"login": "x", "password": "y", "csrf_token": other})
    assert answer.status_code == 400


# ---------------------------------------------------------------- proxies


@pytest.mark.parametrize(("trusted", "expected"), [(0, ("127.0.0.1", "localhost", "http")), (1, ("203.0.113.7", "exam.cn", "https"))])
def test_only_as_many_proxies_are_believed_as_there_are(settings: Settings, trusted: int, expected: tuple[str, ...]) -> None:
    with running(settings, trusted_proxies=trusted) as app:
        said: list[tuple[str, ...]] = []

        @public
        def seen() -> str:
            said.append((str(request.remote_addr), request.host, request.scheme))
            return ""

        app.view_functions["ops.healthz"] = seen
        app.test_client().get("/healthz", headers={
            "X-Forwarded-For": "10.9.9.9, 203.0.113.7", "X-Forwarded-Host": "exam.cn", "X-Forwarded-Proto": "https",
            "X-Real-IP": "10.8.8.8", "Forwarded": "for=10.7.7.7"})
    assert said == [expected]


# ---------------------------------------------------------------- methods, addresses, files


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PUT", "DELETE", "PATCH", "CONNECT", "SEARCH"])
def test_other_methods_do_nothing(site: Flask, method: str) -> None:
    for address in ("/sign-in", "/healthz", "/static/css/base.css"):
        answer = site.test_client().open(address, method=method, data=b"secret body")
        assert answer.status_code in (403, 405)
        assert b"secret body" not in answer.data


@pytest.mark.parametrize("address", ["/static/../config.py", "/static/%2e%2e/config.py", "/static/..%2fconfig.py", "/.git/config",
                                     "/static/", "/static/js/", "/console", "/config", "/instance/secret.key", "/static/js/site.js.map"])
def test_nothing_but_pages_and_their_files_is_served(site: Flask, address: str) -> None:
    assert site.test_client().get(address).status_code == 404


def test_nothing_is_debugged_where_people_are(site: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    assert not site.debug

    @public
    def broken() -> str:
        raise ValueError("what nobody may read")

    monkeypatch.setitem(site.view_functions, "ops.healthz", broken)
    monkeypatch.setitem(site.config, "PROPAGATE_EXCEPTIONS", False)
    answer = site.test_client().get("/healthz")
    assert answer.status_code == 500
    assert b"what nobody may read" not in answer.data
    assert b"Traceback" not in answer.data
    assert "what nobody may read" in caplog.text


def test_a_line_break_in_what_was_typed_makes_no_line_in_the_log(site: Flask, caplog: pytest.LogCaptureFixture) -> None:
    client = site.test_client()
    client.get("/nowhere\r\nERROR forged: line")
    client.post("/sign-in", data={"csrf_token": token_of(client), "login": "a\r\nERROR forged: line", "password": "x"})
    client.post("/language", headers={"Origin": "https://evil.example\r\nX: y".replace("\r\n", "")})
    assert not [record for record in caplog.records if "\n" in record.getMessage()]


# ---------------------------------------------------------------- how much and how often


def test_too_much_in_a_minute_is_put_off_and_says_how_long(site: Flask, exam_morning: object) -> None:
    client, other = browser_of(site, Role.EXAM_ADMIN), browser_of(site, Role.EXAM_ADMIN)
    for _ in range(limits.BUDGETS["export"]):
        assert client.get("/exams?download=csv").status_code == 200
    answer = client.get("/exams?download=csv")
    assert answer.status_code == 429
    assert "60 秒后" in answer.get_data(as_text=True)
    assert client.get("/exams").status_code == 200
    assert other.get("/exams?download=csv").status_code == 200
    exam_morning.shift(61)  # type: ignore[attr-defined]
    assert client.get("/exams?download=csv").status_code == 200


def test_searching_is_counted_and_an_exam_is_not(site: Flask) -> None:
    counted = {}
    for address, method, query in (("/laws", "GET", "q=a"), ("/people", "GET", "page=2"), ("/my-exams", "GET", ""),
                                   ("/my/attempts/00000000-0000-7000-8000-000000000000/answers", "POST", ""),
                                   ("/my/attempts/00000000-0000-7000-8000-000000000000/submit", "POST", ""),
                                   ("/my/attempts/00000000-0000-7000-8000-000000000000", "GET", ""),
                                   ("/my/attempts/00000000-0000-7000-8000-000000000000/sealed-file", "POST", ""),
                                   ("/people/import", "POST", "")):
        form = "multipart/form-data" if address.endswith(("import", "file")) else "application/json"
        with site.test_request_context(address, method=method, query_string=query, content_type=form):
            counted[address.rsplit("/", 1)[1]] = limits.kind_of_request()
    assert counted == {"laws": "search", "people": None, "my-exams": None, "answers": None, "submit": None, "import": "upload",
                       "sealed-file": None, "00000000-0000-7000-8000-000000000000": "questions"}


def test_whoever_is_counted_takes_little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REMEMBERED", 3)
    counter = limits.Counter()
    assert [counter.take(key, 0.0)[0] for key in ("a", "b", "c", "a", "d", "a", "b")] == [1, 1, 1, 2, 1, 3, 1]
    assert counter.take("a", 61.0) == (1, 60)


def test_a_huge_request_is_refused_before_it_is_read(site: Flask, admin: FlaskClient) -> None:
    token = token_of(admin, "/account")
    parts = {f"f{number}": "x" for number in range(1001)}
    assert admin.post("/language", data=parts | {"csrf_token": token}, content_type="multipart/form-data").status_code == 413
    huge = admin.post("/language", data=b"x" * (20 * 1024 * 1024 + 1), content_type="application/x-www-form-urlencoded")
    assert huge.status_code == 413


# ---------------------------------------------------------------- figures for those who watch


def test_figures_are_for_who_has_the_token(settings: Settings) -> None:
    with running(settings, metrics_token="") as app:
        for header in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
            assert app.test_client().get("/metrics", headers=header).status_code == 404
    with running(settings, metrics_token="a token for the one who watches") as app:
        client = app.test_client()
        nowhere, wrong = client.get("/nowhere"), client.get("/metrics", headers={"Authorization": "Bearer something else"})
        assert wrong.status_code == client.get("/metrics").status_code == 404
        assert wrong.content_type == nowhere.content_type
        client.get("/set-password/a-token-that-nobody-may-read")
        client.open("/healthz", method="PROPFIND")
        answer = client.get("/metrics", headers={"Authorization": "Bearer a token for the one who watches"})
        assert answer.status_code == 200
        said = answer.get_data(as_text=True)
        assert re.search(r'quizapp_requests_total\{endpoint="people.set_password",method="GET",process="\d+",status="\d+"\} 1\.0', said)
        assert 'method="other"' in said
        assert "a-token-that-nobody-may-read" not in said
        for name in ("quizapp_info", "quizapp_saves_total", "quizapp_queue_age_seconds", "quizapp_database_connections"):
            assert f"\n{name}" in said or said.startswith(name)


# ---------------------------------------------------------------- the key of an installation


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("QUIZAPP_INSTANCE", str(tmp_path / "instance"))
    return monkeypatch


def test_the_key_comes_from_a_file_that_only_its_owner_reads(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from quizapp.kernel.errors import FileError, InputError

    file = tmp_path / "key"
    file.write_text("a key that nobody could guess, as it should be\n", encoding="ascii")
    file.chmod(0o600)
    environment.setenv("QUIZAPP_SECRET_KEY_FILE", str(file))
    assert Settings.load().secret_key == "a key that nobody could guess, as it should be"
    for mode in (0o640, 0o604, 0o660):
        file.chmod(mode)
        with pytest.raises(FileError, match="权限太宽"):
            Settings.load()
    environment.setenv("QUIZAPP_SECRET_KEY_FILE", str(tmp_path / "nothing"))
    with pytest.raises(FileError, match="打不开"):
        Settings.load()
    environment.setenv("QUIZAPP_SECRET_KEY", "a second key that nobody could guess, as it should be")
    with pytest.raises(InputError, match="只能设一个"):
        Settings.load()


def test_a_key_that_could_be_guessed_is_for_the_demo_alone(environment: pytest.MonkeyPatch) -> None:
    from quizapp.kernel.errors import InputError

    environment.setenv("QUIZAPP_SECRET_KEY", "changeme")
    with pytest.raises(InputError, match="至少要 32"):
        Settings.load()
    environment.setenv("QUIZAPP_DEMO", "1")
    assert Settings.load().secret_key == "changeme"


def test_a_key_that_is_made_is_long_and_private(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = Settings.load().secret_key
    assert len(first) >= 48
    assert Settings.load().secret_key == first
    assert (tmp_path / "instance" / "secret.key").stat().st_mode & 0o777 == 0o600
