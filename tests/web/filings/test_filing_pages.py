"""The pages of filings: made, fetched, restated and confirmed, by each who may."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from quizapp import clock
from quizapp.audit.models import AuditEvent
from quizapp.cli import main
from quizapp.db import db
from quizapp.exams.models import Exam, Result, RosterEntry
from quizapp.filings import printing, queries, service
from quizapp.filings.models import Filing, FilingHolder, FilingVersion
from quizapp.filings.rules.content import from_json
from quizapp.filings.rules.traces import BLANK
from quizapp.jobs.models import Job
from quizapp.kernel.roles import Role
from quizapp.limits import LOOKUPS
from quizapp.people.models import Person
from quizapp.rosters.models import RosterChange
from tests.builders.people import grant, sign_in
from tests.builders.results import OPENS, make_bureau, make_sitting
from tests.conftest import EXAM_MORNING, close_connections, make_app
from tests.databases import Templates
from tests.page_lint import LintingClient

SMALL_UNIT, CARS = "机关工会", "公务用车服务中心"


@dataclass
class World:
    """An agency with an exam for each test, all over; who looks at them."""

    app: Flask
    admin: Person
    auditor: Person
    liaison: Person
    other_liaison: Person
    exams: list[int]
    used: list[int] = field(default_factory=list)

    def exam(self) -> int:
        """An exam that no other test has touched."""
        self.used.append(self.exams.pop())
        return self.used[-1]

    def client(self, person: Person | None) -> LintingClient:
        client = self.app.test_client()
        assert isinstance(client, LintingClient)
        if person is not None:
            sign_in(client, person)
        return client


@pytest.fixture(scope="module")
def world(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("filing-pages")
    with templates.copy("sqlite", folder) as url, time_machine.travel(EXAM_MORNING, tick=False):
        app = make_app(url, folder / "instance")
        app.test_client_class = LintingClient
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context(), db.transaction() as session:
            bureau = make_bureau(session)
            exams = []
            for number in range(7):
                exam = make_sitting(session, f"第{number}次考试", opens_at=OPENS + timedelta(days=number), closes_at=OPENS + timedelta(days=number + 1))
                bureau.put_in_exam(exam)
                exams.append(exam.id)
            units = {unit.name: unit for unit in bureau.units}
            people = [bureau.members[bureau.units[0].id][place] for place in (0, 1)]
            members = [bureau.members[units[name].id][0] for name in (CARS, SMALL_UNIT)]
            world = World(app, grant(session, people[0], Role.EXAM_ADMIN), grant(session, people[1], Role.AUDITOR),
                          grant(session, members[0], Role.LIAISON, units[CARS]), grant(session, members[1], Role.LIAISON, units[SMALL_UNIT]), exams)
        yield world
        close_connections(app)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(EXAM_MORNING, tick=False):
        yield


def made(client: LintingClient, exam: int, **more: str) -> str:
    """The address of a filing made on the page."""
    answer = client.post("/filings/new", data={"exam": str(exam), "kind": "exam", "scope": "all", "mode": "plain", "threshold": "95", **more})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def text(client: LintingClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def number_of(world: World, address: str) -> tuple[str, str]:
    """Number and digest of the first version."""
    with world.app.app_context():
        filing = queries.get(db.session(), int(address.rpartition("/")[2]))
        return filing.number, queries.version_of(db.session(), filing.id, 1).digest


def regrade(world: World, exam_id: int) -> None:
    """The three with the lowest marks now pass, or no longer do: not every exam has somebody who failed."""
    with world.app.app_context(), db.transaction() as session:
        exam = session.get_one(Exam, exam_id)
        lowest = select(Result).where(Result.exam_id == exam_id).order_by(Result.score, Result.candidate_id).limit(3)
        for result in session.scalars(lowest):
            result.score = exam.pass_mark if (result.score or 0) < exam.pass_mark else exam.pass_mark - 1
        assert service.restate(session, exam_id, "第 12 题答案更正", by=world.auditor.id, now=clock.now(), reference=f"regrade:{exam_id}")


def test_a_report_is_made_fetched_and_verified(world: World, tmp_path: Path) -> None:
    client, exam = world.client(world.admin), world.exam()
    address = made(client, exam)
    page = text(client, address)
    assert "首次上报" in page
    number, digest = number_of(world, address)
    for kind in printing.KINDS:
        answer = client.get(f"{address}/1.{kind}")
        assert (answer.status_code, answer.data[:4] != b"") == (200, True)
        if kind in ("pdf", "json"):
            (file := tmp_path / f"a.{kind}").write_bytes(answer.data)
            done = world.app.test_cli_runner().invoke(main.commands["filing"], ["verify", str(file)])
            assert (done.exit_code, number in done.output) == (0, True), done.output
    forged = (tmp_path / "a.json").read_text(encoding="utf-8").replace('"numerator"', "")
    document = json.loads(forged)
    document["content"]["title"] = "别的报告"
    (tmp_path / "b.json").write_text(json.dumps(document), encoding="utf-8")
    assert world.app.test_cli_runner().invoke(main.commands["filing"], ["verify", str(tmp_path / "b.json")]).exit_code == 1
    again = client.post("/filings/new", data={"exam": str(exam), "kind": "exam", "scope": "all", "mode": "plain"})
    assert (again.status_code, number in again.get_data(as_text=True)) == (409, True)
    with world.app.app_context():
        acts = db.session.execute(select(AuditEvent.action, AuditEvent.detail).where(AuditEvent.object_id == number).order_by(AuditEvent.number)).all()
    assert [act for act, _detail in acts] == ["hand_in", *["download_filing"] * 5]
    assert acts[0][1]["digest"] == digest


def test_anybody_may_ask_whether_a_paper_agrees_and_learns_nothing_else(world: World) -> None:
    address = made(world.client(world.admin), world.exam())
    number, digest = number_of(world, address)
    nobody = world.client(None)
    right = text(nobody, f"/verify?number={number}&version=1&code={digest[:16]}")
    assert "<strong>对得上</strong>" in right
    for wrong in (f"number={number}&version=1&code={digest[1:17]}", f"number={number}&version=2&code={digest[:16]}",
                  f"number=1999-0001&version=1&code={digest[:16]}", f"number={number}&version=x&code={digest[:16]}", "number=%00&code=1"):
        assert "<strong>对不上</strong>" in (said := text(nobody, f"/verify?{wrong}")), wrong
        assert "机关事务管理局" not in said
    assert "<strong>" not in text(nobody, "/verify")
    with world.app.app_context():
        title = queries.by_its_number(db.session(), number).title  # type: ignore[union-attr]
    assert title not in right
    world.app.config["RATE_LIMITS"] = True
    answers = [nobody.get(f"/verify?number={number}&version=1&code={place:016}") for place in range(LOOKUPS + 1)]
    assert answers[-1].status_code == 429, "nobody tries codes one after the other"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert nobody.get("/certificates?number=XF2026-1-00001&code=ABCDEFGH").status_code == 429, "nor at the other door"
    assert nobody.get("/verify").status_code == 200
    world.app.config["RATE_LIMITS"] = False


def test_whoever_holds_a_report_is_told_of_the_new_version_until_they_confirm(world: World) -> None:
    admin, liaison, exam = world.client(world.admin), world.client(world.liaison), world.exam()
    address = made(admin, exam)
    assert liaison.get(f"{address}/1.pdf").status_code == 200
    assert "还没有确认" not in text(liaison, address)
    regrade(world, exam)
    for client, person in ((admin, world.admin), (liaison, world.liaison)):
        assert "份上报件有了新版" in text(client, "/filings")
        page = text(client, address)
        assert "第 2 版还没有确认" in page
        assert "第 12 题答案更正" in page
        assert client.post(f"{address}/known").status_code == 303
        assert "还没有确认" not in text(client, address)
        with world.app.app_context():
            assert db.session.get_one(FilingHolder, (int(address.rpartition("/")[2]), person.id)).known == 2
    auditor = text(world.client(world.auditor), address)
    assert "还没有确认" not in auditor
    assert "<del>" in auditor
    assert admin.get(f"{address}/1.json").get_json()["version"] == 1
    assert admin.get(f"{address}/2.json").get_json()["version"] == 2
    assert admin.get(f"{address}/3.json").status_code == 404
    # by hand: a reason is needed, and the same figures make no version
    assert admin.post(f"{address}/again", data={"reason": ""}).status_code == 422
    assert admin.post(f"{address}/again", data={"reason": "复核"}).status_code == 303
    assert "数字没有变化" in text(admin, address)


def test_a_liaison_sees_their_units_and_nothing_of_the_others(world: World) -> None:
    admin, liaison, exam = world.client(world.admin), world.client(world.liaison), world.exam()
    address = made(admin, exam)
    notice = made(admin, exam, kind="notice", mode="rank")
    found = liaison.get(f"{address}/1.json").get_json()
    assert found["extract"] is True
    assert {row["name"] for row in found["content"]["rows"] if row["level"] == 0} == {CARS}
    assert found["content"]["sections"] == found["content"]["facts"] == []
    page = text(liaison, address)
    with world.app.app_context():
        whole = from_json(queries.latest(db.session(), int(address.rpartition("/")[2])).content)
    assert "机关幼儿园" in [row.name for row in whole.rows]
    assert "机关幼儿园" not in page + text(liaison, "/filings")
    for kind in ("xlsx", "csv"):
        assert "机关幼儿园".encode() not in liaison.get(f"{address}/1.{kind}").data
    book = openpyxl.load_workbook(io.BytesIO(liaison.get(f"{address}/1.xlsx?people=1").data))
    units = {row[2] for row in book["人员明细"].iter_rows(min_row=6, values_only=True)}
    assert units == {CARS, "运行保障一队", "运行保障二队", "综合调度科"}
    # a notice speaks of everybody, and a unit of two is no line of a report
    assert liaison.get(notice).status_code == liaison.get(f"{notice}/1.pdf").status_code == 404
    assert liaison.post(f"{notice}/known").status_code == 404
    small = world.client(world.other_liaison)
    assert small.get(address).status_code == small.get(f"{address}/1.json").status_code == 404
    assert [client.get(one).status_code for client in (liaison, small) for one in ("/filings/new", "/filings/years/2026")] == [403] * 4


def test_a_long_workbook_is_written_by_a_job_for_whoever_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client(world.admin)
    address = made(client, world.exam())
    directly = client.get(f"{address}/1.xlsx?people=1")
    monkeypatch.setattr(printing, "MANY", 10)
    job = client.get(f"{address}/1.xlsx?people=1").location
    assert client.get(f"{address}/1.xlsx").status_code == 200
    with world.app.app_context():
        kept = db.session.get_one(Job, uuid.UUID(job.rpartition("/")[2]))
        assert (kept.kind, kept.state) == ("filings.write", "done"), kept.problem
    fetched = client.get(kept.result["address"])
    sheets = [[list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(io.BytesIO(one.data))] for one in (directly, fetched)]
    assert sheets[0] == sheets[1]
    with world.app.app_context():
        number = db.session.get_one(Filing, kept.params["filing"]).number
        events = [one for one in db.session.scalars(select(AuditEvent)) if "job" in one.detail]
    assert [(one.action, one.object_id, one.detail["version"], one.detail["format"], one.detail["people"]) for one in events] == [
        ("download_filing", number, 1, "xlsx", True)] * 2, "asked for, and fetched"
    assert world.client(world.auditor).get(kept.result["address"]).status_code == 404
    monkeypatch.setattr(printing, "MANY_LINES", 3)
    document = client.get(f"{address}/1.pdf").location
    with world.app.app_context():
        kept = db.session.get_one(Job, uuid.UUID(document.rpartition("/")[2]))
    answer = client.get(kept.result["address"])
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")


def test_the_years_paragraphs_are_drafted_edited_and_handed_in(world: World) -> None:
    client, address = world.client(world.admin), "/filings/years/2026"
    page = text(client, address)
    assert BLANK in page
    with world.app.app_context():
        content, _draft = service.draft_for(db.session(), 2026, clock.now())
    texts = {f"s-{one.key}": one.text for one in content.sections}
    texts["s-study"] = "全年开展集体学法 11 次，参加 380 人次。"
    refused = client.post(address, data={**texts, "then": "file"})
    assert (refused.status_code, "没有填" in refused.get_data(as_text=True)) == (422, True)
    assert client.post(address, data={**texts, "then": "save"}).status_code == 303
    page = text(client, address)
    assert "全年开展集体学法 11 次" in page
    assert "不在事实里的数字：11、380" in page
    assert client.post(address, data={**texts, "then": "save", "revision": ""}).status_code == 409
    filled = {name: words.replace(BLANK, "无") for name, words in texts.items()}
    answer = client.post(address, data={**filled, "then": "file"})
    assert answer.status_code == 303
    with world.app.app_context():
        assert queries.draft(db.session(), 2026) is None
        version = db.session.scalars(select(FilingVersion).where(FilingVersion.filing_id == int(answer.location.rpartition("/")[2]))).one()
    assert [one["key"] for one in version.content["sections"] if one["edited"]] == ["study", "campaigns", "subjects", "shortcomings", "next"]
    assert client.post(address, data={**filled, "then": "file"}).status_code == 422
    assert client.get("/filings/years/1999").status_code == 404
    text(client, str(answer.location))


def test_a_roster_that_changed_afterwards_is_said_until_it_is_counted_again(world: World) -> None:
    client, exam = world.client(world.admin), world.exam()
    address = made(client, exam)
    assert "名单在这一版以后有变化" not in text(client, address)
    with world.app.app_context(), db.transaction() as session:
        late = session.scalars(select(RosterEntry).where(RosterEntry.exam_id == exam, RosterEntry.status == "expected")).first()
        assert late is not None
        for days, act in ((-1, "added"), (1, "removed")):  # one before the version, which has it
            session.add(RosterChange(exam_id=exam, candidate_id=late.candidate_id, unit="", act=act, reason="误列", by_id=None, by_name="",
                                     at=EXAM_MORNING + timedelta(days=days)))
    page = text(client, address)
    assert "名单在这一版以后有变化" in page
    assert "补入 0 人、移出 1 人" in page
    with time_machine.travel(EXAM_MORNING + timedelta(days=2), tick=False):
        later = world.client(world.admin)
        assert later.post(f"{address}/again", data={"reason": "名单更正"}).status_code == 303
        assert "名单在这一版以后有变化" not in text(later, address)
