"""Reading filings, and what is counted for one."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, exists, func, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.audit.rules import canonical, moment
from quizapp.exams.models import RosterEntry, RosterUnit
from quizapp.filings.models import (
    Filing,
    FilingCheck,
    FilingDraft,
    FilingHolder,
    FilingPerson,
    FilingVersion,
)
from quizapp.filings.rules.writing import Planned
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people.models import Person, RoleGrant, Unit
from quizapp.people.queries import has_left
from quizapp.plans import queries as plans
from quizapp.reports.queries.exam import sheet_of

NO_FILING = "没有找到这份上报件，或者不在你能查看的范围内"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """How one person is counted. `score` in hundredths of a mark."""

    candidate_id: int
    unit_id: int
    status: str
    sat: bool
    score: int | None
    sat_at: datetime | None


def people_of(session: Session, exam_id: int, make_ups: Sequence[int]) -> list[PersonLine]:
    """Everybody on the roster by number, with make-ups merged in as the report does."""
    sheet = sheet_of(list(make_ups))
    rows = session.execute(
        select(RosterEntry.candidate_id, RosterEntry.unit_id, sheet.status, sheet.sat, sheet.score, sheet.sat_at)
        .select_from(sheet.source).where(RosterEntry.exam_id == exam_id).order_by(RosterEntry.candidate_id)
    )
    return [PersonLine(row[0], row[1], row[2], bool(row[3]), row[4] if row[3] else None, row[5]) for row in rows]


def people_digest(people: Sequence[PersonLine]) -> str:
    """SHA-256 over one line of JSON for each person, in the order of their numbers."""
    found = hashlib.sha256()
    for one in people:
        when = moment(one.sat_at) if one.sat_at else None
        found.update(canonical({"p": [one.candidate_id, one.unit_id, one.status, one.sat, one.score, when]}).encode() + b"\n")
    return found.hexdigest()


def kept_people(session: Session, version_id: int) -> list[PersonLine]:
    """The persons of a version as they were counted then."""
    rows = session.execute(
        select(FilingPerson.candidate_id, FilingPerson.unit_id, FilingPerson.status, FilingPerson.sat,
               type_coerce(FilingPerson.score, Integer), FilingPerson.sat_at)
        .where(FilingPerson.version_id == version_id).order_by(FilingPerson.candidate_id)
    )
    return [PersonLine(row[0], row[1], row[2], bool(row[3]), row[4], row[5]) for row in rows]


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A person of a version with today's name; the unit and the rank are the roster's."""

    name: str
    login: str
    unit: str
    rank: str
    post_type: str
    status: str
    sat: bool
    score: int | None
    sat_at: datetime | None


def named_people(session: Session, version_id: int, exam_id: int, units: Sequence[int] | None = None) -> Iterator[NamedLine]:
    """Unit by unit in the roster's order; `units` keeps to these."""
    wanted = [FilingPerson.version_id == version_id]
    if units is not None:
        wanted.append(FilingPerson.unit_id.in_(units))
    unit = RosterUnit.__table__
    rows = session.execute(
        select(Person.name, Person.login, unit.c.name, RosterEntry.rank, RosterEntry.post_type, FilingPerson.status,
               FilingPerson.sat, type_coerce(FilingPerson.score, Integer), FilingPerson.sat_at)
        .select_from(FilingPerson).join(Person, Person.id == FilingPerson.candidate_id)
        .outerjoin(RosterEntry, (RosterEntry.exam_id == exam_id) & (RosterEntry.candidate_id == FilingPerson.candidate_id))
        .outerjoin(unit, (unit.c.exam_id == exam_id) & (unit.c.unit_id == FilingPerson.unit_id))
        .where(*wanted).order_by(unit.c.path, Person.login)
    ).all()  # whoever writes a file tells of its progress meanwhile, in transactions of their own
    for row in rows:
        yield NamedLine(row[0], row[1], row[2] or "", row[3] or "", row[4] or "", row[5], bool(row[6]), row[7], row[8])


def units_below(session: Session, exam_id: int, places: Sequence[str]) -> list[int]:
    """The units of the frozen tree in these subtrees."""
    rows = session.execute(select(RosterUnit.unit_id, RosterUnit.path).where(RosterUnit.exam_id == exam_id))
    return [row[0] for row in rows if row[1].startswith(tuple(places))] if places else []


def paths_of(session: Session, exam_id: int, unit_ids: Collection[int]) -> list[str]:
    """Where these units stand in the frozen tree. One statement, however many there are."""
    if not unit_ids:
        return []
    rows = session.execute(select(RosterUnit.unit_id, RosterUnit.path).where(RosterUnit.exam_id == exam_id))
    return [row[1] for row in rows if row[0] in unit_ids]


def closed_units(session: Session, exam_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Number and name of the units in these rosters that have been dissolved since."""
    rows = session.execute(
        select(Unit.id, Unit.name).where(Unit.closed_on.is_not(None), exists().where(
            RosterUnit.unit_id == Unit.id, RosterUnit.exam_id.in_(exam_ids))).order_by(Unit.path)
    )
    return [(row[0], row[1]) for row in rows]


def agency(session: Session) -> str:
    """The name of the unit at the top."""
    return session.scalar(
        select(Unit.name).where(Unit.parent_id.is_(None), Unit.kind == "administrative").order_by(Unit.position, Unit.id).limit(1)
    ) or ""


def planned(session: Session, year: int) -> Planned:
    """What the year's confirmed plan names."""
    plan = plans.plan_for(session, year)
    if plan is None:
        return Planned()
    facts = plans.facts_of(session, plan.id)
    sessions = [value for value in plans.standing(facts, "study_sessions") if value is not None]
    return Planned(True, int(sessions[0]) if sessions else None, tuple(plans.campaigns(session, year)),
                   tuple(map(str, plans.standing(facts, "subject"))))


# ---------------------------------------------------------------- filings


def get(session: Session, filing_id: int) -> Filing:
    """Raises NotFoundError."""
    found = session.get(Filing, filing_id)
    if found is None:
        raise NotFoundError(NO_FILING)
    return found


def by_subject(session: Session, subject: str) -> Filing | None:
    return session.scalar(select(Filing).where(Filing.subject == subject))


def by_its_number(session: Session, number: str) -> Filing | None:
    return session.scalar(select(Filing).where(Filing.number == number))


def versions(session: Session, filing_id: int) -> list[FilingVersion]:
    """Every version, the latest first."""
    return list(session.scalars(
        select(FilingVersion).where(FilingVersion.filing_id == filing_id).order_by(FilingVersion.version.desc())
    ))


def latest(session: Session, filing_id: int) -> FilingVersion:
    return session.scalars(
        select(FilingVersion).where(FilingVersion.filing_id == filing_id).order_by(FilingVersion.version.desc()).limit(1)
    ).one()


def version_of(session: Session, filing_id: int, version: int) -> FilingVersion:
    """Raises NotFoundError."""
    found = session.scalar(select(FilingVersion).where(FilingVersion.filing_id == filing_id, FilingVersion.version == version))
    if found is None:
        raise NotFoundError("这份上报件没有这一版")
    return found


def by_number(session: Session, number: str, version: int) -> FilingVersion | None:
    """`version`: as somebody typed it, or as a file says it; no column holds a larger number."""
    return None if not 0 < version < 2**31 else session.scalar(
        select(FilingVersion).join(Filing, Filing.id == FilingVersion.filing_id)
        .where(Filing.number == number, FilingVersion.version == version)
    )


def last_number(session: Session, year: int) -> int:
    """The greatest running number among this calendar year's filings; 0 without any."""
    numbers = session.scalars(select(Filing.number).where(Filing.number.startswith(f"{year}-")))
    return max((int(number.partition("-")[2]) for number in numbers), default=0)


@dataclass(frozen=True, slots=True)
class Listed:
    """A filing in the list, with its latest version. `known`: the version up to which this reader knows it; None where
    they neither handed it in nor fetched it."""

    filing: Filing
    version: int
    at: datetime
    known: int | None

    @property
    def is_news(self) -> bool:
        return self.known is not None and self.known < self.version


def listed(session: Session, person_id: int) -> list[Listed]:
    """Every filing, the latest first. The contents stay where they are: they may be large."""
    newest = _newest()
    rows = session.execute(
        select(Filing, FilingVersion.version, FilingVersion.at, FilingHolder.known)
        .join(newest, newest.c.filing_id == Filing.id)
        .join(FilingVersion, (FilingVersion.filing_id == Filing.id) & (FilingVersion.version == newest.c.version))
        .outerjoin(FilingHolder, (FilingHolder.filing_id == Filing.id) & (FilingHolder.person_id == person_id))
        .order_by(FilingVersion.at.desc(), Filing.id.desc())
    ).all()
    return [Listed(row[0], row[1], row[2], row[3]) for row in rows]


def _newest() -> Any:
    return select(FilingVersion.filing_id, func.max(FilingVersion.version).label("version")).group_by(FilingVersion.filing_id).subquery()


def news(session: Session, person_id: int) -> int:
    """How many filings that this person handed in or fetched have a version that they have not confirmed."""
    newest = _newest()
    return session.scalar(
        select(func.count()).select_from(FilingHolder).join(newest, newest.c.filing_id == FilingHolder.filing_id)
        .where(FilingHolder.person_id == person_id, FilingHolder.known < newest.c.version)
    ) or 0


def checks(session: Session, filing_id: int) -> list[FilingCheck]:
    """What was held against a filing, the latest first."""
    return list(session.scalars(
        select(FilingCheck).where(FilingCheck.filing_id == filing_id).order_by(FilingCheck.at.desc(), FilingCheck.id.desc())
    ))


def was_checked(session: Session, filing_id: int, reference: str) -> bool:
    return session.scalar(
        select(FilingCheck.id).where(FilingCheck.filing_id == filing_id, FilingCheck.reference == reference)
    ) is not None


def touched(session: Session, exam_ids: Sequence[int], years: Sequence[int]) -> list[Filing]:
    """Filings that may hold results of these exams."""
    return list(session.scalars(
        select(Filing).where(Filing.exam_id.in_(exam_ids) | ((Filing.kind == "year") & Filing.year.in_(years))).order_by(Filing.id)
    ))


def holder(session: Session, filing_id: int, person_id: int) -> FilingHolder | None:
    return session.get(FilingHolder, (filing_id, person_id))


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody who may have to hear of a filing: as a liaison of `unit_id`, or as an administrator who handed in
    `filing_id`."""

    person_id: int
    unit_id: int | None
    filing_id: int | None


def concerned(session: Session, filing_ids: Sequence[int], reasons: Sequence[str], today: date) -> list[Concerned]:
    """Every liaison, and the administrators who handed in a version of these filings for one of the `reasons`; of those
    who can still sign in. One statement."""
    by_them = ((FilingVersion.by_id == Person.id) & (RoleGrant.role == Role.EXAM_ADMIN.value)
               & FilingVersion.filing_id.in_(filing_ids) & FilingVersion.reason.in_(reasons))
    rows = session.execute(
        select(Person.id, RoleGrant.unit_id, FilingVersion.filing_id).distinct()
        .join(RoleGrant, RoleGrant.person_id == Person.id).outerjoin(FilingVersion, by_them)
        .where(Person.active, ~has_left(today), (RoleGrant.role == Role.LIAISON.value) | FilingVersion.filing_id.is_not(None))
    )
    return [Concerned(*row) for row in rows]


def numbers(session: Session, filing_ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(Filing.id, Filing.number).where(Filing.id.in_(filing_ids)))
    return {row[0]: row[1] for row in rows}


def draft(session: Session, year: int) -> FilingDraft | None:
    return session.get(FilingDraft, year)


def names(session: Session, person_ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {one for one in person_ids if one is not None}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def every_version(session: Session) -> Iterator[tuple[str, Any]]:
    """Number and version of everything, for a check of the whole."""
    rows = session.execute(
        select(Filing.number, FilingVersion).join(FilingVersion, FilingVersion.filing_id == Filing.id)
        .order_by(Filing.id, FilingVersion.version).execution_options(yield_per=20)
    )
    for row in rows:
        yield row[0], row[1]
