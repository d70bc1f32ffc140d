"""Receipts in the audit chain: each once, whoever seals, and each with its way to the root."""

from __future__ import annotations

import threading
from datetime import timedelta

from flask import Flask

from quizapp.attempts import evidence, queries, service, tasks
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.seals import COLUMNS, LATER, from_detail
from quizapp.audit import queries as audit
from quizapp.audit.queries import Filters
from quizapp.audit.service import record
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel import merkle
from quizapp.marking import regrading
from tests.builders.exams import OPENS, enrol, make_exam
from tests.builders.people import make_person
from tests.databases import both_databases
from tests.integration.attempts.conftest import START, Sitting, sit

pytestmark = both_databases


def finished(count: int) -> list[Sitting]:
    with db.transaction() as session:
        people = [make_person(session) for _ in range(count)]
        exam = make_exam(session, candidates=people)
        ids = exam.id, [person.id for person in people]
    found = [sit(ids[0], candidate_id) for candidate_id in ids[1]]
    for number, sitting in enumerate(found):
        sitting.answer_all()
        sitting.submit(START + timedelta(minutes=number))
    return found


def events() -> list[tuple[int, list[str]]]:
    """Number and receipts of every event that seals."""
    db.session().rollback()
    found = audit.page(db.session(), Filters(action="seal_receipts"), limit=99, oldest_first=True)
    return [(event.number, [leaf.receipt for leaf in from_detail(event.detail)]) for event in found]


def test_one_event_holds_what_was_handed_in(context: None) -> None:
    sittings = finished(3)
    tasks.seal_receipts()
    (number, receipts), = events()
    assert sorted(receipts) == sorted(sitting.attempt().receipt for sitting in sittings)
    assert {sitting.attempt().sealed_by for sitting in sittings} == {number}
    tasks.seal_receipts()
    assert len(events()) == 1


def test_every_receipt_leads_to_the_root_of_its_event(context: None) -> None:
    finished(5)
    tasks.seal_receipts()
    event = audit.page(db.session(), Filters(action="seal_receipts"), limit=1)[0]
    entries = [leaf.entry() for leaf in from_detail(event.detail)]
    for index, entry in enumerate(entries):
        proof = merkle.path(entries, index)
        assert merkle.leads_to(entry, index, len(entries), proof, bytes.fromhex(event.detail["root"]))


def test_an_open_attempt_is_left_alone(context: None) -> None:
    open_one = sit(*ids_of_open())
    tasks.seal_receipts()
    assert (events(), open_one.attempt().sealed_by) == ([], None)


def test_sealing_and_a_regrade_at_once_do_not_wait_for_each_other(context: None, app: Flask) -> None:
    """A regrade holds the attempts and then writes into the chain: whoever seals must not hold the chain and then wait
    for the attempts."""
    sittings = finished(3)
    if db.engine.dialect.name == "sqlite":
        return  # one writer at a time
    failed: list[Exception] = []
    with db.transaction() as session:
        record(session, "try", "exam", sittings[0].exam_id, actor="cli")

    def seal() -> None:
        try:
            with app.app_context():
                tasks.seal_receipts()
        except Exception as error:
            failed.append(error)

    with db.transaction() as session:
        regrading.hold_attempts(session, session.get_one(Exam, sittings[0].exam_id))
        sealing = threading.Thread(target=seal)
        sealing.start()
        sealing.join(3)
        record(session, "try", "exam", sittings[0].exam_id, actor="cli")
    sealing.join(20)
    assert (failed, sealing.is_alive()) == ([], False)
    assert events() == []  # what somebody works on is left for the next time
    tasks.seal_receipts()
    assert len(events()[0][1]) == 3


def ids_of_open() -> tuple[int, int]:
    with db.transaction() as session:
        person = make_person(session)
        return make_exam(session, candidates=[person]).id, person.id


def test_batches_follow_each_other(context: None) -> None:
    sittings = finished(5)
    for size in (2, 2, 2):
        waiting = evidence.unsealed(db.session(), size)
        with db.transaction() as session:
            service.seal_receipts(session, waiting)
    assert [len(receipts) for _number, receipts in events()] == [2, 2, 1]
    assert all(sitting.attempt().sealed_by for sitting in sittings)


def test_workers_at_once_seal_each_receipt_once(context: None, app: Flask) -> None:
    """All read the same waiting attempts first, and only then begin to write."""
    sittings = finished(8)
    together, failures = threading.Barrier(4), []

    def work() -> None:
        with app.app_context():
            try:
                waiting = evidence.unsealed(db.session(), 500)
                together.wait(30)
                with db.transaction() as session:
                    service.seal_receipts(session, waiting)
            except BaseException as error:
                failures.append(error)
                raise
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    sealed = [receipt for _number, receipts in events() for receipt in receipts]
    assert sorted(sealed) == sorted(sitting.attempt().receipt for sitting in sittings)


def test_the_record_covers_what_the_receipt_leaves_out(context: None) -> None:
    sitting, = finished(1)
    before = evidence.one(db.session(), sitting.candidate_id, sitting.attempt_id)
    assert before is not None
    assert before.receipt() == sitting.attempt().receipt == queries.receipt_of(db.session(), sitting.attempt())
    with db.transaction() as session:
        queries.own(session, sitting.candidate_id, sitting.attempt_id).started_at = OPENS
    db.session().rollback()
    after = evidence.one(db.session(), sitting.candidate_id, sitting.attempt_id)
    assert after is not None
    assert (after.receipt(), after.leaf().record == before.leaf().record) == (before.receipt(), False)


def test_a_second_attempt_is_sealed_with_the_next_event(context: None) -> None:
    first, = finished(1)
    tasks.seal_receipts()
    with db.transaction() as session:
        other = make_person(session)
        enrol(session, session.get_one(Exam, first.exam_id), other)
        ids = first.exam_id, other.id
    second = sit(*ids)
    second.submit(START)
    tasks.seal_receipts()
    assert [number for number, _receipts in events()] == [first.attempt().sealed_by, second.attempt().sealed_by]




def test_every_column_of_an_attempt_is_sealed_or_may_change(context: None) -> None:
    """Whoever adds a column decides; adding it to what is sealed takes a new kind of record."""
    assert set(COLUMNS) | LATER == {column.name for column in Attempt.__table__.columns}
    assert not set(COLUMNS) & LATER
