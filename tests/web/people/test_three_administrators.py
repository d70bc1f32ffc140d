"""System, security, audit: three people, each with their own work (GB/T 22239), and the first account that begins."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.clock import today
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.models import Person, RoleGrant, SignIn
from tests.builders.people import grant, make_person, make_unit, sign_in
from tests.databases import both_databases
from tests.page_lint import LintingClient
from tests.web.people.test_desks import Desk

PART = "由不同的人担任"


@pytest.fixture
def desk(app: Flask, client: LintingClient) -> Desk:
    return Desk(app, client)


def roles_of(desk: Desk, person: Person) -> set[Role]:
    with desk.app.app_context():
        return queries.roles_of(db.session(), [person.id]).get(person.id, set())


def grant_id(desk: Desk, person: Person, role: Role) -> int:
    with desk.app.app_context():
        return db.session.scalars(
            select(RoleGrant.id).where(RoleGrant.person_id == person.id, RoleGrant.role == role)).one()


def founder(desk: Desk) -> Person:
    """Who began the platform, as `quizapp init` leaves them."""
    with desk.app.app_context(), db.transaction() as session:
        me = service.first_administrator(session, "清溪市", "a1", "何静安", today())
        unit = make_unit(session, "人事处", desk.top)
        service.add_person(session, "a2", "纪安平", unit, today())
    sign_in(desk.client, me)
    return me


@both_databases
def test_the_first_account_begins_with_both_and_is_told_how_to_part_them(desk: Desk) -> None:
    me = founder(desk)
    other = "/people/" + str(person_named(desk, "纪安平").id)
    for page in (desk.page("/people"), desk.page(f"/people/{me.id}")):
        assert PART in page
        assert "系统管理员、安全管理员" in page
    assert PART not in desk.page(other)
    # neither can be lost, so the other person comes first
    last = desk.post(f"/people/{me.id}/roles/{grant_id(desk, me, Role.SECURITY_ADMIN)}/revoke")
    assert (last.status_code, "最后一位安全管理员" in last.get_data(as_text=True)) == (409, True)
    assert desk.post(f"{other}/roles", role="security_admin", role_unit=0).status_code == 303
    assert PART in desk.page("/people")
    own = grant_id(desk, me, Role.SECURITY_ADMIN)
    assert desk.post(f"/people/{me.id}/roles/{own}/revoke").status_code == 303
    assert roles_of(desk, me) == {Role.SYSTEM_ADMIN, Role.EXAM_ADMIN}
    assert PART not in desk.page("/people")
    assert desk.post(f"/people/{me.id}/roles", role="editor", role_unit=0).status_code == 403


def person_named(desk: Desk, name: str) -> Person:
    with desk.app.app_context():
        return db.session.scalars(select(Person).where(Person.name == name)).one()


@both_databases
def test_roles_of_two_people_are_refused_with_a_sentence(desk: Desk) -> None:
    desk.enter(Role.SECURITY_ADMIN)
    for language, sentence in (("zh", "不能是同一个人，没有授予"), ("en", "One person cannot be both")):
        desk.post("/language", language=language)
        for held, asked in ((Role.SYSTEM_ADMIN, "security_admin"), (Role.SYSTEM_ADMIN, "auditor"),
                            (Role.SECURITY_ADMIN, "auditor"), (Role.AUDITOR, "exam_admin")):
            with desk.app.app_context(), db.transaction() as session:
                person = grant(session, make_person(session), held)
            refused = desk.post(f"/people/{person.id}/roles", role=asked, role_unit=0)
            assert refused.status_code == 409
            assert sentence in refused.get_data(as_text=True)
            assert roles_of(desk, person) == {held}
    assert desk.acts("grant_role") == 0


def test_the_last_of_each_stays_in_post(desk: Desk) -> None:
    """Whoever would be the last cannot be deactivated, leave, or lose the role."""
    desk.enter(Role.SYSTEM_ADMIN)
    with desk.app.app_context(), db.transaction() as session:
        security = grant(session, make_person(session, "纪安平", desk.office), Role.SECURITY_ADMIN)
    gone = desk.post(f"/people/{security.id}/leave", ending="left", left_on=today().isoformat())
    assert (gone.status_code, "最后一位安全管理员" in gone.get_data(as_text=True)) == (409, True)
    system = person_with(desk, Role.SYSTEM_ADMIN)
    sign_in(desk.client, security)
    for act in (f"/people/{system.id}/deactivate", f"/people/{system.id}/roles/{grant_id(desk, system, Role.SYSTEM_ADMIN)}/revoke"):
        refused = desk.post(act)
        assert (refused.status_code, "最后一位系统管理员" in refused.get_data(as_text=True)) == (409, True)


def person_with(desk: Desk, role: Role) -> Person:
    with desk.app.app_context():
        return db.session.scalars(select(Person).join(RoleGrant).where(RoleGrant.role == role)).one()


def test_accounts_of_holders_of_a_role_are_the_security_administrators(desk: Desk) -> None:
    """By every act on an account: system administrators reach liaisons and no higher, and change data of all."""
    with desk.app.app_context(), db.transaction() as session:
        above = grant(session, make_person(session, "上级", desk.office), Role.REVIEWER)
        service.set_password(session, above, "读过的条文用在每一次履职里")
        service.open_session(session, above, "127.0.0.1", "test")
    who, acts = f"/people/{above.id}", ("link", "code", "end-sign-ins", "deactivate", "reactivate")
    me = desk.enter(Role.SYSTEM_ADMIN)
    assert {desk.post(f"{who}/{act}").status_code for act in acts} == {403}
    assert desk.post(who, name="上级", rank="处级", post_type="").status_code == 303
    page = desk.page(who)
    assert "账号由安全管理员办理" in page
    assert not [act for act in acts if f'action="{who}/{act}"' in page]
    assert f'action="{who}/roles"' not in page
    assert desk.post(f"/people/{desk.inside.id}/link").status_code == 303
    security = desk.enter(Role.SECURITY_ADMIN)
    assert {desk.post(f"{who}/{act}").status_code for act in ("link", "code", "end-sign-ins")} == {303}
    with desk.app.app_context():
        assert db.session.scalars(select(SignIn).where(SignIn.person_id == above.id, SignIn.ended_at.is_(None))).all() == []
    assert {desk.post(f"{who}/{act}").status_code for act in ("deactivate", "reactivate")} == {303}
    assert desk.post(f"{who}/roles", role="editor", role_unit=0).status_code == 303
    # not themselves, not who holds no role, and nothing but the account
    assert desk.post(f"/people/{security.id}/link").status_code == desk.post(f"/people/{security.id}/code").status_code == 403
    assert desk.post(f"/people/{desk.inside.id}/link").status_code == 403
    assert "由联络员、考试管理员或者系统管理员发" in desk.page(f"/people/{desk.inside.id}")
    assert desk.post(who, name="别的名字", rank="", post_type="").status_code == 403
    assert "基本信息" not in desk.page(who)
    assert me.id != security.id


def test_each_of_the_three_lands_on_their_own_work(app: Flask) -> None:
    def lands(role: Role) -> str:
        with app.app_context(), db.transaction() as session:
            person = grant(session, make_person(session), role)
        browser = app.test_client()
        sign_in(browser, person)
        return str(browser.get("/").location)

    assert [lands(role) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)] == ["/units", "/people", "/audit"]


def test_who_holds_a_role_can_be_listed(desk: Desk) -> None:
    desk.enter(Role.SECURITY_ADMIN, None)
    page = desk.page("/people?status=roles")
    assert "何静安" in page
    assert "林望舒" not in page
    assert "还没有设密码的人" not in page  # links in bulk are not theirs
