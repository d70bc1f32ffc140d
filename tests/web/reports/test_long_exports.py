"""A workbook too long to wait for: asked for on the page, written by a job, fetched by whoever asked."""

from __future__ import annotations

import io
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import delete, func, select, update

from quizapp.audit.models import AuditEvent
from quizapp.cli import main
from quizapp.clock import now
from quizapp.db import db
from quizapp.jobs import queries as jobs_queries
from quizapp.jobs import service as jobs
from quizapp.jobs.models import Job
from quizapp.jobs.rules import CHORES
from quizapp.kernel.roles import Role
from quizapp.people.models import Person, RoleGrant
from quizapp.reports import exports, tasks
from tests.builders.people import grant, make_person, sign_in
from tests.builders.results import make_bureau, make_sitting
from tests.databases import both_databases
from tests.page_lint import LintingClient


@dataclass
class World:
    exam: int
    admin: Person
    liaison: Person


@pytest.fixture
def world(app: Flask, exam_morning: Any) -> World:
    """About 300 people on one roster, at a moment that stands still."""
    with app.app_context(), db.transaction() as session:
        bureau = make_bureau(session)
        exam = make_sitting(session)
        bureau.put_in_exam(exam)
        cars = next(unit for unit in bureau.units if unit.name == "公务用车服务中心")
        admin = grant(session, bureau.members[bureau.units[0].id][0], Role.EXAM_ADMIN)
        liaison = grant(session, bureau.members[cars.id][0], Role.LIAISON, cars)
        return World(exam.id, admin, liaison)


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred people are many already."""
    monkeypatch.setattr(exports, "MANY", 100)


def cells(content: bytes) -> dict[str, list[list[tuple[Any, str]]]]:
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: [[(c.value, c.number_format) for c in row] for row in sheet.iter_rows()] for sheet in book}


def job_of(app: Flask, address: str) -> Job:
    assert address.startswith("/jobs/")
    with app.app_context():
        return jobs_queries.get(db.session(), uuid.UUID(address.rpartition("/")[2]))


@both_databases
@pytest.mark.parametrize("filters", ["", "?scope=first&rank=%E7%A7%91%E5%91%98&unit="])
def test_the_job_writes_the_same_workbook(
    app: Flask, client: LintingClient, world: World, monkeypatch: pytest.MonkeyPatch, filters: str
) -> None:
    sign_in(client, world.admin)
    address = f"/reports/exams/{world.exam}/export.xlsx{filters}"
    directly = client.get(address)
    assert directly.status_code == 200
    monkeypatch.setattr(exports, "MANY", 10)
    job = job_of(app, client.get(address).location)
    assert (job.kind, job.state, job.person_id) == ("reports.export", "done", world.admin.id)
    page = client.get(f"/jobs/{job.id}").get_data(as_text=True)
    assert "导出考试报表" in page
    assert f'href="/reports/exports/{job.id}">看结果' in page
    fetched = client.get(job.result["address"])
    assert cells(fetched.data) == cells(directly.data)
    assert fetched.headers["Content-Disposition"] == directly.headers["Content-Disposition"]
    assert fetched.content_type == directly.content_type
    assert Path(app.instance_path, "exports", f"{job.id}.xlsx").stat().st_mode & 0o077 == 0
    with app.app_context():
        acts = list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)))
    assert acts == ["export_report", "export_report", "download_names"]


def test_it_speaks_the_language_of_who_asked(
    app: Flask, client: LintingClient, world: World, low: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "dispatch", lambda job_id: None)
    sign_in(client, world.admin)
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    job = job_of(app, client.get(f"/reports/exams/{world.exam}/export.xlsx").location)
    with app.app_context():
        jobs.perform(job.id)  # by the worker, who has no reader before them
    fetched = client.get(f"/reports/exports/{job.id}")
    assert "人员明细" not in cells(fetched.data)
    assert quote("参考与合格情况") not in fetched.headers["Content-Disposition"]
    assert "Export an exam report" in client.get(f"/jobs/{job.id}").get_data(as_text=True)


def test_a_liaison_gets_their_own_units_alone(app: Flask, client: LintingClient, world: World, low: None) -> None:
    sign_in(client, world.liaison)
    job = job_of(app, client.get(f"/reports/exams/{world.exam}/export.xlsx").location)
    units = {row[2][0] for row in cells(client.get(job.result["address"]).data)["人员明细"][4:]}
    assert units == {"公务用车服务中心", "运行保障一队", "运行保障二队", "综合调度科"}


@both_databases
def test_nobody_else_gets_the_file(app: Flask, client: LintingClient, world: World, low: None) -> None:
    sign_in(client, world.liaison)
    address = job_of(app, client.get(f"/reports/exams/{world.exam}/export.xlsx").location).result["address"]
    assert client.get(address).status_code == 200
    sign_in(client, world.admin)  # sees the job, but not the file
    assert client.get(address.replace("/reports/exports/", "/jobs/")).status_code == 200
    assert client.get(address).status_code == 404
    with app.app_context(), db.transaction() as session:
        nobody = make_person(session)
    sign_in(client, nobody)
    assert client.get(address).status_code == 403
    assert client.get(f"/reports/exports/{uuid.uuid4()}").status_code == 403


@both_databases
def test_whoever_has_lost_a_unit_has_lost_the_file_on_it(app: Flask, client: LintingClient, world: World, low: None) -> None:
    sign_in(client, world.admin)
    address = job_of(app, client.get(f"/reports/exams/{world.exam}/export.xlsx").location).result["address"]
    with app.app_context(), db.transaction() as session:
        unit_id = session.scalars(select(RoleGrant.unit_id).where(RoleGrant.person_id == world.liaison.id)).one()
        session.execute(update(RoleGrant).where(RoleGrant.person_id == world.admin.id)
                        .values(role=Role.LIAISON, unit_id=unit_id))
    assert client.get(address).status_code == 404
    own = job_of(app, client.get(f"/reports/exams/{world.exam}/export.xlsx").location).result["address"]
    assert client.get(own).status_code == 200


def test_other_jobs_and_unknown_ones_have_no_file(app: Flask, client: LintingClient, world: World) -> None:
    with app.app_context(), db.transaction() as session:
        other = jobs.enqueue(session, "bank.build", {}, world.admin.id).id
        waiting = jobs.enqueue(session, "reports.export", {}, world.admin.id).id
    sign_in(client, world.admin)
    for job_id in (other, waiting, uuid.uuid4()):
        assert client.get(f"/reports/exports/{job_id}").status_code == 404


def test_what_may_no_longer_be_seen_is_not_written(
    app: Flask, client: LintingClient, world: World, low: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "dispatch", lambda job_id: None)
    sign_in(client, world.liaison)
    job = job_of(app, client.get(f"/reports/exams/{world.exam}/export.xlsx").location)
    with app.app_context():
        with db.transaction() as session:
            session.execute(delete(RoleGrant).where(RoleGrant.person_id == world.liaison.id))
        jobs.perform(job.id)
        found = jobs_queries.get(db.session(), job.id)
        assert (found.state, "没有查看报表的权限" in found.problem) == ("failed", True)
    assert not Path(app.instance_path, "exports").exists()


def test_a_second_click_leads_to_the_work_under_way(
    app: Flask, client: LintingClient, world: World, low: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "dispatch", lambda job_id: None)
    sign_in(client, world.admin)
    address = f"/reports/exams/{world.exam}/export.xlsx"
    first = client.get(address).location
    assert client.get(address).location == first
    assert client.get(f"{address}?scope=first").location != first


def test_short_workbooks_and_other_formats_come_at_once(
    app: Flask, client: LintingClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, world.admin)
    address = f"/reports/exams/{world.exam}/export"
    assert client.get(f"{address}.xlsx").status_code == 200
    monkeypatch.setattr(exports, "MANY", 1)
    assert (client.get(f"{address}.csv").status_code, client.get(f"{address}.json").status_code) == (200, 200)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_files_are_removed_after_a_week(app: Flask, client: LintingClient, world: World, low: None) -> None:
    assert tasks.remove_old_exports in CHORES
    sign_in(client, world.admin)
    address = f"/reports/exams/{world.exam}/export.xlsx"
    old, young = (job_of(app, client.get(address).location) for _ in range(2))
    for job, days in ((old, 7.1), (young, 6.9)):
        made = now().timestamp() - days * 86_400
        os.utime(Path(app.instance_path, "exports", f"{job.id}.xlsx"), (made, made))
    with app.app_context():
        tasks.remove_old_exports()
    gone = client.get(old.result["address"])
    assert gone.status_code == 404
    assert "文件保留 7 天" in gone.get_data(as_text=True)
    assert client.get(young.result["address"]).status_code == 200


def test_without_any_file_there_is_nothing_to_remove(app: Flask) -> None:
    with app.app_context():
        tasks.remove_old_exports()
    assert not Path(app.instance_path, "exports").exists()


def test_the_command_counts_aloud_only_where_it_takes_long(
    app: Flask, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["export", str(world.exam), "--format", "xlsx", "--output", str(tmp_path / "out.xlsx")]
    run, command = app.test_cli_runner(), main.commands["results"]
    assert run.invoke(command, words).stderr == f"已写入 {tmp_path / 'out.xlsx'}\n"
    monkeypatch.setattr(exports, "MANY", 100)
    done = run.invoke(command, words)
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("写入人员明细 0 / ")
