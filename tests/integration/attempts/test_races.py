"""Fifty at once, each with a connection of its own, let go by one barrier: one attempt, one receipt, and whatever
was acknowledged counts."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp.attempts import queries, service
from quizapp.attempts.models import Attempt, Result
from quizapp.attempts.rules.saves import Batch, Refusal, Save
from quizapp.attempts.rules.ticket import Entry
from quizapp.db import db, engine_options
from quizapp.exams.models import Exam, Extension
from quizapp.kernel.errors import ConflictError, QuizappError, UnavailableError
from quizapp.sittings.service import giving
from tests.builders.exams import make_exam
from tests.builders.people import make_person
from tests.conftest import close_connections, make_app
from tests.databases import both_databases
from tests.integration.attempts.conftest import START, TAB, Sitting

pytestmark = both_databases
MANY = 50
IN_TIME, OVER = START + timedelta(minutes=89), START + timedelta(minutes=91)
Found = TypeVar("Found")


@pytest.fixture
def app(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application in which fifty hold a connection at the same time."""
    usual = engine_options
    monkeypatch.setattr("quizapp.db.engine_options", lambda url: usual(url) | {"pool_size": MANY + 2, "max_overflow": 0})
    made = make_app(database_url, tmp_path / "instance")
    yield made
    close_connections(made)


def at_once(app: Flask, acts: Sequence[Callable[[], Found]]) -> list[Found | BaseException]:
    """What each gave, or the error of ours with which it ended. All have a connection before any begins."""
    barrier = threading.Barrier(len(acts))
    found: list[Any] = [None] * len(acts)

    def one(place: int, act: Callable[[], Found]) -> None:
        try:
            with app.app_context():
                db.session.execute(select(1))
                db.session.commit()
                barrier.wait(60)
                found[place] = act()
        except Exception as problem:
            found[place] = problem

    threads = [threading.Thread(target=one, args=(place, act), daemon=True) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert not any(thread.is_alive() for thread in threads)
    if broken := [one for one in found if isinstance(one, Exception) and not isinstance(one, QuizappError)]:
        raise ExceptionGroup("what nobody expected", broken)
    return found


def exam_for_one(kinds: tuple[str, ...] = ("fill",) * 6 + ("single",) * 4, **settings: Any) -> tuple[int, int]:
    with db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, kinds, candidates=[person], **settings)
        return exam.id, person.id


def begun(**settings: Any) -> Sitting:
    exam_id, candidate_id = exam_for_one(**settings)
    with db.transaction() as session:
        attempt = service.start(session, session.get_one(Exam, exam_id), candidate_id, now=START)
        service.claim(session, candidate_id, attempt.id, TAB)
        return Sitting(exam_id, candidate_id, attempt.id)


def save(sitting: Sitting, number: int, seq: int, *, at: datetime = START) -> Callable[[], tuple[int, Refusal]]:
    """One save of the hot path; gives its sequence and why it was refused, if it was."""
    given = Save(number, seq, [f"文{seq}", "次日"], False, True)

    def act() -> tuple[int, Refusal]:
        ticket = queries.ticket(db.session(), sitting.candidate_id, sitting.attempt_id)
        db.session.commit()
        with db.hot() as connection:
            ack = service.save(connection, ticket, Batch(TAB, 1, (given,)), received_at=at)
        return seq, ack.refused

    return act


def hand_in(sitting: Sitting, *, at: datetime = START, manifest: dict[int, int] | None = None) -> Callable[[], str]:
    """The receipt; asked for again where saves came in between so often that the server asked to."""

    def act() -> str:
        ticket = queries.ticket(db.session(), sitting.candidate_id, sitting.attempt_id)
        db.session.commit()
        for _try in range(20):
            try:
                with db.hot() as connection:
                    return service.hand_in(connection, ticket, now=at, manifest=manifest, client_id=TAB).receipt
            except UnavailableError:
                continue
        raise AssertionError("it could not be handed in")

    return act


def sweep(at: datetime) -> Callable[[], int]:
    def act() -> int:
        with db.transaction() as session:
            return service.finish_overdue(session, now=at)

    return act


def fills(sitting: Sitting) -> list[int]:
    return [slot.number for slot in sitting.layout() if slot.kind == "fill"]


def check_what_counts(sitting: Sitting, saves: Sequence[tuple[int, Refusal]]) -> None:
    """Accepted saves are there and in the receipt; refused ones are neither."""
    accepted = {seq for seq, refused in saves if not refused}
    kept = {kept.seq for kept in sitting.kept().values()}
    attempt = sitting.attempt()
    assert kept <= accepted
    assert max(accepted, default=0) == max(kept, default=0)
    assert len(queries.events(db.session(), sitting.candidate_id, sitting.attempt_id)) == len(accepted)
    assert attempt.receipt == queries.receipt_of(db.session(), attempt)
    counted = db.session().get_one(Result, (sitting.candidate_id, sitting.exam_id), populate_existing=True)
    assert (counted.attempts, counted.score) == (1, attempt.score)


# ---------------------------------------------------------------- starting


@pytest.mark.parametrize("way", ["hot", "with reasons"])
def test_fifty_starts_make_one_attempt(app: Flask, way: str) -> None:
    with app.app_context():
        exam_id, candidate_id = exam_for_one()

    def hot() -> uuid.UUID | None:
        with db.hot() as connection:
            return service.begin(connection, Entry(candidate_id, exam_id), now=START)

    def with_reasons() -> uuid.UUID | None:
        with db.transaction() as session:
            return service.start(session, session.get_one(Exam, exam_id), candidate_id, now=START).id

    if way == "hot":  # papers are there before anybody may start
        with app.app_context(), db.transaction() as session:
            service.prepare_papers(session, session.get_one(Exam, exam_id))
    found = at_once(app, [hot if way == "hot" else with_reasons] * MANY)
    assert len(set(found)) == 1
    with app.app_context():
        assert db.session().scalars(select(Attempt.id)).all() == [found[0]]


def test_fifty_people_start_at_once(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        people = [make_person(session) for _person in range(MANY)]
        exam = make_exam(session, ["single"], candidates=people, forms=2)
        service.prepare_papers(session, exam)
        entries = [Entry(person.id, exam.id) for person in people]

    def begin(entry: Entry) -> Callable[[], uuid.UUID | None]:
        def act() -> uuid.UUID | None:
            with db.hot() as connection:
                return service.begin(connection, entry, now=START)

        return act

    found = at_once(app, [begin(entry) for entry in entries])
    assert all(isinstance(one, uuid.UUID) for one in found)
    assert len(set(found)) == MANY


# ---------------------------------------------------------------- handing in


def test_fifty_hand_ins_give_one_receipt(app: Flask) -> None:
    with app.app_context():
        sitting = begun()
        number = fills(sitting)[0]
        assert save(sitting, number, 5)() == (5, Refusal.NONE)
    found = at_once(app, [hand_in(sitting, manifest={number: 5})] * MANY)
    with app.app_context():
        assert set(found) == {sitting.attempt().receipt}
        check_what_counts(sitting, [(5, Refusal.NONE)])


@pytest.mark.parametrize("round", range(3))
def test_a_save_counts_before_the_hand_in_or_not_at_all(app: Flask, round: int) -> None:
    with app.app_context():
        sitting = begun()
        numbers = fills(sitting)
    saves = [save(sitting, numbers[seq % len(numbers)], seq) for seq in range(1, MANY - 4)]
    found = at_once(app, [*saves, *[hand_in(sitting)] * 5])
    outcomes: Any = found[:len(saves)]
    with app.app_context():
        assert set(found[len(saves):]) == {sitting.attempt().receipt}
        assert {refused for _seq, refused in outcomes} <= {Refusal.NONE, Refusal.CLOSED}
        check_what_counts(sitting, outcomes)


# ---------------------------------------------------------------- time is up


@pytest.mark.parametrize("round", range(3))
def test_a_save_counts_before_the_close_or_not_at_all(app: Flask, round: int) -> None:
    with app.app_context():
        sitting = begun()
        numbers = fills(sitting)
    saves = [save(sitting, numbers[seq % len(numbers)], seq, at=IN_TIME) for seq in range(1, MANY - 4)]
    found = at_once(app, [*saves, *[sweep(OVER)] * 5])
    outcomes: Any = found[:len(saves)]
    swept: Any = found[len(saves):]
    with app.app_context():
        # all may have found it locked by a save; whoever comes next finishes it
        assert sum(swept) + sweep(OVER)() == 1
        attempt = sitting.attempt()
        assert (attempt.state, attempt.finished_at) == ("expired", attempt.deadline_at)
        assert {refused for _seq, refused in outcomes} <= {Refusal.NONE, Refusal.LATE}
        check_what_counts(sitting, outcomes)


def test_any_number_of_sweepers_finish_each_attempt_once(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        people = [make_person(session) for _person in range(12)]
        exam = make_exam(session, ["single"], candidates=people)
        for person in people:
            service.start(session, exam, person.id, now=START)
    found: Any = at_once(app, [sweep(OVER)] * MANY)
    with app.app_context():
        assert sum(found) + sweep(OVER)() == 12
        states = db.session().execute(select(Attempt.state, func.count()).group_by(Attempt.state)).all()
        assert [tuple(row) for row in states] == [("expired", 12)]
        assert db.session().scalars(select(Result.attempts)).all() == [1] * 12


def test_handing_in_and_running_out_end_an_attempt_once(app: Flask) -> None:
    with app.app_context():
        sitting = begun()
    found = at_once(app, [*[hand_in(sitting, at=IN_TIME)] * 25, *[sweep(OVER)] * 25])
    with app.app_context():
        attempt = sitting.attempt()
        assert set(found[:25]) == {attempt.receipt}
        assert attempt.finished_at == (IN_TIME if attempt.state == "submitted" else attempt.deadline_at)
        check_what_counts(sitting, [])


# ---------------------------------------------------------------- more time is given


@pytest.mark.parametrize("to_all", [False, True], ids=["to each", "to all"])
def test_time_is_given_before_the_close_or_not_at_all(app: Flask, to_all: bool) -> None:
    """Whoever got minutes goes on working; whoever ran out first keeps their deadline and got none."""
    with app.app_context(), db.transaction() as session:
        people = [make_person(session) for _person in range(MANY // 2)]
        exam = make_exam(session, ["single"], candidates=people)
        exam_id, ids = exam.id, [person.id for person in people]
        deadlines = {service.start(session, exam, person, now=START).deadline_at for person in ids}

    def give(person: int) -> Callable[[], int]:
        def act() -> int:
            with db.transaction() as session:
                if to_all:
                    return giving.extend_all(session, exam_id, 5, "停电", by=None, now=OVER, agreed=True)
                giving.extend_one(session, exam_id, person, 5, "停电", by=None, now=OVER)
                return 1

        return act

    givers = [give(person) for person in (ids[:1] if to_all else ids)]
    found = at_once(app, [*givers, *[sweep(OVER)] * (MANY - len(givers))])
    given, swept = found[:len(givers)], found[len(givers):]
    assert all(isinstance(one, int | ConflictError) for one in given)
    [before] = deadlines
    with app.app_context():
        db.session.expire_all()
        attempts = db.session().scalars(select(Attempt)).all()
        extended = [attempt for attempt in attempts if attempt.state == "open"]
        assert {attempt.deadline_at for attempt in extended} <= {before + timedelta(minutes=5)}
        finished = [attempt for attempt in attempts if attempt.state == "expired"]
        assert {(attempt.deadline_at, attempt.finished_at) for attempt in finished} <= {(before, before)}
        assert len(finished) == sum(one for one in swept if isinstance(one, int))
        assert len(extended) == sum(one for one in given if isinstance(one, int))
        assert sweep(OVER)() == 0
        if not to_all:
            told = set(db.session().scalars(select(Extension.candidate_id)))
            assert told == {attempt.candidate_id for attempt in extended}


def test_a_save_finds_the_time_that_was_given(app: Flask) -> None:
    """Late saves against more time: each counts or is refused as late, and the receipt names what counts."""
    with app.app_context():
        sitting = begun()
        numbers = fills(sitting)

    def give() -> int:
        with db.transaction() as session:
            giving.extend_one(session, sitting.exam_id, sitting.candidate_id, 5, "停电", by=None, now=OVER)
            return 1

    saves = [save(sitting, numbers[seq % len(numbers)], seq, at=OVER) for seq in range(1, MANY)]
    found = at_once(app, [*saves, give])
    outcomes: Any = found[:-1]
    assert found[-1] == 1
    with app.app_context():
        assert {refused for _seq, refused in outcomes} <= {Refusal.NONE, Refusal.LATE}
        sitting.submit(at=OVER, client_id=TAB)
        check_what_counts(sitting, outcomes)


# ---------------------------------------------------------------- whose turn it is


def test_fifty_tabs_claim_and_one_may_write(app: Flask) -> None:
    with app.app_context():
        exam_id, candidate_id = exam_for_one()
        with db.transaction() as session:
            attempt_id = service.start(session, session.get_one(Exam, exam_id), candidate_id, now=START).id

    def claim(name: str) -> Callable[[], int]:
        def act() -> int:
            with db.transaction() as session:
                return service.claim(session, candidate_id, attempt_id, name)

        return act

    found = at_once(app, [claim(f"tab-{place:08}") for place in range(MANY)])
    assert found.count(1) == 1
    assert sum(isinstance(one, ConflictError) for one in found) == MANY - 1


def test_a_save_counts_before_the_take_over_or_not_at_all(app: Flask) -> None:
    with app.app_context():
        sitting = begun()
        numbers = fills(sitting)

    def take_over() -> int:
        with db.transaction() as session:
            return service.take_over(session, sitting.candidate_id, sitting.attempt_id, "tab-two-0002")

    saves = [save(sitting, numbers[seq % len(numbers)], seq) for seq in range(1, MANY)]
    found = at_once(app, [*saves, take_over])
    outcomes: Any = found[:-1]
    assert found[-1] == 2
    with app.app_context():
        assert {refused for _seq, refused in outcomes} <= {Refusal.NONE, Refusal.TAKEN}
        with db.transaction() as session:
            service.submit(session, sitting.candidate_id, sitting.attempt_id, now=START, client_id="tab-two-0002")
        check_what_counts(sitting, outcomes)


def test_the_same_save_a_hundred_times_is_one(app: Flask) -> None:
    with app.app_context():
        sitting = begun()
        number = fills(sitting)[0]
    for _half in range(2):
        assert set(at_once(app, [save(sitting, number, 9)] * MANY)) == {(9, Refusal.NONE)}
    with app.app_context():
        sitting.submit(client_id=TAB)
        check_what_counts(sitting, [(9, Refusal.NONE)])
