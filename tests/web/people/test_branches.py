"""The second tree on the pages: the switch, a new branch, and the branch of a person."""

from __future__ import annotations

from datetime import date

import pytest

from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.rules.memberships import PARTY
from tests.builders.people import grant, make_agency, make_person, make_unit, sign_in

pytestmark = pytest.mark.usefixtures("exam_morning")


def test_branches_are_added_joined_left_and_kept_from_liaisons(app, client):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        office = make_unit(session, "办公室", make_agency(session))
        admin = grant(session, make_person(session, "何静安"), Role.SYSTEM_ADMIN)
        liaison = grant(session, make_person(session, "童向安", office), Role.LIAISON, office)
        security = grant(session, make_person(session, "施明远"), Role.SECURITY_ADMIN)
        person_id = make_person(session, "陆文川", office).id
    sign_in(client, admin)
    assert "还没有党支部" in client.get("/units?tree=party").get_data(as_text=True)
    assert "登记党支部" not in client.get(f"/people/{person_id}").get_data(as_text=True)
    assert "最上级" in client.get("/units/new?tree=party").get_data(as_text=True)
    made = client.post("/units/new?tree=party", data={"parent": "0", "name": "机关党委", "code": "P0"})
    assert (made.status_code, made.location) == (303, "/units?tree=party")
    with app.app_context():
        committee = queries.units(db.session(), PARTY)[0].id
    assert client.post("/units/new", data={"parent": "0", "name": "第二个局", "code": "X"}).status_code == 422
    assert client.post("/units/new?tree=party", data={"parent": str(committee), "name": "第一党支部", "code": "P1"}).status_code == 303
    client.get(f"/units/{committee}")
    with app.app_context():
        first = queries.units(db.session(), PARTY)[1].id
    page = client.get(f"/people/{person_id}").get_data(as_text=True)
    assert "没有登记党支部" in page
    joined = client.post(f"/people/{person_id}/party-branch", data={"branch": str(first), "joined_on": "2026-03-01"})
    assert joined.status_code == 303
    page = client.get(f"/people/{person_id}").get_data(as_text=True)
    assert "转到别的党支部" in page
    assert "3 月 1 日起" in page
    tree = client.get("/units?tree=party").get_data(as_text=True)
    assert "第一党支部" in tree
    assert "第一党支部" not in client.get("/units").get_data(as_text=True)
    early = client.post(f"/people/{person_id}/party-branch/leave", data={"out_on": "2026-02-01"})
    assert early.status_code == 422
    assert "早于加入现在党支部的日期" in early.get_data(as_text=True)
    assert client.post(f"/people/{person_id}/party-branch/leave", data={"out_on": "2026-04-01"}).status_code == 303
    with app.app_context(), db.transaction() as session:
        service.join_branch(session, person_id, first, date(2026, 5, 1))

    client.get("/units")  # what was said to the administrator has been read

    sign_in(client, security)
    refused = client.post(f"/people/{person_id}/roles", data={"role": "liaison", "role_unit": str(first)})
    assert refused.status_code == 422

    sign_in(client, liaison)
    for address in ("/units", "/units?tree=party", f"/people/{person_id}"):
        assert "第一党支部" not in client.get(address).get_data(as_text=True)
    assert client.post(f"/people/{person_id}/party-branch", data={"branch": str(first), "joined_on": "2026-05-01"}).status_code == 403
