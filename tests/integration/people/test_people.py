"""Acts on people and units, on real databases."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from quizapp.clock import today
from quizapp.db import db
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.cli import init, roster
from quizapp.people.models import Membership, Person, RoleGrant, Unit
from quizapp.people.queries import PersonFilters
from quizapp.people.rules.roster import COLUMNS
from tests.builders.people import grant, make_agency, make_person, make_unit
from tests.databases import both_databases

HEAD = list(COLUMNS)
ON = date(2026, 11, 25)


@both_databases
def test_a_roster_brings_people_to_what_it_says(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            office, cars = make_unit(session, "办公室", make_agency(session)), make_unit(session, "车队", make_agency(session))
            moved, absent = make_person(session, "林望舒", office, "p1"), make_person(session, "顾南乔", office, "p2")
        rows = [HEAD, ["p1", "林望舒", cars.code, "", "科级", ""], ["p3", "新人", office.code, "办公室", "", ""]]
        with db.transaction() as session:
            assert service.import_roster(session, rows, ON, dry_run=True).writes == 2
        assert queries.count_people(db.session()) == 2
        with db.transaction() as session:
            done = service.import_roster(session, rows, ON)
        assert (len(done.new), len(done.moved), [k.login for k in done.absent]) == (1, 1, ["p2"])
        where = {m.login: (m.unit_id, m.rank) for m in queries.members_on(db.session(), ON)}
        assert where == {"p1": (cars.id, "科级"), "p2": (office.id, ""), "p3": (office.id, "")}
        before = {m.login: m.unit_id for m in queries.members_on(db.session(), date(2026, 11, 24))}
        assert before == {"p1": office.id, "p2": office.id}
        with db.transaction() as session:
            again = service.import_roster(session, rows, ON)
        assert (again.writes, len(again.unchanged)) == (0, 2)
        assert moved.id != absent.id


def test_a_row_with_a_problem_stops_everything(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            unit = make_unit(session)
        with db.transaction() as session:
            done = service.import_roster(session, [HEAD, ["p1", "甲", unit.code], ["p2", "乙", "none"]], ON)
        assert [p.row for p in done.problems] == [3]
        assert queries.count_people(db.session()) == 0


def test_what_was_shown_is_what_is_confirmed(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            unit = make_unit(session)
        rows = [HEAD, ["p1", "甲", unit.code]]
        with db.transaction() as session:
            shown = service.import_roster(session, rows, ON, dry_run=True).fingerprint()
        with db.transaction() as session:
            make_person(session, "别人", unit, "p1")
        with pytest.raises(ConflictError), db.transaction() as session:
            service.import_roster(session, rows, ON, shown=shown)
        assert db.session.scalar(select(Person.name)) == "别人"


@both_databases
def test_nobody_is_in_two_units_on_one_day(app: Flask) -> None:
    """Also when a transfer that has not begun yet is overtaken by a roster."""
    with app.app_context():
        with db.transaction() as session:
            a, b, c = (make_unit(session, name, make_agency(session)) for name in "甲乙丙")
            person = make_person(session, unit=a, login="p1")
            service.transfer(session, person.id, b.id, date(2026, 12, 1))
        with db.transaction() as session:
            service.import_roster(session, [HEAD, ["p1", person.name, c.code]], ON)
        for day, unit in ((date(2026, 11, 30), a), (date(2026, 12, 1), c)):
            assert [m.unit_id for m in queries.members_on(db.session(), day)] == [unit.id]


def test_a_long_roster_takes_few_statements(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            units = [make_unit(session, f"单位{n}", make_agency(session)) for n in range(2)]
        rows = [HEAD, *([f"p{n}", f"人{n}", units[n % 2].code] for n in range(3000))]
        with db.transaction() as session:
            service.import_roster(session, rows, ON)
        assert db.session.scalar(select(func.count()).select_from(Membership)) == 3000
        rows = [HEAD, *([f"p{n}", f"人{n}", units[(n + 1) % 2].code] for n in range(3000))]
        with db.transaction() as session:
            assert len(service.import_roster(session, rows, ON).moved) == 3000
        assert len(queries.members_on(db.session(), ON)) == 3000


def test_units_close_only_when_empty(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        top = make_agency(session)
        parent, person = make_unit(session, "中心", top), None
        child = make_unit(session, "科室", parent)
        person = make_person(session, unit=child)
        for unit, part in ((top, "最上级"), (child, "还有 1 人"), (parent, "1 个单位")):
            with pytest.raises(ConflictError) as caught:
                service.close_unit(session, unit, today())
            assert part in str(caught.value)
        service.transfer(session, person.id, top.id, today())
        service.close_unit(session, child, today())
        service.close_unit(session, parent, today())
        with pytest.raises(ConflictError, match="已经停用"):
            service.reopen_unit(session, child)
        with pytest.raises(InputError):
            service.transfer(session, person.id, child.id, today())


def test_order_codes_and_counts_of_units(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        top = make_agency(session)
        a, b = (service.add_unit(session, code, code, top) for code in ("A", "B"))
        make_person(session, unit=a)
        inside = service.add_unit(session, "C", "C", a)
        make_person(session, unit=inside)
        assert not service.move_unit(session, a, -1)
        assert service.move_unit(session, b, -1)
        session.flush()
        tree = queries.tree(session, today(), ("/",))
        assert [(x.unit.code, x.depth, x.own, x.total) for x in tree[1:]] == [
            ("B", 1, 0, 0), ("A", 1, 1, 2), ("C", 2, 1, 1)]
        assert [x.unit.code for x in queries.tree(session, today(), (a.path,))] == ["A", "C"]
        with pytest.raises(InputError, match="编码 A"):
            service.add_unit(session, "A", "again", top)


@both_databases
def test_the_list_filters_in_the_database(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            office = make_unit(session, "办公室", make_agency(session))
            make_person(session, "林望舒", office, "abc1").rank = "科级"
            make_person(session, "顾南乔", make_agency(session), "xyz%").active = False
        read = db.session()

        def names(scope: tuple[str, ...] = ("/",), **filters: str) -> list[str]:
            wanted = PersonFilters(**filters)
            rows = queries.listed(read, today(), scope, wanted, limit=9, sort="name")
            assert len(rows) == queries.count_listed(read, today(), scope, wanted)
            return [row.name for row in rows]

        assert names() == ["林望舒", "顾南乔"]
        assert names((office.path,)) == ["林望舒"]
        assert names(()) == []
        assert names(words="ABC") == ["林望舒"]
        assert names(words="%") == ["顾南乔"]
        assert names(path=office.path, rank="科级") == ["林望舒"]
        assert names(status="inactive") == ["顾南乔"]
        assert names(status="no_password") == ["林望舒"]


@both_databases
def test_the_last_of_either_administrator_stays(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        for role, name in ((Role.SYSTEM_ADMIN, "系统管理员"), (Role.SECURITY_ADMIN, "安全管理员")):
            first = grant(session, make_person(session, unit=make_unit(session)), role)
            own = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == first.id))
            with pytest.raises(ConflictError, match=f"最后一位{name}"):
                service.revoke(session, first.id, own)
            with pytest.raises(ConflictError, match=f"最后一位{name}"):
                service.deactivate(session, first)
            with pytest.raises(ConflictError, match=f"最后一位{name}"):
                service.leave(session, first, today(), "left")
            grant(session, make_person(session), role)
            service.revoke(session, first.id, own)


@both_databases
def test_what_belongs_to_two_people_is_not_granted_to_one(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        system = grant(session, make_person(session), Role.SYSTEM_ADMIN)
        for role in (Role.SECURITY_ADMIN, Role.AUDITOR):
            with pytest.raises(ConflictError, match="不能是同一个人"):
                service.grant(session, system.id, role)
        assert not service.grant(session, system.id, Role.SYSTEM_ADMIN)  # twice changes nothing
        assert service.grant(session, system.id, Role.EXAM_ADMIN)
        auditor = grant(session, make_person(session), Role.AUDITOR)
        for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.EXAM_ADMIN):
            with pytest.raises(ConflictError, match="不能是同一个人"):
                service.grant(session, auditor.id, role)
        assert service.grant(session, auditor.id, Role.EDITOR)
        assert queries.roles_of(session, [system.id, auditor.id]) == {
            system.id: {Role.SYSTEM_ADMIN, Role.EXAM_ADMIN}, auditor.id: {Role.AUDITOR, Role.EDITOR}}
        assert queries.holding_too_much(session) == []


# ---------------------------------------------------------------- commands


def test_init_makes_the_first_administrator_once(app: Flask) -> None:
    run = app.test_cli_runner()
    words = ["--agency", "清溪市机关事务管理局", "--login", "a1", "--name", "何静安", "--url", "https://exam.example/"]
    done = run.invoke(init, words)
    assert done.exit_code == 0, done.output
    address = done.output.strip().splitlines()[-1]
    assert address.startswith("https://exam.example/set-password/")
    client = app.test_client()
    assert client.get(address.removeprefix("https://exam.example")).status_code == 200
    with app.app_context():
        person = queries.person_by_login(db.session(), "a1")
        assert person is not None
        assert person.password_hash is None
        assert queries.actor_of(db.session(), person, today()).roles == {
            Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.EXAM_ADMIN}
        assert queries.holding_too_much(db.session()) == [
            (person.id, "何静安", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])]
        assert db.session.scalar(select(Unit.name)) == "清溪市机关事务管理局"
    again = run.invoke(init, words)
    assert isinstance(again.exception, ConflictError)  # the command group turns it into one sentence and status 1
    assert "已经有系统管理员" in str(again.exception)


def test_roster_import_from_the_terminal(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), db.transaction() as session:
        unit = make_unit(session)
    run, file = app.test_cli_runner(), tmp_path / "名册.csv"
    file.write_text(f"工号,姓名,单位编码\np1,甲,{unit.code}\np2,乙,none\n", encoding="gb18030")
    bad = run.invoke(roster, ["import", str(file)])
    assert bad.exit_code == 1
    assert "第 3 行 单位编码" in bad.output
    file.write_text(f"工号,姓名,单位编码\np1,甲,{unit.code}\n", encoding="utf-8-sig")
    trial = run.invoke(roster, ["import", str(file), "--dry-run", "--json"])
    answer = json.loads(trial.output)
    assert (trial.exit_code, answer["new"], answer["written"]) == (0, ["p1"], False)
    with app.app_context():
        assert queries.count_people(db.session()) == 0
    assert run.invoke(roster, ["import", str(file)]).exit_code == 0
    with app.app_context():
        assert queries.count_people(db.session()) == 1


def test_headings_are_named_on_the_terminal_and_remembered(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), db.transaction() as session:
        unit = make_unit(session)
        gone = make_person(session, "走的人", unit, "old")
    run, file = app.test_cli_runner(), tmp_path / "名册.csv"
    file.write_text(f"代号,称呼,单位代码\np1,甲,{unit.code}\np2,乙,none\n", encoding="utf-8-sig")
    unknown = run.invoke(roster, ["import", str(file)])
    assert "表头缺少：工号、姓名" in str(unknown.exception)
    wrong = run.invoke(roster, ["import", str(file), "--column", "代号"])
    assert "写得不对" in str(wrong.exception)
    named = ["--column", "工号=代号", "--column", "姓名=称呼"]
    bad = run.invoke(roster, ["import", str(file), *named])
    assert bad.exit_code == 1
    assert "第 3 行 单位编码（C 列“单位代码”）" in bad.output
    file.write_text(f"代号,称呼,单位代码\np1,甲,{unit.code}\n", encoding="utf-8-sig")
    trial = run.invoke(roster, ["import", str(file), *named, "--dry-run", "--leave-absent", "--json"])
    assert json.loads(trial.output)["left"] == ["old"]
    with app.app_context():
        assert queries.headings(db.session()) == {}
        assert [m.login for m in queries.members_on(db.session(), today())] == ["old"]
    assert run.invoke(roster, ["import", str(file), *named]).exit_code == 0
    done = run.invoke(roster, ["import", str(file), "--leave-absent"])
    assert "名册里没有：old 走的人" in done.output
    assert "离开 1 人，名册里没有 0 人" in done.output
    with app.app_context():
        assert [m.login for m in queries.members_on(db.session(), today())] == ["p1"]
        assert gone.id not in {m.person_id for m in queries.members_on(db.session(), today())}
