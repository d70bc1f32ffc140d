"""A roster too long to wait for: confirmed on the page, written by a job."""

from __future__ import annotations

import io
import re
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from quizapp.audit.models import AuditEvent
from quizapp.clock import today
from quizapp.db import db
from quizapp.jobs import queries as jobs_queries
from quizapp.jobs import service as jobs
from quizapp.jobs.models import Job
from quizapp.kernel.roles import Role
from quizapp.people import queries, service
from quizapp.people.cli import roster
from quizapp.people.models import Person, RoleGrant, Unit
from quizapp.people.rules.roster import LONG
from tests.builders.people import grant, make_agency, make_person, make_unit, sign_in
from tests.databases import both_databases
from tests.page_lint import LintingClient

ROWS = 1200


class Desk:
    """An agency of two units, one person in the second, and an administrator signed in."""

    def __init__(self, app: Flask, client: LintingClient) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        self.app, self.client = app, client
        with app.app_context(), db.transaction() as session:
            self.office, self.cars = (make_unit(session, name, make_agency(session)) for name in ("办公室", "车队"))
            self.inside = make_person(session, "顾南乔", self.cars, "q0")
            self.me = grant(session, make_person(session, "何静安", make_agency(session)), Role.EXAM_ADMIN)
        sign_in(client, self.me)

    def roster(self, rows: int = ROWS) -> bytes:
        """q0 moves to the office, everybody else is new there."""
        lines = [f"q{n},人员{n},{self.office.code}" for n in range(rows)]
        return "\n".join(["工号,姓名,单位编码", *lines, ""]).encode()

    def upload(self, rows: int = ROWS) -> tuple[str, str]:
        """The address of the trial, and the fingerprint that it shows."""
        sent = self.client.post("/people/import", data={"file": (io.BytesIO(self.roster(rows)), "名册.csv")})
        assert sent.status_code == 303
        shown = re.search(r'name="fingerprint" value="(\w+)"', self.client.get(sent.location).get_data(as_text=True))
        assert shown
        return sent.location, shown[1]

    def confirm(self, address: str, shown: str) -> Job:
        answer = self.client.post(address, data={"fingerprint": shown})
        assert answer.status_code == 303
        assert answer.location.startswith("/jobs/")
        return self.job(answer.location)

    def job(self, address: str) -> Job:
        with self.app.app_context():
            return jobs_queries.get(db.session(), uuid.UUID(address.rpartition("/")[2]))

    def people(self, unit: Unit, day: date | None = None) -> int:
        with self.app.app_context():
            return sum(m.unit_id == unit.id for m in queries.members_on(db.session(), day or today()))

    def acts(self) -> list[AuditEvent]:
        with self.app.app_context():
            return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "import_roster")))

    def kept(self) -> list[Path]:
        return list(Path(self.app.instance_path, "uploads").glob("roster-*"))


@pytest.fixture
def desk(app: Flask, client: LintingClient) -> Desk:
    return Desk(app, client)


@both_databases
def test_a_long_roster_is_written_by_a_job(desk: Desk) -> None:
    address, shown = desk.upload()
    job = desk.confirm(address, shown)
    assert (job.kind, job.state, job.person_id) == ("people.import", "done", desk.me.id)
    assert job.result["values"] == {"new": ROWS - 1, "moved": 1, "changed": 0, "left": 0}
    assert (desk.people(desk.office), desk.people(desk.cars)) == (ROWS, 0)
    page = desk.client.get(f"/jobs/{job.id}").get_data(as_text=True)
    for words in ("导入名册", "已导入：新增 1199 人，调动 1 人", 'href="/people">看结果'):
        assert words in page
    [act] = desk.acts()
    assert (act.actor_id, act.actor, act.address, act.detail["new"]) == (desk.me.id, "何静安", "127.0.0.1", ROWS - 1)
    # the file is gone, so it cannot be written twice
    assert not desk.kept()
    assert desk.client.post(address, data={"fingerprint": shown}).status_code == 404
    assert len(desk.acts()) == 1


@both_databases
def test_what_changed_since_the_trial_is_refused(desk: Desk) -> None:
    address, shown = desk.upload()
    with desk.app.app_context(), db.transaction() as session:
        service.transfer(session, desk.inside.id, desk.office.id, today())
    job = desk.confirm(address, shown)
    assert (job.state, desk.people(desk.office), desk.acts()) == ("failed", 1, [])
    assert "有了变化，没有写入" in desk.client.get(f"/jobs/{job.id}").get_data(as_text=True)
    # the file stays: the trial shows what it would do now, and that can be confirmed
    shown_now = re.search(r'name="fingerprint" value="(\w+)"', desk.client.get(address).get_data(as_text=True))
    assert shown_now
    assert desk.confirm(address, shown_now[1]).state == "done"


def test_a_roster_that_no_longer_fits_is_refused(desk: Desk) -> None:
    address, shown = desk.upload()
    with desk.app.app_context(), db.transaction() as session:
        session.execute(update(Unit).where(Unit.id == desk.office.id).values(closed_on=today()))
    job = desk.confirm(address, shown)
    assert job.state == "failed"
    assert f"名册有 {ROWS} 处需要改正" in desk.client.get(f"/jobs/{job.id}").get_data(as_text=True)
    assert desk.people(desk.office) == 0


def test_a_right_taken_back_stops_the_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "dispatch", lambda job_id: None)
    job = desk.confirm(*desk.upload())
    with desk.app.app_context():
        with db.transaction() as session:
            session.execute(update(RoleGrant).where(RoleGrant.person_id == desk.me.id).values(role=Role.EDITOR))
        jobs.perform(job.id)
        assert "没有导入名册的权限" in jobs_queries.get(db.session(), job.id).problem
    assert (desk.people(desk.office), desk.acts()) == (0, [])


def test_a_second_click_leads_to_the_work_under_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "dispatch", lambda job_id: None)
    address, shown = desk.upload()
    assert desk.confirm(address, shown).id == desk.confirm(address, shown).id


def test_new_people_belong_to_their_unit_from_the_day_of_the_confirmation(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, exam_morning: Any
) -> None:
    sign_in(desk.client, desk.me)
    monkeypatch.setattr(jobs, "dispatch", lambda job_id: None)
    job = desk.confirm(*desk.upload())
    exam_morning.shift(86_400)
    with desk.app.app_context():
        jobs.perform(job.id)
    assert desk.people(desk.office, date(2026, 11, 25)) == ROWS
    assert desk.people(desk.office, date(2026, 11, 24)) == 0


def test_a_short_roster_is_written_at_once(desk: Desk) -> None:
    address, shown = desk.upload(LONG)
    assert desk.client.post(address, data={"fingerprint": shown}).location == "/people"
    with desk.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Job)) == 0
    assert desk.people(desk.office) == LONG


def test_the_command_counts_aloud_only_where_it_takes_long(desk: Desk, tmp_path: Path) -> None:
    run, file = desk.app.test_cli_runner(), tmp_path / "名册.csv"
    file.write_bytes(desk.roster(20))
    assert run.invoke(roster, ["import", str(file), "--json"]).stderr == ""
    file.write_bytes(desk.roster())
    done = run.invoke(roster, ["import", str(file)])
    assert done.exit_code == 0, done.output
    assert f"核对名册 {ROWS + 1} / {ROWS + 1}" in done.stderr
    assert f"写入人员 {ROWS - 20} / {ROWS - 20}" in done.stderr
    assert done.stdout.splitlines()[-1].startswith(f"新增 {ROWS - 20} 人")
    with desk.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == ROWS + 1
