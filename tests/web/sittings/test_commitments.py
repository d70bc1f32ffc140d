"""Commitments as everybody sees them: the hash at once, the file when the exam is over."""

from __future__ import annotations

import hashlib

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from quizapp.db import db
from quizapp.exams import committing, queries, tasks
from tests.builders.bank import SECRET
from tests.builders.exams import ALL_KINDS, CLOSES, OPENS, make_exam
from tests.builders.people import make_person
from tests.page_lint import LintingClient


@pytest.fixture
def made(app: Flask) -> int:
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ALL_KINDS, candidates=[make_person(session)])
        committing.commit(session, exam)
        return exam.id


def salt_of(app: Flask, exam_id: int) -> str:
    with app.app_context():
        found = queries.commitment(db.session(), exam_id)
        assert found is not None
        return found.salt


def digest_of(app: Flask, exam_id: int) -> str:
    with app.app_context():
        found = queries.commitment(db.session(), exam_id)
        assert found is not None
        return found.digest


def test_before_the_end_there_is_the_hash_and_nothing_else(app: Flask, client: LintingClient, made: int) -> None:
    with time_machine.travel(OPENS, tick=False):
        page = client.get(f"/commitments/{made}").get_data(as_text=True)
        assert digest_of(app, made) in page
        assert salt_of(app, made) not in page
        assert SECRET not in page
        assert "原文还没有公开" in page
        assert client.get(f"/commitments/{made}/content").status_code == 404
        listed = client.get("/commitments").get_data(as_text=True)
        assert digest_of(app, made)[:16] in listed


def test_afterwards_anybody_gets_the_very_bytes(app: Flask, client: LintingClient, made: int) -> None:
    with time_machine.travel(CLOSES, tick=False):
        with app.app_context():
            tasks.look_after_commitments()
        page = client.get(f"/commitments/{made}").get_data(as_text=True)
        assert salt_of(app, made) in page
        assert f"sha256sum commitment-{made}.json" in page
        assert "现在的内容与承诺不符" not in page
        file = client.get(f"/commitments/{made}/content")
        assert f"commitment-{made}.json" in file.headers["Content-Disposition"]
        assert hashlib.sha256(file.get_data()).hexdigest() == digest_of(app, made)


def test_a_change_made_in_the_database_shows_on_the_page(app: Flask, client: LintingClient, made: int) -> None:
    with time_machine.travel(CLOSES, tick=False):
        with app.app_context():
            tasks.look_after_commitments()
            with db.transaction() as session:
                session.execute(text("update form_question set marks = marks + 100 where position = 1"))
        assert "现在的内容与承诺不符" in client.get(f"/commitments/{made}").get_data(as_text=True)


def test_where_keys_are_not_shown_the_file_is_not_either(app: Flask, client: LintingClient) -> None:
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, candidates=[make_person(session)], show_key=False)
        committing.commit(session, exam)
        exam_id = exam.id
    with time_machine.travel(CLOSES, tick=False):
        with app.app_context():
            tasks.look_after_commitments()
        assert "这场考试不公布答案，原文不公开" in client.get(f"/commitments/{exam_id}").get_data(as_text=True)
        assert client.get(f"/commitments/{exam_id}/content").status_code == 404


def test_what_has_none_is_said(app: Flask, client: LintingClient) -> None:
    assert "还没有承诺" in client.get("/commitments").get_data(as_text=True)
    with app.app_context(), db.transaction() as session:
        exam_id = make_exam(session, candidates=[make_person(session)]).id
    assert "没有登记承诺" in client.get("/commitments").get_data(as_text=True)
    assert client.get(f"/commitments/{exam_id}").status_code == 404
    assert client.get(f"/commitments/{2**40}").status_code == 404
