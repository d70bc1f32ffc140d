"""A server without exams: everything is there, but nobody publishes, starts or saves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import time_machine
from flask import Flask
from psycopg import sql

from quizapp.access import rule_of
from quizapp.app import create_app
from quizapp.config import Settings, normalised_url
from quizapp.kernel.roles import Role
from tests.builders.people import grant, make_person, sign_in
from tests.conftest import SECRET_KEY, close_connections
from tests.databases import both_databases, on_postgresql
from tests.page_lint import LintingClient
from tests.web.attempts.conftest import Candidate, candidate_for

from quizapp.db import db  # isort: skip


def serving(database_url: str, folder: Path, **settings: bool) -> Flask:
    made = create_app(Settings(database_url=normalised_url(database_url), instance_path=folder, secret_key=SECRET_KEY,
                               **settings))  # type: ignore[arg-type]
    made.config["WTF_CSRF_ENABLED"] = False
    made.test_client_class = LintingClient
    return made


@pytest.fixture
def closed(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = serving(database_url, tmp_path, testing=True, without_exams=True)
    yield made
    close_connections(made)


@pytest.fixture
def candidate(closed: Flask, exam_morning: time_machine.Traveller) -> Candidate:
    return candidate_for(closed)


@both_databases
def test_nobody_starts_or_saves(closed: Flask, candidate: Candidate) -> None:
    started = candidate.start()
    assert started.status_code == 503
    assert "现在不办考试" in started.get_data(as_text=True)
    for act in ("answers", "claim", "take-over", "submit"):
        answer = candidate.client.post(f"/my/attempts/00000000-0000-7000-8000-000000000000/{act}", json={})
        assert (answer.status_code, "不办考试" in answer.get_json()["error"]) == (503, True), act
    assert candidate.client.post("/my/attempts/00000000-0000-7000-8000-000000000000", data={}).status_code == 503


def test_nobody_publishes(closed: Flask, candidate: Candidate) -> None:
    with closed.app_context(), db.transaction() as session:
        admin = grant(session, make_person(session), Role.EXAM_ADMIN)
    client = closed.test_client()
    sign_in(client, admin)
    assert client.post(f"/exams/{candidate.exam_id}/publish").status_code == 503


def test_everything_else_is_there(closed: Flask, candidate: Candidate) -> None:
    for page in ("/my-exams", f"/my-exams/{candidate.exam_id}", "/laws", "/account"):
        assert candidate.get(page).status_code == 200, page
    ready = candidate.get("/readyz")
    assert (ready.status_code, ready.get_json()["exams"]) == (200, "off")


def test_every_act_by_ticket_is_closed(closed: Flask) -> None:
    """Whoever adds one to the hot path need not think of this."""
    posted = {route.endpoint for route in closed.url_map.iter_rules() if "POST" in (route.methods or ())}
    by_ticket = [endpoint for endpoint in posted if (rule := rule_of(closed, endpoint)) is not None and rule.ticket]
    assert len(by_ticket) >= 5
    for endpoint in by_ticket:
        assert closed.view_functions[endpoint].__wrapped__, endpoint  # type: ignore[attr-defined]


def test_a_safe_server_is_ready(database_url: str, tmp_path: Path) -> None:
    made = serving(database_url, tmp_path)
    answer = made.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()) == (
        200, {"ok": True, "database": "sqlite", "exams": "open", "unsafe": []})
    close_connections(made)


@on_postgresql
def test_an_unsafe_one_is_not_and_says_why(database_url: str, tmp_path: Path) -> None:
    """As when somebody turns a setting off under a server that runs: it is taken out of service."""
    # in this database alone: what holds for the whole server, tests of an installation change for a time
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
    for without, status in ((False, 503), (True, 200)):
        made = serving(database_url, tmp_path, without_exams=without)
        answer = made.test_client().get("/readyz")
        assert answer.status_code == status
        assert "synchronous_commit" in answer.get_json()["unsafe"]
        assert answer.get_json()["exams"] == "off"
        close_connections(made)
