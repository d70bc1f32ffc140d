"""Reading persons: who belongs where on a day, the list with its filters, one person in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from quizapp.access import ALL_UNITS
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people.models import (
    Membership,
    OneTimeLink,
    Person,
    RoleGrant,
    RosterHeading,
    SecondFactor,
    SignIn,
    Unit,
)
from quizapp.people.queries.units import counted_on, has_left, within
from quizapp.people.rules import memberships as rules
from quizapp.people.rules.rights import APART, clashing
from quizapp.people.rules.roster import Known


@dataclass(frozen=True)
class Member:
    """A person with the unit they belong to on a day."""

    person_id: int
    login: str
    name: str
    rank: str
    post_type: str
    unit_id: int
    unit_name: str
    path: str
    active: bool


@dataclass(frozen=True)
class PersonFilters:
    """`path` is the subtree; `status`: active, no_password, roles (holds one), inactive, left or "" for
    all."""

    words: str = ""
    path: str = ""
    rank: str = ""
    post_type: str = ""
    status: str = ""


@dataclass(frozen=True)
class Listed:
    """A line of the list. Without a unit on that day `unit_name` is None."""

    person_id: int
    login: str
    name: str
    unit_name: str | None
    rank: str
    post_type: str
    active: bool
    has_password: bool
    last_sign_in: datetime | None
    left: bool


@dataclass(frozen=True)
class Belonging:
    """One membership of a person with its unit. `state` on the day: past, present or coming."""

    id: int
    unit_name: str
    path: str
    stay: rules.Stay
    state: str


@dataclass(frozen=True)
class Held:
    """One role of a person, with the unit it is for, if any."""

    grant_id: int
    role: Role
    unit_name: str | None


@dataclass(frozen=True)
class Profile:
    """A person with everything that the page about them shows. `path` is where they count on the day, or "";
    `in_post` whether a main membership is open; `left` whether they have gone for good by then."""

    person: Person
    stays: list[Belonging]
    roles: list[Held]
    last_sign_in: datetime | None
    open_link_until: datetime | None
    open_code_until: datetime | None
    second_factor_since: datetime | None
    unit_name: str
    path: str
    in_post: bool
    left: bool


def members_on(session: Session, day: date, scope: tuple[str, ...] = (ALL_UNITS,)) -> list[Member]:
    """Everybody who belongs to a unit within scope on that day: each person exactly once."""
    rows = session.execute(
        select(Person.id, Person.login, Person.name, Person.rank, Person.post_type, Unit.id, Unit.name, Unit.path,
               Person.active)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(counted_on(day), within(scope))
        .order_by(Unit.path, Person.login)
    ).all()
    return [Member(*row) for row in rows]


LAST_SIGN_IN = (
    select(func.max(SignIn.created_at)).where(SignIn.person_id == Person.id).correlate(Person).scalar_subquery()
)
ORDERS = {"login": Person.login, "name": Person.name, "unit": Unit.path, "rank": Person.rank,
          "post_type": Person.post_type, "last_sign_in": LAST_SIGN_IN}


def listed(
    session: Session, day: date, scope: tuple[str, ...], filters: PersonFilters, *,
    limit: int, offset: int = 0, sort: str = "", descending: bool = False,
) -> list[Listed]:
    """People within scope that fit, by unit and work number unless sorted otherwise."""
    statement = _filtered(
        select(Person.id, Person.login, Person.name, Unit.name, Person.rank, Person.post_type, Person.active,
               Person.password_hash.is_not(None), LAST_SIGN_IN, has_left(day)),
        day, scope, filters,
    )
    if sort in ORDERS:
        order = ORDERS[sort]
        statement = statement.order_by(order.desc().nulls_last() if descending else order.asc().nulls_last())
    else:
        statement = statement.order_by(Unit.path)
    rows = session.execute(statement.order_by(Person.login).limit(limit).offset(offset)).all()
    return [Listed(*row) for row in rows]


def count_listed(session: Session, day: date, scope: tuple[str, ...], filters: PersonFilters) -> int:
    return session.scalar(_filtered(select(func.count(Person.id)), day, scope, filters)) or 0


def _filtered(
    statement: Select[*tuple[Any, ...]], day: date, scope: tuple[str, ...], filters: PersonFilters
) -> Select[*tuple[Any, ...]]:
    """Somebody without a unit on that day is seen only by those who see the whole agency."""
    statement = (
        statement.select_from(Person)
        .outerjoin(Membership, (Membership.person_id == Person.id) & counted_on(day))
        .outerjoin(Unit, Unit.id == Membership.unit_id)
    )
    if ALL_UNITS not in scope:
        statement = statement.where(within(scope))
    if filters.path:
        statement = statement.where(Unit.path.startswith(filters.path, autoescape=True))
    for word in filters.words.split():
        statement = statement.where(or_(Person.name.contains(word, autoescape=True),
                                        Person.login.icontains(word, autoescape=True)))
    if filters.rank:
        statement = statement.where(Person.rank == filters.rank)
    if filters.post_type:
        statement = statement.where(Person.post_type == filters.post_type)
    here = Person.active & ~has_left(day)
    conditions = {
        "active": here, "inactive": ~Person.active, "no_password": here & Person.password_hash.is_(None),
        "left": has_left(day), "roles": exists().where(RoleGrant.person_id == Person.id),
    }
    if filters.status in conditions:
        statement = statement.where(conditions[filters.status])
    return statement


def words_in_use(session: Session, day: date, scope: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The ranks and the post types that occur within scope, in alphabetical order."""

    def words(column: InstrumentedAttribute[str]) -> list[str]:
        asked = select(column).where(column != "").distinct().order_by(column)
        return list(session.scalars(asked if ALL_UNITS in scope else _filtered(asked, day, scope, PersonFilters())))

    return words(Person.rank), words(Person.post_type)


def profile(session: Session, person_id: int, day: date, now: datetime) -> Profile:
    """Raises NotFoundError. Whether the reader may see the person is for the caller to decide by `path`."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError("没有找到这个人")
    stays = _belongings(session, person_id, day)
    roles = [
        Held(grant_id, Role(role), unit) for grant_id, role, unit in session.execute(
            select(RoleGrant.id, RoleGrant.role, Unit.name).outerjoin(Unit, Unit.id == RoleGrant.unit_id)
            .where(RoleGrant.person_id == person_id).order_by(RoleGrant.role, Unit.path)
        )
    ]
    known = [one.stay for one in stays]
    counted = rules.counted_in(known, day)
    present = next((one for one in stays if one.stay is counted), None)
    return Profile(
        person, stays, roles,
        session.scalar(select(func.max(SignIn.created_at)).where(SignIn.person_id == person_id)),
        _open_until(session, person_id, now, "link"), _open_until(session, person_id, now, "code"),
        session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.person_id == person_id)),
        present.unit_name if present else "", present.path if present else "",
        any(stay.kind == rules.MAIN and stay.until is None for stay in known), rules.has_left(known, day),
    )


def _open_until(session: Session, person_id: int, now: datetime, kind: str) -> datetime | None:
    return session.scalar(select(func.max(OneTimeLink.expires_at)).where(
        OneTimeLink.person_id == person_id, OneTimeLink.kind == kind, OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now))


STAY = (Membership.unit_id, Membership.since, Membership.until, Membership.kind, Membership.counting, Membership.ending)


def stays_of(session: Session, person_id: int) -> list[rules.Stay]:
    """All memberships of a person in the administrative tree, as the rules take them."""
    asked = select(*STAY).where(Membership.person_id == person_id, Membership.kind != rules.PARTY)
    return [rules.Stay(*row) for row in session.execute(asked.order_by(Membership.since)).all()]


def party_stays(session: Session, person_id: int, day: date) -> list[Belonging]:
    """Where a person belonged in the Party, the latest first."""
    return _belongings(session, person_id, day, party=True)


def _belongings(session: Session, person_id: int, day: date, *, party: bool = False) -> list[Belonging]:
    """The latest first; what began and ended on one day is left out, for it never held."""
    rows = session.execute(
        select(Membership.id, Unit.name, Unit.path, *STAY).join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.person_id == person_id, (Membership.kind == rules.PARTY) == party,
               or_(Membership.until.is_(None), Membership.until > Membership.since))
        .order_by(Membership.since.desc(), Membership.id.desc())
    ).all()
    return [Belonging(row[0], row[1], row[2], stay := rules.Stay(*row[3:]),
                      "present" if stay.holds_on(day) else "coming" if stay.since > day else "past") for row in rows]


def known_people(session: Session, day: date) -> list[Known]:
    """Everybody as a roster is compared with: the open main membership counts, also one that begins later, and
    otherwise the one that a departure will end after that day. Beside it the open one in a Party branch."""
    inner, branch = aliased(Membership), aliased(Unit)
    rows = session.execute(
        select(Person.id, Person.login, Person.name, Person.rank, Person.post_type, Unit.id, Unit.name,
               Person.active, Membership.until, branch.id, branch.name)
        .select_from(Person)
        .outerjoin(Membership, (Membership.person_id == Person.id) & current_main(day))
        .outerjoin(Unit, Unit.id == Membership.unit_id)
        .outerjoin(inner, (inner.person_id == Person.id) & (inner.kind == rules.PARTY) & inner.until.is_(None))
        .outerjoin(branch, branch.id == inner.unit_id).order_by(Unit.path, Person.login)
    ).all()
    return [Known(*row[:6], row[6] or "", row[7], row[8] is not None, row[9], row[10] or "") for row in rows]


def current_main(day: date) -> ColumnElement[bool]:
    """The condition that a main membership is the one that acts of that day go by; at most one a person is."""
    later = aliased(Membership)
    open_one = exists().where(later.person_id == Membership.person_id, later.kind == rules.MAIN, later.until.is_(None))
    going = (Membership.until > day) & Membership.ending.in_(rules.DEPARTURES) & ~open_one
    return (Membership.kind == rules.MAIN) & or_(Membership.until.is_(None), going)


def headings(session: Session) -> dict[str, str]:
    """What headings of roster files mean, as somebody has said: the key of each with its column, or ""."""
    rows = session.execute(select(RosterHeading.heading, RosterHeading.column_name)).all()
    return {row[0]: row[1] for row in rows}


def roles_of(session: Session, person_ids: Sequence[int]) -> dict[int, set[Role]]:
    """The roles of these people; who has none is absent."""
    held: dict[int, set[Role]] = {}
    for start in range(0, len(person_ids), 500):
        rows = session.execute(
            select(RoleGrant.person_id, RoleGrant.role)
            .where(RoleGrant.person_id.in_(person_ids[start:start + 500]))
        ).all()
        for person_id, role in rows:
            held.setdefault(person_id, set()).add(Role(role))
    return held


def holding_too_much(session: Session) -> list[tuple[int, str, list[Role]]]:
    """Who holds roles that belong to different people: their numbers, names and those roles."""
    held: dict[tuple[int, str], set[Role]] = {}
    for person_id, name, role in session.execute(
            select(Person.id, Person.name, RoleGrant.role).join(RoleGrant, RoleGrant.person_id == Person.id)
            .where(RoleGrant.role.in_(frozenset().union(*APART))).order_by(Person.login)):
        held.setdefault((person_id, name), set()).add(Role(role))
    return [(*who, found) for who, roles in held.items() if (found := clashing(roles))]
