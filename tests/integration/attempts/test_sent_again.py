"""What was refused once and is sent again when it may count: then it counts, in the record of events as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from quizapp.attempts import queries
from quizapp.attempts.models import AnswerEvent, Attempt
from quizapp.attempts.rules.saves import Refusal, Save
from quizapp.db import db
from quizapp.exams.models import Exam
from tests.databases import both_databases
from tests.integration.attempts.conftest import START, Sitting

pytestmark = both_databases
LATER = START + timedelta(minutes=2)


def events(sitting: Sitting) -> list[str]:
    """Why each save did not count, empty where it did."""
    return list(db.session().scalars(
        select(AnswerEvent.refused).where(AnswerEvent.attempt_id == sitting.attempt_id).order_by(AnswerEvent.seq)
    ))


def pause(sitting: Sitting, paused: bool) -> None:
    with db.transaction() as session:
        session.get_one(Exam, sitting.exam_id).paused_at = START if paused else None


def test_after_a_pause_the_same_save_counts(sitting: Sitting) -> None:
    number = sitting.number("fill")
    save = Save(number, 7, ["六十", "次日"], False, True)
    pause(sitting, True)
    assert sitting.save(save, at=LATER).refused is Refusal.PAUSED
    pause(sitting, False)
    ack = sitting.save(save, at=LATER)
    assert [(a.q, a.seq) for a in ack.acks] == [(number, 7)]
    assert sitting.kept()[number].seq == 7
    assert events(sitting) == [""]


def test_after_more_time_was_given_the_same_save_counts(sitting: Sitting) -> None:
    number = sitting.number("fill")
    save = Save(number, 7, ["六十", "次日"], False, True)
    late = START + timedelta(minutes=91)
    assert sitting.save(save, at=late).refused is Refusal.LATE
    with db.transaction() as session:
        session.get_one(Attempt, (sitting.candidate_id, sitting.attempt_id)).deadline_at = late + timedelta(minutes=5)
    assert [(a.q, a.seq) for a in sitting.save(save, at=late).acks] == [(number, 7)]
    assert events(sitting) == [""]


def test_what_counted_stays_so_when_it_is_refused_later(sitting: Sitting) -> None:
    """The same save once more after the end: the record keeps when it came first."""
    save = Save(sitting.number("fill"), 7, ["六十", "次日"], False, True)
    sitting.save(save, at=START)
    assert sitting.save(save, at=START + timedelta(hours=2)).refused is Refusal.LATE
    assert events(sitting) == [""]


def test_the_receipt_names_every_save_that_counts(sitting: Sitting) -> None:
    save = Save(sitting.number("fill"), 7, ["六十", "次日"], False, True)
    pause(sitting, True)
    sitting.save(save, at=LATER)
    pause(sitting, False)
    sitting.save(save, at=LATER)
    sitting.submit(at=LATER)
    named = queries.events(db.session(), sitting.candidate_id, sitting.attempt_id)
    assert len(named) == 1


def test_one_save_twice_in_a_batch_is_one(sitting: Sitting) -> None:
    save = Save(sitting.number("fill"), 7, ["六十", "次日"], False, True)
    assert sitting.save(save, replace(save)).refused is Refusal.NONE
    assert events(sitting) == [""]
