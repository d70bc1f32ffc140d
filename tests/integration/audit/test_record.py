"""The record on real databases: one chain whoever writes, and the same facts on the way back."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

from flask import Flask
from sqlalchemy import text

from quizapp.audit import queries, service
from quizapp.audit.queries import Filters
from quizapp.audit.rules import first_break
from quizapp.clock import now
from quizapp.db import db
from tests.databases import both_databases


def broken() -> int | None:
    session = db.session()
    session.expire_all()
    head = queries.head(session)
    return first_break(queries.chain(session), number=head.number, digest=head.digest)


def write(count: int = 1, **detail: object) -> None:
    for _ in range(count):
        with db.transaction() as session:
            service.record(session, "test", "thing", 1, detail=detail)


@both_databases
def test_the_hash_survives_the_database(app: Flask) -> None:
    with app.app_context():
        write(at=now(), on=date(2026, 11, 25), score=Decimal("86.50"), rate=1e20, words="学法\0", big=10**30,
              inner={"b": 1, "a": [None, True, 1.10]})
        assert broken() is None
        assert queries.by_number(db.session(), 1) is not None


@both_databases
def test_writers_at_once_keep_one_chain(app: Flask) -> None:
    """Four threads, beginning together on an empty record, so that the first event is contested too."""
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def work() -> None:
        with app.app_context():
            try:
                together.wait(30)
                write(8, thread=threading.get_ident())
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
    with app.app_context():
        assert not failures
        assert queries.head(db.session()).number == 32
        assert broken() is None


@both_databases
def test_a_session_that_wrote_before_follows_others(app: Flask) -> None:
    """The head is read afresh: this session remembers number 1, another one has written number 2 since."""
    with app.app_context():
        write()

        def other() -> None:
            with app.app_context():
                write()
                db.session.remove()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
        write()
        assert queries.head(db.session()).number == 3
        assert broken() is None


@both_databases
def test_an_act_that_fails_leaves_no_event(app: Flask) -> None:
    with app.app_context():
        write()
        try:
            with db.transaction() as session:
                service.record(session, "test", "thing", 2)
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        write()
        assert queries.head(db.session()).number == 2
        assert broken() is None


def test_changing_cutting_out_and_cutting_off_are_found(app: Flask) -> None:
    changes = {
        "update audit_event set actor = 'somebody else' where number = 2": 2,
        "delete from audit_event where number = 2": 2,
        "delete from audit_event where number = 3": 3,
    }
    with app.app_context():
        write(3)
        for statement, first in changes.items():
            db.session.rollback()
            db.session.execute(text(statement))
            assert broken() == first, statement
        db.session.rollback()


def test_too_long_words_are_cut_before_the_hash(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            event = service.record(session, "a" * 99, "b" * 99, "c" * 99, actor="名" * 99, address="d" * 99)
        assert (len(event.action), len(event.object_type), len(event.object_id)) == (60, 40, 80)
        assert (len(event.actor), len(event.address)) == (80, 64)
        assert broken() is None


@both_databases
def test_filters(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            for number in range(3):
                service.record(session, f"act_{number % 2}", "person", number, actor_id=7, actor="沈砚秋")
            service.record(session, "act_0", "unit", 1, actor="50%_off")
        read = db.session()
        assert queries.count(read, Filters()) == 4
        assert [e.number for e in queries.page(read, Filters(action="act_0"), limit=9)] == [4, 3, 1]
        assert [e.number for e in queries.page(read, Filters(actor="砚秋"), limit=2, offset=1)] == [2, 1]
        assert queries.count(read, Filters(actor="7")) == 3
        assert queries.count(read, Filters(actor="%_")) == 1
        assert queries.count(read, Filters(object_type="unit", object_id="1")) == 1
        assert queries.count(read, Filters(since=now())) == 0
        assert queries.count(read, Filters(until=now())) == 4
        assert queries.actions(read) == ["act_0", "act_1"]
