"""The record as auditors read it, and the command that verifies it."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy import text

from quizapp.audit import queries, service
from quizapp.audit.queries import Filters
from quizapp.db import db
from quizapp.kernel.roles import Role
from tests.builders.people import grant, make_person, sign_in
from tests.page_lint import LintingClient


def reader(app: Flask, client: LintingClient, role: Role = Role.AUDITOR) -> None:
    with app.app_context(), db.transaction() as session:
        person = grant(session, make_person(session), role)
    sign_in(client, person)


def write(app: Flask, count: int = 1, **detail: object) -> None:
    with app.app_context(), db.transaction() as session:
        for number in range(1, count + 1):
            service.record(session, "add_unit", "unit", number, actor="何静安", detail=detail)


def test_the_list_is_paged_and_filtered_by_the_address(app: Flask, client: LintingClient) -> None:
    reader(app, client)
    write(app, 51, name="办公室")
    page = client.get("/audit").get_data(as_text=True)
    assert "新增单位" in page
    assert "第 1 页，共 2 页" in page
    assert 'href="/audit/51"' in page
    assert 'href="/audit/1"' not in page
    assert 'href="/audit/1"' in client.get("/audit?page=2").get_data(as_text=True)
    assert 'href="/audit/7"' in client.get("/audit?object=unit&number=7").get_data(as_text=True)
    assert "没有符合的记录" in client.get("/audit?actor=nobody").get_data(as_text=True)
    assert "没有符合的记录" in client.get("/audit?until=2020-01-01").get_data(as_text=True)


def test_a_date_that_is_none_is_said(app: Flask, client: LintingClient) -> None:
    reader(app, client)
    assert "日期要写成 2026-11-25" in client.get("/audit?since=yesterday").get_data(as_text=True)
    assert "结束日期早于起始日期" in client.get("/audit?since=2026-02-01&until=2026-01-01").get_data(as_text=True)
    assert client.get("/audit?since=0001-01-01&until=9999-12-31").status_code == 200


def test_a_download_is_itself_written_down(app: Flask, client: LintingClient) -> None:
    reader(app, client)
    write(app, 60)
    write(app, name="=1+1")
    file = client.get("/audit?download=csv&action=add_unit")
    lines = file.get_data(as_text=True).splitlines()
    assert len(lines) == 62
    with app.app_context():
        event = queries.page(db.session(), Filters(action="export_audit"), limit=1)[0]
        assert event.detail == {"action": "add_unit", "rows": 61}


def test_one_event(app: Flask, client: LintingClient) -> None:
    reader(app, client)
    write(app, before={"name": "旧名"}, after={"name": "新名"})
    page = client.get("/audit/1").get_data(as_text=True)
    assert "<del>旧名</del>" in page
    assert "<ins>新名</ins>" in page
    assert "这条记录与它的哈希相符" in page
    with app.app_context(), db.transaction() as session:
        session.execute(text("update audit_event set actor = 'x'"))
    assert "这条记录与它的哈希不符" in client.get("/audit/1").get_data(as_text=True)
    assert client.get("/audit/2").status_code == 404
    assert client.get(f"/audit/{2**40}").status_code == 404


def test_verify_says_where_it_breaks(app: Flask) -> None:
    run = app.test_cli_runner()
    from quizapp.audit.cli import audit

    assert run.invoke(audit, ["verify"]).exit_code == 0
    write(app, 3)
    good = run.invoke(audit, ["verify", "--json"])
    answer = json.loads(good.output)
    assert (good.exit_code, answer["events"], answer["first_broken"]) == (0, 3, None)
    assert answer["head"] in run.invoke(audit, ["verify"]).output
    with app.app_context(), db.transaction() as session:
        session.execute(text("update audit_event set object_id = '9' where number = 2"))
    bad = run.invoke(audit, ["verify"])
    assert bad.exit_code == 1
    assert "第 2 条" in bad.output
