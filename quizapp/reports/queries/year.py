"""The year's ledger: every exam of a year in one pass, and who took part in none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, false, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.access import ALL_UNITS
from quizapp.attempts.models import Result
from quizapp.exams.models import Exam, RosterEntry, RosterUnit
from quizapp.exams.queries import within_scope
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.rights import reaches
from quizapp.papers.models import Form, FormQuestion
from quizapp.people.models import Person, Unit
from quizapp.plans import queries as plans
from quizapp.plans.models import Plan
from quizapp.questions.models import Item, ItemVersion, Subject
from quizapp.reports.queries.exam import (
    NO_UNIT,
    Sheet,
    counted_under,
    in_make_up,
    make_ups_of,
    of_kind,
    published_exams,
    ranks_and_posts,
    sheet_of,
)
from quizapp.reports.rules.ledger import Asked, Figures, Ledger, LedgerRow, Targets, YearLine, instead, summed
from quizapp.reports.rules.report import ExamFacts, Measure


def targets(session: Session, year: int) -> Targets | None:
    """What the confirmed plan of the year asks; None without a plan."""
    plan = plans.plan_for(session, year)
    if plan is None:
        drafted = session.scalar(select(Plan.id).where(Plan.year == year).limit(1))
        return Targets(confirmed=False) if drafted is not None else None
    facts = plans.facts_of(session, plan.id)

    def first(field: str) -> Any:
        return next((value for value in plans.standing(facts, field) if value is not None), None)

    def count(field: str) -> int | None:
        value = first(field)
        return None if value is None else int(value)

    def percent(field: str) -> Decimal | None:
        value = first(field)
        return None if value is None else Decimal(str(value))

    return Targets(True, count("exams_online"), count("exams_offline"), count("exams_total"),
                   percent("participation_rate"), percent("pass_rate"))


def ledger(session: Session, year: int, scope: Sequence[str], exams: Sequence[ExamFacts] | None = None,
           asked: Asked | None = None) -> Ledger:
    """The year within the units of `scope`. A make-up stands under its first exam, whenever it is held.

    Raises NotFoundError where a unit is asked for that is out of sight.
    """
    asked = asked or Asked()
    known = published_exams(session) if exams is None else exams
    groups = _asked_groups(session, known, year, asked)
    every = _ids(groups)
    seen = _seen(session, every, scope, asked)
    alone = _figures(session, sheet_of(()), every, seen)
    rows = tuple(
        LedgerRow(exam, _combined(session, exam, make_ups, seen, alone.get(exam.id, Figures())),
                  tuple((one, alone.get(one.id, Figures())) for one in make_ups))
        for exam, make_ups in groups
    )
    people, taken_part = _distinct_people(session, every, seen)
    return Ledger(year, rows, targets(session, year), people, taken_part)


Group = tuple[ExamFacts, tuple[ExamFacts, ...]]
"""A first sitting with its make-ups."""


def _ids(groups: Iterable[Group]) -> list[int]:
    return [one.id for exam, make_ups in groups for one in (exam, *make_ups)]


def _groups(known: Sequence[ExamFacts], year: int) -> list[Group]:
    """Those of a year in their order."""
    ids = {exam.id for exam in known}
    firsts = [exam for exam in reversed(known) if exam.year == year and exam.make_up_of_id not in ids]
    return [(exam, make_ups_of(known, exam.id)) for exam in firsts]


def _asked_groups(session: Session, known: Sequence[ExamFacts], year: int, asked: Asked) -> list[Group]:
    """Those of a year that the filter keeps, by the first sitting."""
    subjects = subjects_asked(session, year) if asked.subject else {}
    return [group for group in _groups(known, year)
            if asked.holds(clock.to_local(group[0].opens_at).date(), group[0], subjects.get(group[0].id, ()))]


def first_sittings(known: Sequence[ExamFacts], year: int) -> list[ExamFacts]:
    """The exams of a year without their make-ups, in their order."""
    return [exam for exam, _make_ups in _groups(known, year)]


def subjects_asked(session: Session, year: int) -> dict[int, dict[str, tuple[str, str | None]]]:
    """Exam → what its papers ask: code → name, name in English; of every published exam of the year."""
    rows = session.execute(
        select(Exam.id, Subject.code, Subject.name, Subject.name_en).distinct()
        .join(Form, Form.blueprint_id == Exam.blueprint_id).join(FormQuestion, FormQuestion.form_id == Form.id)
        .join(ItemVersion, ItemVersion.id == FormQuestion.item_version_id).join(Item, Item.id == ItemVersion.item_id)
        .join(Subject, Subject.code == Item.subject_code)
        .where(Exam.year == year, Exam.state != "draft").order_by(Exam.id, Subject.code)
    )
    found: dict[int, dict[str, tuple[str, str | None]]] = {}
    for exam_id, code, name, in_english in rows:
        found.setdefault(exam_id, {})[code] = name, in_english
    return found


def by_year(session: Session, years: Sequence[int], scope: Sequence[str], now: datetime) -> list[YearLine]:
    """What each year came to, the make-ups merged in, over the exams that have ended; the earliest year first."""
    known = published_exams(session)
    groups = {year: [group for group in _groups(known, year) if group[0].is_over(now)] for year in sorted(years)}
    every = [one for found in groups.values() for one in _ids(found)]
    seen = within_scope(session, every, scope)
    alone = _figures(session, sheet_of(()), every, seen)
    return [
        YearLine(year, len(found), summed([
            _combined(session, exam, make_ups, seen, alone.get(exam.id, Figures())) for exam, make_ups in found
        ]), targets(session, year))
        for year, found in groups.items()
    ]


def _narrowed(session: Session, scope: Sequence[str], asked: Asked) -> Sequence[str]:
    """The scope, or the unit asked for where it lies within."""
    if not asked.unit:
        return scope
    path = session.scalar(select(Unit.path).where(Unit.id == int(asked.unit))) if asked.unit.isdigit() and len(asked.unit) < 10 else None
    if path is None or not reaches(scope, path):
        raise NotFoundError(NO_UNIT)
    return [path]


def _seen(session: Session, exam_ids: Sequence[int], scope: Sequence[str], asked: Asked) -> ColumnElement[bool]:
    """The condition that keeps the rosters of these exams to what the reader may see and has asked for. Raises
    NotFoundError where a unit is asked for that is out of sight."""
    return and_(within_scope(session, exam_ids, _narrowed(session, scope, asked)), *of_kind(asked.rank, asked.post_type))


def categories(session: Session, year: int, scope: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ranks and types of post on the rosters of a year, of the people whom the reader may see."""
    ids = session.scalars(select(Exam.id).where(Exam.year == year, Exam.state != "draft")).all()
    return ranks_and_posts(session, RosterEntry.exam_id.in_(ids), within_scope(session, ids, scope))


def units(session: Session, scope: Sequence[str]) -> list[tuple[int, str]]:
    """The units nearest to the top that the reader may see, and those right below: number, name."""
    everything = ALL_UNITS in scope
    seen = [Unit.path.startswith(path, autoescape=True) for path in scope] if not everything else [true()]
    rows = session.execute(select(Unit.id, Unit.name, Unit.path)
                           .where(Unit.kind == "administrative", or_(false(), *seen)).order_by(Unit.path, Unit.position)).all()
    tops = min((row[2].count("/") for row in rows), default=0)
    return [(row[0], row[1]) for row in rows if row[2].count("/") <= tops + 1]


def _figures(session: Session, sheet: Sheet, exam_ids: Sequence[int],
             *wanted: ColumnElement[bool]) -> dict[int, Figures]:
    """The figures of each exam. Who is not expected is counted apart: the rest then needs no look at the status."""
    rostered = (RosterEntry.exam_id.in_(exam_ids), *wanted)
    away = session.execute(
        select(RosterEntry.exam_id, _people(sheet.status == "excused"), _people(sheet.status == "deferred"))
        .select_from(sheet.source).where(*rostered, sheet.status != "expected").group_by(RosterEntry.exam_id)
    ).all()
    passed, excellent = type_coerce(Exam.pass_mark, Integer), type_coerce(Exam.excellence_mark, Integer)
    there = session.execute(
        select(RosterEntry.exam_id, func.count(), _people(sheet.sat), _people(sheet.score >= passed),
               _people(sheet.score >= excellent), func.count(sheet.score), func.coalesce(func.sum(sheet.score), 0))
        .select_from(sheet.source.join(Exam, Exam.id == RosterEntry.exam_id))
        .where(*rostered, sheet.status == "expected").group_by(RosterEntry.exam_id)
    ).all()
    absent = {row[0]: Figures(excused=int(row[1]), deferred=int(row[2])) for row in away}
    present = {row[0]: Figures(int(row[1]), 0, 0, *(int(value or 0) for value in row[2:])) for row in there}
    return {one: summed([table[one] for table in (absent, present) if one in table]) for one in absent | present}


def _people(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _combined(session: Session, exam: ExamFacts, make_ups: Sequence[ExamFacts], seen: ColumnElement[bool],
              alone: Figures) -> Figures:
    """The exam's own figures, with those who had to do with a make-up counted by it instead."""
    if not make_ups:
        return alone
    ids = [one.id for one in make_ups]
    before, after = (
        _figures(session, sheet, [exam.id], seen, in_make_up(ids)).get(exam.id, Figures())
        for sheet in (sheet_of(()), sheet_of(ids))
    )
    return instead(alone, before, after)


def _taking_part(exam_ids: Sequence[int], seen: ColumnElement[bool]) -> Any:
    """One row per person who is expected in any of these exams, with whether they sat any."""
    return (
        select(RosterEntry.candidate_id, func.max(case((Result.candidate_id.is_not(None), 1), else_=0)).label("sat"))
        .outerjoin(Result, (Result.exam_id == RosterEntry.exam_id) & (Result.candidate_id == RosterEntry.candidate_id))
        .where(RosterEntry.exam_id.in_(exam_ids), RosterEntry.status == "expected", seen)
        .group_by(RosterEntry.candidate_id).subquery("taking_part")
    )


def _distinct_people(session: Session, exam_ids: Sequence[int], seen: ColumnElement[bool]) -> tuple[int, int]:
    each = _taking_part(exam_ids, seen)
    row = session.execute(select(func.count(), func.sum(each.c.sat)).select_from(each)).one()
    return int(row[0]), int(row[1] or 0)


@dataclass(frozen=True, slots=True)
class YearPerson:
    """Somebody who is counted in the year; `exams` are the titles of those that count them."""

    candidate_id: int
    login: str
    name: str
    unit: str
    exams: tuple[str, ...]


def not_yet(session: Session, year: int, scope: Sequence[str], asked: Asked | None = None) -> list[YearPerson]:
    """Everybody within scope who has sat none of the year's exams."""
    return people(session, year, scope, asked, sat=False)


def people(session: Session, year: int, scope: Sequence[str], asked: Asked | None = None, *, sat: bool | None = None) -> list[YearPerson]:
    """Everybody expected in the year, those alone who sat something, or nothing, with the unit of the latest roster: as
    many as the ledger counts with the same filter. Raises NotFoundError where a unit is asked for that is out of sight."""
    asked = asked or Asked()
    every = _ids(_asked_groups(session, published_exams(session), year, asked))
    seen = _seen(session, every, scope, asked)
    each = _taking_part(every, seen)
    wanted = (true(),) if sat is None else (each.c.sat == int(sat),)
    rows = session.execute(
        select(*_YEAR_PERSON)
        .join(each, each.c.candidate_id == RosterEntry.candidate_id)
        .join(Person, Person.id == RosterEntry.candidate_id)
        .join(Exam, Exam.id == RosterEntry.exam_id)
        .join(RosterUnit, (RosterUnit.exam_id == RosterEntry.exam_id) & (RosterUnit.unit_id == RosterEntry.unit_id))
        .where(RosterEntry.exam_id.in_(every), RosterEntry.status == "expected", seen, *wanted)
        .order_by(RosterEntry.path, Person.login, Exam.opens_at.desc())
    ).all()
    return _by_person(rows)


_YEAR_PERSON = (RosterEntry.candidate_id, Person.login, Person.name, RosterUnit.name, Exam.title)


def entries(session: Session, year: int, scope: Sequence[str], asked: Asked, measure: Measure, now: datetime) -> list[YearPerson]:
    """Who is counted under a measure in the exams of a year that have ended, make-ups merged in: with so many exams
    together as the ledger's total counts entries. Raises NotFoundError where a unit is asked for that is out of sight."""
    groups = _asked_groups(session, published_exams(session), year, asked)
    seen = _seen(session, _ids(groups), scope, asked)
    rows: list[Any] = []
    for exam, make_ups in reversed([group for group in groups if group[0].is_over(now)]):
        sheet = sheet_of([one.id for one in make_ups])
        source = sheet.source.join(Person, Person.id == RosterEntry.candidate_id).join(Exam, Exam.id == RosterEntry.exam_id).join(
            RosterUnit, (RosterUnit.exam_id == RosterEntry.exam_id) & (RosterUnit.unit_id == RosterEntry.unit_id))
        rows += session.execute(
            select(RosterEntry.path, *_YEAR_PERSON).select_from(source)
            .where(RosterEntry.exam_id == exam.id, seen, *counted_under(sheet, measure, exam))
        ).all()
    return _by_person(row[1:] for row in sorted(rows, key=lambda row: (row[0], row[2])))


def _by_person(rows: Iterable[Any]) -> list[YearPerson]:
    """One line a person, with the unit of the first of their rows."""
    found: dict[int, YearPerson] = {}
    for candidate_id, login, name, unit, title in rows:
        before = found.get(candidate_id)
        exams = (*before.exams, title) if before else (title,)
        found[candidate_id] = YearPerson(candidate_id, login, name, before.unit if before else unit, exams)
    return list(found.values())
