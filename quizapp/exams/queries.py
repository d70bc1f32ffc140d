"""Reading exams and rosters."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from quizapp.access import ALL_UNITS
from quizapp.exams.models import Commitment, Exam, Result, RosterEntry, RosterUnit
from quizapp.exams.rules import Audience
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.rights import unit_at
from quizapp.people import queries as people
from quizapp.people.models import Person, Unit
from quizapp.plans.models import Plan


@dataclass(frozen=True)
class RosterRow:
    """A person on a roster with the unit as it was named when the roster was taken."""

    candidate_id: int
    login: str
    name: str
    unit_id: int
    unit: str
    path: str
    rank: str
    post_type: str
    status: str
    reason: str


def get(session: Session, exam_id: int) -> Exam:
    found = session.get(Exam, exam_id)
    if found is None:
        raise NotFoundError("没有找到这场考试")
    return found


def fresh(session: Session, exam_id: int, *, lock: bool = False) -> Exam:
    """As it stands in the database at this moment, whatever this session remembers. `lock`: nobody else's to change
    until the end of the transaction. Raises NotFoundError."""
    found = session.get(Exam, exam_id, populate_existing=True, with_for_update=lock or None)
    if found is None:
        raise NotFoundError("没有找到这场考试")
    return found


def exams(session: Session, year: int | None = None) -> list[Exam]:
    """All exams, or those of a year, the latest first."""
    wanted = select(Exam).order_by(Exam.opens_at.desc(), Exam.id.desc())
    return list(session.scalars(wanted if year is None else wanted.where(Exam.year == year)))


def years(session: Session) -> list[int]:
    """Years that have a published exam or a plan, the latest first."""
    of_exams = session.scalars(select(Exam.year).where(Exam.state != "draft").distinct())
    return sorted({*of_exams, *session.scalars(select(Plan.year).distinct())}, reverse=True)


def frozen_paths(session: Session, exam_ids: Collection[int], scope: Sequence[str]) -> list[tuple[int, str]]:
    """Exam and path in the tree that it froze, for the units of a scope, whose paths are of today's tree: a unit is found
    by its number, and what stood below it when the roster was taken is below it still."""
    rows = session.execute(
        select(RosterUnit.exam_id, RosterUnit.path)
        .where(RosterUnit.exam_id.in_(exam_ids), RosterUnit.unit_id.in_({unit_at(path) for path in scope} - {0}))
    )
    return [(row[0], row[1]) for row in rows]


def counting_attempts(exam_ids: Collection[int]) -> Select[UUID | None]:
    """The ids of the attempts that count for people in these exams, as a condition for `Attempt.id.in_`. Joined by person,
    exam and attempt at once, PostgreSQL expects one row and would look up the answers of a million people one by one."""
    return select(Result.attempt_id).where(Result.exam_id.in_(exam_ids), Result.attempt_id.is_not(None))


def within_scope(session: Session, exam_ids: Collection[int], scope: Sequence[str]) -> ColumnElement[bool]:
    """The condition that keeps the rosters of these exams within a scope."""
    if ALL_UNITS in scope:
        return true()
    return or_(false(), *(
        and_(RosterEntry.exam_id == exam_id, RosterEntry.path.startswith(path, autoescape=True))
        for exam_id, path in frozen_paths(session, exam_ids, scope)
    ))


def for_candidate(session: Session, candidate_id: int) -> list[tuple[Exam, RosterEntry]]:
    """Published exams on whose roster the person stands, the latest first."""
    rows = session.execute(
        select(Exam, RosterEntry)
        .join(RosterEntry, RosterEntry.exam_id == Exam.id)
        .where(RosterEntry.candidate_id == candidate_id, Exam.state != "draft")
        .order_by(Exam.opens_at.desc())
    ).all()
    return [(exam, entry) for exam, entry in rows]


def roster_entry(session: Session, exam_id: int, candidate_id: int) -> RosterEntry | None:
    return session.get(RosterEntry, (exam_id, candidate_id))


ROSTER_ROW = (
    select(RosterEntry.candidate_id, Person.login, Person.name, RosterEntry.unit_id, RosterUnit.name,
           RosterEntry.path, RosterEntry.rank, RosterEntry.post_type, RosterEntry.status, RosterEntry.reason)
    .join(Person, Person.id == RosterEntry.candidate_id)
    .join(RosterUnit, (RosterUnit.exam_id == RosterEntry.exam_id) & (RosterUnit.unit_id == RosterEntry.unit_id))
    .order_by(RosterEntry.path, Person.login)
)


def roster(session: Session, exam_id: int) -> list[RosterRow]:
    return [RosterRow(*tuple(row)) for row in session.execute(ROSTER_ROW.where(RosterEntry.exam_id == exam_id))]


def roster_row(session: Session, exam_id: int, candidate_id: int) -> RosterRow:
    """Raises NotFoundError."""
    wanted = ROSTER_ROW.where(RosterEntry.exam_id == exam_id, RosterEntry.candidate_id == candidate_id)
    row = session.execute(wanted).first()
    if row is None:
        raise NotFoundError("这个人不在这场考试的名单里")
    return RosterRow(*tuple(row))


def meant(session: Session, audience: Audience, on: date, eligible: set[int] | None = None) -> list[people.Member]:
    """Whom the roster would hold if it were taken on that day: accounts in use whom the exam is for, each once.
    With `eligible` only these persons."""
    branches = people.party_paths(session, on) if audience.party else {}
    return [
        one for one in people.members_on(session, on)
        if one.active and (eligible is None or one.person_id in eligible)
        and audience.takes(one.path, one.rank, one.post_type, branches.get(one.person_id, ""))
    ]


def audience_units(session: Session, exam: Exam, chosen: Sequence[int]) -> list[str]:
    """The names of these units or Party branches that the exam is for, in the order of the tree; for a published exam
    units as they were named when the roster was taken."""
    if not chosen:
        return []
    then = (RosterUnit.exam_id == exam.id) & (RosterUnit.unit_id == Unit.id)
    asked = select(func.coalesce(RosterUnit.name, Unit.name)).select_from(Unit).outerjoin(RosterUnit, then)
    return list(session.scalars(asked.where(Unit.id.in_(chosen)).order_by(Unit.path)))


def roster_counts(session: Session, exam_id: int, scope: Sequence[str] = (ALL_UNITS,)) -> Counter[str]:
    """How many are expected, excused and deferred in the units at these paths."""
    asked = select(RosterEntry.status, func.count()).where(
        RosterEntry.exam_id == exam_id, people.within(scope, RosterEntry.path)).group_by(RosterEntry.status)
    return Counter({row[0]: row[1] for row in session.execute(asked).all()})


def make_ups_of(session: Session, exam_id: int) -> list[Exam]:
    """Drafts too, which are not for everybody's eyes."""
    return list(session.scalars(select(Exam).where(Exam.make_up_of_id == exam_id).order_by(Exam.opens_at)))


def still_to_sit(session: Session, exam: Exam) -> set[int]:
    """Who a make-up is for: expected but absent, failed, or deferred. Not who was excused, here or in a make-up of
    this exam, nor who has passed one."""
    first = session.execute(
        select(RosterEntry.candidate_id)
        .outerjoin(Result, (Result.exam_id == RosterEntry.exam_id) & (Result.candidate_id == RosterEntry.candidate_id))
        .where(
            RosterEntry.exam_id == exam.id,
            RosterEntry.status != "excused",
            (RosterEntry.status == "deferred") | Result.candidate_id.is_(None) | (Result.score < exam.pass_mark),
        )
    )
    settled = session.execute(
        select(RosterEntry.candidate_id).join(Exam, Exam.id == RosterEntry.exam_id)
        .outerjoin(Result, (Result.exam_id == RosterEntry.exam_id) & (Result.candidate_id == RosterEntry.candidate_id))
        .where(Exam.make_up_of_id == exam.id, Exam.state != "draft",
               (RosterEntry.status == "excused") | (Result.score >= Exam.pass_mark))
    )
    return set(first.scalars()) - set(settled.scalars())


def waits_for_marks(session: Session, exam_id: int) -> bool:
    """Whether somebody handed in what is not marked yet."""
    return session.scalar(select(Result.exam_id).where(Result.exam_id == exam_id, Result.score.is_(None)).limit(1)) is not None


@dataclass(frozen=True)
class ResultsInShort:
    """How many people have a result, how many wait for marks; a digest of all of them."""

    settled: int
    unsettled: int
    digest: str


def results_in_short(session: Session, exam_id: int) -> ResultsInShort:
    rows = session.execute(
        select(Result.candidate_id, Result.score).where(Result.exam_id == exam_id).order_by(Result.candidate_id)
    ).all()
    digest = hashlib.sha256("\n".join(f"{person} {score}" for person, score in rows).encode()).hexdigest()
    unsettled = sum(score is None for _person, score in rows)
    return ResultsInShort(len(rows) - unsettled, unsettled, digest)


def commitment(session: Session, exam_id: int) -> Commitment | None:
    return session.get(Commitment, exam_id, populate_existing=True)


def commitments(session: Session) -> list[tuple[Exam, Commitment | None]]:
    """Every published online exam with what was committed to; None where an earlier release published it. The latest
    first."""
    rows = session.execute(
        select(Exam, Commitment).outerjoin(Commitment, Commitment.exam_id == Exam.id)
        .where(Exam.state != "draft", Exam.kind == "online").order_by(Exam.opens_at.desc(), Exam.id.desc())
    ).all()
    return [(row[0], row[1]) for row in rows]


def to_commit(session: Session, now: datetime) -> list[Exam]:
    """Published exams whose window has not opened and that have no commitment yet."""
    return [exam for exam, made in commitments(session) if made is None and exam.opens_at > now]


def to_open(session: Session) -> list[Exam]:
    """Exams with a commitment that has not been opened."""
    return list(session.scalars(
        select(Exam).join(Commitment, Commitment.exam_id == Exam.id).where(Commitment.opened_at.is_(None)).order_by(Exam.id)
    ))
