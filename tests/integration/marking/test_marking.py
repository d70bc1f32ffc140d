"""Giving marks on both databases: the queue, what the last one settles, and two markers at one answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import update

from quizapp.attempts import queries as attempts
from quizapp.attempts import service as sitting
from quizapp.attempts.models import Attempt
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams import service as exams_service
from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError
from quizapp.marking import queries, service
from quizapp.marking.models import MarkingRecord
from quizapp.marking.rules import Entry, Given, Queue, queue_for
from quizapp.papers.models import Blueprint
from quizapp.people.models import Person
from tests.builders.bank import content_of, make_item
from tests.builders.exams import OPENS, enrol, make_exam, make_form
from tests.builders.marking import hand_in
from tests.builders.people import make_person
from tests.databases import both_databases

pytestmark = both_databases
NOW = OPENS + timedelta(days=1)
MARKER, ANOTHER = 9001, 9002
MANY = 20


@dataclass
class Desk:
    """An exam with two short questions, answered by three people."""

    exam_id: int
    people: list[int]

    def entries(self) -> list[Entry]:
        return queries.entries(db.session(), self.exam_id)

    def queue(self, marker: int = MARKER) -> Queue:
        return queue_for(self.entries(), marker, "secret")

    def of(self, person: int) -> list[Entry]:
        return sorted((e for e in self.entries() if e.candidate_id == person), key=lambda entry: entry.position)

    def mark(self, entry: Entry, score: str, marker: int = MARKER, minutes: int = 0) -> Decimal | None:
        with db.transaction() as session:
            return service.mark(session, self.exam_id, entry, marker, Given(Decimal(score), (Decimal(score),)),
                                now=NOW + timedelta(minutes=minutes))

    def result(self, person: int) -> Decimal | None:
        found = attempts.result(db.session(), self.exam_id, person)
        assert found is not None
        return found.score


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        with db.transaction() as session:
            people = [make_person(session) for _ in range(3)]
            exam = make_exam(session, ["single", "short", "short"], candidates=people)
            for person in people:
                hand_in(session, exam, person, f"{person.login} 的作答")
            found = Desk(exam.id, [person.id for person in people])
        yield found


def test_every_short_answer_of_papers_handed_in_waits(desk: Desk) -> None:
    with db.transaction() as session:
        late, empty = make_person(session), make_person(session)
        exam = exams.get(session, desk.exam_id)
        for person in (late, empty):
            enrol(session, exam, person)
        sitting.start(session, exam, late.id, now=OPENS)
        hand_in(session, exam, empty, "  ")
    queue = desk.queue()
    assert (len(queue.waiting), queue.marked, queue.total) == (6, 0, 6)
    first = queue.waiting[0]
    assert queue.left_of(first.question) == 3
    person = db.session().get_one(Person, first.candidate_id)
    assert queries.text(db.session(), first) == f"{person.login} 的作答"
    assert queries.question(db.session(), first).question.type == "short"


def test_a_void_attempt_needs_no_marks(desk: Desk) -> None:
    with db.transaction() as session:
        session.execute(update(Attempt).where(Attempt.candidate_id == desk.people[0]).values(state="void"))
    assert {entry.candidate_id for entry in desk.entries()} == set(desk.people[1:])


def test_a_short_part_of_a_case_waits_with_the_others(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            person = make_person(session)
            exam = make_exam(session, forms=0, candidates=[person])
            case = make_item(session, "case", parts=[content_of("single"), content_of("short")])
            make_form(session, session.get_one(Blueprint, exam.blueprint_id), 1, [make_item(session, "short"), case])
            hand_in(session, exam, person, "先告知")
        found = queries.entries(db.session(), exam.id)
        assert sorted(entry.part for entry in found) == [0, 2]


def test_the_last_answer_settles_the_paper(desk: Desk) -> None:
    person = desk.people[0]
    one, two = desk.of(person)
    assert desk.mark(one, "6.5") is None
    assert desk.result(person) is None
    assert desk.mark(two, "3.25", minutes=1) is None
    assert desk.result(person) == Decimal("9.75")
    assert not attempts.own(db.session(), person, one.attempt_id).needs_marking
    queue = desk.queue()
    assert (len(queue.waiting), queue.marked, queue.total) == (4, 2, 6)


def test_the_record_says_who_and_how(desk: Desk) -> None:
    entry = desk.of(desk.people[0])[0]
    desk.mark(entry, "6.5")
    kept = queries.record(db.session(), entry)
    assert kept is not None
    assert (kept.marker_id, kept.score, kept.points, kept.marked_at) == (MARKER, Decimal("6.5"), ["6.5"], NOW)


def test_somebody_else_was_quicker(desk: Desk) -> None:
    entry = desk.of(desk.people[0])[0]
    desk.mark(entry, "6")
    with pytest.raises(ConflictError, match="已由别人评完"):
        desk.mark(entry, "2", ANOTHER, minutes=1)
    kept = queries.record(db.session(), entry)
    assert kept is not None
    assert (kept.marker_id, kept.score) == (MARKER, Decimal(6))


def test_the_last_one_can_be_corrected_until_the_next_is_marked(desk: Desk) -> None:
    person = desk.people[0]
    one, two = desk.of(person)
    desk.mark(one, "6")
    assert desk.mark(one, "7", minutes=1) == Decimal(6)
    desk.mark(two, "1", minutes=2)
    assert desk.result(person) == Decimal(8)
    assert desk.mark(two, "2", minutes=3) == Decimal(1)
    assert desk.result(person) == Decimal(9), "a correction after settling counts anew"
    with pytest.raises(ConflictError, match="只有最近评的一份"):
        desk.mark(one, "10", minutes=4)
    assert desk.result(person) == Decimal(9)
    assert db.session().query(MarkingRecord).count() == 2


def test_what_another_marks_does_not_close_the_own_last_one(desk: Desk) -> None:
    one, two = desk.of(desk.people[0])
    desk.mark(one, "6")
    desk.mark(two, "1", ANOTHER, minutes=1)
    assert desk.mark(one, "5", minutes=2) == Decimal(6)


def test_nobody_marks_an_own_answer(desk: Desk) -> None:
    person = desk.people[0]
    queue = desk.queue(person)
    assert (len(queue.waiting), queue.own) == (4, 2)
    with pytest.raises(ForbiddenError, match="自己的作答"):
        desk.mark(desk.of(person)[0], "10", person)


def test_more_than_the_question_has_is_refused_and_nothing_kept(desk: Desk) -> None:
    entry = desk.of(desk.people[0])[0]
    with pytest.raises(InputError):
        desk.mark(entry, "10.01")
    assert queries.record(db.session(), entry) is None


def test_marks_given_without_a_record_stand(desk: Desk) -> None:
    entry = desk.of(desk.people[0])[0]
    with db.transaction() as session:
        sitting.mark_answer(session, entry.candidate_id, entry.attempt_id, entry.position, Decimal(4))
    with pytest.raises(ConflictError, match="已由别人评完"):
        desk.mark(entry, "9")


def at_once(*acts: Callable[[], object]) -> None:
    """Each in a thread of its own; what this session read before is let go, so that it sees what they wrote."""
    db.session().rollback()
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_several_markers_at_once_one_is_heard(app: Flask, desk: Desk) -> None:
    entry = desk.of(desk.people[0])[0]
    together, outcomes = threading.Barrier(MANY), []

    def press(marker: int) -> None:
        with app.app_context():
            together.wait()
            try:
                desk.mark(entry, str(marker % 10), marker)
                outcomes.append(marker)
            except service.TakenError:
                outcomes.append(0)

    at_once(*[partial(press, MARKER + number) for number in range(MANY)])
    heard = [marker for marker in outcomes if marker]
    assert (len(outcomes), len(heard)) == (MANY, 1)
    kept = queries.record(db.session(), entry)
    assert kept is not None
    assert (kept.marker_id, kept.score) == (heard[0], Decimal(heard[0] % 10))
    assert attempts.answers(db.session(), entry.candidate_id, entry.attempt_id)[entry.position].score == kept.score


def test_both_short_answers_of_a_paper_marked_at_once_settle_it(app: Flask, desk: Desk) -> None:
    """Neither of two transactions may sum up without what the other writes."""
    person = desk.people[0]
    pair = desk.of(person)
    together = threading.Barrier(2)

    def press(entry: Entry, marker: int) -> None:
        with app.app_context():
            together.wait()
            desk.mark(entry, "4", marker)

    at_once(*[partial(press, entry, marker) for entry, marker in zip(pair, (MARKER, ANOTHER), strict=True)])
    assert desk.result(person) == Decimal(8)


def test_releasing_while_the_last_answers_are_marked_shows_what_counts(app: Flask, desk: Desk) -> None:
    """Twenty at once: half release, half mark. Released once, and every result is the sum of its marks."""
    with db.transaction() as session:
        over = NOW - timedelta(minutes=1)
        session.execute(update(Exam).where(Exam.id == desk.exam_id).values(release="manual", closes_at=over, settles_at=over))
    entries = [entry for person in desk.people for entry in desk.of(person)]
    together, broken = threading.Barrier(MANY), []

    def press(act: Callable[[], object]) -> None:
        with app.app_context():
            together.wait(30)
            try:
                act()
            except Exception as error:
                broken.append(error)

    def release(number: int) -> None:
        with db.transaction() as session:
            exams_service.release(session, desk.exam_id, now=NOW + timedelta(seconds=number))

    def settle(candidate_id: int) -> None:
        with db.transaction() as session:
            sitting.recount(session, desk.exam_id, candidate_id)

    acts = [partial(desk.mark, entry, "4") for entry in entries]
    acts += [partial(settle, desk.people[number % len(desk.people)]) for number in range(4)]
    acts += [partial(release, number) for number in range(MANY - len(acts))]
    at_once(*[partial(press, act) for act in acts])
    assert [str(error) for error in broken if "已经公布" not in str(error)] == []
    assert len(broken) < MANY - len(entries) - 4, "nobody could release"
    assert exams.get(db.session(), desk.exam_id).released_at is not None
    assert [desk.result(person) for person in desk.people] == [Decimal(8)] * len(desk.people)


def test_exams_with_work_come_first(desk: Desk) -> None:
    with db.transaction() as session:
        person = make_person(session)
        later = make_exam(session, ["short"], candidates=[person], title="后一场", opens_at=OPENS + timedelta(days=2))
        make_exam(session, ["single"], candidates=[person], title="没有简答题")
        attempt = hand_in(session, later, person, "作答", OPENS + timedelta(days=2))
        later_id = later.id
    assert [row.exam.id for row in queries.exams(db.session(), MARKER)] == [later_id, desk.exam_id]
    entry = next(e for e in queries.entries(db.session(), later_id) if e.attempt_id == attempt.id)
    Desk(later_id, [person.id]).mark(entry, "10")
    rows = [(row.exam.id, row.waiting, row.own, row.marked) for row in queries.exams(db.session(), MARKER)]
    assert rows == [(desk.exam_id, 6, 0, 0), (later_id, 0, 0, 1)]
    own = queries.exams(db.session(), desk.people[0])[0]
    assert (own.waiting, own.own) == (4, 2)
