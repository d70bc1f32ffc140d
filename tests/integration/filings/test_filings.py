"""Handing in and putting right, on a real database."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import docx
import openpyxl
import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from quizapp.audit.models import AuditEvent
from quizapp.audit.queries import chain
from quizapp.db import db
from quizapp.exams.models import Exam, Result, RosterEntry
from quizapp.filings import checking, collecting, printing, queries, service
from quizapp.filings.models import Filing, FilingCheck, FilingPerson, FilingVersion
from quizapp.filings.rules.content import Content, digest_of, from_json, shown
from quizapp.filings.rules.layout import row_name
from quizapp.kernel.errors import ConflictError, FileError, InputError, NotFoundError
from quizapp.kernel.rates import Rate
from quizapp.papers.models import Blueprint
from quizapp.people.models import Person
from tests.builders.answers import make_finished
from tests.builders.bank import make_item, make_subject
from tests.builders.exams import make_exam, make_form
from tests.builders.people import make_person
from tests.builders.results import OPENS, Agency, freeze_units, make_bureau, make_sitting, put_on_roster
from tests.conftest import close_connections, make_app
from tests.databases import Templates, both_databases

AFTER = OPENS + timedelta(days=40)


class World:
    """About 300 people, an exam and its make-up, both over."""

    def __init__(self, session: Session) -> None:
        self.bureau: Agency = make_bureau(session)
        exam = make_sitting(session)
        self.bureau.put_in_exam(exam)
        make_up = make_sitting(session, "2026 年上半年学法用法补考", make_up_of_id=exam.id,
                               opens_at=OPENS + timedelta(days=20), closes_at=OPENS + timedelta(days=21))
        self.bureau.put_in_make_up(make_up, exam)
        self.exam, self.make_up, self.by = exam.id, make_up.id, self.bureau.members[self.bureau.units[0].id][0].id
        session.flush()
        session.expunge_all()

    def hand_in(self, session: Session) -> Filing:
        return service.hand_in_exam(session, self.exam, True, by=self.by, now=AFTER)

    def hand_in_year(self, session: Session) -> Filing:
        return service.hand_in_year(session, 2026, (), by=self.by, now=AFTER, keep_blanks=True)


@pytest.fixture(scope="module")
def made(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, World]]:
    folder = tmp_path_factory.mktemp("filings")
    with templates.copy("sqlite", folder) as url:
        app = make_app(url, folder / "instance")
        with app.app_context(), db.transaction() as session:
            world = World(session)
        yield app, world
        close_connections(app)


@pytest.fixture
def session(made: tuple[Flask, World]) -> Iterator[Session]:
    """On the one world, which every test leaves as it was."""
    with made[0].app_context():
        session = db.session()
        session.rollback()
        session.connection(execution_options={"quizapp_write": True})
        yield session
        session.rollback()


@pytest.fixture
def world(made: tuple[Flask, World]) -> World:
    return made[1]


def regraded(session: Session, exam_id: int) -> list[int]:
    """As a regrade does: a few who had passed have not; their numbers."""
    exam = session.get_one(Exam, exam_id)
    results = session.scalars(select(Result).where(Result.exam_id == exam_id, Result.score >= exam.pass_mark)
                              .order_by(Result.score, Result.candidate_id).limit(3)).all()
    for result in results:
        result.score = exam.pass_mark - 1
    return [result.candidate_id for result in results]


def findings(session: Session) -> list[tuple[str, str]]:
    """What the check of filings says, having heard the whole chain."""
    check = checking.Filings()
    for link in chain(session):
        if link.fields["action"] in check.actions:
            check.hear(link)
    return [(one.where, one.what) for one in check.findings(session)]


def kept(session: Session, filing: Filing, version: int) -> tuple[FilingVersion, Content]:
    found = queries.version_of(session, filing.id, version)
    return found, from_json(found.content)


# ---------------------------------------------------------------- the five files


def numbers_of(content: Content) -> list[list[str]]:
    """Every line with its figures as they are printed: what each file has to say."""
    return [[row_name(row), *(shown(c, v) for c, v in zip(content.columns, row.values, strict=True))] for row in content.rows]


def from_json_file(data: bytes) -> list[list[str]]:
    return numbers_of(from_json(json.loads(data)["content"]))


def from_csv(data: bytes, content: Content) -> list[list[str]]:
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    found = []
    for row in rows:
        cells, values = iter(row[2:]), []
        for column in content.columns:
            cell = next(cells)
            if column.kind == "rate":
                rate = Rate(int(next(cells)), int(next(cells)))
                assert cell == ("" if rate.percent is None else str(rate.percent))
                values.append(f"{cell}%" if cell else "—")
            else:
                values.append("—" if cell == "" else f"{int(cell):,}" if column.kind == "count" else cell)
        found.append([row[0], *values])
    assert len(head) == len(rows[0])
    return found


def from_xlsx(data: bytes, content: Content) -> list[list[str]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["各次考试" if content.kind == "year" else "各单位"]
    assert sheet.freeze_panes == "B6"
    found = []
    for row in sheet.iter_rows(min_row=6):
        cells = [row[0].value]
        for column, cell in zip(content.columns, row[2:], strict=True):
            if cell.value is None:
                cells.append("—")
            elif column.kind == "rate":
                assert cell.number_format == "0.00%"
                cells.append(f"{Decimal(str(cell.value)) * 100:.2f}%")
            else:
                assert isinstance(cell.value, int | float)
                cells.append(f"{cell.value:,}" if column.kind == "count" else f"{cell.value:.2f}")
        found.append(cells)
    return found


def from_docx(data: bytes) -> list[list[str]]:
    book = docx.Document(io.BytesIO(data))
    table = next(t for t in book.tables if len(t.columns) > 5)
    assert table._tbl.tr_lst[0].trPr.find("{*}tblHeader") is not None
    return [["".join(p.text for p in cell.paragraphs) for cell in row.cells] for row in table.rows][1:]


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for page in document:
            words = page.get_textpage()
            texts.append(words.get_text_bounded())
            words.close()
            page.close()
        return "\n".join(texts)
    finally:
        document.close()


def in_order(text: str, cells: list[str]) -> bool:
    """Whether the figures of a line stand in this text one after the other, whatever breaks lines between them."""
    return re.sub(r"\s", "", "".join(cells)) in re.sub(r"\s", "", text)


@pytest.mark.parametrize("kind", ["exam", "year", "rank", "plain", "organisers"])
def test_the_five_files_say_the_same(session: Session, world: World, kind: str) -> None:
    if kind == "exam":
        filing = world.hand_in(session)
    elif kind == "year":
        filing = world.hand_in_year(session)
    else:
        filing = service.hand_in_notice(session, world.exam, True, kind, Decimal(95), by=world.by, now=AFTER)
    version, content = kept(session, filing, 1)
    view = printing.viewed(filing, version, ("/",))
    wanted = numbers_of(content)
    assert len(wanted) > {"organisers": 0}.get(kind, 2)
    made = {one: printing.make(session, view, one, address="https://example.org/verify") for one in printing.KINDS}
    assert from_json_file(made["json"]) == wanted
    assert from_csv(made["csv"], content) == wanted
    assert from_xlsx(made["xlsx"], content) == wanted
    text = pdf_text(made["pdf"])
    if len(wanted) > 1:
        assert from_docx(made["docx"]) == wanted
        assert [row[0] for row in wanted if not in_order(text, row[1:])] == []
    word = "".join(p.text for p in docx.Document(io.BytesIO(made["docx"])).paragraphs)
    for section in content.sections:
        for line in section.text.split("\n"):
            assert re.sub(r"\s", "", line) in re.sub(r"\s", "", word)
            assert re.sub(r"\s", "", line) in re.sub(r"\s", "", text)
    assert version.digest in re.sub(r"\s", "", text)
    assert "— 1 —" in text


def test_the_total_is_the_sum_of_its_lines(session: Session, world: World) -> None:
    _version, content = kept(session, world.hand_in(session), 1)
    report = collecting.reports.exam_report(session, world.exam, ("/",), collecting.Choice(), AFTER)
    for at, column in enumerate(content.columns):
        if column.kind != "count":
            continue
        parts = [row.values[at] for row in content.rows if row.level == 1]
        assert sum(value for value in parts if isinstance(value, int)) == content.total.values[at], column  # type: ignore[union-attr]
    shown_units = {row.key for row in content.rows}
    small = [row for row in report.rows if 0 < row.all.expected < 5]
    assert small, "nothing to withhold proves nothing"
    assert not [row.name for row in small if f"u{row.unit_id}" in shown_units]
    merged = [row for row in content.rows if row.kind == "merged"]
    assert merged
    assert all(isinstance(row.values[0], int) and row.values[0] >= 5 for row in merged)


# ---------------------------------------------------------------- putting right


@both_databases
def test_a_regrade_makes_version_two_with_its_difference_and_leaves_version_one(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        world = World(session)
        report, year = world.hand_in(session), world.hand_in_year(session)
        other = make_sitting(session, "另一场考试", year=2025)
        freeze_units(session, other, world.bureau.units)
        put_on_roster(session, other, world.bureau.units[0], session.get_one(Person, world.by))
        apart = service.hand_in_exam(session, other.id, True, by=world.by, now=AFTER)
        files = {kind: printing.make(session, printing.viewed(report, kept(session, report, 1)[0], ("/",)), kind) for kind in ("csv", "json")}
        changed = regraded(session, world.exam)
        made = service.restate(session, world.exam, "第 12 题答案更正", by=world.by, now=AFTER + timedelta(days=1), reference="regrade:1")
        assert [(one.filing_id, one.version) for one in made] == [(report.id, 2), (year.id, 2)]
        assert service.restate(session, world.exam, "第 12 题答案更正", by=world.by, now=AFTER, reference="regrade:1") == []
        assert session.scalar(select(func.count()).select_from(FilingVersion)) == 5
        assert queries.latest(session, apart.id).version == 1
        before, after = (passed(kept(session, report, number)[1]) for number in (1, 2))
        found = made[0].difference
        lines = {(line["figure"], line["base"]): (line["before"], line["after"]) for line in found["lines"] if line["kind"] == "total"}
        assert lines["合格", ""] == (str(before), str(after))
        assert after == before - len(changed)
        assert ("参考率", "实考 ÷ 应考") not in lines
        assert found["people"] == len(changed) == 3
        assert made[0].reason == "第 12 题答案更正"
        # the year's words follow its figures: nobody had edited them
        assert kept(session, year, 2)[1].sections[1].text != kept(session, year, 1)[1].sections[1].text
        assert made[1].difference["check"] == []
        for kind, content in files.items():
            assert printing.make(session, printing.viewed(report, kept(session, report, 1)[0], ("/",)), kind) == content
    with app.app_context(), db.snapshot() as still:  # as it comes back from the database
        assert findings(still) == []
        acts = still.scalars(select(AuditEvent.action).where(AuditEvent.object_type == "filing").order_by(AuditEvent.number)).all()
        assert acts == ["hand_in", "hand_in", "hand_in", "restate_filing", "restate_filing"]


def passed(content: Content) -> int:
    assert content.total is not None
    value = next(v for c, v in zip(content.columns, content.total.values, strict=True) if c.key == "passed")
    assert isinstance(value, int)
    return value


def test_a_change_without_another_figure_is_only_noted(session: Session, world: World) -> None:
    filing = world.hand_in(session)
    assert service.restate(session, world.exam, "复核了阅卷", by=world.by, now=AFTER, reference="regrade:7") == []
    assert [(check.reason, check.version_id) for check in queries.checks(session, filing.id)] == [("复核了阅卷", None)]
    assert service.restate(session, world.exam, "复核了阅卷", by=world.by, now=AFTER, reference="regrade:7") == []
    assert session.scalar(select(func.count()).select_from(FilingCheck)) == 1
    with pytest.raises(InputError):
        service.count_again(session, filing, "  ", by=world.by, now=AFTER)


def test_a_make_up_restates_the_report_that_holds_it_and_no_other(session: Session, world: World) -> None:
    both = world.hand_in(session)
    first = service.hand_in_exam(session, world.exam, False, by=world.by, now=AFTER)
    own = service.hand_in_exam(session, world.make_up, True, by=world.by, now=AFTER)
    assert regraded(session, world.make_up)
    made = service.restate(session, world.make_up, "补考第 3 题作废", by=world.by, now=AFTER)
    assert sorted(one.filing_id for one in made) == sorted([both.id, own.id])
    assert queries.checks(session, first.id) == []


def test_edited_words_keep_their_words_and_get_the_new_figures(session: Session, world: World) -> None:
    fresh = collecting.year(session, 2026, AFTER).content
    fact = next(one for one in fresh.facts if one.key == "passed")
    texts = {"results": f"经统计，合格{fact.value}人次，另有 7 人表现突出。"}
    sections = service.edited(fresh.sections, texts)
    assert [one.key for one in sections if one.edited] == ["results"]
    filing = service.hand_in_year(session, 2026, sections, by=world.by, now=AFTER, keep_blanks=True)
    regraded(session, world.exam)
    (version,) = service.restate(session, world.exam, "更正", by=world.by, now=AFTER)
    content = from_json(version.content)
    new = next(one.value for one in content.facts if one.key == "passed")
    assert new != fact.value
    assert content.sections[1].text == f"经统计，合格{new}人次，另有 7 人表现突出。"
    assert content.sections[0].text.startswith("2026年，共组织学法用法考试1次")
    assert kept(session, filing, 1)[1].sections[1].text == texts["results"]


def test_blanks_are_left_only_on_purpose_and_nothing_is_handed_in_twice(session: Session, world: World) -> None:
    with pytest.raises(InputError, match="请填写"):
        service.hand_in_year(session, 2026, collecting.year(session, 2026, AFTER).content.sections, by=world.by, now=AFTER)
    filing = world.hand_in(session)
    with pytest.raises(ConflictError, match=filing.number):
        world.hand_in(session)
    notice = service.hand_in_notice(session, world.exam, True, "plain", Decimal(95), by=world.by, now=AFTER)
    assert [filing.number, notice.number] == ["2026-0001", "2026-0002"]


def test_an_exam_that_goes_on_or_has_nobody_is_not_handed_in(session: Session, world: World) -> None:
    with pytest.raises(InputError, match="没有结束"):
        service.hand_in_exam(session, world.exam, True, by=world.by, now=OPENS + timedelta(days=1))
    empty = make_sitting(session, "没有人的考试")
    with pytest.raises(InputError, match="没有人"):
        service.hand_in_exam(session, empty.id, True, by=world.by, now=AFTER)
    nobody_sat = make_sitting(session, "没有人参加的考试")
    freeze_units(session, nobody_sat, world.bureau.units)
    for person in world.bureau.members[world.bureau.units[2].id]:
        put_on_roster(session, nobody_sat, world.bureau.units[2], person)
    filing = service.hand_in_exam(session, nobody_sat.id, True, by=world.by, now=AFTER)
    content = kept(session, filing, 1)[1]
    rates = [shown(c, v) for c, v in zip(content.columns, content.total.values, strict=True) if c.key in ("participation", "pass_of_sat", "mean")]  # type: ignore[union-attr]
    assert rates == ["0.00%", "—", "—"]
    for kind in printing.KINDS:
        assert printing.make(session, printing.viewed(filing, kept(session, filing, 1)[0], ("/",)), kind)


# ---------------------------------------------------------------- whether it is what was handed in


def test_files_are_verified_and_altered_ones_are_found(session: Session, world: World) -> None:
    filing = world.hand_in(session)
    version, content = kept(session, filing, 1)
    view = printing.viewed(filing, version, ("/",))
    as_json, as_pdf = (printing.make(session, view, kind, address="https://example.org/verify") for kind in ("json", "pdf"))
    assert checking.verify_file(session, "a.json", as_json).holds
    assert checking.verify_file(session, "a.pdf", as_pdf).holds
    document = json.loads(as_json)
    document["content"]["rows"][0]["values"][0] += 1
    assert not checking.verify_file(session, "a.json", json.dumps(document).encode()).holds
    document["digest"] = digest_of(document["content"])  # who alters the figures and the digest with them
    assert not checking.verify_file(session, "a.json", json.dumps(document).encode()).holds
    document["version"] = 10**30
    assert not checking.verify_file(session, "a.json", json.dumps(document).encode()).holds
    forged = replace(view, content=replace(content, title="另一份报告"))
    assert not checking.verify_file(session, "a.pdf", printing.make(session, forged, "pdf")).holds
    for wrong in (b"{}", b"PK", b"[1]"):
        with pytest.raises(FileError):
            checking.verify_file(session, "a", wrong)
    code = version.digest[:16]
    assert checking.agrees(session, filing.number, 1, f" {code[:4]} {code[4:].upper()} ")
    for number, place, said in ((filing.number, 2, code), ("2026-0002", 1, code), (filing.number, 1, code[:15]), (filing.number, 1, "0" * 16), ("", 1, "")):
        assert not checking.agrees(session, number, place, said)


def test_what_is_altered_in_the_database_is_found(session: Session, world: World) -> None:
    filing, other = world.hand_in(session), service.hand_in_exam(session, world.exam, False, by=world.by, now=AFTER)
    version = kept(session, filing, 1)[0]
    assert findings(session) == []
    rows = dict(version.content)
    rows["rows"] = [dict(row, values=[999, *row["values"][1:]]) for row in rows["rows"]]
    session.execute(update(FilingVersion).where(FilingVersion.id == version.id).values(content=rows))
    session.execute(update(FilingPerson).where(FilingPerson.version_id != version.id).values(score=Decimal(100)))
    session.expire_all()
    assert findings(session) == [(f"上报件 {filing.number} 第 1 版", "内容、摘要和签名对不上，被改动过"),
                                 (f"上报件 {other.number} 第 1 版", "人员明细与摘要对不上，被改动过")]


# ---------------------------------------------------------------- units


def test_a_liaison_gets_the_lines_and_people_of_their_units_alone(session: Session, world: World) -> None:
    filing = world.hand_in(session)
    version = kept(session, filing, 1)[0]
    cars = next(unit for unit in world.bureau.units if unit.name == "公务用车服务中心")
    view = printing.viewed(filing, version, (cars.path,))
    names = {unit.name for unit in world.bureau.units if unit.path.startswith(cars.path)}
    assert {row.name.removesuffix("（本级）") for row in view.content.rows if row.kind != "merged"} <= names
    assert len(view.content.rows) > 2
    assert not view.content.sections
    book = openpyxl.load_workbook(io.BytesIO(printing.make(session, view, "xlsx", with_people=True)))
    people = {row[1] for row in book["人员明细"].iter_rows(min_row=6, values_only=True)}
    members = {person.login for unit in world.bureau.units if unit.path.startswith(cars.path) for person in world.bureau.members[unit.id]}
    assert people == members
    text = pdf_text(printing.make(session, view, "pdf"))
    assert "节选" in text
    outside = [unit.name for unit in world.bureau.units if unit.name not in names and unit.parent_id is not None]
    assert [name for name in outside if name in text] == []
    year = world.hand_in_year(session)
    with pytest.raises(NotFoundError):
        printing.viewed(year, kept(session, year, 1)[0], (cars.path,))


def test_no_cell_runs_as_a_formula_and_erased_people_have_no_name(session: Session, world: World) -> None:
    person = session.get_one(Person, session.scalars(select(RosterEntry.candidate_id).where(RosterEntry.exam_id == world.exam).limit(1)).one())
    person.name = "=HYPERLINK(1)"
    filing = world.hand_in(session)
    view = printing.viewed(filing, kept(session, filing, 1)[0], ("/",))
    book = openpyxl.load_workbook(io.BytesIO(printing.make(session, view, "xlsx", with_people=True)))
    cells = [cell for row in book["人员明细"].iter_rows(min_row=6) for cell in row]
    assert "'=HYPERLINK(1)" in {cell.value for cell in cells}
    assert "f" not in {cell.data_type for cell in cells}
    assert "人员明细" not in openpyxl.load_workbook(io.BytesIO(printing.make(session, view, "xlsx"))).sheetnames


def test_subjects_are_named_by_the_marks_that_people_got(app: Flask) -> None:
    """Two subjects, answered by five: 12 of 15 in one, 5 of 10 in the other. Whoever is excused is not among them."""
    with app.app_context(), db.transaction() as session:
        people = [make_person(session) for _number in range(6)]
        make_subject(session, "alpha", "甲科目")
        make_subject(session, "beta", "乙科目")
        exam = make_exam(session, (), candidates=people, forms=0)
        versions = [make_item(session, "single", subject=code) for code in ["alpha"] * 3 + ["beta"] * 2]
        form = make_form(session, session.get_one(Blueprint, exam.blueprint_id), 1, versions)
        for number, person in enumerate(people):
            right = (1, 2, 4) if number < 3 else (1, 2, 3, 5) if number < 5 else ()
            make_finished(session, exam, person.id, {place: 10 if place in right else 0 for place in range(1, 6)}, form=form)
        session.get_one(RosterEntry, (exam.id, people[5].id)).status = "excused"
        session.flush()
        shares = queries.subject_shares(session, [exam.id])
        assert {one.name: (one.gained, one.possible, one.people) for one in shares} == {
            "甲科目": (12_000, 15_000, 5), "乙科目": (5_000, 10_000, 5)}
        session.get_one(RosterEntry, (exam.id, people[4].id)).status = "excused"
        session.flush()
        assert queries.subject_shares(session, [exam.id]) == []  # four people are too few


@pytest.mark.parametrize("title", ["😀 考试", "\ue000", "控制\x07字符", "مرحبا", '#eval("1") $x$ *b* // \\ <y>'])
def test_a_sign_that_no_font_has_and_markup_are_printed_as_text(session: Session, world: World, title: str) -> None:
    session.get_one(Exam, world.exam).title = title
    session.flush()
    filing = world.hand_in(session)
    view = printing.viewed(filing, kept(session, filing, 1)[0], ("/",))
    text = pdf_text(printing.make(session, view, "pdf"))
    assert "参考和合格情况报告" in re.sub(r"\s", "", text)
    if title.startswith("#"):
        assert re.sub(r"\s", "", title) in re.sub(r"\s", "", text)
    assert docx.Document(io.BytesIO(printing.make(session, view, "docx"))).paragraphs
