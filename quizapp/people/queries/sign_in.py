"""Reading who is signed in, what they may see, and how often somebody failed."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.access import ALL_UNITS, Actor
from quizapp.kernel.roles import Role
from quizapp.people.models import FailedSignIn, Membership, OneTimeLink, Person, RoleGrant, SignIn, Unit
from quizapp.people.queries.units import has_left
from quizapp.people.rules.memberships import MAIN
from quizapp.people.rules.rights import NEEDED
from quizapp.people.rules.sign_in import SIGN_IN_IDLE, WAIT_WINDOW

WHOLE_AGENCY = frozenset({Role.EXAM_ADMIN, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})


def token_hash(token: str) -> str:
    """Tokens are secrets of 256 bits, so a plain SHA-256 is enough to keep them out of the table."""
    return hashlib.sha256(token.encode()).hexdigest()


def person_by_login(session: Session, login: str) -> Person | None:
    return session.scalar(select(Person).where(Person.login == login))


def may_sign_in(session: Session, person_id: int, day: date) -> bool:
    """Whether the account is in use on that day: active, and its person has not gone for good."""
    return session.scalar(select(Person.id).where(Person.id == person_id, Person.active, ~has_left(day))) is not None


def open_sign_in(session: Session, token: str, now: datetime) -> tuple[SignIn, Person] | None:
    """The sign-in of this token with its person, unless it was ended, has expired or lay idle too long."""
    row = session.execute(
        select(SignIn, Person)
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.token_hash == token_hash(token),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.last_seen_at > now - SIGN_IN_IDLE,
            Person.active,
        )
    ).first()
    return (row[0], row[1]) if row else None


def sign_ins_of(session: Session, person_id: int, now: datetime) -> list[SignIn]:
    """Open sign-ins of a person, the latest first."""
    return list(
        session.scalars(
            select(SignIn)
            .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.expires_at > now,
                   SignIn.last_seen_at > now - SIGN_IN_IDLE)
            .order_by(SignIn.last_seen_at.desc())
        )
    )


def actor_of(session: Session, person: Person, today: date) -> Actor:
    """The person with roles and the units that the roles let them see.

    From the day of leaving on there are none, whatever was granted and whichever sign-in is still open.
    """
    grants = session.execute(
        select(RoleGrant.role, Unit.path)
        .join(Person, Person.id == RoleGrant.person_id).outerjoin(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.person_id == person.id, Person.active, ~has_left(today))
    ).all()
    roles = frozenset(Role(role) for role, _path in grants)
    paths = tuple(path for role, path in grants if role == Role.LIAISON and path)
    unit = session.scalar(
        select(Unit.name).join(Membership, Membership.unit_id == Unit.id)
        .where(Membership.person_id == person.id, Membership.until.is_(None), Membership.kind == MAIN)
    )
    scope = (ALL_UNITS,) if roles & WHOLE_AGENCY else paths
    return Actor(person.id, person.login, person.name, unit or "", roles, scope)


def failures_since(
    session: Session, login: str, address: str, now: datetime, step: str = "password"
) -> tuple[int, datetime | None]:
    """Failed tries for this account from this address in the window, and the latest one's time."""
    row = session.execute(
        select(func.count(), func.max(FailedSignIn.at)).where(
            FailedSignIn.login == login[:40], FailedSignIn.address == address, FailedSignIn.step == step,
            FailedSignIn.at > now - WAIT_WINDOW,
        )
    ).one()
    return row[0], row[1]


def usable_link(
    session: Session, token: str, now: datetime, kind: str = "link"
) -> tuple[OneTimeLink, Person] | None:
    """The link with its person, unless it was used, has expired, or the person may not sign in."""
    row = session.execute(
        select(OneTimeLink, Person).join(Person, Person.id == OneTimeLink.person_id)
        .where(OneTimeLink.token_hash == token_hash(token), OneTimeLink.kind == kind,
               OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now, Person.active,
               ~has_left(clock.to_local(now).date()))
    ).first()
    return (row[0], row[1]) if row else None


def count_people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0


def has_any_admin(session: Session) -> bool:
    return session.scalar(select(RoleGrant.id).where(RoleGrant.role.in_(NEEDED)).limit(1)) is not None
