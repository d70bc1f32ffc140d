"""The commitment of an exam: fixed at publishing, kept back, opened, and checked by anybody with SHA-256."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from quizapp.audit import queries as audit
from quizapp.audit.queries import Filters
from quizapp.db import db
from quizapp.exams import committing, queries, tasks
from quizapp.exams.cli import exam as command
from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError
from tests.builders.exams import ALL_KINDS, CLOSES, OPENS, make_exam
from tests.builders.people import make_person
from tests.databases import both_databases

pytestmark = both_databases
BEFORE, AFTER = OPENS - timedelta(days=1), CLOSES + timedelta(minutes=1)


@pytest.fixture
def made(app: Flask) -> int:
    """An exam with a commitment; its id."""
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ALL_KINDS, forms=2, candidates=[make_person(session)])
        committing.commit(session, exam)
        return exam.id


def digest_of(exam_id: int) -> str:
    exam, found = queries.get(db.session(), exam_id), queries.commitment(db.session(), exam_id)
    assert found is not None
    return hashlib.sha256(committing.content(db.session(), exam, found.salt)).hexdigest()


def test_the_commitment_is_the_hash_of_the_file(app: Flask, made: int) -> None:
    with app.app_context():
        found = queries.commitment(db.session(), made)
        assert found is not None
        assert digest_of(made) == found.digest
        event = audit.page(db.session(), Filters(action="commit_exam"), limit=1)[0]
        assert (event.object_id, event.detail["digest"]) == (str(made), found.digest)
        assert found.salt not in json.dumps(event.detail)


def test_the_file_holds_everything_that_decides_a_mark(app: Flask, made: int) -> None:
    with app.app_context():
        exam = queries.get(db.session(), made)
        whole = json.loads(committing.content(db.session(), exam, "a" * 64))
        assert [form["number"] for form in whole["forms"]] == [1, 2]
        asked = whole["forms"][0]["questions"]
        assert [question["position"] for question in asked] == list(range(1, len(asked) + 1))
        first = whole["items"][str(asked[0]["version"])]["content"]
        assert {"stem", "options", "key"} <= first.keys()
        assert whole["rules"] == {"multiple_rule": "all_or_nothing", "score_rule": "best", "pass_mark": "30.00",
                                  "excellence_mark": "50.00"}


def test_both_databases_hash_the_same(app: Flask, made: int) -> None:
    """The canonical form is one text: names sorted, no spaces, no line break at its end."""
    with app.app_context():
        content = committing.content(db.session(), queries.get(db.session(), made), "a" * 64)
        assert content == json.dumps(json.loads(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def test_it_is_opened_by_the_worker_once_results_are_out(app: Flask, made: int) -> None:
    with app.app_context():
        with time_machine.travel(CLOSES - timedelta(minutes=1), tick=False):
            tasks.look_after_commitments()
            assert opened_at(made) is None
            with pytest.raises(ConflictError), db.transaction() as session:
                committing.open_commitment(session, queries.get(session, made), now=CLOSES - timedelta(minutes=1))
        with time_machine.travel(AFTER, tick=False):
            tasks.look_after_commitments()
            tasks.look_after_commitments()
        assert opened_at(made) == AFTER
        events = audit.page(db.session(), Filters(action="open_commitment"), limit=9)
        found = queries.commitment(db.session(), made)
        assert found is not None
        assert [event.detail["salt"] for event in events] == [found.salt]


def opened_at(exam_id: int) -> object:
    db.session().rollback()
    found = queries.commitment(db.session(), exam_id)
    return found.opened_at if found else "none"


@pytest.mark.parametrize("settings", [
    {"show_key": False}, {"release": "manual"}, {"settles_at": CLOSES + timedelta(hours=2)}, {"paused_at": OPENS},
])
def test_it_stays_closed_where_something_must_not_be_known_yet(app: Flask, settings: dict[str, object]) -> None:
    with app.app_context():
        with db.transaction() as session:
            exam = make_exam(session, candidates=[make_person(session)], **settings)
            committing.commit(session, exam)
            exam_id = exam.id
        with time_machine.travel(AFTER, tick=False):
            tasks.look_after_commitments()
        assert opened_at(exam_id) is None


def test_an_exam_published_before_is_committed_to_while_it_has_not_begun(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            exam_id = make_exam(session, candidates=[make_person(session)]).id
        with time_machine.travel(OPENS, tick=False):
            tasks.look_after_commitments()
        assert queries.commitment(db.session(), exam_id) is None
        with time_machine.travel(BEFORE, tick=False):
            tasks.look_after_commitments()
            tasks.look_after_commitments()
        db.session().rollback()
        assert queries.commitment(db.session(), exam_id) is not None
        assert audit.count(db.session(), Filters(action="commit_exam")) == 1


def test_an_exam_on_paper_has_none(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, ("single",), kind="paper")
        committing.commit(session, exam)
        assert queries.commitment(session, exam.id) is None


def test_the_command_keeps_the_content_back_and_then_writes_it(app: Flask, made: int, tmp_path) -> None:  # type: ignore[no-untyped-def]
    run, file = app.test_cli_runner(), tmp_path / "content.json"
    with time_machine.travel(OPENS, tick=False):
        answer = json.loads(run.invoke(command, ["commitment", str(made), "--json"]).output)
        assert (answer["exam"], answer["salt"], answer["opened_at"]) == (made, None, None)
        early = run.invoke(command, ["commitment", str(made), "--content", str(file)])
        assert isinstance(early.exception, ConflictError)
        assert not file.exists()
    with time_machine.travel(AFTER, tick=False):
        assert run.invoke(command, ["commitment", str(made), "--content", str(file)]).exit_code == 0
    assert hashlib.sha256(file.read_bytes()).hexdigest() == answer["digest"]


def test_publishing_commits_in_the_same_transaction(app: Flask) -> None:
    """Whatever publishes goes through the service, and the service asks every act that is registered."""
    from quizapp.exams.service import AT_PUBLISHING

    assert committing.commit in AT_PUBLISHING
    with app.app_context(), db.transaction() as session:
        exam = make_exam(session, candidates=[make_person(session)])
        for act in AT_PUBLISHING:
            act(session, exam)
        assert queries.commitment(session, exam.id) is not None
        assert session.get_one(Exam, exam.id).published_at == queries.commitment(session, exam.id).committed_at  # type: ignore[union-attr]
