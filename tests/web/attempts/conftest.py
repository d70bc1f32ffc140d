"""A signed-in candidate with an exam of every type, on an exam morning."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from quizapp.attempts import queries
from quizapp.attempts.rules.ticket import Entry, Press
from quizapp.db import db
from quizapp.people.models import Person
from tests.builders.exams import ALL_KINDS, CLOSES, make_exam
from tests.builders.people import make_person, sign_in
from tests.page_lint import LintingClient

TAB = "tab-one-0001"


@dataclass
class Candidate:
    """A browser of one person, and the exam in front of them."""

    client: LintingClient
    exam_id: int
    person_id: int
    client_id: str = TAB
    epoch: int = 1

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client.get(address, **more)

    def token(self) -> str:
        page = self.get("/account").get_data(as_text=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found is not None
        return found[1]

    def post_form(self, address: str, **fields: Any) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.token(), **fields})

    def post_json(self, address: str, payload: Any) -> TestResponse:
        """What the script of the paper sends; a ticket is added where the payload can hold one."""
        if isinstance(payload, dict) and "ticket" not in payload:
            payload = payload | {"ticket": self.ticket(address.rsplit("/", 1)[0])}
        return self.client.post(address, json=payload)

    def begin(self) -> str:
        """Start, and return the address of the paper."""
        answer = self.start()
        assert answer.status_code == 303, answer.get_data(as_text=True)
        paper: str = answer.location
        return paper

    def start(self, exam_id: int | None = None, **fields: Any) -> TestResponse:
        """The button of the page before the start."""
        given = {"ticket": self.entry(exam_id or self.exam_id), "understood": "y"} | fields
        return self.client.post(f"/my-exams/{exam_id or self.exam_id}", data=given)

    def entry(self, exam_id: int) -> str:
        """What the page before the start holds for its button."""
        return self.press().entry(Entry(self.person_id, exam_id))

    def press(self) -> Press:
        return Press(self.client.application.config["SETTINGS"].secret_key)

    def ticket(self, paper: str) -> str:
        """What the page of a paper shows with everything it asks; made here as the page does."""
        with self.client.application.app_context():
            found = queries.ticket(db.session(), self.person_id, attempt_id(paper))
            return self.press().ticket(found)

    def save(self, paper: str, *saves: dict[str, Any], **changes: Any) -> TestResponse:
        """What a tab sends, which has asked for the paper before."""
        payload = {"client_id": self.client_id, "epoch": self.epoch, "saves": saves} | changes
        self.post_json(f"{paper}/claim", {"client_id": payload["client_id"]})
        return self.post_json(f"{paper}/answers", payload)

    def submit(self, paper: str, **more: Any) -> TestResponse:
        return self.post_json(f"{paper}/submit", {"client_id": self.client_id} | more)


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="exam-data">(.*?)</script>', page, re.S)
    assert found is not None
    parsed: dict[str, Any] = json.loads(found[1])
    return parsed


def attempt_id(paper: str) -> uuid.UUID:
    return uuid.UUID(paper.rsplit("/", 1)[1])


def candidate_for(app: Flask, kinds: tuple[str, ...] = ALL_KINDS, **settings: Any) -> Candidate:
    with app.app_context(), db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, kinds, candidates=[person], **settings)
        exam_id, person_id = exam.id, person.id
    client = app.test_client()
    assert isinstance(client, LintingClient)
    with app.app_context():
        sign_in(client, person)
    return Candidate(client, exam_id, person_id)


@pytest.fixture
def candidate(app: Flask, exam_morning: time_machine.Traveller) -> Candidate:
    return candidate_for(app)


@pytest.fixture
def after_close(exam_morning: time_machine.Traveller) -> Callable[[Candidate], None]:
    def move(candidate: Candidate) -> None:
        """To just after the window; the sign-in of last week has run out by then."""
        exam_morning.move_to(CLOSES + timedelta(minutes=1))
        with candidate.client.application.app_context():
            sign_in(candidate.client, db.session().get_one(Person, candidate.person_id))

    return move
