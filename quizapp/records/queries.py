"""Reading certificates and law-study files."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.attempts.rules.counting import grade
from quizapp.exams.models import Exam, Result, RosterEntry, RosterUnit
from quizapp.kernel.errors import NotFoundError
from quizapp.people.models import Person
from quizapp.records.models import Certificate


@dataclass(frozen=True)
class StudyRow:
    """One exam of a person: where they were counted, and what came of it. `state`: excused, deferred, coming, missed,
    waiting (no score yet) or sat; `score` and `grade` are empty before results are out."""

    exam: str
    on: date
    unit: str
    state: str
    score: Decimal | None
    grade: str
    certificate: Certificate | None


def own(session: Session, person_id: int, number: str) -> Certificate:
    """A certificate of this person; somebody else's is as unknown as none. Raises NotFoundError."""
    found = session.get(Certificate, number)
    if found is None or found.person_id != person_id:
        raise NotFoundError("没有找到这张证书，请从“学法档案”进入")
    return found


def verified(session: Session, number: str, code: str) -> Certificate | None:
    """The certificate with this number, for whoever knows its code as well."""
    found = session.get(Certificate, number) if number and code else None
    return found if found is not None and hmac.compare_digest(found.code, code) else None


def of_person(session: Session, person_id: int) -> list[Certificate]:
    """Every certificate of a person, the latest first."""
    return list(session.scalars(
        select(Certificate).where(Certificate.person_id == person_id)
        .order_by(Certificate.issued_at.desc(), Certificate.number.desc())
    ))


def study_file(session: Session, person_id: int, now: datetime) -> list[StudyRow]:
    """Every published exam on whose roster the person stood, whatever unit they were in; the latest first."""
    valid = {one.exam_id: one for one in of_person(session, person_id) if one.revoked_at is None}
    rows = session.execute(
        select(Exam, RosterEntry.status, RosterUnit.name, Result.score, Result.sat_at, Result.source)
        .join(RosterEntry, RosterEntry.exam_id == Exam.id)
        .outerjoin(RosterUnit, and_(RosterUnit.exam_id == Exam.id, RosterUnit.unit_id == RosterEntry.unit_id))
        .outerjoin(Result, and_(Result.exam_id == Exam.id, Result.candidate_id == RosterEntry.candidate_id))
        .where(RosterEntry.candidate_id == person_id, Exam.state != "draft").order_by(Exam.opens_at.desc(), Exam.id.desc())
    ).all()
    return [_row(*row, valid.get(row[0].id), now) for row in rows]


def _row(
    exam: Exam, status: str, unit: str | None, score: Decimal | None, sat_at: datetime | None, source: str | None,
    certificate: Certificate | None, now: datetime,
) -> StudyRow:
    shown = score is not None and (source == "paper" or exam.is_released(now))
    if sat_at is not None:
        state = "sat" if shown else "waiting"
    elif status != "expected":
        state = status
    else:
        state = "missed" if exam.closes_at <= now else "coming"
    word = grade(score, exam.pass_mark, exam.excellence_mark) if shown and score is not None else ""
    return StudyRow(exam.title, clock.to_local(sat_at or exam.closes_at).date(), unit or "", state, score if shown else None,
                    word, certificate)


def passes(session: Session, exam: Exam) -> dict[int, Any]:
    """Person → (score, sat_at, name, unit) of everybody expected who passed."""
    rows = session.execute(
        select(Result.candidate_id, Result.score, Result.sat_at, Person.name, RosterUnit.name.label("unit"))
        .join(RosterEntry, and_(RosterEntry.exam_id == Result.exam_id, RosterEntry.candidate_id == Result.candidate_id))
        .join(RosterUnit, and_(RosterUnit.exam_id == RosterEntry.exam_id, RosterUnit.unit_id == RosterEntry.unit_id))
        .join(Person, Person.id == Result.candidate_id)
        .where(Result.exam_id == exam.id, RosterEntry.status == "expected", Result.score >= exam.pass_mark)
        .order_by(RosterUnit.path, Person.id)
    ).all()
    return {row[0]: row[1:] for row in rows}


def valid_of(session: Session, exam_id: int) -> dict[int, Any]:
    """Person → (number, score) of the valid certificates of an exam."""
    rows = session.execute(
        select(Certificate.person_id, Certificate.number, Certificate.score)
        .where(Certificate.exam_id == exam_id, Certificate.revoked_at.is_(None))
    ).all()
    return {row[0]: row[1:] for row in rows}


def issuer_of(session: Session, exam_id: int) -> str:
    """The unit at the top of the frozen tree."""
    return session.scalar(
        select(RosterUnit.name).where(RosterUnit.exam_id == exam_id).order_by(RosterUnit.path).limit(1)) or ""


def unsettled(session: Session, exam: Exam) -> bool:
    """Whether somebody passed and has no certificate, or has one that says something else than the result."""
    mine = and_(Certificate.person_id == Result.candidate_id, Certificate.exam_id == Result.exam_id, Certificate.revoked_at.is_(None))
    missing = select(Result.candidate_id).join(
        RosterEntry, and_(RosterEntry.exam_id == Result.exam_id, RosterEntry.candidate_id == Result.candidate_id)
    ).where(Result.exam_id == exam.id, Result.score >= exam.pass_mark, RosterEntry.status == "expected",
            ~select(Certificate.number).where(mine).exists()).limit(1)
    wrong = select(Certificate.number).outerjoin(
        Result, and_(Result.candidate_id == Certificate.person_id, Result.exam_id == Certificate.exam_id)
    ).where(Certificate.exam_id == exam.id, Certificate.revoked_at.is_(None),
            or_(Result.score.is_(None), Result.score != Certificate.score)).limit(1)
    return session.execute(missing).first() is not None or session.execute(wrong).first() is not None


def over(session: Session, now: datetime) -> list[Exam]:
    """Published exams whose time is over, the latest first."""
    return list(session.scalars(
        select(Exam).where(Exam.state != "draft", Exam.settles_at < now).order_by(Exam.settles_at.desc(), Exam.id)))
