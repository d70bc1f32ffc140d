"""Units, people and roles."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people import service
from quizapp.people.models import Membership, Person, Unit

SINCE = date(2020, 1, 1)
_numbers = count(1)


def make_unit(session: Session, name: str = "办公室", parent: Unit | None = None) -> Unit:
    number = next(_numbers)
    return service.add_unit(session, f"U{number}", name, parent, number)


def make_agency(session: Session) -> Unit:
    """The unit at the top; made once in a database."""
    top = session.scalar(select(Unit).where(Unit.parent_id.is_(None)))
    return top or make_unit(session, "清溪市机关事务管理局")


def make_person(session: Session, name: str = "沈砚秋", unit: Unit | None = None, login: str = "") -> Person:
    number = next(_numbers)
    return service.add_person(session, login or f"p{number:05}", name, unit or make_agency(session), SINCE)


def make_left(session: Session, name: str, *, login: str = "") -> Person:
    """Somebody who has left for good since yesterday."""
    person = make_person(session, name, login=login)
    session.execute(update(Membership).where(Membership.person_id == person.id)
                    .values(until=clock.today() - timedelta(days=1), ending="left"))
    return person


def grant(session: Session, person: Person, role: Role, unit: Unit | None = None) -> Person:
    service.grant(session, person.id, role, unit.id if unit else None)
    return person


def sign_in(client: FlaskClient, person: Person) -> None:
    """Give the client the cookie of a fresh sign-in of this person, without a password."""
    with client.application.app_context(), db.transaction() as session:
        token = service.open_session(session, person, "127.0.0.1", "test")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
