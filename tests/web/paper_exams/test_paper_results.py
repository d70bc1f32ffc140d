"""Handing in the results of an exam on paper, in the browser and at the terminal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook
from werkzeug.test import TestResponse

from quizapp import clock
from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.paper_exams import queries
from quizapp.paper_exams.cli import import_results
from quizapp.paper_exams.rules import COLUMNS
from tests.builders.exams import enrol
from tests.builders.people import grant, make_person, sign_in
from tests.builders.results import make_sitting
from tests.page_lint import LintingClient

ADDRESS = "/exams/1/paper-results"
Upload = Callable[..., TestResponse]


@pytest.fixture
def admin(app: Flask, client: LintingClient) -> LintingClient:
    app.config["WTF_CSRF_ENABLED"] = False
    opened = clock.now() - timedelta(days=2)
    with app.app_context(), db.transaction() as session:
        person = grant(session, make_person(session, "何静安"), Role.EXAM_ADMIN)
        exam = make_sitting(session, "部门集中考法", kind="paper", opens_at=opened, closes_at=opened + timedelta(hours=2))
        for login, name in (("0017", "沈砚秋"), ("0018", "陆明远")):
            enrol(session, exam, make_person(session, name, login=login))
        enrol(session, exam, make_person(session, "顾怀宁", login="0019"), "excused", "长期病假")
    sign_in(client, person)
    return client


def as_csv(*lines: tuple[str, ...]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([COLUMNS, *lines])
    return buffer.getvalue().encode("gb18030")


def as_xlsx(*lines: tuple[str | float, ...]) -> bytes:
    workbook = Workbook()
    for line in (COLUMNS, *lines):
        workbook.worksheets[0].append(line)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def upload(admin: LintingClient) -> Upload:
    def send(name: str, content: bytes) -> TestResponse:
        return admin.post(ADDRESS, data={"file": (io.BytesIO(content), name)})

    return send


def scores(app: Flask) -> list[float | None]:
    with app.app_context():
        people = queries.candidates(db.session(), 1)
    return [None if one.score is None else float(one.score) for one in sorted(people, key=lambda one: one.login)]


GOOD = as_csv(("0017", "沈砚秋", "", "87.5", ""), ("0018", "陆明远", "", "缺考", ""))


def kept(page: TestResponse) -> str:
    found = re.search(rf'action="({ADDRESS}/[0-9a-f-]+)"', page.text)
    assert found is not None
    return found[1]


def test_from_template_to_ledger(admin: LintingClient, upload: Upload, app: Flask) -> None:
    assert "应考 2 人，已登记成绩 0 人，满分 100 分" in admin.get(ADDRESS).text
    sheet = admin.get(f"{ADDRESS}/template")
    assert sheet.status_code == 200
    assert sheet.data.startswith(b"PK")
    page = upload("成绩.csv", GOOD)
    assert page.status_code == 200
    assert "表里没有错误，还没有写入" in page.text
    assert scores(app) == [None, None, None]
    done = admin.post(kept(page), data={"file": "成绩.csv"}, follow_redirects=True)
    assert "已写入 1 人的成绩" in done.text
    assert "已登记成绩 1 人" in done.text
    assert scores(app) == [87.5, None, None]
    with app.app_context():
        event = db.session().query(AuditEvent).filter_by(action="import_paper_results").one()
    assert event.detail["file"] == "成绩.csv"
    assert event.detail["changes"]["0017"] == {"before": None, "after": "87.5"}


def test_a_confirmed_sheet_is_gone(admin: LintingClient, upload: Upload) -> None:
    address = kept(upload("成绩.csv", GOOD))
    assert admin.post(address).status_code == 303
    again = admin.post(address)
    assert again.status_code == 404
    assert "已经写入" in again.text


def test_nobody_else_can_confirm_a_sheet(admin: LintingClient, upload: Upload, app: Flask) -> None:
    address = kept(upload("成绩.csv", GOOD))
    with app.app_context(), db.transaction() as session:
        other = grant(session, make_person(session, "许文博"), Role.EXAM_ADMIN)
    sign_in(admin, other)
    assert admin.post(address).status_code == 404
    assert scores(app) == [None, None, None]


def test_a_workbook_with_numbers(admin: LintingClient, upload: Upload, app: Flask) -> None:
    page = upload("成绩.xlsx", as_xlsx(("0017", "沈砚秋", "", 90, ""), ("0018", "陆明远", "", 75.25, "")))
    admin.post(kept(page))
    assert scores(app) == [90, 75.25, None]


def test_changes_and_withdrawals_are_shown_with_what_was(admin: LintingClient, upload: Upload, app: Flask) -> None:
    admin.post(kept(upload("成绩.csv", as_csv(("0017", "", "", "87.5"), ("0018", "", "", "60")))))
    page = upload("成绩.csv", as_csv(("0017", "", "", "88"), ("0018", "", "", "缺考")))
    assert "更正" in page.text
    assert "撤回" in page.text
    assert "87.5" in page.text
    admin.post(kept(page))
    assert scores(app) == [88, None, None]
    assert "没有要写入的变动" in upload("成绩.csv", as_csv(("0017", "", "", "88"))).text


def test_every_wrong_cell_is_listed_and_nothing_is_kept(upload: Upload, app: Flask) -> None:
    page = upload("成绩.csv", as_csv(
        ("0017", "陆明远", "", "80"), ("0018", "陆明远", "", "101"), ("0019", "顾怀宁", "", "80"), ("7", "甲", "", "1"),
        ("0018", "陆明远", "", "9"),
    ))
    assert page.status_code == 422
    assert "有 5 处要改正，什么都没有写入" in page.text
    for said in ("第 2 行", "核对是否串行", "0 到 100 之间", "是免考", "名单里没有这个工号", "与第 3 行重复"):
        assert said in page.text
    assert "确认写入" not in page.text
    assert not list(Path(app.instance_path).glob("uploads/paper-results/*/*"))


@pytest.mark.parametrize(("name", "content", "said"), [
    ("empty.xlsx", b"", "是空的"),
    ("broken.xlsx", b"PK\x03\x04nonsense", "打不开"),
    ("broken.xls", b"\xd0\xcf\x11\xe0nonsense", "打不开"),
    ("picture.png", b"\x89PNG\r\n\x00\x00", ""),
    ("other.csv", "甲,乙\n1,2\n".encode(), "没有“工号”这个表头"),
    ("head.csv", "工号,成绩\n".encode(), "表里没有成绩"),
])
def test_a_file_that_is_no_sheet_of_results(upload: Upload, name: str, content: bytes, said: str) -> None:
    page = upload(name, content)
    assert page.status_code == 422
    assert "有需要改正的地方" in page.text
    assert said in page.text
    assert 'type="file"' in page.text


def test_no_file_chosen(admin: LintingClient) -> None:
    page = admin.post(ADDRESS, data={})
    assert page.status_code == 422
    assert "请选择文件" in page.text


def test_an_online_exam_takes_no_sheet(admin: LintingClient, upload: Upload, app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        make_sitting(session, "线上", kind="online")
    assert "这是线上考试" in admin.get("/exams/2/paper-results").text
    assert admin.post("/exams/2/paper-results", data={"file": (io.BytesIO(GOOD), "a.csv")}).status_code == 409
    assert admin.get("/exams/2/paper-results/template").status_code == 409


@pytest.mark.parametrize("address", ["/exams/9/paper-results", "/exams/99999999999/paper-results"])
def test_an_exam_that_is_not_there(admin: LintingClient, address: str) -> None:
    assert admin.get(address).status_code == 404


def test_in_english(admin: LintingClient, upload: Upload) -> None:
    with admin.session_transaction() as cookie:
        cookie["language"] = "en"
    assert "Download the sheet" in admin.get(ADDRESS).text
    assert "1 cells to correct" in upload("a.csv", as_csv(("0017", "", "", "101"))).text
    assert "Write the results of 1 people" in upload("a.csv", GOOD).text


def test_at_the_terminal(admin: LintingClient, app: Flask, tmp_path: Path) -> None:
    sheet = tmp_path / "scores.csv"
    sheet.write_bytes(GOOD)
    runner = app.test_cli_runner()
    trial = runner.invoke(import_results, ["1", str(sheet), "--dry-run", "--json"])
    assert trial.exit_code == 0
    assert json.loads(trial.output)["new"] == 1
    assert scores(app) == [None, None, None]
    done = runner.invoke(import_results, ["1", str(sheet)])
    assert "新增 1 人" in done.output
    assert scores(app) == [87.5, None, None]
    sheet.write_bytes(as_csv(("0017", "", "", "优")))
    wrong = runner.invoke(import_results, ["1", str(sheet)])
    assert wrong.exit_code == 1
    assert "第 2 行“成绩”" in wrong.output
