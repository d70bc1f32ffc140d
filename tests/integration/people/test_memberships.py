"""Transfer, secondment, leaving and coming back, on real databases."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from quizapp.clock import today
from quizapp.db import db
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.models import Membership, Person, Unit
from quizapp.people.queries import PersonFilters
from quizapp.people.rules.memberships import HOST, LEFT, MAIN, RETIRED, SECONDED, counted_in, has_left
from quizapp.people.rules.roster import COLUMNS, EVERYBODY
from tests.builders.people import grant, make_agency, make_person, make_unit
from tests.databases import both_databases

ON = date(2026, 11, 25)
HEAD = list(COLUMNS)
PASSWORD = "a long enough sentence"


def days(number: int) -> date:
    return ON + timedelta(days=number)


def place_of(person: Person, on: date) -> list[str]:
    """The units in which rosters and figures of that day hold the person."""
    return [m.unit_name for m in queries.members_on(db.session(), on) if m.person_id == person.id]


@pytest.fixture
def units(app: Flask) -> tuple[Unit, Unit, Unit]:
    with app.app_context(), db.transaction() as session:
        a, b, c = (make_unit(session, name, make_agency(session)) for name in ("办公室", "车队", "食堂"))
        return a, b, c


@both_databases
def test_the_database_counts_as_the_rule_does(app: Flask) -> None:
    """Whatever the memberships, also some that the acts would never write."""
    chance = random.Random(5)  # noqa: S311
    with app.app_context():
        with db.transaction() as session:
            places = [make_unit(session, f"单位{n}", make_agency(session)) for n in range(3)]
            people = [make_person(session) for _n in range(40)]
            for person in people:
                session.execute(Membership.__table__.delete().where(Membership.person_id == person.id))
                start = chance.randint(-3, 3)
                for _n in range(chance.randint(0, 2)):  # main memberships follow each other
                    until = start + chance.randint(1, 6)
                    session.add(Membership(person_id=person.id, unit_id=chance.choice(places).id, since=days(start),
                                           until=days(until), ending=chance.choice(["transfer", "left", "retired"])))
                    start = until + chance.randint(0, 2)
                if chance.random() < 0.4:
                    session.add(Membership(person_id=person.id, unit_id=chance.choice(places).id, since=days(start)))
                if chance.random() < 0.6:
                    since = chance.randint(-3, 8)
                    until = None if chance.random() < 0.5 else days(since + chance.randint(1, 6))
                    session.add(Membership(person_id=person.id, unit_id=chance.choice(places).id, since=days(since),
                                           until=until, kind=SECONDED, counting=chance.choice(["home", "host"])))
        read = db.session()
        known = {person.id: queries.stays_of(read, person.id) for person in people}
        for number in range(-4, 16):
            expected = {p: stay.unit_id for p, stays in known.items() if (stay := counted_in(stays, days(number)))}
            found = [(m.person_id, m.unit_id) for m in queries.members_on(read, days(number)) if m.person_id in known]
            assert len(found) == len(dict(found)), "somebody counts twice"
            assert dict(found) == expected
            gone = set(read.scalars(select(Person.id).where(queries.has_left(days(number)))))
            assert gone == {p for p, stays in known.items() if has_left(stays, days(number))}


@both_databases
def test_a_secondment_does_not_count_twice(app: Flask, units: tuple[Unit, Unit, Unit]) -> None:
    office, cars, canteen = units
    with app.app_context():
        with db.transaction() as session:
            home, host = make_person(session, "甲", office), make_person(session, "乙", office)
            service.second(session, home.id, cars.id, ON, days(30))
            lent = service.second(session, host.id, cars.id, ON, None, HOST)
        assert [place_of(home, d) for d in (ON, days(30))] == [["办公室"], ["办公室"]]
        assert [place_of(host, d) for d in (days(-1), ON)] == [["办公室"], ["车队"]]
        tree = {b.unit.name: b.own for b in queries.tree(db.session(), ON, ("/",))}
        assert (tree["办公室"], tree["车队"]) == (1, 1)
        assert len(queries.listed(db.session(), ON, ("/",), PersonFilters(), limit=9)) == 2
        assert queries.people_in(db.session(), cars.id, ON) == 2
        with db.transaction() as session:
            with pytest.raises(ConflictError, match="已经有一次借调"):
                service.second(session, host.id, canteen.id, days(5), None)
            # the home unit changes meanwhile: the secondment goes on
            service.transfer(session, host.id, canteen.id, days(5))
        assert place_of(host, days(6)) == ["车队"]
        with db.transaction() as session:
            service.end_secondment(session, host.id, lent.id, days(10))
        assert [place_of(host, d) for d in (days(9), days(10))] == [["车队"], ["食堂"]]
        with db.transaction() as session, pytest.raises(NotFoundError):
            service.end_secondment(session, home.id, lent.id, days(10))
        # who stays for good where they were lent to is lent no longer
        with db.transaction() as session:
            service.transfer(session, home.id, cars.id, days(3))
        assert [s.kind for s in queries.stays_of(db.session(), home.id) if s.holds_on(days(4))] == [MAIN]
        assert place_of(home, days(4)) == ["车队"]


@both_databases
def test_the_database_refuses_a_second_open_main_membership(app: Flask, units: tuple[Unit, Unit, Unit]) -> None:
    with app.app_context():
        with db.transaction() as session:
            person = make_person(session, unit=units[0])
        with pytest.raises(IntegrityError), db.transaction() as session:
            session.add(Membership(person_id=person.id, unit_id=units[1].id, since=ON))


@both_databases
@pytest.mark.parametrize("ending", [LEFT, RETIRED])
def test_who_leaves_is_on_no_roster_and_signs_in_no_more(
    app: Flask, units: tuple[Unit, Unit, Unit], ending: str
) -> None:
    office, cars, _canteen = units
    with app.app_context():
        with db.transaction() as session:
            person = make_person(session, "甲", office, "p1")
            service.set_password(session, person, PASSWORD)
            service.second(session, person.id, cars.id, today(), None, HOST)
            token = service.open_session(session, person, "127.0.0.1", "test")
            service.leave(session, person, today() + timedelta(days=1), ending)
        # announced, not gone yet
        assert place_of(person, today()) == ["车队"]
        with db.transaction() as session:
            assert service.verify(session, "p1", PASSWORD, "127.0.0.1").id == person.id
            service.undo_leave(session, person.id)
            assert queries.profile(session, person.id, today(), person.created_at).in_post
            service.leave(session, person, today(), ending)
        assert place_of(person, today()) == []
        with db.transaction() as session:
            with pytest.raises(InputError, match="账号或者密码不正确"):
                service.verify(session, "p1", PASSWORD, "127.0.0.1")
            link = service.make_link(session, person.id)
            with pytest.raises(ConflictError):
                service.use_link(session, link, PASSWORD)
            # what is open goes on: nobody is thrown out in the middle of a paper
            assert queries.open_sign_in(session, token, person.created_at) is not None
        filters = PersonFilters(status="left")
        assert [p.name for p in queries.listed(db.session(), today(), ("/",), filters, limit=9)] == ["甲"]
        assert queries.count_listed(db.session(), today(), ("/",), PersonFilters(status="active")) == 0
        with db.transaction() as session:
            with pytest.raises(InputError, match="早于上一次离开"):
                service.come_back(session, person.id, cars.id, days(-400))
            service.come_back(session, person.id, cars.id, today())
            assert service.verify(session, "p1", PASSWORD, "127.0.0.1").id == person.id
        assert place_of(person, today()) == ["车队"]


@both_databases
def test_roles_end_with_a_departure(app: Flask, units: tuple[Unit, Unit, Unit]) -> None:
    with app.app_context(), db.transaction() as session:
        first = grant(session, make_person(session, unit=units[0]), Role.SYSTEM_ADMIN)
        with pytest.raises(ConflictError, match="最后一位"):
            service.leave(session, first, today(), LEFT)
        second = grant(session, make_person(session, unit=units[0]), Role.SYSTEM_ADMIN)
        token = service.open_session(session, first, "127.0.0.1", "test")
        service.leave(session, first, today(), LEFT)
        # who holds a role is out at once
        assert queries.open_sign_in(session, token, first.created_at) is None
        # and counts no more as somebody who could administer
        with pytest.raises(ConflictError, match="最后一位"):
            service.deactivate(session, second)
        assert service.come_back(session, first.id, units[0].id, today()) == [Role.SYSTEM_ADMIN]
        assert queries.roles_of(session, [first.id]) == {}


@both_databases
def test_a_role_ends_on_the_day_that_was_announced(app: Flask, units: tuple[Unit, Unit, Unit]) -> None:
    """Nobody has to do anything on that day: a sign-in from the day before opens nothing but one's own pages."""
    with app.app_context(), db.transaction() as session:
        grant(session, make_person(session, unit=units[0]), Role.SYSTEM_ADMIN)
        going = grant(session, make_person(session, unit=units[0]), Role.EXAM_ADMIN)
        tomorrow = today() + timedelta(days=1)
        service.leave(session, going, tomorrow, RETIRED)
        before, after = (queries.actor_of(session, going, day) for day in (today(), tomorrow))
        assert (before.roles, before.scope) == ({Role.EXAM_ADMIN}, ("/",))
        assert (after.roles, after.scope) == (frozenset(), ())


# ---------------------------------------------------------------- rosters


@both_databases
def test_whom_the_file_does_not_name_leaves_only_when_ticked(app: Flask, units: tuple[Unit, Unit, Unit]) -> None:
    office, cars, _canteen = units
    with app.app_context():
        with db.transaction() as session:
            stays, goes, me = (make_person(session, name, office, login) for name, login in
                               (("甲", "p1"), ("乙", "p2"), ("丙", "p3")))
            service.second(session, goes.id, cars.id, days(-5), None, HOST)
        rows = [HEAD, ["p9", "新人", office.code]]
        with db.transaction() as session:
            done = service.import_roster(session, rows, ON, leaving=[goes.id])
        assert [k.login for k in done.leavers([goes.id], None)] == ["p2"]
        assert [place_of(p, ON) for p in (stays, goes, me)] == [["办公室"], [], ["办公室"]]
        assert place_of(goes, days(-1)) == ["车队"]
        with db.transaction() as session:
            again = service.import_roster(session, rows, ON, leaving=EVERYBODY, by=me.id)
        assert [k.login for k in again.absent] == ["p1", "p3"]
        assert [place_of(p, ON) for p in (stays, me)] == [[], ["办公室"]]
        # and who has left comes back with the file that names them again, without the roles of before
        with db.transaction() as session:
            grant(session, goes, Role.LIAISON, office)
            back = service.import_roster(session, [HEAD, ["p2", "乙", cars.code]], days(1))
        assert [p.entry.login for p in back.moved] == ["p2"]
        assert place_of(goes, days(1)) == ["车队"]
        assert queries.roles_of(db.session(), [goes.id]) == {}


def test_a_thousand_leave_in_few_statements(app: Flask, units: tuple[Unit, Unit, Unit]) -> None:
    with app.app_context():
        rows = [HEAD, *([f"p{n}", f"人{n}", units[0].code] for n in range(1200))]
        with db.transaction() as session:
            service.import_roster(session, rows, ON)
        seen: list[str] = []
        from sqlalchemy import event

        event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        with db.transaction() as session:
            service.import_roster(session, [HEAD, rows[1]], days(1), leaving=EVERYBODY)
        assert len(seen) < 60
        assert [m.login for m in queries.members_on(db.session(), days(1))] == ["p0"]


@both_databases
def test_a_departure_that_is_entered_stays_entered(app: Flask, units: tuple[Unit, Unit, Unit]) -> None:
    """A file of before the last day names the person still, perhaps in another unit."""
    office, cars, _canteen = units
    with app.app_context():
        with db.transaction() as session:
            person = make_person(session, "甲", office, "p1")
            service.leave(session, person, days(30), RETIRED)
        with db.transaction() as session:
            same = service.import_roster(session, [HEAD, ["p1", "甲", office.code]], ON)
            assert (same.writes, same.absent) == (0, [])
            assert service.import_roster(session, [HEAD, ["p2", "乙", office.code]], ON, leaving=EVERYBODY).absent == []
            service.import_roster(session, [HEAD, ["p1", "甲", cars.code]], days(2))
        assert [place_of(person, d) for d in (ON, days(2), days(30))] == [["办公室"], ["车队"], []]
        assert has_left(queries.stays_of(db.session(), person.id), days(30))


@both_databases
def test_the_newest_choice_of_a_heading_is_remembered(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            person = make_person(session)
            service.remember_headings(session, {"代号": "工号", "备注": ""}, person.id)
            service.remember_headings(session, {"代号": "姓名"}, None)
        assert queries.headings(db.session()) == {"代号": "姓名", "备注": ""}
