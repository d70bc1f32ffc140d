"""What a regrade would mean, by unit: read before anybody decides, and again by the second person. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Integer, case, func, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.attempts.rules.correcting import Correction, hundredths
from quizapp.exams.models import Exam, Result, RosterEntry, RosterUnit
from quizapp.marking.regrading import Outcome, ResultChange, worked_out
from quizapp.people.models import Person

NAMED = 100  # people listed by name
SMALL = 5  # people below which a unit tells who it was


@dataclass
class UnitRow:
    """One unit of the roster: who passed before and after, who crossed the line either way, whose score changes.

    `people`: who has a result; `merged`: how many units stand in this row together."""

    name: str
    people: int = 0
    before: int = 0
    gained: int = 0
    lost: int = 0
    changed: int = 0
    merged: int = 0

    @property
    def after(self) -> int:
        return self.before + self.gained - self.lost


@dataclass(frozen=True)
class NamedChange:
    """One person on whose passing it turns."""

    name: str
    unit: str
    before: Decimal
    after: Decimal


@dataclass
class Preview:
    """`asked`, `attempts`: how many papers have the question, and change; `units` with any change, in the order of the
    roster, and `apart` the same for whoever may not see names; `gained`, `lost`: people who pass, or fail, because of it."""

    asked: int
    attempts: int
    changed: int
    before: int
    after: int
    units: Sequence[UnitRow]
    apart: Sequence[UnitRow]
    gained: Sequence[NamedChange] = field(default_factory=tuple)
    lost: Sequence[NamedChange] = field(default_factory=tuple)
    newly_passed: int = 0
    newly_failed: int = 0


def preview(session: Session, exam: Exam, decision: Correction) -> Preview:
    return told_by(session, exam, worked_out(session, exam, decision))


def told_by(session: Session, exam: Exam, outcome: Outcome) -> Preview:
    """The outcome in the numbers of the people concerned; it has not been written yet."""
    line = hundredths(exam.pass_mark)
    units = _units(session, exam, line)
    changes = {change.candidate_id: change for change in outcome.results}
    places = _places(session, exam.id, set(changes))
    crossing: dict[bool, list[ResultChange]] = {True: [], False: []}
    for candidate_id, unit_id in places.items():
        change, unit = changes[candidate_id], units[unit_id]
        was, is_now = _passes(change.before, line), _passes(change.after, line)
        unit.changed += change.before != change.after
        unit.gained += is_now and not was
        unit.lost += was and not is_now
        if was != is_now:
            crossing[is_now].append(change)
    before, gained, lost = (sum(getattr(unit, name) for unit in units.values()) for name in ("before", "gained", "lost"))
    return Preview(
        outcome.asked, len(outcome.attempts), sum(unit.changed for unit in units.values()), before, before + gained - lost,
        [unit for unit in units.values() if unit.changed], [unit for unit in merged(list(units.values())) if unit.changed],
        _named(session, exam.id, crossing[True]), _named(session, exam.id, crossing[False]), gained, lost,
    )


def merged(units: Sequence[UnitRow]) -> list[UnitRow]:
    """Units of fewer than five people as one row at the end, with the smallest others until these are five: a number of
    so few is as good as a name. All together fewer than five: no row."""
    ordered = sorted((unit for unit in units if unit.people), key=lambda unit: unit.people)
    small = [unit for unit in ordered if unit.people < SMALL]
    while small and sum(unit.people for unit in small) < SMALL and len(small) < len(ordered):
        small.append(ordered[len(small)])
    together, away = sum(unit.people for unit in small), {id(unit) for unit in small}
    rows = [unit for unit in units if unit.people and id(unit) not in away]
    if together < SMALL:
        return rows
    sums = {name: sum(getattr(unit, name) for unit in small) for name in ("people", "before", "gained", "lost", "changed")}
    return [*rows, UnitRow("", **sums, merged=len(small))]


def _passes(score: int | None, line: int) -> bool:
    return score is not None and score >= line


def _units(session: Session, exam: Exam, line: int) -> dict[int, UnitRow]:
    """Unit → its row with who passes now, in the order of the frozen tree."""
    units = {unit_id: UnitRow(name) for unit_id, name in session.execute(
        select(RosterUnit.unit_id, RosterUnit.name).where(RosterUnit.exam_id == exam.id).order_by(RosterUnit.path)
    )}
    passes = func.sum(case((type_coerce(Result.score, Integer) >= line, 1), else_=0))
    for unit_id, passed, people in session.execute(
        select(RosterEntry.unit_id, passes, func.count())
        .join(Result, (Result.candidate_id == RosterEntry.candidate_id) & (Result.exam_id == RosterEntry.exam_id))
        .where(RosterEntry.exam_id == exam.id).group_by(RosterEntry.unit_id)
    ):
        unit = units.setdefault(unit_id, UnitRow(""))
        unit.before, unit.people = int(passed or 0), int(people)
    return units


def _places(session: Session, exam_id: int, people: set[int]) -> dict[int, int]:
    """Person → unit of the roster, for these people."""
    rows = session.execute(select(RosterEntry.candidate_id, RosterEntry.unit_id).where(RosterEntry.exam_id == exam_id))
    return {row[0]: row[1] for row in rows if row[0] in people}


def _named(session: Session, exam_id: int, changes: Sequence[ResultChange]) -> list[NamedChange]:
    some = {change.candidate_id: change for change in changes[:NAMED]}
    rows = session.execute(
        select(Person.id, Person.name, RosterUnit.name)
        .join(RosterEntry, RosterEntry.candidate_id == Person.id)
        .join(RosterUnit, (RosterUnit.exam_id == RosterEntry.exam_id) & (RosterUnit.unit_id == RosterEntry.unit_id))
        .where(RosterEntry.exam_id == exam_id, Person.id.in_(some)).order_by(RosterUnit.path, Person.name)
    ).all()
    return [NamedChange(name, unit, Decimal(some[person_id].before or 0).scaleb(-2), Decimal(some[person_id].after or 0).scaleb(-2))
            for person_id, name, unit in rows]


def in_short(found: Preview, most: int = 6) -> str:
    """The units in one line, those on which most turns first, for readers without the right to names: 办公室 3→4；财务处 2→1."""
    ordered = sorted(found.apart, key=lambda unit: -(unit.gained + unit.lost))
    turning = [unit for unit in ordered if unit.gained or unit.lost]
    shown = [f"{unit.name} {unit.before}→{unit.after}" for unit in turning if not unit.merged][:most]
    return "；".join(shown) + (" …" if shown and len(shown) < len(turning) else "")


def counted(found: Preview) -> Counter[str]:
    """For the record of acts."""
    return Counter(passed_before=found.before, passed_after=found.after, newly_passed=found.newly_passed,
                   newly_failed=found.newly_failed)
