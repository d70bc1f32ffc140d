"""A type of question that somebody adds, with a field that nobody must see: nothing gives it away, listed or not."""

from __future__ import annotations

import io
import logging
import zipfile
from datetime import timedelta
from typing import Annotated, Any, Literal

import pytest
import time_machine
from flask import Flask
from pydantic import Field, TypeAdapter
from werkzeug.test import TestResponse

from quizapp.db import db
from quizapp.exams import committing
from quizapp.exams.tasks import look_after_commitments
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from quizapp.questions.models import ItemVersion
from quizapp.questions.rules import content, schema, view
from quizapp.questions.rules.names import TYPE_NAMES
from tests.builders.bank import content_of
from tests.builders.exams import CLOSES, OPENS, make_exam
from tests.builders.people import grant, make_person, sign_in
from tests.databases import both_databases
from tests.permissions.matrix import CANDIDATE, read
from tests.web.attempts.conftest import Candidate, attempt_id

MARKER, STEM = "绝不外传的评分细则", "新题型的题面"


class Essay(schema.Short):
    type: Literal["essay"] = "essay"  # type: ignore[assignment]
    rubric_secret: str


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The type, registered wherever a type has to be, except among the fields that leave the server."""
    every: Any = Annotated[schema.Item | Essay, Field(discriminator="type")]
    monkeypatch.setattr(content, "_ITEM", TypeAdapter(every))
    monkeypatch.setitem(TYPE_NAMES, "essay", "论述题")


@pytest.fixture
def candidate(app: Flask, exam_morning: time_machine.Traveller, added: None) -> Candidate:
    """Before the opening, with an exam of one ordinary question and one of the new type."""
    with app.app_context(), db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, ("single", "short"), candidates=[person], opens_at=OPENS + timedelta(hours=1), show_key=True)
        found = session.query(ItemVersion).filter(ItemVersion.type == "short").one()
        found.content = {**content_of("short", stem=STEM), "id": found.content["id"], "type": "essay", "rubric_secret": MARKER}
        session.flush()
        committing.commit(session, exam)
        exam_id, person_id = exam.id, person.id
    client = app.test_client()
    sign_in(client, person)
    return Candidate(client, exam_id, person_id)  # type: ignore[arg-type]


def texts_of(answer: TestResponse) -> str:
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return answer.get_data(as_text=True) + str(answer.headers)


CANDIDATES = {row.route for row in read().rows if CANDIDATE in row.who} - {"static"}


def walk(candidate: Candidate, paper: str) -> dict[str, str]:
    """Address → what it says: every route that a candidate may open, for this exam and each question of this attempt."""
    app, said = candidate.client.application, {}
    for number in (1, 2) if paper else (0,):
        values = {"exam_id": candidate.exam_id} | ({"attempt_id": attempt_id(paper), "number": number} if paper else {})
        for route in app.url_map.iter_rules():
            if route.endpoint not in CANDIDATES or not route.arguments <= set(values):
                continue
            with app.test_request_context():
                address = app.url_map.bind("localhost").build(route.endpoint, {n: values[n] for n in route.arguments},
                                                             method="GET" if "GET" in route.methods else "POST")
            if "GET" in (route.methods or ()):
                for accept in ("text/html", "application/json"):
                    said[f"{accept} {address}"] = texts_of(candidate.get(address, headers={"Accept": accept}))
            elif paper and route.endpoint in ("attempts.standing", "attempts.claim", "attempts.note", "attempts.save"):
                said[address] = texts_of(candidate.post_json(address, {
                    "client_id": candidate.client_id, "epoch": 1, "notes": [], "manifest": {},
                    "saves": [{"q": 1, "seq": 1, "response": ["nonsense"], "flagged": False, "seen": True}]}))
    return said


def leaking(said: dict[str, str], word: str = MARKER) -> list[str]:
    escaped = word.encode("unicode_escape").decode()
    return [address for address, text in said.items() if word in text or escaped in text]


@both_databases
def test_nothing_gives_a_field_away_that_nobody_listed(
    candidate: Candidate, exam_morning: time_machine.Traveller, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    app = candidate.client.application
    before = walk(candidate, "")
    exam_morning.move_to(OPENS + timedelta(hours=1, minutes=1))
    paper = candidate.begin()
    during = walk(candidate, paper)
    assert leaking(during, STEM) == [], "a type of which no field is listed shows nothing at all"
    monkeypatch.setitem(view.RECEIVED, "essay", frozenset({"stem"}))
    app.extensions.pop("attempts.questions", None)
    listed = walk(candidate, paper)
    assert leaking(listed, STEM) != []
    submitted = candidate.submit(paper, manifest={})
    assert submitted.status_code == 200, submitted.get_data(as_text=True)
    handed_in = walk(candidate, paper)
    exam_morning.move_to(CLOSES + timedelta(days=1))
    with app.app_context():
        look_after_commitments()
        sign_in(candidate.client, db.session().get_one(Person, candidate.person_id))
    released = walk(candidate, paper)
    assert any("/result" in address and "解析" in text for address, text in released.items()), "results are out"
    assert any(address.endswith("/content") and '"stem"' in text for address, text in released.items()), "the commitment is opened"
    doubted = [text for address, text in released.items() if address.endswith("/challenge") and "text/html" in address]
    assert any("新题型的题面" in text for text in doubted), "a question may be doubted"
    for said in (before, during, listed, {"submit": texts_of(submitted)}, handed_in, released, {"log": caplog.text}, exports(candidate)):
        assert leaking(said) == []


def exports(candidate: Candidate) -> dict[str, str]:
    """What administrators download of the exam."""
    app = candidate.client.application
    with app.app_context(), db.transaction() as session:
        people = {role: grant(session, make_person(session), role) for role in (Role.EXAM_ADMIN, Role.AUDITOR)}
    clients = {role: app.test_client() for role in people}
    with app.app_context():
        for role, person in people.items():
            sign_in(clients[role], person)
    exam, said = candidate.exam_id, {}
    for address in (f"/reports/exams/{exam}/export.xlsx", f"/reports/exams/{exam}/export.csv", f"/reports/exams/{exam}/export.json",
                    f"/exams/{exam}/roster?download=csv", f"/exams/{exam}/board?download=csv", "/audit?download=csv", f"/exams/{exam}/notes",
                    f"/analysis/exams/{exam}?download=csv", "/coverage?year=2026&show=all&download=csv"):
        answer = clients[Role.AUDITOR if address.startswith("/audit") else Role.EXAM_ADMIN].get(address)
        assert answer.status_code == 200, address
        said[address] = texts_of(answer)
    return said


def test_what_is_listed_of_each_type_is_all_that_it_has_and_no_more() -> None:
    models = {"single": schema.Single, "multiple": schema.Multiple, "true_false": schema.TrueFalse, "fill": schema.Fill,
              "short": schema.Short, "case": schema.Case}
    assert view.OPENED.keys() == view.RECEIVED.keys() == models.keys() == set(schema.KINDS)
    for kind, model in models.items():
        assert view.OPENED[kind] == model.model_fields.keys(), "a field that is added has to be listed, or left out on purpose"
        assert not view.RECEIVED[kind] & {"key", "distractors", "explanation", "rubric", "basis", "parts"}


def test_what_is_opened_of_an_unknown_type_is_its_name() -> None:
    assert view.opened({"type": "essay", "id": "a-1", "stem": STEM, "rubric_secret": MARKER}) == {"type": "essay", "id": "a-1"}
    case = {"type": "case", "id": "a-1", "parts": [{"type": "single", "id": "a-1-1", "rubric_secret": MARKER, "stem": "问"}]}
    assert view.opened(case)["parts"] == [{"type": "single", "id": "a-1-1", "stem": "问"}]
