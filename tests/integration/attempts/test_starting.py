"""Beginning an attempt, once, by those who may."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp.attempts import queries, service
from quizapp.attempts.models import Attempt, PreparedPaper
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.ticket import Entry
from quizapp.attempts.service import preparing
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError, NotFoundError
from quizapp.people.models import Person
from tests.builders.exams import CLOSES, OPENS, enrol, make_exam
from tests.builders.people import make_person
from tests.databases import both_databases
from tests.integration.attempts.conftest import START, TAB, Sitting, counted, sit

pytestmark = both_databases


def test_an_attempt_keeps_its_layout_and_deadline(sitting: Sitting) -> None:
    before = sitting.attempt().layout
    again = sit(sitting.exam_id, sitting.candidate_id, at=START + timedelta(minutes=3))
    assert again.attempt_id == sitting.attempt_id
    assert again.attempt().layout == before
    assert again.attempt().deadline_at == START + timedelta(minutes=90)
    assert [slot.number for slot in slots(before)] == list(range(1, 8))


def test_the_window_ends_every_attempt(sitting: Sitting) -> None:
    with db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, candidates=[person])
        ids = exam.id, person.id
    late = sit(*ids, at=CLOSES - timedelta(minutes=20))
    assert late.attempt().deadline_at == CLOSES


def test_two_starts_at_the_same_moment_make_one_attempt(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            person = make_person(session)
            exam = make_exam(session, candidates=[person])
            exam_id, candidate_id = exam.id, person.id
        together = threading.Barrier(4)
        found: list[object] = []

        def start() -> None:
            with app.app_context():
                exam = db.session().get_one(Exam, exam_id)
                together.wait()
                with db.transaction() as session:
                    found.append(service.start(session, exam, candidate_id, now=START).id)

        threads = [threading.Thread(target=start) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        assert len(set(found)) == 1
        assert db.session().scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_further_attempt_gets_another_form_until_there_are_none_left(context: None) -> None:
    with db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, ["single"], forms=3, candidates=[person], attempts_allowed=2)
        ids = exam.id, person.id
    first = sit(*ids)
    first.submit()
    second = sit(*ids, at=START + timedelta(hours=1))
    assert second.attempt().number == 2
    assert second.attempt().form_id != first.attempt().form_id
    second.submit(at=START + timedelta(hours=1))
    with pytest.raises(ConflictError, match="都已用完"):
        sit(*ids, at=START + timedelta(hours=2))


def test_starting_again_after_time_ran_out_settles_the_first(sitting: Sitting) -> None:
    again = sit(sitting.exam_id, sitting.candidate_id, at=START + timedelta(hours=2))
    assert again.attempt_id != sitting.attempt_id
    assert sitting.attempt().state == "expired"
    assert sitting.attempt().finished_at == START + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("at", "sentence"), [(OPENS - timedelta(seconds=1), "还没有开始.*2026-11-25 09:00"), (CLOSES, "已在 2026-12-02 09:00 结束")]
)
def test_outside_the_window_nobody_starts(context: None, at: datetime, sentence: str) -> None:
    with db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, ["single"], candidates=[person])
        ids = exam.id, person.id
    with pytest.raises(ConflictError, match=sentence):
        sit(*ids, at=at)


@pytest.mark.parametrize(("status", "word"), [("excused", "免考"), ("deferred", "缓考")])
def test_who_is_excused_or_deferred_is_told_why(context: None, status: str, word: str) -> None:
    with db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, ["single"])
        enrol(session, exam, person, status, "产假")
        ids = exam.id, person.id
    with pytest.raises(ConflictError) as caught:
        sit(*ids)
    assert word in str(caught.value)
    assert "产假" in str(caught.value)


def test_off_the_roster_or_in_draft_there_is_no_exam(sitting: Sitting) -> None:
    with db.transaction() as session:
        stranger = make_person(session).id
        candidate = session.get_one(Person, sitting.candidate_id)
        entered = make_exam(session, ["single"], state="draft", candidates=[candidate]).id
    for exam_id, person in ((sitting.exam_id, stranger), (entered, sitting.candidate_id)):
        with pytest.raises(NotFoundError):
            sit(exam_id, person)


def test_a_paper_exam_or_a_paper_result_closes_the_online_way(context: None) -> None:
    with db.transaction() as session:
        person = make_person(session)
        paper = make_exam(session, ["single"], kind="paper", candidates=[person]).id
        online = make_exam(session, ["single"], candidates=[person]).id
        service.put_paper_result(session, online, person.id, Decimal("71.5"), OPENS, now=START)
        person_id = person.id
    for exam_id, word in ((paper, "纸质考试"), (online, "纸质卷")):
        with pytest.raises(ConflictError, match=word):
            sit(exam_id, person_id)


def test_another_browser_needs_to_take_over(sitting: Sitting) -> None:
    with db.transaction() as session:
        assert service.claim(session, sitting.candidate_id, sitting.attempt_id, TAB) == 1
    with db.transaction() as session:
        assert service.claim(session, sitting.candidate_id, sitting.attempt_id, TAB) == 1
    with pytest.raises(ConflictError, match="另一台设备"), db.transaction() as session:
        service.claim(session, sitting.candidate_id, sitting.attempt_id, "tab-two-0002")
    with db.transaction() as session:
        assert service.take_over(session, sitting.candidate_id, sitting.attempt_id, "tab-two-0002") == 2
    with db.transaction() as session:
        assert service.take_over(session, sitting.candidate_id, sitting.attempt_id, "tab-two-0002") == 2


def test_a_stranger_can_neither_claim_nor_take_over(sitting: Sitting) -> None:
    with db.transaction() as session:
        stranger = make_person(session).id
    for act in (service.claim, service.take_over):
        with pytest.raises(NotFoundError), db.transaction() as session:
            act(session, stranger, sitting.attempt_id, TAB)
    with pytest.raises(NotFoundError):
        queries.own(db.session(), stranger, sitting.attempt_id)


@pytest.mark.parametrize("named", [preparing.NAMED, 0], ids=["few", "many"])
def test_papers_are_made_at_publishing_and_avoid_what_somebody_has_seen(
    context: None, monkeypatch: pytest.MonkeyPatch, named: int
) -> None:
    """Two exams over one blueprint's worth of items: in the second everybody begins with the form they do not know."""
    monkeypatch.setattr(preparing, "NAMED", named)
    with db.transaction() as session:
        people = [make_person(session) for _ in range(3)]
        first = make_exam(session, ["single"], forms=3, candidates=people, attempts_allowed=2)
        service.prepare_papers(session, first)
        ids = [person.id for person in people]
        first_id = first.id
    prepared = db.session().execute(
        select(PreparedPaper.candidate_id, PreparedPaper.number, PreparedPaper.form_id)
        .where(PreparedPaper.exam_id == first_id)
    ).all()
    assert {(row[0], row[1]) for row in prepared} == {(person, n) for person in ids for n in (1, 2)}
    assert len({row[2] for row in prepared if row[1] == 1}) == 3  # evenly spread
    for person in ids:
        assert len({row[2] for row in prepared if row[0] == person}) == 2
    sitting = sit(first_id, ids[0])
    known = sitting.attempt().form_id
    sitting.submit()
    with db.transaction() as session:
        again = make_exam(session, ["single"], candidates=[], attempts_allowed=1)
        again.blueprint_id = session.get_one(Exam, first_id).blueprint_id
        enrol(session, again, session.get_one(Person, ids[0]))
        service.prepare_papers(session, again)
        again_id = again.id
    assert sit(again_id, ids[0]).attempt().form_id != known


def test_a_start_takes_one_statement_and_a_second_one_tells_of_the_attempt_that_is_there(context: None) -> None:
    with db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, ["single"], candidates=[person])
        service.prepare_papers(session, exam)
        entry = Entry(person.id, exam.id)

    def start() -> None:
        with db.hot() as connection:
            assert service.begin(connection, entry, now=START) is not None

    assert len(counted(start)) == 1
    again = counted(start)
    assert len(again) == 2
    assert all("candidate_id = " in statement for statement in again)
