"""The short way of a save: it answers what the ordinary route would, and leaves to it whatever is unusual."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from quizapp.app import create_app
from quizapp.attempts import service
from quizapp.attempts.short_way import LARGEST, LONGEST, ShortWay
from quizapp.db import db
from tests.conftest import make_app
from tests.databases import both_databases, on_postgresql
from tests.web.attempts.conftest import TAB, Candidate, candidate_for

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def framework(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses with which the framework had to do."""
    met: list[str] = []
    usual = app.full_dispatch_request

    def note() -> Any:
        from flask import request

        met.append(request.path)
        return usual()

    monkeypatch.setattr(app, "full_dispatch_request", note)
    return met


@pytest.fixture
def paper(candidate: Candidate) -> str:
    address = candidate.begin()
    candidate.post_json(f"{address}/claim", {"client_id": TAB})
    return address


def change(number: int = 1, seq: int = 1, **more: Any) -> dict[str, Any]:
    return {"q": number, "seq": seq, "response": [], "flagged": True, "seen": True} | more


def sent(candidate: Candidate, paper: str, *saves: dict[str, Any], epoch: int = 1, **more: Any) -> dict[str, Any]:
    return {"ticket": candidate.ticket(paper), "client_id": TAB, "epoch": epoch, "saves": saves} | more


@both_databases
def test_a_good_save_never_meets_the_framework(candidate: Candidate, paper: str, framework: list[str]) -> None:
    payload = sent(candidate, paper, change(1, 5), change(2, 6), change(1, 7))
    framework.clear()
    answer = candidate.client.post(f"{paper}/answers", json=payload)
    assert framework == []
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert {ack["q"]: ack["seq"] for ack in answer.get_json()["acks"]} == {1: 7, 2: 6}
    with candidate.client.application.app_context():
        kept = {row.seq for row in db.session().execute(text("select seq from answer")).all()}
    assert kept == {6, 7}


@both_databases
def test_both_ways_answer_alike(candidate: Candidate, paper: str) -> None:
    """The same batch, sent twice: by each way once. Only the moments differ."""
    app, cookie = candidate.client.application, candidate.client.get_cookie(_cookie_name(candidate))
    assert isinstance(app.wsgi_app, ShortWay)
    assert cookie is not None
    payload = sent(candidate, paper, change(1, 5), change(3, 6))
    answers = []
    for way in (app.wsgi_app, app.wsgi_app._onward):
        builder = EnvironBuilder(path=f"{paper}/answers", method="POST", json=payload,
                                 headers={"Cookie": f"{cookie.key}={cookie.value}"})
        body, status, headers = run_wsgi_app(way, builder.get_environ())
        found = json.loads(b"".join(body))
        moments = {name: found.pop(name) is not None for name in ("server_time", "saved_at")}
        # what a browser does with names of headers and the order of fields is the same
        answers.append((status, sorted((name.lower(), value) for name, value in headers if name != "Content-Length"),
                        found, moments))
    assert answers[0] == answers[1]


def _cookie_name(candidate: Candidate) -> str:
    return str(candidate.client.application.config["SESSION_COOKIE_NAME"])


UNUSUAL: dict[str, tuple[Change, int]] = {
    "a ticket that nobody made": (lambda given: given.update(ticket="AAAA"), 422),
    "no ticket": (lambda given: given.pop("ticket"), 422),
    "an epoch that is over": (lambda given: given.update(epoch=7), 409),
    "another tab": (lambda given: given.update(client_id="tab-two-0002"), 409),
    "a question that is not there": (lambda given: given.update(saves=[change(999)]), 200),
    "too many at once": (lambda given: given.update(saves=[change(1, n) for n in range(1, 52)]), 422),
    "a sequence that is no number": (lambda given: given.update(saves=[change(seq="9")]), 422),  # type: ignore[arg-type]
}


@both_databases
@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_unusual_is_answered_by_the_ordinary_route(
    candidate: Candidate, paper: str, framework: list[str], name: str
) -> None:
    alter, status = UNUSUAL[name]
    payload = sent(candidate, paper, change(1, 5))
    alter(payload)
    framework.clear()
    answer = candidate.client.post(f"{paper}/answers", json=payload)
    assert (answer.status_code, framework) == (status, [f"{paper}/answers"])
    said = answer.get_json()
    assert said["rejected"][0]["error"] if status == 200 else said["error"]


@both_databases
@pytest.mark.parametrize(("how", "status"), [
    ({"data": b"{", "content_type": "application/json"}, 400),
    ({"data": b"[1]", "content_type": "application/json"}, 422),
    ({"data": b"\xff", "content_type": "application/json"}, 400),
    ({"data": b"a=1", "content_type": "text/plain"}, 400),
    ({"data": b" " * (LARGEST + 1), "content_type": "application/json"}, 400),
    ({"data": b"[" * 20_000, "content_type": "application/json"}, 400),
])
def test_a_body_that_is_no_save_is_answered_by_the_ordinary_route(
    candidate: Candidate, paper: str, framework: list[str], how: dict[str, Any], status: int
) -> None:
    framework.clear()
    answer = candidate.client.post(f"{paper}/answers", **how)
    assert (answer.status_code, framework) == (status, [f"{paper}/answers"])


@both_databases
def test_a_ticket_opens_the_attempt_it_was_made_for_only(candidate: Candidate, paper: str) -> None:
    elsewhere = f"/my/attempts/{uuid.uuid4()}/answers"
    assert candidate.client.post(elsewhere, json=sent(candidate, paper, change())).status_code == 404


@both_databases
@pytest.mark.parametrize("cookie", ["", "forged", "x" * (LONGEST + 1)])
def test_nobody_saves_without_a_sign_in(candidate: Candidate, paper: str, cookie: str) -> None:
    payload, name = sent(candidate, paper, change()), _cookie_name(candidate)
    candidate.client.delete_cookie(name)
    headers = {"Cookie": f"{name}={cookie}"} if cookie else {}
    assert candidate.client.post(f"{paper}/answers", json=payload, headers=headers).status_code == 401
    with candidate.client.application.app_context():
        assert db.session().scalar(text("select count(*) from answer_event")) == 0


@both_databases
def test_a_sign_in_that_ended_saves_no_more(candidate: Candidate, paper: str) -> None:
    """The cookie is as genuine as before: the database says that its sign-in is over."""
    assert candidate.client.post(f"{paper}/answers", json=sent(candidate, paper, change(1, 1))).status_code == 200
    with candidate.client.application.app_context(), db.transaction() as session:
        session.execute(text("update sign_in set ended_at = created_at"))
    assert candidate.client.post(f"{paper}/answers", json=sent(candidate, paper, change(1, 2))).status_code == 401


@both_databases
def test_somebody_else_cannot_use_a_ticket(app: Flask, candidate: Candidate, paper: str) -> None:
    payload, stranger = sent(candidate, paper, change(1, 9)), candidate_for(app)
    answer: TestResponse = stranger.client.post(f"{paper}/answers", json=payload)
    assert answer.status_code == 404
    with app.app_context():
        assert db.session().scalar(text("select count(*) from answer_event")) == 0


@on_postgresql
def test_a_connection_that_died_costs_the_browser_nothing(app: Flask, candidate: Candidate, paper: str) -> None:
    """As after a restart of the database: every pooled connection is dead."""
    candidate.client.post(f"{paper}/answers", json=sent(candidate, paper, change(1, 1)))
    payload = sent(candidate, paper, change(1, 2))
    with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("select pg_terminate_backend(pid) from pg_stat_activity"
                                   " where datname = current_database() and pid <> pg_backend_pid()")
    answer = candidate.client.post(f"{paper}/answers", json=payload)
    assert answer.status_code == 200
    assert answer.get_json()["acks"][0]["seq"] == 2


@both_databases
def test_a_save_counts_by_its_arrival_however_long_the_database_was_away(
    candidate: Candidate, paper: str, exam_morning: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The short way waits for the database until time is up; the ordinary route then stores what arrived in time."""
    usual, calls = service.save, []

    def away_at_first(*given: Any, **named: Any) -> Any:
        calls.append(named["received_at"])
        if len(calls) == 1:
            exam_morning.shift(timedelta(hours=9))
            raise OperationalError("save", {}, Exception("the database is away"))
        return usual(*given, **named)

    monkeypatch.setattr(service, "save", away_at_first)
    with candidate.client.application.app_context(), db.transaction() as session:
        session.execute(text("update sign_in set expires_at = :later"), {"later": "2099-01-01 00:00:00.000000"})
    answer = candidate.client.post(f"{paper}/answers", json=sent(candidate, paper, change(1, 3)))
    assert (answer.status_code, len(calls)) == (200, 2)
    assert calls[0] == calls[1]


@both_databases
def test_a_connection_goes_back_to_the_pool_as_it_was(app: Flask, candidate: Candidate, paper: str) -> None:
    """Each statement of the short way commits by itself; what comes after is one transaction again."""
    candidate.client.post(f"{paper}/answers", json=sent(candidate, paper, change(1, 1)))
    with app.app_context():
        db.session().execute(text("delete from answer"))
        db.session().rollback()
        assert db.session().scalar(text("select count(*) from answer")) == 1


@both_databases
def test_it_is_closed_where_exams_are(database_url: str, tmp_path: Any) -> None:
    settings = make_app(database_url, tmp_path).config["SETTINGS"]
    assert isinstance(create_app(settings).wsgi_app, ShortWay)
    assert not isinstance(create_app(replace(settings, without_exams=True)).wsgi_app, ShortWay)
