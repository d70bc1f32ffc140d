"""Counting people in SQL: one row per unit, status and score, never one per person."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Text,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from quizapp.access import ALL_UNITS
from quizapp.attempts.models import Result
from quizapp.exams.models import Exam, RosterEntry, RosterUnit
from quizapp.kernel.errors import NotFoundError
from quizapp.people.models import Membership, Person, Unit
from quizapp.reports.rules.report import OWN, Choice, ExamFacts, ExamReport, Measure
from quizapp.reports.rules.tally import Counted, Tally, by_unit
from quizapp.reports.rules.tree import UnitPlace, folding, in_order, rolled_up, top_paths, within
from quizapp.rosters.models import RosterChange

NO_EXAM = "没有找到这场考试的报表；考试发布以后才有"
NO_UNIT = "没有找到这个单位，或者不在你能查看的范围内"


def published_exams(session: Session) -> list[ExamFacts]:
    """Every exam whose roster is frozen, the latest first."""
    rows = session.execute(
        select(*(getattr(Exam, name) for name in ExamFacts.__slots__))
        .where(Exam.state != "draft").order_by(Exam.opens_at.desc(), Exam.id.desc())
    ).all()
    return [ExamFacts(*tuple(row)) for row in rows]


def find(exams: Sequence[ExamFacts], exam_id: int) -> ExamFacts:
    found = next((exam for exam in exams if exam.id == exam_id), None)
    if found is None:
        raise NotFoundError(NO_EXAM)
    return found


def make_ups_of(exams: Sequence[ExamFacts], exam_id: int) -> tuple[ExamFacts, ...]:
    return tuple(exam for exam in reversed(exams) if exam.make_up_of_id == exam_id)


def merged_in(make_ups: Sequence[ExamFacts], choice: Choice) -> list[int]:
    """The make-ups whose results count with those of the first exam."""
    return [one.id for one in make_ups] if choice.with_make_up else []


def frozen_units(session: Session, exam_id: int) -> list[UnitPlace]:
    rows = session.execute(
        select(RosterUnit.unit_id, RosterUnit.parent_id, RosterUnit.name, RosterUnit.path, RosterUnit.position,
               Unit.closed_on.is_not(None))
        .outerjoin(Unit, Unit.id == RosterUnit.unit_id).where(RosterUnit.exam_id == exam_id)
    ).all()
    return [UnitPlace(row[0], row[1], row[2], row[3], row[4], bool(row[5])) for row in rows]


@dataclass(frozen=True)
class Sheet:
    """The columns of one exam's people, make-ups merged in where asked: what every count is made from.

    A deferred person takes the status that a make-up's roster gives them: on it as expected, they are expected
    here too. The score is the best of the first exam and its make-ups, in hundredths.
    """

    source: Any
    status: Any
    sat: ColumnElement[bool]
    score: ColumnElement[int | None]
    sat_at: Any


def sheet_of(make_ups: Sequence[int]) -> Sheet:
    first = aliased(Result, name="first")
    source = RosterEntry.__table__.outerjoin(
        first, (first.exam_id == RosterEntry.exam_id) & (first.candidate_id == RosterEntry.candidate_id)
    )
    score: ColumnElement[int | None] = type_coerce(first.score, Integer)
    if not make_ups:
        return Sheet(source, RosterEntry.status, first.candidate_id.is_not(None), score, first.sat_at)
    later, listed = _later_results(make_ups), _later_statuses(make_ups)
    source = source.outerjoin(later, later.c.candidate_id == RosterEntry.candidate_id)
    source = source.outerjoin(listed, listed.c.candidate_id == RosterEntry.candidate_id)
    moved = (RosterEntry.status == "deferred") & listed.c.standing.is_not(None)
    status = case((moved & (listed.c.standing == 2), "expected"), (moved & (listed.c.standing == 1), "excused"),
                  else_=RosterEntry.status)
    better = case((score.is_(None), later.c.score), (later.c.score > score, later.c.score), else_=score)
    sat = first.candidate_id.is_not(None) | later.c.candidate_id.is_not(None)
    return Sheet(source, status, sat, better, func.coalesce(first.sat_at, later.c.sat_at, type_=Result.sat_at.type))


def _later_results(make_ups: Sequence[int]) -> Subquery:
    return (
        select(Result.candidate_id, func.max(type_coerce(Result.score, Integer)).label("score"),
               func.min(Result.sat_at).label("sat_at"))
        .where(Result.exam_id.in_(make_ups)).group_by(Result.candidate_id).subquery("later")
    )


def _later_statuses(make_ups: Sequence[int]) -> Subquery:
    """Standing on the make-ups' rosters: 2 expected on one of them, 1 excused, 0 deferred again."""
    weight = case((RosterEntry.status == "expected", 2), (RosterEntry.status == "excused", 1), else_=0)
    return (
        select(RosterEntry.candidate_id, func.max(weight).label("standing"))
        .where(RosterEntry.exam_id.in_(make_ups)).group_by(RosterEntry.candidate_id).subquery("listed")
    )


def in_make_up(make_ups: Sequence[int]) -> ColumnElement[bool]:
    """Whether a roster line's person has anything to do with these make-ups: the few for whom merging them in
    can change a figure. All others are counted without the joins that merging costs."""
    listed = aliased(RosterEntry, name="in_later")
    of_roster = select(listed.candidate_id).where(listed.exam_id.in_(make_ups))
    of_results = select(Result.candidate_id).where(Result.exam_id.in_(make_ups))
    return RosterEntry.candidate_id.in_(of_roster.union(of_results))


def _where(exam_id: int, areas: Sequence[ColumnElement[bool]], choice: Choice) -> list[ColumnElement[bool]]:
    return [RosterEntry.exam_id == exam_id, or_(*areas), *of_kind(choice.rank, choice.post_type)]


def of_kind(rank: str, post_type: str) -> list[ColumnElement[bool]]:
    """The conditions on the roster for a rank and a type of post; "" is any."""
    asked = ((RosterEntry.rank, rank), (RosterEntry.post_type, post_type))
    return [column == value for column, value in asked if value]


def _areas(units: Sequence[UnitPlace], tokens: Sequence[str], everything: bool) -> list[ColumnElement[bool]]:
    """Conditions on the roster for the units chosen among those that may be seen. Raises NotFoundError.

    `everything` says that `units` is the whole tree: then nothing has to be compared.
    """
    if everything and not tokens:
        return [true()]
    known = {str(unit.unit_id): unit for unit in units}
    for token in tokens:
        if token.removesuffix(OWN) not in known:
            raise NotFoundError(NO_UNIT)
    own = [known[token.removesuffix(OWN)].unit_id for token in tokens if token.endswith(OWN)]
    tops = top_paths(known[token] for token in tokens if not token.endswith(OWN)) if tokens else top_paths(units)
    areas: list[ColumnElement[bool]] = [RosterEntry.path.startswith(path, autoescape=True) for path in tops]
    return [*areas, RosterEntry.unit_id.in_(own)] if own or not areas else areas


def _chosen(units: Sequence[UnitPlace], tokens: Sequence[str]) -> list[UnitPlace]:
    if not tokens:
        return list(units)
    ids = {token.removesuffix(OWN) for token in tokens}
    paths = tuple(unit.path for unit in units if str(unit.unit_id) in ids)
    return [unit for unit in units if unit.path.startswith(paths)]


def counts(session: Session, exam_id: int, make_ups: Sequence[int], areas: Sequence[ColumnElement[bool]],
           choice: Choice, into: Mapping[int, int] | None = None) -> list[Counted]:
    """How many people share unit, status and score. Distinct scores are few, so the answer is short.

    With make-ups a group may come in two rows: those who had to do with a make-up are counted apart. `into` maps
    units to the unit for which their people are counted; the database does it, so that a wide tree stays short too.
    """
    return _counted(session, _where(exam_id, areas, choice), make_ups, into)


def _counted(session: Session, wanted: Sequence[ColumnElement[bool]], make_ups: Sequence[int],
             into: Mapping[int, int] | None) -> list[Counted]:
    places = _places(session, into) if into else None
    if not make_ups:
        return [Counted._make(row) for row in session.execute(_grouped(sheet_of(()), wanted, places)).all()]
    merged = in_make_up(make_ups)
    both = union_all(_grouped(sheet_of(()), [*wanted, ~merged], places),
                     _grouped(sheet_of(make_ups), [*wanted, merged], places))
    return [Counted._make(row) for row in session.execute(both).all()]


def _places(session: Session, into: Mapping[int, int]) -> Any:
    """The mapping as a table of the statement: both databases unfold it from one parameter."""
    text = json.dumps({str(unit): str(place) for unit, place in into.items()})
    if session.get_bind().dialect.name == "sqlite":
        table = func.json_each(text).table_valued("key", "value", name="places")
    else:
        table = func.json_each_text(cast(literal(text, Text()), JSON)).table_valued("key", "value", name="places")
    return select(cast(table.c.key, Integer).label("unit_id"), cast(table.c.value, Integer).label("place")).cte("places_of")


def _grouped(sheet: Sheet, wanted: Sequence[ColumnElement[bool]], places: Any = None) -> Select[Any]:
    unit: Any = RosterEntry.unit_id
    source = sheet.source
    if places is not None:
        source = source.outerjoin(places, places.c.unit_id == RosterEntry.unit_id)
        unit = func.coalesce(places.c.place, RosterEntry.unit_id)
    columns = (unit.label("counted_in"), sheet.status.label("standing_now"), sheet.sat.label("has_sat"),
               sheet.score.label("best"))
    return select(*columns, func.count().label("people")).select_from(source).where(*wanted).group_by(*columns)


def wanted_people(session: Session, exam_id: int, scope: Sequence[str], choice: Choice) -> list[ColumnElement[bool]]:
    """The conditions on the roster that keep to what the reader may see and has chosen. Raises NotFoundError for a
    unit out of sight; of a roster without anybody in sight nobody is wanted."""
    whole = frozen_units(session, exam_id)
    visible = within(whole, scope)
    if not visible and not choice.units:
        return [false()]
    return _where(exam_id, _areas(visible, choice.units, len(visible) == len(whole)), choice)


def total_of(session: Session, exam: ExamFacts, make_ups: Sequence[ExamFacts], scope: Sequence[str],
             choice: Choice) -> Tally | None:
    """Everybody chosen as one group; None where this exam's roster has no such unit."""
    whole = frozen_units(session, exam.id)
    try:
        wanted = wanted_people(session, exam.id, scope, choice)
    except NotFoundError:
        return None
    everybody = {unit.unit_id: 0 for unit in whole}
    merged = merged_in(make_ups, choice)
    rows = _counted(session, wanted, merged, everybody)
    return by_unit(rows, exam.lines).get(0, Tally())


def changed_since(session: Session, exam_ids: Collection[int], scope: Sequence[str], after: datetime | None = None) -> dict[str, int]:
    """How many people were added to the frozen rosters and taken off them, among those whom the reader may see; of all
    changes, or of those after a moment."""
    wanted = select(RosterChange.act, func.count()).where(RosterChange.exam_id.in_(exam_ids))
    if after is not None:
        wanted = wanted.where(RosterChange.at > after)
    if ALL_UNITS not in scope:
        seen = [Unit.path.startswith(path, autoescape=True) for path in scope]
        here = select(Membership.person_id).join(Unit, Unit.id == Membership.unit_id).where(or_(false(), *seen))
        wanted = wanted.where(RosterChange.candidate_id.in_(here))
    return {row[0]: row[1] for row in session.execute(wanted.group_by(RosterChange.act))}


def ranks_and_posts(session: Session, *wanted: ColumnElement[bool]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ranks and the types of post of these people of rosters."""
    rows = session.execute(select(RosterEntry.rank, RosterEntry.post_type).where(*wanted).distinct()).all()
    return tuple(sorted({row[0] for row in rows} - {""})), tuple(sorted({row[1] for row in rows} - {""}))


def exam_report(session: Session, exam_id: int, scope: Sequence[str], choice: Choice, now: datetime,
                exams: Sequence[ExamFacts] | None = None, most: int | None = None) -> ExamReport:
    """The whole report, within the units of `scope`. Raises NotFoundError for an exam or unit out of sight.

    Of a tree of more than `most` units only the upper levels have rows of their own.
    """
    known = published_exams(session) if exams is None else exams
    exam = find(known, exam_id)
    make_ups = make_ups_of(known, exam_id)
    whole = frozen_units(session, exam_id)
    visible = within(whole, scope)
    if not visible:
        return ExamReport(exam, make_ups, choice, (), now)
    areas = _areas(visible, choice.units, len(visible) == len(whole))
    merged = merged_in(make_ups, choice)
    all_branches = in_order(visible, whole)
    chosen = in_order(_chosen(visible, choice.units), whole) if choice.units else all_branches
    fold = folding(chosen, most)
    own = by_unit(counts(session, exam_id, merged, areas, choice, fold.into), exam.lines)
    rows = rolled_up(fold.shown, own, fold.folded)
    ranks, post_types = ranks_and_posts(
        session, RosterEntry.exam_id == exam_id, or_(*_areas(visible, (), len(visible) == len(whole))))
    shown = tuple((b.unit.unit_id, b.unit.name, b.level) for b in folding(all_branches, most).shown)
    return ExamReport(exam, make_ups, choice, tuple(rows), now, ranks, post_types, shown, len(visible))


def unit_names(session: Session, exam_id: int, choice: Choice) -> list[str]:
    """The units chosen, as the frozen tree names them, in roster order; ask only for units that the reader may see."""
    wanted = [int(one) for one in (token.removesuffix(OWN) for token in choice.units) if one.isdigit()]
    return list(session.scalars(
        select(RosterUnit.name).where(RosterUnit.exam_id == exam_id, RosterUnit.unit_id.in_(wanted))
        .order_by(RosterUnit.position, RosterUnit.unit_id)
    ))


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person behind a figure. `score` is in hundredths of a mark; `status` is the one that counts."""

    candidate_id: int
    login: str
    name: str
    unit: str
    rank: str
    post_type: str
    status: str
    reason: str
    has_sat: bool
    score: int | None
    sat_at: datetime | None


def people(session: Session, exam_id: int, scope: Sequence[str], choice: Choice, measure: Measure | None = None,
           exams: Sequence[ExamFacts] | None = None) -> list[PersonRow]:
    """The people counted under a measure (all without one), unit by unit. Scores are in hundredths.

    Raises NotFoundError for an exam or a unit out of sight.
    """
    known = published_exams(session) if exams is None else exams
    exam = find(known, exam_id)
    whole = frozen_units(session, exam_id)
    visible = within(whole, scope)
    if not visible:
        if choice.units:
            raise NotFoundError(NO_UNIT)
        return []
    sheet = sheet_of(merged_in(make_ups_of(known, exam_id), choice))
    wanted = _where(exam_id, _areas(visible, choice.units, len(visible) == len(whole)), choice)
    if measure is not None:
        wanted += counted_under(sheet, measure, exam)
    wanted += _within(sheet, choice)
    source = sheet.source.join(Person, Person.id == RosterEntry.candidate_id).join(
        RosterUnit, (RosterUnit.exam_id == RosterEntry.exam_id) & (RosterUnit.unit_id == RosterEntry.unit_id))
    rows = session.execute(
        select(RosterEntry.candidate_id, Person.login, Person.name, RosterUnit.name, RosterEntry.rank,
               RosterEntry.post_type, sheet.status, RosterEntry.reason, sheet.sat, sheet.score, sheet.sat_at,
               RosterEntry.unit_id)
        .select_from(source).where(*wanted).order_by(Person.login)
    ).all()
    places = {branch.unit.unit_id: place for place, branch in enumerate(in_order(visible, whole))}
    return [PersonRow(*tuple(row)[:-1]) for row in sorted(rows, key=lambda row: places[int(row[-1] or 0)])]


def _within(sheet: Sheet, choice: Choice) -> list[ColumnElement[bool]]:
    """The conditions for the range of marks asked for: the scores that the distribution counts, those of people
    expected alone."""
    if not choice.of_some_scores:
        return []
    low = [] if choice.low is None else [sheet.score >= int(choice.low * 100)]
    high = [] if choice.high is None else [sheet.score < int(choice.high * 100)]
    return [sheet.status == "expected", sheet.sat, sheet.score.is_not(null()), *low, *high]


def counted_under(sheet: Sheet, measure: Measure, exam: ExamFacts) -> list[ColumnElement[bool]]:
    """The conditions for being counted under a measure."""
    if measure is Measure.ON_ROSTER:
        return []
    if measure in (Measure.EXCUSED, Measure.DEFERRED):
        return [sheet.status == measure.value]
    lines = exam.lines
    conditions: dict[Measure, list[ColumnElement[bool]]] = {
        Measure.EXPECTED: [],
        Measure.SAT: [sheet.sat],
        Measure.ABSENT: [~sheet.sat],
        Measure.PASSED: [sheet.sat, sheet.score >= lines.passed],
        Measure.FAILED: [sheet.sat, sheet.score < lines.passed],
        Measure.EXCELLENT: [sheet.sat, sheet.score >= lines.excellent],
        Measure.UNMARKED: [sheet.sat, sheet.score.is_(null())],
    }
    return [sheet.status == "expected", *conditions[measure]]
