"""Party branches, the second tree: one membership in each, and the branch never says where somebody counts."""

from __future__ import annotations

from datetime import date

import pytest

from quizapp.access import ALL_UNITS
from quizapp.clock import today
from quizapp.db import db
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.rules.memberships import HOST, LEFT, PARTY
from tests.builders.people import make_agency, make_person, make_unit
from tests.databases import both_databases

pytestmark = pytest.mark.usefixtures("exam_morning")
WHOLE = (ALL_UNITS,)


def day(month: int) -> date:
    return date(2026, month, 1)


def trees(session):
    top = make_agency(session)
    office, bureau = make_unit(session, "办公室", top), make_unit(session, "执法局", top)
    committee = service.add_unit(session, "P0", "机关党委", None, kind=PARTY)
    first, second = (service.add_unit(session, f"P{n}", name, committee) for n, name in ((1, "第一党支部"), (2, "第二党支部")))
    return office, bureau, committee, first, second


def numbers(session, on, kind):
    return {one.unit.name: (one.own, one.total) for one in queries.tree(session, on, WHOLE, kind=kind)}


@both_databases
def test_a_person_counts_once_in_each_tree_whatever_happens_in_the_other(app):
    with app.app_context(), db.transaction() as session:
        office, bureau, _committee, first, second = trees(session)
        person = make_person(session, "甲", office)
        assert service.join_branch(session, person.id, first.id, day(2))
        assert not service.join_branch(session, person.id, first.id, day(5))
        service.join_branch(session, person.id, second.id, day(6))
        service.transfer(session, person.id, bureau.id, day(4))
        service.second(session, person.id, office.id, day(8), day(9), HOST)
        units = {1: "办公室", 3: "办公室", 4: "执法局", 7: "执法局", 8: "办公室", 10: "执法局"}
        assert {m: next(one.unit_name for one in queries.members_on(session, day(m))) for m in units} == units
        assert {m: len(queries.members_on(session, day(m))) for m in units} == dict.fromkeys(units, 1)
        assert numbers(session, day(3), PARTY) == {"机关党委": (0, 1), "第一党支部": (1, 1), "第二党支部": (0, 0)}
        assert numbers(session, day(8), PARTY) == {"机关党委": (0, 1), "第一党支部": (0, 0), "第二党支部": (1, 1)}
        assert [(one.unit_name, one.stay.since, one.stay.until) for one in queries.party_stays(session, person.id, day(7))] == [
            ("第二党支部", day(6), None), ("第一党支部", day(2), day(6))]
        assert {stay.kind for stay in queries.stays_of(session, person.id)} == {"main", "seconded"}
        # leaving the Party branch is not leaving the agency; leaving the agency ends the counting in both
        service.leave_branch(session, person.id, day(10))
        assert queries.may_sign_in(session, person.id, day(11))
        service.join_branch(session, person.id, first.id, day(10))
        service.leave(session, person, day(11), LEFT)
        assert numbers(session, day(12), PARTY)["机关党委"] == (0, 0)
        assert queries.members_on(session, day(12)) == []
        assert not queries.may_sign_in(session, person.id, day(12))


def test_the_trees_do_not_mix_and_no_role_is_for_a_branch(app):
    with app.app_context(), db.transaction() as session:
        office, _bureau, committee, first, second = trees(session)
        person = make_person(session, "甲", office)
        assert {unit.name for unit in queries.units(session)} == {"清溪市机关事务管理局", "办公室", "执法局"}
        assert {unit.name for unit in queries.units(session, PARTY)} == {"机关党委", "第一党支部", "第二党支部"}
        with pytest.raises(InputError, match="没有这个单位"):
            service.transfer(session, person.id, first.id, day(5))
        with pytest.raises(InputError, match="没有这个单位"):
            service.second(session, person.id, first.id, day(5), None)
        with pytest.raises(InputError, match="没有这个党支部"):
            service.join_branch(session, person.id, office.id, day(5))
        with pytest.raises(InputError, match="不能按党支部授予"):
            service.grant(session, person.id, Role.LIAISON, first.id)
        assert queries.roles_of(session, [person.id]) == {}
        with pytest.raises(ConflictError, match="没有党支部"):
            service.leave_branch(session, person.id, day(5))
        service.join_branch(session, person.id, first.id, day(5))
        for act in (lambda: service.join_branch(session, person.id, second.id, day(4)),
                    lambda: service.leave_branch(session, person.id, day(4))):
            with pytest.raises(InputError, match="早于加入现在党支部"):
                act()
        with pytest.raises(ConflictError, match="转到别的党支部"):
            service.close_unit(session, first, today())
        service.leave_branch(session, person.id, day(6))
        with pytest.raises(InputError, match="早于转出上一个党支部"):
            service.join_branch(session, person.id, second.id, day(5))
        for unit in (first, second, committee):
            service.close_unit(session, unit, today())
        assert queries.units(session, PARTY) == []


@both_databases
def test_a_roster_with_branches_by_code_or_name(app):
    head = ["工号", "姓名", "单位名称", "所在支部"]
    with app.app_context(), db.transaction() as session:
        office, _bureau, _committee, first, second = trees(session)
        for login in ("a1", "a2", "a3"):
            make_person(session, "旧人", office, login)
        a2 = queries.person_by_login(session, "a2")
        service.join_branch(session, a2.id, first.id, day(3))
        rows = [head, ["A1", "旧人", "办公室", "Ｐ１"], ["a2", "旧人", "执法局", "第二党支部"], ["a3", "旧人", "办公室", ""],
                ["a4", "新人", "办公室", "第一党支部"]]
        found = service.import_roster(session, rows, today())
        assert not found.problems
        assert [[p.entry.login for p in group] for group in (found.new, found.moved, found.changed, found.unchanged)] == [
            ["a4"], ["a2"], ["A1"], ["a3"]]
        where = queries.party_paths(session, today())
        people = {login: queries.person_by_login(session, login) for login in ("a1", "a2", "a3", "a4")}
        assert {login: where.get(one.id) for login, one in people.items()} == {
            "a1": first.path, "a2": second.path, "a3": None, "a4": first.path}
        assert [(one.unit_name, one.stay.until) for one in queries.party_stays(session, a2.id, today())] == [
            ("第二党支部", None), ("第一党支部", today())]
        # an empty cell changes nothing, and neither does a file without the column
        again = service.import_roster(session, [head[:3], *(row[:3] for row in rows[1:])], today())
        assert (again.writes, len(again.unchanged)) == (0, 4)
        service.add_unit(session, "P9", "第一党支部", second)
        bad = service.import_roster(session, [head, ["a1", "旧人", "办公室", "第一党支部"], ["a2", "旧人", "执法局", "办公室"]], today())
        assert [(p.row, p.column, str(p)) for p in bad.problems] == [
            (2, "党支部", "叫“第一党支部”的党支部有 2 个，请改填编码"),
            (3, "党支部", "没有编码或者名称是“办公室”的党支部，请核对，或者先在“单位”页面新增")]
