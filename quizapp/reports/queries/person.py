"""One person in one exam: where the roster counts them, and every attempt with what it brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt, Result
from quizapp.exams.models import Exam, RosterEntry, RosterUnit
from quizapp.kernel.errors import NotFoundError
from quizapp.people.models import Person
from quizapp.reports.queries.exam import wanted_people
from quizapp.reports.rules.report import Choice

NOBODY = "这场考试的名单里没有这个人，或者不在你能查看的范围内"


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """An attempt, or a result from paper (`number` None). `score` in hundredths; `counts`: it is the one that counts
    in its exam."""

    exam_id: int
    exam: str
    number: int | None
    state: str
    started_at: datetime | None
    finished_at: datetime | None
    score: int | None
    needs_marking: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Record:
    """`status` and `unit` are those of the exam's roster, whatever has become of the person since."""

    name: str
    login: str
    unit: str
    rank: str
    post_type: str
    status: str
    reason: str
    attempts: tuple[AttemptLine, ...]


def record(session: Session, exam_id: int, make_ups: Sequence[int], candidate_id: int, scope: Sequence[str]) -> Record:
    """Raises NotFoundError for whoever is not on the roster within scope."""
    row = session.execute(
        select(Person.name, Person.login, RosterUnit.name, RosterEntry.rank, RosterEntry.post_type, RosterEntry.status,
               RosterEntry.reason)
        .select_from(RosterEntry).join(Person, Person.id == RosterEntry.candidate_id)
        .join(RosterUnit, (RosterUnit.exam_id == RosterEntry.exam_id) & (RosterUnit.unit_id == RosterEntry.unit_id))
        .where(RosterEntry.candidate_id == candidate_id, *wanted_people(session, exam_id, scope, Choice()))
    ).one_or_none()
    if row is None:
        raise NotFoundError(NOBODY)
    name, login, unit, rank, post_type, status, reason = row
    return Record(name, login, unit, rank, post_type, status, reason,
                  _attempts(session, [exam_id, *make_ups], candidate_id))


def _attempts(session: Session, exam_ids: Sequence[int], candidate_id: int) -> tuple[AttemptLine, ...]:
    results = {one.exam_id: one for one in session.scalars(
        select(Result).where(Result.candidate_id == candidate_id, Result.exam_id.in_(exam_ids)))}
    titles = {row[0]: row[1] for row in session.execute(select(Exam.id, Exam.title).where(Exam.id.in_(exam_ids)))}
    rows = session.execute(
        select(Attempt.exam_id, Attempt.number, Attempt.state, Attempt.started_at, Attempt.finished_at,
               type_coerce(Attempt.score, Integer), Attempt.needs_marking, Attempt.id)
        .where(Attempt.candidate_id == candidate_id, Attempt.exam_id.in_(exam_ids)).order_by(Attempt.number)
    ).all()
    lines = [AttemptLine(row[0], titles[row[0]], *row[1:7], row[0] in results and results[row[0]].attempt_id == row[7])
             for row in rows]
    there = {line.exam_id for line in lines}
    lines += [
        AttemptLine(one.exam_id, titles[one.exam_id], None, one.source, None, one.sat_at,
                    None if one.score is None else int(one.score * 100), one.score is None, True)
        for one in results.values() if one.exam_id not in there
    ]
    return tuple(sorted(lines, key=lambda line: (exam_ids.index(line.exam_id), line.number or 0)))
