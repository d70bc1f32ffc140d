"""Giving time, before and during the exam, and against whoever closes at once; on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp.attempts import queries as attempts
from quizapp.attempts import service as attempting
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.saves import Refusal
from quizapp.attempts.service import StandsStillError
from quizapp.db import db
from quizapp.exams.models import Accommodation, Exam, Extension
from quizapp.exams.rules import deadline
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from quizapp.sittings.queries import giving as queries
from quizapp.sittings.service import giving
from quizapp.sittings.service.giving import Allowance
from tests.builders.exams import OPENS
from tests.databases import both_databases
from tests.integration.sittings.giving.conftest import CLOSES, MINUTE, Hall, save

pytestmark = both_databases


@pytest.mark.parametrize("percent", [30, 50, 100])
def test_what_was_granted_before_counts_from_the_start_and_past_the_window(hall: Hall, percent: int) -> None:
    hall.grant(percent, 20)
    sitting = hall.sit(at=OPENS + 10 * MINUTE)
    extra = timedelta(minutes=90) * percent / 100
    assert sitting.attempt().deadline_at == CLOSES + extra
    assert sitting.attempt().break_left == 20 * 60
    assert hall.exam().settles_at == CLOSES + MINUTE + extra + 20 * MINUTE
    assert hall.sit(1).attempt().deadline_at == CLOSES


def test_what_is_granted_during_the_exam_moves_an_open_attempt_by_the_difference(hall: Hall) -> None:
    sitting = hall.sit()
    assert hall.grant(30, 10, at=OPENS + 5 * MINUTE) == Allowance(0, 0)
    assert (sitting.attempt().deadline_at, sitting.attempt().break_left) == (CLOSES + 27 * MINUTE, 600)
    assert hall.grant(50, 5, at=OPENS + 6 * MINUTE) == Allowance(30, 10)
    assert (sitting.attempt().deadline_at, sitting.attempt().break_left) == (CLOSES + 45 * MINUTE, 300)
    with db.transaction() as session:
        giving.withdraw(session, hall.exam_id, hall.people[0], by=hall.admin, now=OPENS + 7 * MINUTE)
    assert (sitting.attempt().deadline_at, sitting.attempt().break_left) == (CLOSES, 0)
    assert hall.exam().settles_at == CLOSES + MINUTE
    assert db.session().scalar(select(func.count()).select_from(Accommodation)) == 0


def test_time_is_not_taken_from_whom_it_would_end(hall: Hall) -> None:
    hall.grant(100)
    sitting = hall.sit()
    with pytest.raises(ConflictError, match="已经用完"):
        hall.grant(30, at=CLOSES + 60 * MINUTE)
    assert sitting.attempt().deadline_at == CLOSES + 90 * MINUTE
    assert queries.accommodation(db.session(), hall.exam_id, hall.people[0]).extra_percent == 100  # type: ignore[union-attr]


def test_who_cannot_be_given_time(hall: Hall) -> None:
    with pytest.raises(ForbiddenError), db.transaction() as session:
        giving.grant(session, hall.exam_id, hall.people[0], Allowance(30, 0), "依据", by=hall.people[0], now=OPENS)
    with pytest.raises(NotFoundError), db.transaction() as session:
        giving.grant(session, hall.exam_id, hall.admin, Allowance(30, 0), "依据", by=None, now=OPENS)
    for wanted, reason in ((Allowance(40, 0), "依据"), (Allowance(0, 121), "依据"), (Allowance(0, 0), "依据"),
                           (Allowance(30, 0), " "), (Allowance(30, 0), "长" * 201)):
        with pytest.raises(InputError), db.transaction() as session:
            giving.grant(session, hall.exam_id, hall.people[0], wanted, reason, by=None, now=OPENS)
    with pytest.raises(ConflictError, match="已经结束"):
        hall.grant(30, at=CLOSES + 2 * MINUTE)


def test_one_person_gets_minutes_and_results_wait_for_them(hall: Hall) -> None:
    sitting, other = hall.sit(), hall.sit(1)
    assert hall.extend(20) == CLOSES + 20 * MINUTE
    assert sitting.attempt().deadline_at == CLOSES + 20 * MINUTE
    assert other.attempt().deadline_at == CLOSES
    assert hall.exam().closes_at == CLOSES
    assert hall.exam().settles_at == CLOSES + 20 * MINUTE
    assert not hall.exam().is_released(CLOSES + 20 * MINUTE)
    assert hall.exam().is_released(CLOSES + 20 * MINUTE + timedelta(seconds=10))


def test_an_extension_after_time_was_up_counts_until_the_paper_is_collected(hall: Hall) -> None:
    sitting = hall.sit()
    after = CLOSES + timedelta(seconds=30)
    assert save(sitting, 1, after) is Refusal.LATE
    hall.extend(5, at=after)
    assert save(sitting, 2, after) is Refusal.NONE
    assert hall.sweep(after) == 0
    assert hall.sweep(CLOSES + 6 * MINUTE) == 1
    assert sitting.attempt().finished_at == CLOSES + 5 * MINUTE
    with pytest.raises(ConflictError, match="已在 2026-11-25 10:35 交卷"):
        hall.extend(5, at=CLOSES + 7 * MINUTE)
    assert sitting.attempt().state == "expired"
    assert db.session().scalar(select(func.count()).select_from(Extension)) == 1


def test_who_has_not_begun_or_would_still_be_late_is_told_so(hall: Hall) -> None:
    with pytest.raises(ConflictError, match="还没有开始"):
        hall.extend(5)
    hall.sit()
    with pytest.raises(ConflictError, match="仍然已经到时"):
        hall.extend(1, at=CLOSES + 3 * MINUTE)
    with pytest.raises(ConflictError, match="已经被别人改过"):
        hall.extend(5, seen=CLOSES - MINUTE)
    for minutes in (0, 241):
        with pytest.raises(InputError):
            hall.extend(minutes)


def test_everybody_at_work_gets_the_same_minutes(hall: Hall) -> None:
    hall.grant(30)
    first, second = hall.sit(0), hall.sit(1, at=OPENS + 20 * MINUTE)
    first.submit(OPENS + 30 * MINUTE)
    assert hall.extend_all(15, at=OPENS + 40 * MINUTE, seen=CLOSES) == 1
    assert second.attempt().deadline_at == CLOSES + 15 * MINUTE
    assert first.attempt().deadline_at == CLOSES + 27 * MINUTE
    exam = hall.exam()
    assert (exam.closes_at, exam.settles_at) == (CLOSES + 15 * MINUTE, CLOSES + 43 * MINUTE)
    with pytest.raises(ConflictError, match="已经被别人改过"):
        hall.extend_all(15, at=OPENS + 41 * MINUTE, seen=CLOSES)


def test_an_extension_for_everybody_is_for_the_window(hall: Hall) -> None:
    with pytest.raises(ConflictError, match="还没有开始"):
        hall.extend_all(5, at=OPENS - MINUTE)
    with pytest.raises(ConflictError, match="已在"):
        hall.extend_all(5, at=CLOSES)


@pytest.mark.parametrize("milliseconds", [0, 27_345, 59_999])
def test_a_spread_start_takes_no_time_where_the_window_is_as_long_as_the_work(hall: Hall, milliseconds: int) -> None:
    shift = timedelta(milliseconds=milliseconds)
    with db.transaction() as session:
        hall_exam = session.get_one(Exam, hall.exam_id)
        attempt = attempting.start(session, hall_exam, hall.people[0], now=OPENS + shift, shift=shift)
    found = attempts.own(db.session(), hall.people[0], attempt.id).deadline_at
    assert found == deadline(OPENS + shift, 90, CLOSES, 0, shift) == OPENS + shift + 90 * MINUTE


def together(app: Flask, *acts: object, times: int = 1) -> list[object]:
    """Every act in a thread of its own, let go at the same moment; what each returned or raised."""
    barrier, found = threading.Barrier(len(acts) * times), []

    def run(act: object) -> None:
        with app.app_context():
            barrier.wait(20)
            try:
                found.append(act())  # type: ignore[operator]
            except (ConflictError, StandsStillError) as error:
                found.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts for _n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_extending_against_closing_ends_one_way_or_the_other(app: Flask, hall: Hall) -> None:
    """Fifty at once, half of them extend, half collect: what a person is told is what the table says."""
    sitting = hall.sit()
    sitting.answer_all(at=OPENS + MINUTE)
    after = CLOSES + timedelta(seconds=11)
    found = together(app, lambda: hall.extend(10, at=after), lambda: hall.sweep(after), times=25)
    attempt = sitting.attempt()
    given = db.session().scalar(select(func.count()).select_from(Extension)) or 0
    refused = [one for one in found if isinstance(one, ConflictError)]
    assert len(found) == 50
    assert given + len(refused) == 25
    if attempt.state == "expired":
        assert given == 0
        assert attempt.finished_at == CLOSES
    else:
        assert given >= 1
        assert attempt.deadline_at == CLOSES + given * 10 * MINUTE
        assert save(sitting, 500, after) is Refusal.NONE


def test_starting_against_an_extension_for_everybody_leaves_nobody_behind(app: Flask, context: None) -> None:
    hall = Hall(people=24)
    at = OPENS + 60 * MINUTE  # the window decides when they end

    def begin(who: int) -> object:
        with db.transaction() as session:
            return attempting.start(session, session.get_one(Exam, hall.exam_id), hall.people[who], now=at).id

    found = together(app, lambda: hall.extend_all(20, at=at), *[lambda who=who: begin(who) for who in range(24)])
    assert len(found) == 25
    ends = set(db.session().scalars(select(Attempt.deadline_at).where(Attempt.exam_id == hall.exam_id)))
    assert ends == {CLOSES + 20 * MINUTE}


def test_any_number_of_workers_collect_each_paper_once(app: Flask, context: None) -> None:
    hall = Hall(people=30)
    for who in range(30):
        hall.sit(who)
    found = together(app, lambda: hall.sweep(CLOSES + MINUTE), times=4)
    assert sum(found) == 30  # type: ignore[arg-type]
    states = db.session().scalars(select(Attempt.state).where(Attempt.exam_id == hall.exam_id)).all()
    assert set(states) == {"expired"}


def test_collecting_stops_at_its_limit(hall: Hall) -> None:
    hall.sit(0)
    hall.sit(1)
    with db.transaction() as session:
        assert attempting.finish_overdue(session, now=CLOSES + MINUTE, limit=1) == 1
    assert hall.sweep(CLOSES + MINUTE) == 1
