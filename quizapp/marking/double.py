"""Giving marks as one of two, each without the other's; a third decides where the two lie apart. See `agreement`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt
from quizapp.attempts.service.files import at_taking_over
from quizapp.exams.models import Exam
from quizapp.marking import queries, readings, service
from quizapp.marking.agreement import settled
from quizapp.marking.models import MarkingReading, MarkingRecord
from quizapp.marking.rules import Entry, Given


@dataclass(frozen=True, slots=True)
class Read:
    """What became of marks given: `place` of the reading, the marks that this person gave `before`; `settled` and its
    `points`: what the answer has now, None while another person is needed."""

    place: int
    before: Decimal | None
    settled: Decimal | None
    points: tuple[Decimal, ...] = ()


def read(session: Session, exam: Exam, entry: Entry, marker_id: int, given: Given, *, now: datetime) -> Read:
    """Give an answer marks as one of several; whoever completes it settles it, and with the last answer the attempt.

    What was given last may be corrected as long as nobody else has marked the same answer. Whoever comes second or third
    corrects nothing here: that they may, or may not, would tell them whether the others differ. It takes two persons then. Raises TakenError where that is so,
    ForbiddenError for an own answer, and what `attempts.service.mark_answer` raises.
    """
    service.check_not_own(entry, marker_id)
    service.lock(session, entry)
    if queries.record(session, entry) is not None:
        raise service.TakenError("这份作答已经评完")
    service.check_unmarked(session, entry)
    found = readings.of_answer(session, entry)
    own = next((one for one in found if one.marker_id == marker_id), None)
    before = own.score if own else None
    if own is None:
        own = _new(entry, len(found) + 1, marker_id)
        found.append(own)
        session.add(own)
    else:
        _check_correctable(session, exam, entry, own, found)
    own.score, own.points, own.marked_at = given.score, [str(point) for point in given.points], now
    marks = queries.question(session, entry).marks
    decided = settled([one.score for one in found], marks, exam.marker_tolerance)
    points = given.points if own.place > 2 else ()
    if decided is not None:
        record = MarkingRecord(candidate_id=entry.candidate_id, attempt_id=entry.attempt_id, position=entry.position)
        session.add(record)
        service.write(session, entry, record, marker_id, Given(decided, points), now)
    session.flush()
    return Read(own.place, before, decided, points)


def is_correctable(found: Sequence[MarkingReading], own: MarkingReading, latest: MarkingReading | None) -> bool:
    """Whether nobody else has marked the same answer, and this person no other since."""
    return len(found) == 1 and latest is not None and queries.is_at(latest, own)


def _check_correctable(
    session: Session, exam: Exam, entry: Entry, own: MarkingReading, found: Sequence[MarkingReading]
) -> None:
    if not is_correctable(found, own, readings.latest(session, exam.id, own.marker_id)):
        raise service.TakenError("这份作答你已经评过，不能再改；评完以后要改分，要另一个人同意")


def _new(entry: Entry, place: int, marker_id: int) -> MarkingReading:
    return MarkingReading(candidate_id=entry.candidate_id, attempt_id=entry.attempt_id, position=entry.position,
                          place=place, marker_id=marker_id)


@at_taking_over
def forget_readings(session: Session, attempt: Attempt, positions: Sequence[int]) -> None:
    """As `service.forget_marks`: what was given to an answer that was replaced says nothing of the new one."""
    session.execute(
        delete(MarkingReading).where(MarkingReading.candidate_id == attempt.candidate_id,
                                     MarkingReading.attempt_id == attempt.id, MarkingReading.position.in_(positions))
    )
