"""Giving marks, once for every answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from quizapp.attempts import service as attempts
from quizapp.attempts.models import Answer, Attempt
from quizapp.attempts.service.files import at_taking_over
from quizapp.kernel.errors import ConflictError, NotFoundError
from quizapp.kernel.rights import Somebody, Target, authorise
from quizapp.marking import queries
from quizapp.marking.models import MarkingRecord
from quizapp.marking.rules import MARK, Entry, Given

SLIP = timedelta(minutes=10)  # in which a slip of the hand is put right by oneself


class TakenError(ConflictError):
    """Somebody else was quicker, or the marks were given too long ago to correct them here."""


def mark(
    session: Session, exam_id: int, entry: Entry, marker_id: int, given: Given, *, now: datetime
) -> Decimal | None:
    """Give an answer its marks; the last answer of an attempt settles it and its result.

    Returns the marks before, None for none. Whoever marked it may correct it until they mark the next one; once
    nothing waits in this exam, for a few minutes only: after that it takes two persons.
    Raises TakenError when it has been marked otherwise, ForbiddenError for an own answer, and what
    `attempts.service.mark_answer` raises.
    """
    check_not_own(entry, marker_id)
    lock(session, entry)
    found = queries.record(session, entry)
    before = found.score if found else None
    if found is None:
        check_unmarked(session, entry)
        found = MarkingRecord(candidate_id=entry.candidate_id, attempt_id=entry.attempt_id, position=entry.position)
        session.add(found)
    elif found.marker_id != marker_id:
        raise TakenError("这份作答已由别人评完")
    elif not queries.is_of(queries.latest(session, exam_id, marker_id), entry):
        raise TakenError("这份作答你已经评完，只有最近评的一份可以改")
    elif now - found.marked_at > SLIP and not queries.any_waiting(session, exam_id):
        raise TakenError("这场考试已经评完，改分要另一个人同意：请从“阅卷”打开已评的作答，提出改分")
    write(session, entry, found, marker_id, given, now)
    return before


def override(session: Session, entry: Entry, marker_id: int, given: Given, *, now: datetime) -> MarkingRecord:
    """Other marks in place of those given, whoever gave them. Two persons' act: see `approving`.

    Raises NotFoundError where nobody has given any, and as `mark`.
    """
    check_not_own(entry, marker_id)
    lock(session, entry)
    found = queries.record(session, entry)
    if found is None:
        raise NotFoundError("这份作答还没有评过，请直接评分")
    write(session, entry, found, marker_id, given, now)
    return found


def write(
    session: Session, entry: Entry, found: MarkingRecord, marker_id: int, given: Given, now: datetime
) -> None:
    """The marks of an answer, on record and in its paper."""
    found.marker_id, found.score, found.marked_at = marker_id, given.score, now
    found.points = [str(point) for point in given.points]
    session.flush()
    attempts.mark_answer(session, entry.candidate_id, entry.attempt_id, entry.position, given.score)


@at_taking_over
def forget_marks(session: Session, attempt: Attempt, positions: Sequence[int]) -> None:
    """Marks for an answer that was replaced out of a sealed file: the new one is marked like any other. Who gave
    which marks before stays in the audit record."""
    session.execute(
        delete(MarkingRecord).where(MarkingRecord.candidate_id == attempt.candidate_id,
                                    MarkingRecord.attempt_id == attempt.id, MarkingRecord.position.in_(positions))
    )


def check_not_own(entry: Entry, marker_id: int) -> None:
    """Raises ForbiddenError when the marker wrote the answer."""
    authorise(Somebody(marker_id), MARK, Target(people=[entry.candidate_id]))


def lock(session: Session, entry: Entry) -> None:
    """One marker at a time for each attempt: what is read after this is what counts."""
    session.execute(
        select(Attempt.id).where(Attempt.candidate_id == entry.candidate_id, Attempt.id == entry.attempt_id)
        .with_for_update(key_share=True)
    )


def check_unmarked(session: Session, entry: Entry) -> None:
    """Raises TakenError when the answer has marks, of whatever kind."""
    score = session.scalar(
        select(Answer.score).where(Answer.candidate_id == entry.candidate_id, Answer.attempt_id == entry.attempt_id,
                                   Answer.position == entry.position)
    )
    if score is not None:
        raise TakenError("这份作答已由别人评完")
