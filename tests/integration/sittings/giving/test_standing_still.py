"""Clocks that stand still: of everybody in a pause, of one person in a break; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quizapp.attempts import service as attempting
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.saves import Refusal
from quizapp.attempts.service import StandsStillError
from quizapp.db import db
from quizapp.kernel.errors import ConflictError, NotFoundError
from quizapp.sittings.service import holding
from tests.builders.exams import OPENS
from tests.databases import both_databases
from tests.integration.sittings.giving.conftest import CLOSES, MINUTE, Hall, end_break, save, take_break

pytestmark = both_databases


def test_a_pause_stops_every_clock_and_gives_its_length_back(hall: Hall) -> None:
    sitting = hall.sit()
    begins, ends = OPENS + 80 * MINUTE, OPENS + 200 * MINUTE
    hall.pause(begins)
    assert save(sitting, 1, begins + timedelta(seconds=10)) is Refusal.NONE
    assert save(sitting, 2, begins + timedelta(seconds=11)) is Refusal.PAUSED
    assert save(sitting, 3, CLOSES + MINUTE) is Refusal.PAUSED
    assert hall.sweep(CLOSES + 30 * MINUTE) == 0
    with pytest.raises(StandsStillError):
        sitting.submit(CLOSES)
    with pytest.raises(ConflictError, match="考试暂停"):
        hall.sit(1, at=CLOSES - MINUTE)
    assert not hall.exam().is_released(CLOSES + timedelta(hours=9))
    done = hall.resume(ends)
    assert (done.length, done.moved) == (120 * MINUTE, 1)
    assert sitting.attempt().deadline_at == hall.exam().closes_at == CLOSES + 120 * MINUTE
    assert save(sitting, 4, ends) is Refusal.NONE
    assert hall.sit(1, at=ends).attempt().deadline_at == CLOSES + 120 * MINUTE
    with pytest.raises(ConflictError):
        hall.resume(ends)


def test_a_pause_gives_nothing_to_whose_time_was_up(hall: Hall) -> None:
    sitting = hall.sit()
    hall.extend_all(30)
    late = hall.sit(1, at=OPENS + 50 * MINUTE)
    begins = sitting.attempt().deadline_at + timedelta(seconds=5)
    with db.transaction() as session:
        session.get_one(Attempt, (sitting.candidate_id, sitting.attempt_id)).deadline_at -= 40 * MINUTE
    hall.pause(begins - 40 * MINUTE)
    assert hall.sweep(begins) == 1
    assert sitting.attempt().finished_at == begins - 40 * MINUTE - timedelta(seconds=5)
    assert hall.resume(begins).moved == 1
    assert late.attempt().deadline_at == CLOSES + 70 * MINUTE


def test_who_may_be_paused(hall: Hall) -> None:
    with pytest.raises(ConflictError, match="还没有开始"):
        hall.pause(OPENS - MINUTE)
    with pytest.raises(ConflictError, match="没有人在作答"):
        hall.pause(CLOSES + MINUTE)
    hall.sit()
    hall.extend(30)
    hall.pause(CLOSES + MINUTE)
    hall.pause(CLOSES + 2 * MINUTE)
    assert hall.exam().paused_at == CLOSES + MINUTE


def test_a_start_may_be_put_off_while_it_is_ahead(hall: Hall) -> None:
    before = hall.exam().settles_at
    with db.transaction() as session:
        holding.postpone(session, hall.exam_id, 20, now=OPENS - MINUTE, seen=OPENS)
    assert (hall.exam().opens_at, hall.exam().closes_at) == (OPENS + 20 * MINUTE, CLOSES + 20 * MINUTE)
    assert hall.exam().settles_at == before + 20 * MINUTE
    with pytest.raises(ConflictError, match="考试还没有开始"):
        hall.sit(at=OPENS + 19 * MINUTE)
    assert hall.sit(at=OPENS + 20 * MINUTE).attempt().deadline_at == CLOSES + 20 * MINUTE
    with pytest.raises(ConflictError, match="已经开始"), db.transaction() as session:
        holding.postpone(session, hall.exam_id, 20, now=OPENS + 20 * MINUTE)


def test_a_break_stops_one_clock_and_what_is_left_can_be_taken_later(hall: Hall) -> None:
    hall.grant(0, 15)
    sitting = hall.sit()
    at = OPENS + 30 * MINUTE
    take_break(sitting, at)
    assert save(sitting, 1, at + timedelta(seconds=11)) is Refusal.PAUSED
    with pytest.raises(StandsStillError):
        sitting.submit(at + MINUTE)
    assert sitting.save(at=at + MINUTE).paused_at == at
    end_break(sitting, at + 5 * MINUTE)
    assert (sitting.attempt().deadline_at, sitting.attempt().break_left) == (CLOSES + 5 * MINUTE, 600)
    assert sitting.save(at=at + 6 * MINUTE).paused_at is None
    end_break(sitting, at + 7 * MINUTE)
    take_break(sitting, at + 10 * MINUTE)
    # used up: over by itself, nobody has to say so
    assert save(sitting, 2, at + 20 * MINUTE) is Refusal.NONE
    with pytest.raises(ConflictError, match="用完"):
        take_break(sitting, at + 21 * MINUTE)
    assert sitting.submit(at + 22 * MINUTE).state == "submitted"
    assert sitting.attempt().deadline_at == CLOSES + 15 * MINUTE


def test_a_break_in_a_pause_loses_nothing(hall: Hall) -> None:
    hall.grant(0, 15)
    sitting = hall.sit()
    take_break(sitting, OPENS + 10 * MINUTE)
    hall.pause(OPENS + 15 * MINUTE)
    hall.resume(OPENS + 75 * MINUTE)
    time = end_break(sitting, OPENS + 75 * MINUTE)
    assert (time.break_left, time.working_left(OPENS + 75 * MINUTE)) == (600, 80 * MINUTE)
    hall.pause(OPENS + 76 * MINUTE)
    with pytest.raises(ConflictError, match="暂停"):
        take_break(sitting, OPENS + 77 * MINUTE)


def test_nobody_takes_a_break_without_one_or_after_the_end(hall: Hall) -> None:
    sitting = hall.sit()
    with pytest.raises(ConflictError, match="用完"):
        take_break(sitting, OPENS + MINUTE)
    with pytest.raises(NotFoundError), db.transaction() as session:
        attempting.take_break(session, hall.people[1], sitting.attempt_id, now=OPENS)
    with pytest.raises(ConflictError, match="结束"):
        take_break(sitting, CLOSES + MINUTE)
