"""The pages and files of reports through a client, as administrator, liaison and stranger."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event, select

from quizapp.audit.models import AuditEvent
from quizapp.cli import main
from quizapp.db import db
from quizapp.exams.models import RosterUnit
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from quizapp.reports.figures import MEASURES
from tests.builders.people import grant, make_person, sign_in
from tests.builders.results import OPENS, make_bureau, make_sitting
from tests.databases import both_databases
from tests.page_lint import LintingClient

SIGNING_IN = ("sign_in", "role_grant", "membership")


@dataclass
class World:
    first: int
    make_up: int
    admin: Person
    liaison: Person
    left: int
    right: int


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context(), db.transaction() as session:
        bureau = make_bureau(session)
        first = make_sitting(session)
        bureau.put_in_exam(first, mean=68, absence=0.08)
        make_up = make_sitting(session, "补考", make_up_of_id=first.id, opens_at=OPENS + timedelta(days=20),
                               closes_at=OPENS + timedelta(days=21))
        bureau.put_in_make_up(make_up, first, mean=64)
        named = {unit.name: unit for unit in bureau.units}
        left, right = named["公务用车服务中心"], named["机关服务中心"]
        admin = grant(session, bureau.members[named["办公室"].id][0], Role.EXAM_ADMIN)
        liaison = grant(session, bureau.members[left.id][0], Role.LIAISON, left)
        return World(first.id, make_up.id, admin, liaison, left.id, right.id)


@pytest.fixture
def admin(client: LintingClient, world: World) -> LintingClient:
    sign_in(client, world.admin)
    return client


@pytest.fixture
def liaison(client: LintingClient, world: World) -> LintingClient:
    sign_in(client, world.liaison)
    return client


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What reaches the database inside the block, without what every request does for its sign-in."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT") and not any(f"FROM {table}" in statement for table in SIGNING_IN):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def text_of(page: str) -> str:
    return " ".join(lxml.html.fromstring(page).text_content().split())


@both_databases
def test_the_exam_page_asks_the_database_eleven_times_at_most(app: Flask, admin: LintingClient, world: World) -> None:
    with statements(app) as seen:
        assert admin.get(f"/reports/exams/{world.first}").status_code == 200
    # four of them count what waits, for the navigation
    assert 1 <= len(seen) <= 11, "\n".join(seen)


def total_line(page: str) -> dict[str, str]:
    row = lxml.html.fromstring(page).xpath("//table[contains(@class,'unit-table')]//tr[contains(@class,'sum')]")[0]
    return {cell.get("data-label"): cell.xpath("string(.//span[@class='rate']/span/text() | text() | a/text())").strip()
            for cell in row.findall("td")}


@both_databases
@pytest.mark.parametrize("scope", ["all", "first"])
def test_page_excel_csv_and_json_say_the_same(app: Flask, admin: LintingClient, world: World, scope: str) -> None:
    address = f"/reports/exams/{world.first}"
    on_page = total_line(admin.get(f"{address}?scope={scope}").get_data(as_text=True))
    as_json = json.loads(admin.get(f"{address}/export.json?scope={scope}").data)
    as_csv = list(csv.reader(io.StringIO(admin.get(f"{address}/export.csv?scope={scope}").data.decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(admin.get(f"{address}/export.xlsx?scope={scope}").data))
    top = as_json["rows"][0]
    assert on_page["应考"] == str(top["expected"])
    assert on_page["未考"] == str(top["expected"] - top["sat"])
    assert on_page["合格率（应考）"] == f"{top['pass_rate_of_expected']:.2f}%"
    assert on_page["合格率（实考）"] == f"{top['pass_rate_of_sat']:.2f}%"
    assert on_page["平均分"] == f"{top['mean']:.1f}"

    head, sheet = as_csv[0], book["各单位"]
    excel = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [cell.replace("）", "，%）") if "÷" in cell else cell for cell in excel[0]] == head
    assert head[9:13] == ["参考率（实考 ÷ 应考，%）", "合格率（合格 ÷ 应考，%）", "合格率（合格 ÷ 实考，%）",
                          "优秀率（优秀 ÷ 实考，%）"]
    assert len(as_csv) - 1 == len(excel) - 2 == len(as_json["rows"])
    for line, cells, row in zip(as_csv[1:], excel[2:], as_json["rows"], strict=True):
        assert line[:2] == cells[:2] == [row["unit"], " / ".join(row["path"])]
        numbers = [row[k] for k in ("expected", "excused", "deferred", "sat")]
        assert [int(value) for value in line[2:6]] == cells[2:6] == numbers
        assert [int(value) for value in line[7:9]] == cells[7:9] == [row["passed"], row["excellent"]]
        rates = [row[k] for k in ("participation_rate", "pass_rate_of_expected", "pass_rate_of_sat",
                                  "excellence_rate_of_sat")]
        assert [float(value) if value else None for value in line[9:13]] == rates
        assert [None if value is None else round(value * 100, 2) for value in cells[9:13]] == rates
        means = [row["mean"], row["median"]]
        assert [float(value) if value else None for value in line[13:15]] == cells[13:15] == means
    assert {cell.number_format for cell in sheet[6][9:13]} == {"0.00%"}
    assert sheet.freeze_panes == "B5"
    assert book["人员明细"].max_row - 4 == top["expected"] + top["excused"] + top["deferred"]
    assert str(book["汇总"]["A1"].value) == "2026 年上半年学法用法线上考试"
    assert "2026-06-01" in book["汇总"]["A2"].value


def test_the_workbook_defines_every_figure_and_says_why_one_is_missing(admin: LintingClient, world: World) -> None:
    address = f"/reports/exams/{world.first}/export.xlsx"
    book = load_workbook(io.BytesIO(admin.get(address).data))
    summary = {(row[0].value, row[4].value or ""): row for row in book["汇总"].iter_rows(min_row=5)}
    defined = {row[0].value: row[1].value for row in book["口径说明"].iter_rows(min_row=5)}
    for figure in MEASURES:
        assert (figure.name, figure.base) in summary, figure.code
        assert figure.source in defined[figure.head], figure.code
    assert summary["参学率", "达到学习要求 ÷ 应学"][1].value == "没有记录"
    rate = summary["完成率", "已出成绩 ÷ 应考"]
    assert rate[1].value == pytest.approx(rate[2].value / rate[3].value, abs=5e-5)
    nobody = load_workbook(io.BytesIO(admin.get(f"{address}?rank=没有").data))["汇总"]
    assert {row[1].value for row in nobody.iter_rows(min_row=5) if row[4].value and "÷" in row[4].value} == {"没有基数，不计算", "没有记录"}


def test_a_name_that_looks_like_a_formula_stays_a_text(app: Flask, admin: LintingClient, world: World) -> None:
    with app.app_context(), db.transaction() as session:
        unit = session.scalars(select(RosterUnit).where(RosterUnit.name == "机关工会")).first()
        assert unit is not None
        unit.name = "=1+1"
        exam_id = unit.exam_id
        session.scalars(select(Person).limit(1)).one().name = "@SUM(A1)\x01"
    address = f"/reports/exams/{exam_id}"
    assert "'=1+1" in admin.get(f"{address}/export.csv").data.decode()
    book = load_workbook(io.BytesIO(admin.get(f"{address}/export.xlsx").data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert {"'=1+1", "'@SUM(A1)"} <= {cell.value for cell in cells}


def test_json_has_the_agreed_shape_with_parents_before_children(admin: LintingClient, world: World) -> None:
    found = json.loads(admin.get(f"/reports/exams/{world.first}/export.json").data)
    assert list(found) == ["exam", "as_of", "rows"]
    assert list(found["rows"][0]) == [
        "unit", "path", "expected", "excused", "deferred", "sat", "passed", "excellent", "participation_rate",
        "pass_rate_of_expected", "pass_rate_of_sat", "excellence_rate_of_sat", "mean", "median",
    ]
    paths = [tuple(row["path"]) for row in found["rows"]]
    for place, path in enumerate(paths):
        assert len(path) == 1 or path[:-1] in paths[:place]


@both_databases
def test_every_figure_of_the_unit_table_leads_to_that_many_names(admin: LintingClient, world: World) -> None:
    page = lxml.html.fromstring(admin.get(f"/reports/exams/{world.first}").get_data(as_text=True))
    links = page.xpath("//table[contains(@class,'unit-table')]//td[contains(@class,'n')]/a")
    assert len(links) > 40
    for link in links[::7]:
        names = admin.get(link.get("href")).get_data(as_text=True)
        assert f"共 {link.text.replace(',', '')} 行" in names, link.get("href")


@both_databases
def test_a_liaison_sees_nothing_of_other_units(app: Flask, liaison: LintingClient, world: World) -> None:
    address = f"/reports/exams/{world.first}"
    page = liaison.get(address).get_data(as_text=True)
    assert "运行保障一队" in page
    for other in ("机关服务中心", "餐饮服务科", "清溪市机关事务管理局<"):
        assert other not in page
    for kind in ("csv", "json"):
        exported = liaison.get(f"{address}/export.{kind}").data.decode()
        assert "餐饮服务科" not in exported
        assert "运行保障一队" in exported
    book = load_workbook(io.BytesIO(liaison.get(f"{address}/export.xlsx").data))
    units = {row[2].value for row in book["人员明细"].iter_rows(min_row=5)}
    assert units == {"公务用车服务中心", "运行保障一队", "运行保障二队", "综合调度科"}
    for path in ("", "/people", "/export.json", "/export.xlsx"):
        assert liaison.get(f"{address}{path}?unit={world.right}").status_code == 404
        assert liaison.get(f"{address}{path}?unit={world.right}-own").status_code == 404
        assert liaison.get(f"{address}{path}?unit={world.left}").status_code == 200
    names = liaison.get(f"{address}/people?measure=expected&download=csv").data.decode()
    assert "餐饮服务科" not in names
    assert "餐饮服务科" not in liaison.get("/reports/2026/not-yet").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/reports", "/reports/2026", "/reports/2026/not-yet", "/reports/exams/{id}",
                                  "/reports/exams/{id}/people", "/reports/exams/{id}/export.csv"])
def test_candidates_and_strangers_stay_outside(app: Flask, client: LintingClient, world: World, path: str) -> None:
    address = path.format(id=world.first)
    assert client.get(address).status_code == 303
    with app.app_context(), db.transaction() as session:
        nobody = make_person(session)
    sign_in(client, nobody)
    assert client.get(address).status_code == 403


def test_small_units_are_one_line_and_every_unit_is_in_the_files(admin: LintingClient, world: World) -> None:
    page = text_of(admin.get(f"/reports/exams/{world.first}").get_data(as_text=True))
    assert re.search(r"不足 5 人的单位（\d 个）", page)
    assert "机关工会" in admin.get(f"/reports/exams/{world.first}/export.csv").data.decode()


def test_filters_go_through_the_address(admin: LintingClient, world: World) -> None:
    answer = admin.get(f"/reports/exams?exam={world.first}&from={world.first}&rank=科级&unit={world.left}")
    assert answer.status_code == 303
    page = admin.get(answer.location).get_data(as_text=True)
    assert "清除筛选" in page
    other = admin.get(f"/reports/exams?exam={world.make_up}&from={world.first}&unit={world.left}")
    assert other.location.endswith(f"/reports/exams/{world.make_up}")
    assert "这是一场补考" in admin.get(other.location).get_data(as_text=True)
    assert "没有符合的人" in admin.get(f"/reports/exams/{world.first}?rank=没有").get_data(as_text=True)
    assert "没有到线的" in admin.get(f"/reports/exams/{world.first}?show=low").get_data(as_text=True)


def test_the_ledger_says_what_was_reached(admin: LintingClient, world: World) -> None:
    assert admin.get("/reports").location == "/reports/2026"
    page = text_of(admin.get("/reports/2026").get_data(as_text=True))
    for words in ("2026 年学法考试台账", "计划与完成", "补考，已并入上一行", "组织学法用法考试 1 次", "以应考人次为基数"):
        assert words in page


def test_without_an_exam_the_page_says_what_to_do(app: Flask, client: LintingClient) -> None:
    with app.app_context(), db.transaction() as session:
        admin = grant(session, make_person(session), Role.EXAM_ADMIN)
    sign_in(client, admin)
    assert "新建考试" in client.get("/reports").get_data(as_text=True)
    assert "新建考试" in client.get("/reports/2030").get_data(as_text=True)


def test_unknown_exams_units_and_lists_are_not_found(admin: LintingClient, world: World) -> None:
    for path in ("999", f"{world.first}?unit=999", f"{world.first}?unit=abc", f"{world.first}/people?measure=all"):
        assert admin.get(f"/reports/exams/{path}").status_code == 404
    assert admin.get(f"/reports/exams/{world.first}/export.pdf").status_code == 404


def test_names_that_leave_the_house_are_on_record(app: Flask, admin: LintingClient, world: World) -> None:
    admin.get(f"/reports/exams/{world.first}/export.xlsx")
    admin.get(f"/reports/exams/{world.first}/people?measure=absent&download=csv")
    with app.app_context():
        actions = list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)))
    assert actions == ["export_report", "download_names"]


def test_all_pages_speak_english(admin: LintingClient, world: World) -> None:
    with admin.session_transaction() as cookie:
        cookie["language"] = "en"
    for path in ("2026", f"exams/{world.first}", f"exams/{world.make_up}", f"exams/{world.first}/people", "2026/not-yet"):
        page = lxml.html.fromstring(admin.get(f"/reports/{path}").get_data(as_text=True))
        said = " ".join(page.xpath("//main//h1/text() | //main//h2/text() | //main//dt//text() | //main//thead//text()"
                                   " | //main//p[@class='fine' or @class='hint']/text() | //main//label/text()"))
        own = said.replace("2026 年上半年学法用法线上考试", "").replace("补考", "")
        assert not re.findall(r"[一-鿿]+", own), own


def test_the_command_exports_by_number_and_title(app: Flask, world: World, tmp_path: Any,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    runner = app.test_cli_runner()
    by_number = runner.invoke(main.commands["results"], ["export", str(world.first), "--format", "json"])
    assert by_number.exit_code == 0, by_number.output
    found = json.loads(by_number.output)
    by_title = runner.invoke(main.commands["results"], ["export", found["exam"], "--format", "csv"])
    lines = list(csv.reader(io.StringIO(by_title.output.lstrip("\ufeff"))))
    assert int(lines[1][2]) == found["rows"][0]["expected"]
    target = tmp_path / "out.xlsx"
    written = runner.invoke(main.commands["results"],
                            ["export", str(world.first), "--format", "xlsx", "--output", str(target)])
    assert written.exit_code == 0, written.output
    assert load_workbook(target).sheetnames == ["汇总", "各单位", "人员明细", "口径说明"]
    assert runner.invoke(main.commands["results"], ["export", str(world.first), "--format", "xlsx"]).exit_code == 2
    unknown = runner.invoke(main.commands["results"], ["export", "没有这场"])
    assert unknown.exit_code == 1
    assert "没有这场" in str(unknown.exception)
