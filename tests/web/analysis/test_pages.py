"""The pages of item analysis: what editors read, what files hold, and that nobody else learns anything."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from quizapp.analysis import service
from quizapp.analysis.measuring import analyse
from quizapp.analysis.models import ExamAnalysis
from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel.roles import Role
from quizapp.papers.models import Blueprint, Form
from quizapp.people.models import Person
from quizapp.questions.models import Item
from tests.builders.bank import make_item
from tests.builders.exams import CLOSES, OPENS, make_exam, make_form
from tests.builders.people import grant, make_person, make_unit, sign_in
from tests.builders.sat import Given, sit
from tests.conftest import Templates, close_connections, make_app
from tests.page_lint import LintingClient

AFTER = CLOSES + timedelta(days=1)
EVIL = '=HYPERLINK("http://evil.example")，下列说法[[正确]]的是？'
STAFF = ("exam_admin", "editor", "reviewer")
OTHERS = ("liaison", "auditor", "system_admin", "security_admin", "candidate")
KINDS = ("single", "multiple", "true_false", "fill", "short", "case")


@dataclass
class Site:
    app: Flask
    exam_id: int
    empty_id: int
    running_id: int
    small_id: int
    names: list[tuple[int, int]]
    codes: dict[int, str]
    people: dict[str, int]

    def get(self, who: str, address: str, language: str = "zh"):
        client = LintingClient(self.app)
        with self.app.app_context():
            person = db.session().get_one(Person, self.people[who])
            person.language = language
            db.session().commit()
            sign_in(client, person)
        return client.get(address)

    def text(self, who: str, address: str, language: str = "zh") -> str:
        answer = self.get(who, address, language)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def question(self, number: int) -> str:
        version_id, part = self.names[number]
        return f"/analysis/exams/{self.exam_id}/questions/{version_id}/{part}"


@pytest.fixture(scope="module")
def site(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("analysis")
    with time_machine.travel(AFTER, tick=False), templates.copy("sqlite", folder) as url:
        app = make_app(url, folder / "instance")
        with app.app_context(), db.transaction() as session:
            made = fill(app, session)
        yield made
        close_connections(app)


def fill(app: Flask, session) -> Site:
    unit = make_unit(session, "政策法规处")
    people = {}
    for name in (*STAFF, *OTHERS):
        person = make_person(session, f"名叫{name}", unit)
        if name != "candidate":
            grant(session, person, Role(name), unit if name == "liaison" else None)
        people[name] = person.id
    exam = make_exam(session, [], forms=0)
    versions = [make_item(session, kind, **({"stem": EVIL} if kind == "single" else {})) for kind in KINDS]
    form = make_form(session, session.get_one(Blueprint, exam.blueprint_id), 1, versions)
    empty = make_exam(session, ["single"], title="没有人参加的考试")
    running = make_exam(session, ["single"], title="还在进行的考试", closes_at=AFTER + timedelta(days=3))
    sit(session, exam, form.id, papers(), started=[OPENS + timedelta(days=n % 6) for n in range(60)])
    sit(session, running, session.query(Form).order_by(Form.id.desc()).first().id, [{1: Given(["B"], 10)}] * 40)
    service.keep(session, exam.id, analyse(session, exam), began=AFTER, now=AFTER)
    small = make_exam(session, [], forms=0, title="只有几个人的补考")
    few = make_form(session, session.get_one(Blueprint, small.blueprint_id), 1, versions[:3])
    sit(session, small, few.id, [{1: Given(["B"], 10 * (n > 2)), 2: Given(["A", "C"], 10 * (n > 5))} for n in range(9)])
    service.keep(session, small.id, analyse(session, small), began=AFTER, now=AFTER)
    names = [(version.id, 0) for version in versions[:5]] + [(versions[5].id, 1), (versions[5].id, 2)]
    codes = {version.id: session.get_one(Item, version.item_id).code for version in versions}
    return Site(app, exam.id, empty.id, running.id, small.id, names, codes, people)


def papers() -> list[dict[int, Given]]:
    """Sixty people, of whom the strong take D in the first question, whose key says B."""
    chance, found = random.Random(11), []  # noqa: S311
    for n in range(60):
        strong = n % 3 == 0
        other = chance.choice("BC")
        found.append({
            1: Given(["D"], 0, 20) if strong else Given([other], 10 if other == "B" else 0, 20),
            2: Given(["A", "C"], 10) if strong or n % 5 == 0 else Given(["A", "D"], 0),
            3: Given(["true"], 10) if strong or n % 2 else Given(["false"], 0),
            4: Given(["六十", "次日"], 10) if strong else Given(["三十", "次日"], 5),
            5: Given(["要听证"], 8 if strong else 3), 6: Given(["B"], 10) if strong or n % 4 else Given(["A"], 0),
            7: Given(["true"], 10) if strong else Given([], 0),
        })
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_for_those_who_look_after_items(site: Site, language: str) -> None:
    """Linted as they are fetched, for each kind of question."""
    for who in STAFF:
        assert "2026" in site.text(who, "/analysis", language)
    page = site.text("reviewer", f"/analysis/exams/{site.exam_id}", language)
    assert ("答案可能有误" if language == "zh" else "Key may be wrong") in page
    assert page.index(site.codes[site.names[0][0]]) < page.index(site.codes[site.names[2][0]])  # flags first
    for number in range(len(site.names)):
        text = site.text("editor", site.question(number), language)
        assert "<svg" in text
        assert "</table>" in text  # the figures of the chart, in words for who does not see it
    assert site.codes[site.names[0][0]] in site.text("editor", f"/analysis/items/{site.codes[site.names[0][0]]}", language)


def test_what_was_expected_of_a_form_stands_beside_what_came_of_it(site: Site) -> None:
    address = f"/analysis/exams/{site.exam_id}"
    text = site.text("editor", address)
    [found] = re.findall(r'data-label="平均得分率">([0-9.]+)<', text)
    assert 'data-label="预计得分率">—<' in text  # made before anybody had answered
    assert "与组卷时预计的相比" not in text
    for off, words in ((-0.1, "高 0.100"), (0.1, "低 0.100")):
        with site.app.app_context(), db.transaction() as session:
            exam = session.get_one(Exam, site.exam_id)
            session.execute(update(Form).where(Form.blueprint_id == exam.blueprint_id).values(expected=float(found) + off))
        text = site.text("editor", address)
        assert f'data-label="预计得分率">{float(found) + off:.3f}<' in text
        assert f"第 1 卷相差最多：预计 {float(found) + off:.3f}，实际 {found}，{words}" in text
    assert "expected when it was made" in site.text("editor", address, "en")


def test_the_sentence_names_the_option_and_leads_to_the_bank(site: Site) -> None:
    text = site.text("editor", site.question(0))
    assert "成绩最好的三分之一里多数选了 D" in text
    assert f"/bank/items/{site.codes[site.names[0][0]]}" in text
    assert "20 秒" in text
    # sixty and nine people in two exams that are over; the forty of the one under way are not told yet
    assert "曝光" in text
    assert "69" in text
    assert "人次，2 场考试的 2 份卷上考过" in text
    assert "没有逐题的保存记录" in site.text("editor", site.question(1))
    assert "/analysis/items/" in site.text("editor", f"/bank/items/{site.codes[site.names[0][0]]}")
    assert "正确" in site.text("editor", site.question(2))
    assert "没有答" in site.text("editor", site.question(6))


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_sees_any_of_it(site: Site, who: str) -> None:
    code = site.codes[site.names[0][0]]
    for address in ("/analysis", f"/analysis/exams/{site.exam_id}", site.question(0), f"/analysis/items/{code}",
                    f"/analysis/exams/{site.exam_id}?download=csv"):
        answer = site.get(who, address)
        assert answer.status_code == 403
        # a page repeats its own address, which whoever asked knew before
        assert code not in answer.get_data(as_text=True).replace(address, "")
    # and no page of theirs leads there
    assert "/analysis" not in site.text(who, "/my-exams")


def test_nothing_is_shown_of_an_exam_that_goes_on(site: Site) -> None:
    assert "还在进行的考试" not in site.text("exam_admin", "/analysis")
    assert site.get("exam_admin", f"/analysis/exams/{site.running_id}").status_code == 404
    client_says = site.get("exam_admin", f"/analysis/exams/{site.exam_id}/questions/{site.names[0][0]}/7")
    assert client_says.status_code == 404


def test_an_exam_without_an_attempt_says_so(site: Site) -> None:
    assert "没有人参加的考试没有分析" in site.text("editor", f"/analysis/exams/{site.empty_id}")


def test_so_few_people_are_not_shown_apart(site: Site) -> None:
    address = f"/analysis/exams/{site.small_id}/questions/{site.names[0][0]}/0"
    text = site.text("editor", address)
    assert "以免看出某个人选了什么" in text
    assert "<polyline" not in text
    assert "<polyline" in site.text("editor", site.question(0))


def test_files_run_no_formula_and_hold_every_figure(site: Site) -> None:
    raw = site.get("editor", f"/analysis/exams/{site.exam_id}?download=csv").get_data()
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 7
    evil = next(row for row in rows if "HYPERLINK" in row["题目"])
    assert evil["题目"].startswith("'=")
    assert evil["得分率（难度）"]
    assert evil["用时中位数（秒）"] == "20.0"
    assert "成绩最好的三分之一里多数选了 D" in evil["提示"]
    book = load_workbook(io.BytesIO(site.get("editor", f"/analysis/exams/{site.exam_id}?download=xlsx").get_data()))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert any(isinstance(cell.value, float) for cell in cells)
    with site.app.app_context():
        acts = db.session().scalars(select(AuditEvent.action)).all()
    assert acts.count("export_analysis") == 2


def test_only_those_with_remarks(site: Site) -> None:
    whole = site.text("editor", f"/analysis/exams/{site.exam_id}")
    some = site.text("editor", f"/analysis/exams/{site.exam_id}?show=flagged")
    assert whole.count("data-label=\"题目\"") > some.count("data-label=\"题目\"") > 0


def test_an_administrator_has_it_made_anew(site: Site) -> None:
    client = LintingClient(site.app)
    with site.app.app_context():
        sign_in(client, db.session().get_one(Person, site.people["exam_admin"]))
    page = client.get(f"/analysis/exams/{site.exam_id}").get_data(as_text=True)
    assert "重新分析" in page
    assert "重新分析" not in site.text("editor", f"/analysis/exams/{site.exam_id}").partition("口径")[0].rpartition("btn-row")[2]
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    answer = client.post(f"/analysis/exams/{site.exam_id}/compute", data={"csrf_token": token})
    assert answer.status_code == 303
    assert "已分析 60 人作答的 7 道题" in client.get(answer.headers["Location"]).get_data(as_text=True)
    with site.app.app_context():
        assert db.session().get_one(ExamAnalysis, site.exam_id).state == "done"
        assert "analyse_exam" in db.session().scalars(select(AuditEvent.action)).all()
