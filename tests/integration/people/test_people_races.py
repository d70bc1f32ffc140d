"""Twenty at once, let go by one barrier: a code is used once, one administrator stays, a lost role opens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from quizapp.audit.models import AuditEvent
from quizapp.db import db, engine_options
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.models import Person, RoleGrant
from quizapp.people.rules.second_factor import Vault
from tests.builders.people import grant, make_agency, make_person, sign_in
from tests.conftest import SECRET_KEY, close_connections, make_app
from tests.databases import both_databases
from tests.integration.attempts.test_races import at_once

pytestmark = both_databases
MANY = 20


@pytest.fixture
def app(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application in which everybody holds a connection at the same time."""
    usual = engine_options
    monkeypatch.setattr("quizapp.db.engine_options", lambda url: usual(url) | {"pool_size": 2 * MANY + 2, "max_overflow": 0})
    made = make_app(database_url, tmp_path / "instance")
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    close_connections(made)


def test_of_twenty_uses_of_a_code_one_sets_the_password(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            person = make_person(session, login="qx20417")
            code = service.make_code(session, Vault(SECRET_KEY), person)
            person_id = person.id

        def use(number: int) -> int:
            with db.transaction() as session:
                service.use_code(session, Vault(SECRET_KEY), "qx20417", code, f"一个足够长的新密码 {number}")
            return number

        found = at_once(app, [lambda number=number: use(number) for number in range(MANY)])
        used = [one for one in found if isinstance(one, int)]
        assert len(used) == 1
        assert sum(isinstance(one, InputError) for one in found) == MANY - 1
        db.session().rollback()
        db.session().expire_all()
        assert service.verify(db.session(), "qx20417", f"一个足够长的新密码 {used[0]}", "127.0.0.1").id == person_id


def test_administrators_who_remove_each_other_leave_one(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            people = [grant(session, make_person(session), Role.SYSTEM_ADMIN).id for _n in range(MANY)]
        grants = dict(db.session().execute(select(RoleGrant.person_id, RoleGrant.id)).all())
        db.session().rollback()

        def remove(person_id: int) -> bool:
            with db.transaction() as session:
                service.revoke(session, person_id, grants[person_id])
            return True

        found = at_once(app, [lambda one=one: remove(one) for one in people])
        assert found.count(True) == MANY - 1
        assert sum(isinstance(one, ConflictError) for one in found) == 1
        db.session().rollback()
        assert len(db.session().scalars(select(RoleGrant)).all()) == 1


def test_of_grants_that_nobody_may_hold_together_one_is_done(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            person_id = make_person(session).id

        def give(role: Role) -> bool:
            with db.transaction() as session:
                return service.grant(session, person_id, role)

        roles = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR] * 6
        found = at_once(app, [lambda role=role: give(role) for role in roles])
        assert found.count(True) == 1
        assert sum(isinstance(one, ConflictError) for one in found) == 12
        db.session().rollback()
        assert len(db.session().scalars(select(RoleGrant)).all()) == 1


def test_a_role_taken_away_stops_its_acts(app: Flask) -> None:
    """Each act is done and on record, or refused and nowhere; once the role is gone, none is done any more."""
    with app.app_context():
        with db.transaction() as session:
            desk = grant(session, make_person(session, "何静安"), Role.EXAM_ADMIN)
            others = [make_person(session, unit=make_agency(session)).id for _n in range(MANY - 1)]
            desk_id = desk.id
        grant_id = db.session().scalars(select(RoleGrant.id)).one()
        clients = [browser(app, desk_id) for _one in others]

        def act(client: FlaskClient, person_id: int) -> int:
            form = {"name": "改过的名字", "rank": "", "post_type": ""}
            return client.post(f"/people/{person_id}", data=form).status_code

        def remove() -> int:
            with db.transaction() as session:
                service.revoke(session, desk_id, grant_id)
            return 0

        pairs = list(zip(clients, others, strict=True))
        found = at_once(app, [*[lambda pair=pair: act(*pair) for pair in pairs], remove])
        assert set(found[:-1]) <= {303, 403}
        db.session().rollback()
        written = {person_id for (_client, person_id), status in zip(pairs, found, strict=False) if status == 303}
        assert set(db.session().scalars(select(Person.id).where(Person.name == "改过的名字"))) == written
        on_record = db.session().scalars(select(AuditEvent.object_id).where(AuditEvent.action == "change_person"))
        assert sorted(map(int, on_record)) == sorted(written)
        assert queries.roles_of(db.session(), [desk_id]).get(desk_id, set()) == set()
        db.session().rollback()
        assert {act(*pair) for pair in pairs} == {403}


def browser(app: Flask, person_id: int) -> FlaskClient:
    client = app.test_client()
    sign_in(client, db.session().get_one(Person, person_id))
    return client
