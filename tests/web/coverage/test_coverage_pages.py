"""The laws of a year in a browser: the filter in the address, down to an article, files, and what a liaison may see."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import unquote

import lxml.html
import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people.models import Unit
from tests.builders.coverage import CIVIL, ENERGY, FORMULA, Covered, make_covered, make_plan
from tests.builders.people import grant, make_person, sign_in
from tests.page_lint import LintingClient


@pytest.fixture
def place(app: Flask) -> Covered:
    with app.app_context(), db.transaction() as session:
        made = make_covered(session)
        make_plan(session)
    return made


def browser(app: Flask, role: Role, unit: int | None = None) -> LintingClient:
    with app.app_context(), db.transaction() as session:
        person = grant(session, make_person(session, "何静安"), role, session.get_one(Unit, unit) if unit else None)
    client = app.test_client()
    assert isinstance(client, LintingClient)
    sign_in(client, person)
    return client


def text(client: LintingClient, address: str) -> str:
    return re.sub(r"\s+", "", lxml.html.document_fromstring(client.get(address).get_data(as_text=True)).text_content())


def test_from_the_year_to_an_article(app: Flask, place: Covered) -> None:
    client = browser(app, Role.EXAM_ADMIN)
    page = text(client, "/coverage?year=2026")
    assert "2027年计划建议" in page
    assert "《民法典》第一千一百九十八条：作答14人次，答错64.29%（95%置信区间38.76%–83.66%）；题库只有1题，先补题再考。" in page
    assert "《行政处罚法》：列入2026年学习内容，题库没有题，考不了；先补题。" in page
    assert "没有得满分15÷作答34人次" not in page, "the whole counts each question once"
    assert "没有得满分14÷作答34人次" in page
    assert "连同题库里的另外1部都列出来" not in page, "its subject is in the plan"
    law = client.get("/coverage?year=2026").get_data(as_text=True)
    [link] = [a for a in lxml.html.document_fromstring(law).iterlinks() if f"law={CIVIL}" in unquote(a[2]) and "/coverage/law" in a[2]]
    page = text(client, link[2])
    assert "《民法典》2026年覆盖情况" in page
    assert "当年计划点名学习" in page
    page = text(client, f"/coverage/article?law={CIVIL}&article=1198&year=2026")
    assert page.count("为保护少数人，不显示") == 2, "two people there, and who would give them away"
    assert "办公室答错：33.33%6人次" in text(client, f"/coverage/article?law={ENERGY}&article=12&year=2026")
    assert "引用这一条的题" in page
    assert "constitution-" in page
    assert client.get(f"/coverage/article?law={CIVIL}&article=9999&year=2026").status_code == 404
    assert client.get("/coverage/law?law=没有的法&year=2026").status_code == 404


def test_the_filter_is_in_the_address(app: Flask, place: Covered) -> None:
    client = browser(app, Role.AUDITOR)
    page = text(client, f"/coverage?year=2026&unit={place.section}")
    assert "没有得满分2÷作答6人次" in page
    page = text(client, "/coverage?year=2026&rank=处级")
    assert "没有得满分5÷作答12人次" in page
    page = text(client, "/coverage?year=2026&post_type=行政执法")
    assert "没有得满分12÷作答24人次" in page
    html = lxml.html.document_fromstring(client.get("/coverage?year=2026&post_type=行政执法&rank=没有的").get_data(as_text=True))
    assert html.xpath("//select[@name='post_type']/option[@selected]/text()") == ["行政执法"]
    assert html.xpath("//select[@name='rank']/option[@selected]/text()") == ["没有的"], "what the address asks is what the form says"
    assert html.xpath("//form[contains(@class,'coverage-filters')]//a[text()='清除筛选']")
    links = [unquote(a[2]) for a in lxml.html.document_fromstring(client.get("/coverage?year=2026&post_type=行政执法").get_data(as_text=True)).iterlinks()]
    assert all("post_type=行政执法" in one for one in links if "/coverage/law" in one)
    assert "没有作答，或者人数太少" in text(client, f"/coverage?year=2026&unit={place.elsewhere}"), "two people"
    assert "民法典" not in text(client, "/coverage/law?year=2026&law=节约能源法").replace("民法典》", "")
    assert "引用这一条的题" not in text(client, f"/coverage/article?year=2026&law={ENERGY}&article=12"), "an auditor sees no items"
    assert "还没有可以统计的考试" in text(client, "/coverage?year=1999")


def test_a_liaison_sees_the_own_units_and_no_items(app: Flask, place: Covered) -> None:
    client = browser(app, Role.LIAISON, place.office)
    page = text(client, "/coverage?year=2026")
    assert "机关幼儿园" not in page
    assert "没有得满分14÷作答30人次" in page
    assert client.get(f"/coverage?year=2026&unit={place.elsewhere}").status_code == 404
    page = text(client, f"/coverage/article?year=2026&law={ENERGY}&article=12")
    assert "机关幼儿园" not in page
    assert "constitution-" not in page


def test_the_files_hold_the_numbers_and_run_nothing(app: Flask, place: Covered) -> None:
    client = browser(app, Role.EXAM_ADMIN)
    answer = client.get("/coverage?year=2026&show=all&download=csv")
    rows = {row[0]: row for row in csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))}
    assert "'" + FORMULA in rows
    assert FORMULA not in rows
    assert rows[CIVIL][-3:-1] == ["28", "42.86"], "16 of 28 right, each question of a paper once"
    head = rows["法律"]
    assert head[-2] == "答错（没有得满分 ÷ 作答）"
    sheet = load_workbook(io.BytesIO(client.get("/coverage?year=2026&show=all&download=xlsx").get_data())).worksheets[0]
    cells = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows()}
    assert str(cells[CIVIL][-3]) == rows[CIVIL][-3]
    with app.app_context():
        acts = db.session().scalars(select(AuditEvent.detail).where(AuditEvent.action == "export_coverage")).all()
    assert [act["filters"] for act in acts] == [{"year": "2026", "show": "all", "download": kind} for kind in ("csv", "xlsx")]


def test_before_there_is_anything(app: Flask) -> None:
    assert "还没有考试和计划" in text(browser(app, Role.EXAM_ADMIN), "/coverage")
