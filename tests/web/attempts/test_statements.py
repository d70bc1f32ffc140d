"""What the hot path asks of the database: how many statements, whom they name, and that no model is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from quizapp.attempts.service import prepare_papers, statements
from quizapp.db import Model, db
from quizapp.exams.models import Exam
from quizapp.statement import Statement
from tests.databases import both_databases
from tests.web.attempts.conftest import TAB, Candidate, candidate_for

pytestmark = both_databases

OWN_TABLES = re.compile(r"\b(attempt|answer|answer_event|note|prepared_paper)\b")
FRAME = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass
class Heard:
    """What was sent while one request was answered; `built`: models that were loaded, refreshed or made."""

    sent: list[tuple[str, Any]] = field(default_factory=list)
    built: list[str] = field(default_factory=list)


@contextmanager
def listening(app: Flask) -> Iterator[Heard]:
    heard = Heard()

    def statement(_connection, _cursor, text, parameters, _context, many) -> None:  # type: ignore[no-untyped-def]
        if text.split()[0].upper() not in FRAME:
            assert not many
            heard.sent.append((text, parameters))

    def built(target, *_more, **_named) -> None:  # type: ignore[no-untyped-def]
        heard.built.append(type(target).__name__)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", statement)
    for name in ("load", "refresh", "init"):
        event.listen(Model, name, built, propagate=True)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        for name in ("load", "refresh", "init"):
            event.remove(Model, name, built)


@pytest.fixture
def candidate(app: Flask, exam_morning: time_machine.Traveller) -> Candidate:
    """With papers made beforehand, as publishing makes them."""
    made = candidate_for(app)
    with app.app_context(), db.transaction() as session:
        prepare_papers(session, session.get_one(Exam, made.exam_id))
    return made


@pytest.fixture
def paper(candidate: Candidate) -> str:
    """An open paper that this tab has claimed; its form is kept in the process, as when its page was shown."""
    address = candidate.begin()
    assert candidate.get(address).status_code == 200
    candidate.post_json(f"{address}/claim", {"client_id": TAB})
    return address


def asked(candidate: Candidate, address: str, payload: dict[str, Any]) -> tuple[Heard, TestResponse]:
    payload = payload | {"ticket": candidate.ticket(address.rsplit("/", 1)[0]), "client_id": TAB}
    with listening(candidate.client.application) as heard:
        answer = candidate.client.post(address, json=payload)
    return heard, answer


def check(heard: Heard, candidate: Candidate, *, postgresql: int, sqlite: int) -> None:
    with candidate.client.application.app_context():
        expected = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    assert len(heard.sent) == expected, [text for text, _parameters in heard.sent]
    for text, parameters in heard.sent:
        assert parameters["candidate"] == candidate.person_id, text
        assert "candidate" in text
    assert heard.built == []


def test_the_ears_hear(app: Flask, candidate: Candidate) -> None:
    """An ordinary page asks more, names other things, and builds models."""
    with listening(app) as heard:
        candidate.get("/my-exams")
    assert len(heard.sent) > 2
    assert {"Exam", "Person"} <= set(heard.built)


def test_a_save(candidate: Candidate, paper: str) -> None:
    saves = [{"q": n, "seq": 10 + n, "response": [], "flagged": True, "seen": True} for n in range(1, 6)]
    heard, answer = asked(candidate, f"{paper}/answers", {"epoch": 1, "saves": saves})
    assert len(answer.get_json()["acks"]) == 5
    check(heard, candidate, postgresql=1, sqlite=2)


def test_saving_the_same_again(candidate: Candidate, paper: str) -> None:
    """Nothing is stored; the sequences that are there take one statement more."""
    payload = {"epoch": 1, "saves": [{"q": 1, "seq": 9, "response": [], "flagged": True, "seen": True}]}
    asked(candidate, f"{paper}/answers", payload)
    heard, answer = asked(candidate, f"{paper}/answers", payload)
    assert answer.get_json()["acks"][0]["seq"] == 9
    check(heard, candidate, postgresql=1, sqlite=3)


def test_asking_how_things_stand(candidate: Candidate, paper: str) -> None:
    heard, answer = asked(candidate, f"{paper}/answers", {"epoch": 1, "saves": []})
    assert answer.status_code == 200
    check(heard, candidate, postgresql=1, sqlite=1)


def test_a_refused_save(candidate: Candidate, paper: str) -> None:
    payload = {"epoch": 7, "saves": [{"q": 1, "seq": 9, "response": [], "flagged": True, "seen": True}]}
    heard, answer = asked(candidate, f"{paper}/answers", payload)
    assert answer.get_json()["reason"] == "taken"
    check(heard, candidate, postgresql=1, sqlite=1)


def test_a_start(candidate: Candidate) -> None:
    entry = candidate.entry(candidate.exam_id)
    address, form = f"/my-exams/{candidate.exam_id}", {"ticket": entry, "understood": "y"}
    with listening(candidate.client.application) as first:
        assert candidate.client.post(address, data=form).status_code == 303
    check(first, candidate, postgresql=1, sqlite=1)
    with listening(candidate.client.application) as again:
        assert candidate.client.post(address, data=form).status_code == 303
    check(again, candidate, postgresql=2, sqlite=2)


def test_handing_in_with_marking(candidate: Candidate, paper: str) -> None:
    payload = {"epoch": 1, "saves": [{"q": 1, "seq": 9, "response": [], "flagged": True, "seen": True}]}
    asked(candidate, f"{paper}/answers", payload)
    heard, answer = asked(candidate, f"{paper}/submit", {"manifest": {"1": 9}})
    assert answer.get_json()["receipt"]
    check(heard, candidate, postgresql=2, sqlite=2)
    again, twice = asked(candidate, f"{paper}/submit", {"manifest": {"1": 9}})
    assert twice.get_json()["receipt"] == answer.get_json()["receipt"]
    check(again, candidate, postgresql=1, sqlite=1)


def test_taking_the_turn_names_the_candidate(candidate: Candidate, paper: str) -> None:
    for act in ("claim", "take-over"):
        heard, answer = asked(candidate, f"{paper}/{act}", {})
        assert answer.status_code == 200
        own = [(text, parameters) for text, parameters in heard.sent if OWN_TABLES.search(text)]
        assert any(text.lstrip().startswith("update attempt") for text, _parameters in own)
        for text, parameters in own:
            values = parameters.values() if isinstance(parameters, dict) else parameters
            assert candidate.person_id in values, text


def test_no_statement_of_the_hot_path_leaves_the_candidate_out(app: Flask) -> None:
    """On one shard of a distributed database each has to be done alone."""
    found = {name: value for name, value in vars(statements).items() if isinstance(value, Statement)}
    assert len(found) >= 12
    for name, statement in found.items():
        for dialect, text in statement.texts.items():
            assert not text or "candidate" in text, (name, dialect)
            assert not text or ("%(candidate)s" if dialect == "postgresql" else ":candidate") in text, (name, dialect)
