"""Reading the unit tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from quizapp.kernel.errors import NotFoundError
from quizapp.people.models import Membership, Person, Unit
from quizapp.people.rules.memberships import ADMINISTRATIVE, DEPARTURES, HOST, MAIN, PARTY, SECONDED
from quizapp.people.rules.roster import Place


@dataclass(frozen=True)
class TreeUnit:
    """A unit in the tree: how deep it stands, how many active people it has, alone and with all below."""

    unit: Unit
    depth: int
    own: int
    total: int
    first: bool
    last: bool


def within(scope: Sequence[str], of: InstrumentedAttribute[str] = Unit.path) -> ColumnElement[bool]:
    """The condition that a unit, or what keeps the path of one (`of`), lies in the scope; an empty scope sees none."""
    return or_(*(of.startswith(path, autoescape=True) for path in scope)) if scope else false()


def units(session: Session, kind: str = ADMINISTRATIVE) -> list[Unit]:
    """All open units of one tree, parents before children, in roster order."""
    asked = select(Unit).where(Unit.kind == kind, Unit.closed_on.is_(None)).order_by(Unit.position, Unit.id)
    rows = list(session.scalars(asked))
    return in_tree_order(rows)


def in_tree_order(rows: list[Unit]) -> list[Unit]:
    children: dict[int | None, list[Unit]] = {}
    known = {unit.id for unit in rows}
    for unit in rows:
        children.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    ordered: list[Unit] = []

    def visit(parent: int | None) -> None:
        for unit in children.get(parent, []):
            ordered.append(unit)
            visit(unit.id)

    visit(None)
    return ordered


def get_unit(session: Session, unit_id: int) -> Unit:
    """Raises NotFoundError."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFoundError("没有找到这个单位")
    return unit


def places(session: Session, kind: str = ADMINISTRATIVE) -> list[Place]:
    """Open units of one tree as a roster names them."""
    asked = select(Unit.id, Unit.code, Unit.name).where(Unit.kind == kind, Unit.closed_on.is_(None))
    rows = session.execute(asked).all()
    return [Place(*row) for row in rows]


def on_day(day: date, membership: type[Membership] = Membership) -> ColumnElement[bool]:
    """The condition that a membership holds on that day."""
    return (membership.since <= day) & or_(membership.until.is_(None), membership.until > day)


def counted_on(day: date) -> ColumnElement[bool]:
    """The condition that a person counts by this membership on that day, so that nobody counts twice: the rule of
    `rules.memberships.counted_in`."""
    beside = aliased(Membership)
    same_day = (beside.person_id == Membership.person_id) & on_day(day, beside)
    lent = exists().where(same_day, beside.kind == SECONDED, beside.counting == HOST)
    at_home = exists().where(same_day, beside.kind == MAIN)
    return on_day(day) & or_(
        (Membership.kind == MAIN) & ~lent,
        (Membership.kind == SECONDED) & (Membership.counting == HOST) & at_home,
    )


def has_left(day: date) -> ColumnElement[bool]:
    """The condition that a person has gone for good by that day: the rule of `rules.memberships.has_left`."""
    one = aliased(Membership)  # a name of its own: the statement around it may join memberships too
    own = (one.person_id == Person.id) & (one.kind == MAIN)
    gone = exists().where(own, one.ending.in_(DEPARTURES), one.until <= day)
    return gone & ~exists().where(own, one.until.is_(None))


def in_party(day: date) -> ColumnElement[bool]:
    """The condition that a person stands in a Party branch by this membership on that day: once, and only while they
    count in the other tree as well."""
    beside = aliased(Membership)
    at_home = exists().where(beside.person_id == Membership.person_id, on_day(day, beside), beside.kind == MAIN)
    return on_day(day) & (Membership.kind == PARTY) & at_home


def party_paths(session: Session, day: date) -> dict[int, str]:
    """Person → the path of the Party branch in which they stand on that day; who is in none is absent."""
    rows = session.execute(
        select(Membership.person_id, Unit.path).join(Unit, Unit.id == Membership.unit_id).where(in_party(day))).all()
    return {row[0]: row[1] for row in rows}


def tree(
    session: Session, day: date, scope: tuple[str, ...], *, closed: bool = False, kind: str = ADMINISTRATIVE
) -> list[TreeUnit]:
    """One tree within scope, in roster order, with the people of that day. Three statements, whatever its size."""
    statement = select(Unit).where(within(scope), Unit.kind == kind).order_by(Unit.position, Unit.id)
    rows = list(session.scalars(statement if closed else statement.where(Unit.closed_on.is_(None))))
    ordered = in_tree_order(rows)
    own = _people_by_unit(session, in_party(day) if kind == PARTY else counted_on(day))
    total: dict[str, int] = dict.fromkeys((unit.path for unit in ordered), 0)
    for unit in ordered:
        steps = unit.path.strip("/").split("/")
        for end in range(1, len(steps) + 1):
            path = f"/{'/'.join(steps[:end])}/"
            if path in total:
                total[path] += own.get(unit.id, 0)
    top = min((unit.path.count("/") for unit in ordered), default=0)
    siblings: dict[int | None, list[int]] = {}
    for unit in ordered:
        siblings.setdefault(unit.parent_id, []).append(unit.id)
    return [
        TreeUnit(unit, unit.path.count("/") - top, own.get(unit.id, 0), total[unit.path],
               siblings[unit.parent_id][0] == unit.id, siblings[unit.parent_id][-1] == unit.id)
        for unit in ordered
    ]


def _people_by_unit(session: Session, there: ColumnElement[bool]) -> dict[int, int]:
    rows = session.execute(
        select(Membership.unit_id, func.count()).join(Person, Person.id == Membership.person_id)
        .where(there, Person.active).group_by(Membership.unit_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def people_in(session: Session, unit_id: int, day: date) -> int:
    """How many people, active or not, belong or are lent to this unit on that day or from a later one."""
    return session.scalar(
        select(func.count(Membership.person_id.distinct()))
        .where(Membership.unit_id == unit_id, or_(Membership.until.is_(None), Membership.until > day))
    ) or 0


def ever_in(unit_id: int) -> Select[int]:
    """The numbers of all who belong or ever belonged to the unit or one below it."""
    top = select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    return select(Membership.person_id).join(Unit, Unit.id == Membership.unit_id).where(Unit.path.like(top.concat("%")))
