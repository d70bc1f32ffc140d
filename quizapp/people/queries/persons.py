"""Reading persons: who belongs where on a day, the list with its filters, one person in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from quizapp.access import ALL_UNITS
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people.models import Membership, OneTimeLink, Person, RoleGrant, SecondFactor, SignIn, Unit
from quizapp.people.queries.units import on_day, within
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
    """`path` is the subtree; `status`: active, no_password, inactive or "" for all."""

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


@dataclass(frozen=True)
class Stay:
    """One membership of a person."""

    unit_id: int
    unit_name: str
    path: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Held:
    """One role of a person, with the unit it is for, if any."""

    grant_id: int
    role: Role
    unit_name: str | None


@dataclass(frozen=True)
class Profile:
    """A person with everything that the page about them shows. `path` is where they are on the day, or ""."""

    person: Person
    stays: list[Stay]
    roles: list[Held]
    last_sign_in: datetime | None
    open_link_until: datetime | None
    open_code_until: datetime | None
    second_factor_since: datetime | None
    unit_name: str
    path: str


def members_on(session: Session, day: date, scope: tuple[str, ...] = (ALL_UNITS,)) -> list[Member]:
    """Everybody who belongs to a unit within scope on that day: each person exactly once."""
    rows = session.execute(
        select(Person.id, Person.login, Person.name, Person.rank, Person.post_type, Unit.id, Unit.name, Unit.path,
               Person.active)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(on_day(day), within(scope))
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
               Person.password_hash.is_not(None), LAST_SIGN_IN),
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
        .outerjoin(Membership, (Membership.person_id == Person.id) & on_day(day))
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
    conditions = {
        "active": Person.active, "inactive": ~Person.active,
        "no_password": Person.active & Person.password_hash.is_(None),
    }
    if filters.status in conditions:
        statement = statement.where(conditions[filters.status])
    return statement


def words_in_use(session: Session) -> tuple[list[str], list[str]]:
    """The ranks and the post types that occur, in alphabetical order."""
    ranks = session.scalars(select(Person.rank).where(Person.rank != "").distinct().order_by(Person.rank))
    posts = session.scalars(select(Person.post_type).where(Person.post_type != "").distinct()
                            .order_by(Person.post_type))
    return list(ranks), list(posts)


def profile(session: Session, person_id: int, day: date, now: datetime) -> Profile:
    """Raises NotFoundError. Whether the reader may see the person is for the caller to decide by `path`."""
    person = session.get(Person, person_id) if person_id < 2**31 else None
    if person is None:
        raise NotFoundError("没有找到这个人")
    stays = [
        Stay(*row) for row in session.execute(
            select(Unit.id, Unit.name, Unit.path, Membership.since, Membership.until)
            .join(Unit, Unit.id == Membership.unit_id).where(Membership.person_id == person_id)
            .order_by(Membership.since.desc(), Membership.id.desc())
        )
    ]
    roles = [
        Held(grant_id, Role(role), unit) for grant_id, role, unit in session.execute(
            select(RoleGrant.id, RoleGrant.role, Unit.name).outerjoin(Unit, Unit.id == RoleGrant.unit_id)
            .where(RoleGrant.person_id == person_id).order_by(RoleGrant.role, Unit.path)
        )
    ]
    present = next((s for s in stays if s.since <= day and (s.until is None or s.until > day)), None)
    return Profile(
        person, stays, roles,
        session.scalar(select(func.max(SignIn.created_at)).where(SignIn.person_id == person_id)),
        _open_until(session, person_id, now, "link"), _open_until(session, person_id, now, "code"),
        session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.person_id == person_id)),
        present.unit_name if present else "", present.path if present else "",
    )


def _open_until(session: Session, person_id: int, now: datetime, kind: str) -> datetime | None:
    return session.scalar(select(func.max(OneTimeLink.expires_at)).where(
        OneTimeLink.person_id == person_id, OneTimeLink.kind == kind, OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now))


def known_people(session: Session) -> list[Known]:
    """Everybody as a roster is compared with: the open membership counts, also one that begins later."""
    rows = session.execute(
        select(Person.id, Person.login, Person.name, Person.rank, Person.post_type, Unit.id, Unit.name,
               Person.active)
        .outerjoin(Membership, (Membership.person_id == Person.id) & Membership.until.is_(None))
        .outerjoin(Unit, Unit.id == Membership.unit_id).order_by(Unit.path, Person.login)
    ).all()
    return [Known(row[0], row[1], row[2], row[3], row[4], row[5], row[6] or "", row[7]) for row in rows]


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
