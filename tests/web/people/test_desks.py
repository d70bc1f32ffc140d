"""Units, people and rosters as the desks work with them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.audit import queries as audit
from quizapp.audit.queries import Filters
from quizapp.clock import today
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people import queries
from quizapp.people.models import Person, RoleGrant, Unit
from quizapp.people.roster_files import read_rows
from tests.builders.people import grant, make_agency, make_person, make_unit, sign_in
from tests.databases import both_databases
from tests.page_lint import LintingClient

TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
LINK = re.compile(r"/set-password/([\w-]{20,})")


class Desk:
    """An agency with two units and a person in each, and somebody signed in."""

    def __init__(self, app: Flask, client: LintingClient) -> None:
        self.app, self.client = app, client
        with app.app_context(), db.transaction() as session:
            self.top = make_agency(session)
            self.office, self.cars = make_unit(session, "办公室", self.top), make_unit(session, "车队", self.top)
            self.inside = make_person(session, "林望舒", self.office)
            self.outside = make_person(session, "顾南乔", self.cars)

    def enter(self, role: Role, unit: Unit | None = None) -> Person:
        with self.app.app_context(), db.transaction() as session:
            me = grant(session, make_person(session, "何静安", unit), role, unit)
        sign_in(self.client, me)
        return me

    def post(self, address: str, **data: object):  # type: ignore[no-untyped-def]
        token = TOKEN.search(self.client.get("/account").get_data(as_text=True))
        assert token
        return self.client.post(address, data={**data, "csrf_token": token[1]})

    def page(self, address: str) -> str:
        response = self.client.get(address)
        assert response.status_code == 200, response.status_code
        return response.get_data(as_text=True)

    def acts(self, action: str) -> int:
        with self.app.app_context():
            return audit.count(db.session(), Filters(action=action))


@pytest.fixture
def desk(app: Flask, client: LintingClient) -> Desk:
    return Desk(app, client)


def test_a_liaison_sees_their_own_units_only(desk: Desk) -> None:
    desk.enter(Role.LIAISON, desk.office)
    for page in (desk.page("/units"), desk.page("/people")):
        assert "办公室" in page
        assert "车队" not in page
    people = desk.page("/people")
    assert "林望舒" in people
    assert "顾南乔" not in people
    assert "顾南乔" not in desk.page(f"/people?unit={desk.cars.id}")
    assert desk.client.get(f"/people/{desk.inside.id}").status_code == 200
    for address in (f"/people/{desk.outside.id}", "/people/999999", f"/people/{2**40}"):
        assert desk.client.get(address).status_code == 404
    assert desk.post(f"/people/{desk.outside.id}/link").status_code == 404
    for act in ("transfer", "deactivate", "end-sign-ins", "roles"):
        assert desk.post(f"/people/{desk.inside.id}/{act}").status_code == 403
    assert desk.client.get("/people?download=csv").get_data(as_text=True).count("\n") == 3


@both_databases
def test_a_liaison_is_offered_the_words_of_their_own_units(desk: Desk) -> None:
    with desk.app.app_context(), db.transaction() as session:
        for person, word in ((desk.inside, "科级"), (desk.outside, "处级以上")):
            found = session.get_one(Person, person.id)
            found.rank, found.post_type = word, f"{word}岗位"
    desk.enter(Role.LIAISON, desk.office)
    page = desk.page("/people")
    assert "科级岗位" in page
    assert "处级以上" not in page
    desk.enter(Role.EXAM_ADMIN)
    assert "处级以上岗位" in desk.page("/people")


def test_a_link_is_shown_once(desk: Desk) -> None:
    desk.enter(Role.LIAISON, desk.office)
    answer = desk.post(f"/people/{desk.inside.id}/link")
    assert answer.status_code == 303
    shown = LINK.search(desk.page(answer.location))
    assert shown
    assert desk.client.get(f"/set-password/{shown[1]}").status_code == 200
    assert not LINK.search(desk.page(answer.location))
    assert desk.acts("make_link") == 1


def test_nobody_makes_a_link_for_somebody_above(desk: Desk) -> None:
    with desk.app.app_context(), db.transaction() as session:
        above = grant(session, make_person(session, "上级", desk.office), Role.SYSTEM_ADMIN)
    desk.enter(Role.LIAISON, desk.office)
    assert "角色高于你" in desk.page(f"/people/{above.id}")
    assert desk.post(f"/people/{above.id}/link").status_code == 403
    desk.enter(Role.EXAM_ADMIN)
    for act in ("link", "deactivate", "end-sign-ins", "transfer"):
        assert desk.post(f"/people/{above.id}/{act}", unit=desk.cars.id, on="2026-12-01").status_code == 403
    assert desk.post(f"/people/{desk.inside.id}/roles", role="auditor").status_code == 403


def test_links_for_everybody_without_a_password(desk: Desk) -> None:
    desk.enter(Role.LIAISON, desk.office)
    file = desk.post("/people/links")
    rows = read_rows(file.data, "links.xlsx")
    assert [row[2] for row in rows[1:]] == ["林望舒"]
    assert desk.client.get(LINK.search(rows[1][3])[0]).status_code == 200  # type: ignore[index]
    assert desk.acts("make_links") == 1


def test_transfer_deactivate_reactivate(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    who = f"/people/{desk.inside.id}"
    assert desk.post(f"{who}/transfer", unit=desk.cars.id, on="2019-01-01").status_code == 422
    assert desk.post(f"{who}/transfer", unit=desk.cars.id, on="").status_code == 422
    assert desk.post(f"{who}/transfer", unit=desk.cars.id, on=today().isoformat()).status_code == 303
    assert "车队" in desk.page(who)
    assert desk.post(f"{who}/deactivate").status_code == 303
    assert "账号已停用" in desk.page(who)
    assert desk.post(f"{who}/link").status_code == 409
    assert desk.post(f"{who}/reactivate").status_code == 303
    assert desk.post(f"{who}/end-sign-ins").status_code == 303
    assert desk.post(who, name="林望舒", rank="科级", post_type="x" * 41).status_code == 422
    assert desk.post(who, name="林望舒", rank="科级").status_code == 303
    assert [desk.acts(act) for act in ("transfer_person", "deactivate_person", "reactivate_person", "end_sign_ins",
                                       "change_person")] == [1, 1, 1, 1, 1]


def test_roles_are_granted_and_revoked(desk: Desk) -> None:
    me = desk.enter(Role.SECURITY_ADMIN)
    who = f"/people/{desk.inside.id}/roles"
    assert desk.post(who, role="liaison", role_unit=0).status_code == 422
    assert desk.post(who, role="king", role_unit=0).status_code == 422
    assert desk.post(who, role="liaison", role_unit=desk.office.id).status_code == 303
    with desk.app.app_context():
        held = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == desk.inside.id)).one()
        own = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == me.id)).one()
    assert held.unit_id == desk.office.id
    assert desk.post(f"/people/{me.id}/roles/{held.id}/revoke").status_code == 404
    assert desk.post(f"{who}/{held.id}/revoke").status_code == 303
    last = desk.post(f"/people/{me.id}/roles/{own.id}/revoke")
    assert last.status_code == 409
    assert "最后一位安全管理员" in last.get_data(as_text=True)
    assert desk.post(f"/people/{me.id}/deactivate").status_code == 403
    assert (desk.acts("grant_role"), desk.acts("revoke_role")) == (1, 1)


def test_units_are_added_renamed_moved_and_closed(desk: Desk) -> None:
    desk.enter(Role.SYSTEM_ADMIN)
    assert "办公室" in desk.page("/units/new")
    bad = desk.post("/units/new", parent=desk.top.id, name="", code="好")
    assert bad.status_code == 422
    assert "请填写单位名称" in bad.get_data(as_text=True)
    taken = desk.post("/units/new", parent=desk.top.id, name="新科", code=desk.office.code)
    assert "已经是“办公室”的" in taken.get_data(as_text=True)
    assert 'value="新科"' in taken.get_data(as_text=True)
    assert desk.post("/units/new", parent=desk.top.id, name="新科", code="X１").status_code == 303
    with desk.app.app_context():
        new = db.session.scalars(select(Unit).where(Unit.code == "X1")).one()
    assert desk.post(f"/units/{new.id}/move", step="up").status_code == 303
    page = desk.page("/units")
    assert page.index("新科") < page.index("车队")
    assert desk.post(f"/units/{new.id}", name="新处", code="X1").status_code == 303
    assert desk.page(f"/units/{new.id}").count("新处") > 1
    refused = desk.post(f"/units/{desk.office.id}/close")
    assert refused.status_code == 409
    assert "还有 1 人" in refused.get_data(as_text=True)
    assert desk.post(f"/units/{new.id}/close").status_code == 303
    assert "新处" not in desk.page("/units").split("<table")[1]
    assert "新处" in desk.page("/units?closed=1")
    assert desk.post(f"/units/{new.id}/reopen").status_code == 303
    assert [desk.acts(a) for a in ("add_unit", "order_unit", "rename_unit", "close_unit", "reopen_unit")] == [1] * 5


def test_a_person_is_registered_by_hand(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    desk.page("/people/new")
    facts = {"login": "n1", "name": "新人", "unit": desk.office.id, "since": "2026-11-01"}
    assert desk.post("/people/new", **{**facts, "login": "有 空格"}).status_code == 422
    made = desk.post("/people/new", **facts)
    assert made.status_code == 303
    assert "新人" in desk.page(made.location)
    again = desk.post("/people/new", **facts)
    assert again.status_code == 422
    assert "已经登记给 新人" in again.get_data(as_text=True)


def upload(desk: Desk, text: str):  # type: ignore[no-untyped-def]
    return desk.post("/people/import", file=(io.BytesIO(text.encode()), "名册.csv"))


def test_a_roster_is_checked_then_written(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    assert read_rows(desk.client.get("/people/import/template").data, "t.xlsx")[0][0] == "工号"
    desk.page("/people/import")
    assert desk.post("/people/import").status_code == 422
    assert "表头缺少" in upload(desk, "a,b\n1,2\n").get_data(as_text=True)
    sent = upload(desk, f"工号,姓名,单位编码\nq1,新人,{desk.office.code}\n{desk.inside.login},林望舒,{desk.cars.code}\n")
    assert sent.status_code == 303
    trial = desk.page(sent.location)
    assert "办公室 → 车队" in trial
    assert "顾南乔" in trial  # not in the file: listed only
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', trial)
    assert fingerprint
    assert desk.post(sent.location, fingerprint="other").status_code == 409
    assert desk.post(sent.location, fingerprint=fingerprint[1]).status_code == 303
    assert desk.client.get(sent.location).status_code == 404
    assert not list(Path(desk.app.instance_path, "uploads").iterdir())
    with desk.app.app_context():
        where = {m.login: m.unit_name for m in queries.members_on(db.session(), today())}
    assert where["q1"] == "办公室"
    assert where[desk.inside.login] == "车队"
    assert desk.outside.login in where
    assert desk.acts("import_roster") == 1


def test_a_roster_with_faults_is_not_written(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    sent = upload(desk, "工号,姓名,单位编码\nq1,,nowhere\n")
    trial = desk.page(sent.location)
    assert "第 2 行" in trial
    assert "确认写入" not in trial
    assert desk.post(sent.location).status_code == 422
    assert desk.post(f"{sent.location}/drop").status_code == 303
    assert desk.client.get(sent.location).status_code == 404


def test_an_upload_belongs_to_who_sent_it(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    sent = upload(desk, f"工号,姓名,单位编码\nq1,新人,{desk.office.code}\n")
    desk.enter(Role.EXAM_ADMIN)
    assert desk.client.get(sent.location).status_code == 404
    assert desk.post(sent.location).status_code == 404


@pytest.mark.parametrize("address", ["/units", "/people", "/people/new", "/people/import", "/units/new"])
def test_pages_speak_english_too(desk: Desk, address: str) -> None:
    me = desk.enter(Role.SYSTEM_ADMIN)
    desk.page(f"/people/{me.id}")
    desk.post("/language", language="en")
    page = desk.page(address)
    assert '<html lang="en">' in page
    main = re.sub(r"<[^>]*>", "", page.split("<main")[1].split("</main")[0])
    left = set(re.findall("[\u4e00-\u9fff]+", main))
    names = {"清溪市机关事务管理局", "办公室", "车队", "林望舒", "顾南乔", "何静安"}
    columns = {"工号", "姓名", "单位编码", "单位名称", "职务层次", "岗位类别", "党支部"}
    assert left <= names | columns, left - names - columns


ODD = "清溪市名册,,,\n代号,称呼,归口,备注\nq1,新人,办公室,x\n"


def choose(desk: Desk, address: str, *indexes: int):  # type: ignore[no-untyped-def]
    return desk.post(address, **{f"column-{number}": index for number, index in enumerate(indexes)})


def test_columns_are_chosen_once_and_remembered(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    sent = upload(desk, ODD)
    assert sent.location.endswith("/columns")
    page = desk.page(sent.location)
    assert "C 归口（如：办公室）" in page
    trial = sent.location.removesuffix("/columns")
    assert desk.client.get(trial).location == sent.location  # nothing to try before the columns are known
    wrong = choose(desk, sent.location, 0, 0, -1, 2, -1, -1)
    assert wrong.status_code == 422
    assert "选了同一列" in wrong.get_data(as_text=True)
    assert choose(desk, sent.location, 0, 1, -1, -1, -1, -1).status_code == 422
    assert choose(desk, sent.location, 0, 99, -1, 2, -1, -1).status_code == 422
    assert choose(desk, sent.location, 0, 1, -1, 2, -1, -1).location == trial
    shown = desk.page(trial)
    assert "工号（A 列“代号”）、姓名（B 列“称呼”）、单位名称（C 列“归口”）" in shown
    assert "新人" in shown
    # the next file with these headings goes straight to the trial, and so does one of another administrator
    desk.enter(Role.EXAM_ADMIN)
    again = upload(desk, ODD)
    assert again.location.removesuffix("/columns") == again.location
    # and it can be changed: 备注 is the name now
    assert choose(desk, f"{again.location}/columns", 0, 3, -1, 2, -1, -1).status_code == 303
    assert "姓名（D 列“备注”）" in desk.page(again.location)
    assert desk.acts("choose_columns") == 2


def test_a_fault_is_told_with_row_column_and_heading(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    sent = upload(desk, "部门,人员编号,姓名\n没有这个处,q1,新人\n办公室,q 2,新人\n")
    page = desk.page(sent.location)
    assert "第 2 行" in page
    assert "单位名称（A 列“部门”）" in page
    assert "工号（B 列“人员编号”）" in page
    rows = read_rows(desk.client.get(f"{sent.location}/problems").data, "p.xlsx")
    assert [row[:2] for row in rows[1:]] == [["2", "单位名称（A 列“部门”）"], ["3", "工号（B 列“人员编号”）"]]


def fingerprint_of(page: str) -> str:
    found = re.search(r'name="fingerprint" value="(\w+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("everybody", [False, True])
def test_only_the_ticked_leave(desk: Desk, everybody: bool) -> None:
    me = desk.enter(Role.EXAM_ADMIN)
    sent = upload(desk, f"工号,姓名,单位编码\nq1,新人,{desk.office.code}\n")
    trial = desk.page(sent.location)
    assert f'id="leave-{desk.inside.id}"' in trial
    assert f'id="leave-{me.id}"' not in trial  # nobody sends themselves away
    ticks = {"leave_everybody": "1"} if everybody else {"leave": desk.inside.id}
    assert desk.post(sent.location, fingerprint=fingerprint_of(trial), **ticks).status_code == 303
    with desk.app.app_context():
        there = {m.login for m in queries.members_on(db.session(), today())}
    expected = {"q1", me.login} if everybody else {"q1", me.login, desk.outside.login}
    assert there == expected
    assert "离开 2 人" in desk.page("/people") if everybody else "离开 1 人" in desk.page("/people")


def test_who_appeared_since_the_trial_is_not_sent_away_unseen(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    sent = upload(desk, f"工号,姓名,单位编码\nq1,新人,{desk.office.code}\n")
    shown = fingerprint_of(desk.page(sent.location))
    with desk.app.app_context(), db.transaction() as session:
        make_person(session, "后来的人", desk.office)
    answer = desk.post(sent.location, fingerprint=shown, leave_everybody="1")
    assert answer.status_code == 409
    assert "有了变化，没有写入" in answer.get_data(as_text=True)


def test_the_places_of_columns_speak_english(desk: Desk) -> None:
    desk.enter(Role.EXAM_ADMIN)
    desk.post("/language", language="en")
    sent = upload(desk, "部门,人员编号,姓名\n没有这个处,q1,新人\n")
    assert "Unit name (column A, “部门”)" in desk.page(sent.location)
    assert "Work number" in desk.page(f"{sent.location}/columns")
