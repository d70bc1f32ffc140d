"""Asking for an analysis and keeping what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.analysis.measuring import Analysed, Measured
from quizapp.analysis.models import ExamAnalysis, ItemStatistic
from quizapp.analysis.queries import stored
from quizapp.analysis.rules.classical import Group
from quizapp.analysis.rules.flags import Flag
from quizapp.analysis.rules.leaks import Note
from quizapp.attempts.models import Attempt
from quizapp.attempts.service.files import at_taking_over
from quizapp.jobs import service as jobs
from quizapp.jobs.models import Job
from quizapp.marking.regrading import Regraded, after_regrade

KIND = "analysis.exam"


def want(session: Session, exam_id: int, *, now: datetime) -> None:
    """The analysis of this exam is to be made, or made anew: marks or a key changed. A worker takes it up.

    Whatever changes scores after an exam calls this in the same transaction.
    """
    found = stored.analysis(session, exam_id)
    if found is None:
        session.add(ExamAnalysis(exam_id=exam_id, state="wanted", wanted_at=now, forms=[], slices=[]))
    else:
        found.state, found.wanted_at = "wanted", now
    session.flush()


@at_taking_over
def want_for_sealed_answers(session: Session, attempt: Attempt, positions: Sequence[int]) -> None:
    """Answers out of a sealed file came in after the exam was analysed."""
    if stored.analysis(session, attempt.exam_id) is not None:
        want(session, attempt.exam_id, now=clock.now())


@after_regrade
def want_after_regrade(session: Session, done: Regraded) -> None:
    """Another key, or a void question, after the exam was analysed."""
    if stored.analysis(session, done.exam_id) is not None:
        want(session, done.exam_id, now=done.now)


def take_up(session: Session, exam_id: int, *, now: datetime, person_id: int | None = None) -> Job | None:
    """The job that makes the analysis, for whoever is first; None for all others. `dispatch` it after the commit."""
    if stored.analysis(session, exam_id) is None:
        try:
            with session.begin_nested():
                session.add(ExamAnalysis(exam_id=exam_id, state="wanted", wanted_at=now, forms=[], slices=[]))
        except IntegrityError:
            return None
    taken = session.execute(
        update(ExamAnalysis).where(ExamAnalysis.exam_id == exam_id, ExamAnalysis.state != "queued")
        .values(state="queued", wanted_at=now).execution_options(synchronize_session=False)
    )
    return jobs.enqueue(session, KIND, {"exam": exam_id}, person_id) if taken.rowcount else None  # type: ignore[attr-defined]


def begin_again(session: Session, exam_id: int, *, now: datetime, person_id: int) -> Job:
    """The same for a person who asks for it, whatever became of an earlier job."""
    want(session, exam_id, now=now)
    job = take_up(session, exam_id, now=now, person_id=person_id)
    assert job is not None  # noqa: S101 - it was wanted a moment ago, in this transaction
    return job


def keep(session: Session, exam_id: int, found: Analysed, *, began: datetime, now: datetime) -> None:
    """Put what was found in the place of what was there. What was wanted anew since `began` stays wanted."""
    row = stored.analysis(session, exam_id)
    if row is None:
        row = ExamAnalysis(exam_id=exam_id, wanted_at=began)
        session.add(row)
    if row.state != "wanted" or row.wanted_at <= began:
        row.state = "done"
    row.computed_at, row.people, row.waiting, row.timed = now, found.people, found.waiting, found.timed
    row.forms = [asdict(form) for form in found.forms]
    row.slices = [{"from": one.start.isoformat(), "people": one.people, "share": one.share} for one in found.slices]
    session.flush()
    session.execute(delete(ItemStatistic).where(ItemStatistic.exam_id == exam_id))
    if found.questions:
        session.execute(insert(ItemStatistic), [_row(exam_id, one) for one in found.questions])


def _row(exam_id: int, one: Measured) -> dict[str, Any]:
    statistics, estimate = one.statistics, one.estimate
    return {
        "exam_id": exam_id, "item_version_id": one.name[0], "part": one.name[1], "kind": one.kind,
        "people": statistics.people, "forms": statistics.forms, "marks": statistics.marks, "facility": statistics.facility,
        "discrimination": statistics.discrimination, "item_rest": statistics.item_rest, "omitted": statistics.omitted,
        "groups": [_group(group) for group in statistics.groups],
        "seconds": one.timed.seconds, "timed": one.timed.people, "quick": one.timed.quick,
        "model": estimate.model if estimate else "", "slope": estimate.slope if estimate else None,
        "location": estimate.location if estimate else None, "expected": estimate.expected if estimate else None,
        "flags": [_flag(flag) for flag in one.flags], "notes": [_note(note) for note in one.notes],
    }


def _group(group: Group) -> dict[str, Any]:
    return {"people": group.people, "share": group.share, "choices": dict(group.choices), "omitted": group.omitted}


def _flag(flag: Flag) -> dict[str, Any]:
    return {"code": flag.code.value, "option": flag.option, "share": flag.share, "other": flag.other}


def _note(note: Note) -> dict[str, Any]:
    return {"sign": note.sign.value, "before": note.before, "after": note.after, "at": note.at, "paper": note.paper,
            "people": note.people}
