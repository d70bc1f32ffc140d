"""Handing in and putting right, on a real database."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import docx
import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.exams.models import Exam, RosterEntry
from quizapp.filings import collecting, printing, queries, service, wording
from quizapp.filings.models import FilingCheck, FilingVersion
from quizapp.filings.rules.content import Content, Section, from_json, shown
from quizapp.filings.rules.traces import unknown_figures
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.papers.models import Blueprint
from quizapp.people.models import Person, Unit
from quizapp.reports.queries import subjects
from quizapp.reports.rules.report import Choice
from quizapp.reports.rules.subjects import added, weak_ones
from tests.builders.answers import make_finished
from tests.builders.bank import make_item, make_subject
from tests.builders.coverage import CIVIL, basis, make_covered, make_plan
from tests.builders.exams import make_exam, make_form
from tests.builders.people import make_person
from tests.builders.plans import make_campaigns
from tests.builders.results import OPENS, freeze_units, make_sitting, put_on_roster
from tests.databases import both_databases
from tests.integration.filings.conftest import AFTER, World, findings, kept, pdf_text, regraded


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


@both_databases
def test_the_year_says_which_exams_were_held_in_which_campaign(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        exam = session.get_one(Exam, World(session).exam)
        make_campaigns(session, "民法典宣传", "宪法宣传周")

        def said(campaign: str | None) -> tuple[Section, Content]:
            exam.campaign = campaign
            session.flush()
            content = collecting.year(session, 2026, AFTER).content
            return next(one for one in content.sections if one.key == "campaigns"), content

        section, content = said("宪法宣传周")
        assert unknown_figures(section, content.facts) == []
        assert section.text == ("年度计划列明的宣传活动有：民法典宣传；宪法宣传周。结合宪法宣传周组织考试1次："
                                "《2026 年上半年学法用法线上考试》。实际开展情况：（请填写）。")
        lost = said("线上")[0].text  # which the plan has lost since
        assert lost.count("组织考试") == 1
        assert "结合线上组织考试1次" in lost
        assert "组织考试" not in said(None)[0].text
        exam.title = "民法典宣传月考试"
        assert "结合民法典宣传组织考试1次：《民法典宣传月考试》" in said(None)[0].text
        assert "结合宪法宣传周组织考试1次：《民法典宣传月考试》" in said("宪法宣传周")[0].text


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


@both_databases
def test_the_year_names_the_subjects_weak_that_the_report_of_the_exam_does(app: Flask) -> None:
    """Forty questions of one subject and forty of another, answered by six, one of them excused; the make-up, where the
    weak subject went well, does not count. The exam ends before the filing; there is no other in the year."""
    with app.app_context(), db.transaction() as session:
        people = [make_person(session) for _number in range(6)]
        make_subject(session, "alpha", "甲科目")
        make_subject(session, "beta", "乙科目")
        exam = make_exam(session, (), candidates=people, forms=0, year=2026, opens_at=OPENS, closes_at=OPENS + timedelta(days=1))
        make_up = make_exam(session, (), candidates=people, forms=0, year=2026, make_up_of_id=exam.id, opens_at=OPENS + timedelta(days=9),
                            closes_at=OPENS + timedelta(days=10))
        versions = [make_item(session, "single", subject=code) for code in ["alpha"] * 40 + ["beta"] * 40]
        for sitting, beta in ((exam, 8), (make_up, 40)):
            form = make_form(session, session.get_one(Blueprint, sitting.blueprint_id), 1, versions)
            right = {*range(1, 33), *range(41, 41 + beta)}
            for person in people[: 5 if sitting is exam else 6]:
                make_finished(session, sitting, person.id, {place: 10 if place in right else 0 for place in range(1, 81)}, form=form)
        session.get_one(RosterEntry, (exam.id, people[5].id)).status = "excused"
        session.flush()
        shares = subjects.of_exams(session, [exam.id])
        assert {one.name: (one.share.got, one.share.possible, one.share.people, one.share.questions) for one in shares} == {
            "甲科目": (160_000, 200_000, 5, 40), "乙科目": (40_000, 200_000, 5, 40)}
        of_exam = subjects.by_subject(session, exam.id, ("/",), Choice())
        on_page = [one.name for one in weak_ones(of_exam, added(one.share for one in of_exam))]
        assert on_page == ["乙科目"]
        said = sections_of(collecting.year(session, 2026, AFTER).content)
        assert "偏弱的科目有：乙科目（得分率20.00%，95%区间10.5%至34.8%）。" in said["subjects"]
        assert "全部科目的得分率（得分÷满分）为50.00%" in said["subjects"]
        assert "对乙科目掌握不够扎实" in said["shortcomings"]
        assert "把乙科目列为2027年学法重点" in said["next"]
        content = collecting.year(session, 2026, AFTER).content
        assert [unknown_figures(one, content.facts) for one in content.sections] == [[]] * len(content.sections)
        session.get_one(RosterEntry, (exam.id, people[4].id)).status = "excused"
        session.flush()
        few = sections_of(collecting.year(session, 2026, AFTER).content)
        assert "没有统计" in few["subjects"]  # four people are too few
        assert "乙科目" not in "".join(few.values())


def test_what_coverage_suggests_stands_among_the_suggestions_with_its_facts(app: Flask) -> None:
    """Articles that were often answered wrongly, and a law of the plan without items; a bank that has grown since is no
    other figure, and without results there is nothing to suggest."""
    with app.app_context(), db.transaction() as session:
        covered = make_covered(session)
        make_plan(session)
        content = collecting.year(session, 2026, AFTER).content
        said = sections_of(content)["next"].split("\n")[-2]
        assert said.startswith("按法律覆盖统计：答错较多、建议列为重点的法条有《民法典》第一千一百九十八条（作答14人次，答错64.29%，"
                               "95%区间38.76%至83.66%；题库只有1题，先补题）")
        assert said.endswith("列入学法内容而题库没有试题的有《行政处罚法》，建议先补充试题。")
        assert [unknown_figures(one, content.facts) for one in content.sections] == [[]] * len(content.sections)
        sources = {fact.value: fact.source for fact in content.facts}
        assert (sources["64.29%"], sources["《行政处罚法》"]) == ("法律覆盖", "题库")
        service.hand_in_year(session, 2026, (), by=covered.people[0], now=AFTER, keep_blanks=True)
        make_item(session, basis=basis(("行政处罚法", "9")))
        make_item(session, basis=basis((CIVIL, "1198")))
        session.flush()
        assert "题库只有2题" in sections_of(collecting.year(session, 2026, AFTER).content)["next"]
        assert service.restate(session, covered.exam_id, "复核", by=covered.people[0], now=AFTER) == []
        session.get_one(Exam, covered.exam_id).release, session.get_one(Exam, covered.exam_id).released_at = "manual", None
        session.flush()
        kept_back = sections_of(collecting.year(session, 2026, AFTER).content)["next"]
        assert "法律覆盖" not in kept_back
        assert "其他建议" in kept_back


def test_a_unit_dissolved_since_is_said_in_text_word_and_pdf_and_makes_no_version(session: Session, world: World) -> None:
    """As on the page of the report; a liaison is told of those of the own units alone."""
    filing, year = world.hand_in(session), world.hand_in_year(session)
    assert "撤销" not in "".join(one.text for one in (*kept(session, filing, 1)[1].sections, *kept(session, year, 1)[1].sections))
    units = {unit.name: unit for unit in world.bureau.units}
    for name in ("运行保障一队", "机关工会"):
        session.get_one(Unit, units[name].id).closed_on = AFTER.date()
    session.flush()
    assert service.restate(session, world.exam, "复核", by=world.by, now=AFTER) == [], "the figures are the same"
    regraded(session, world.exam)
    made = service.restate(session, world.exam, "更正", by=world.by, now=AFTER)
    said = "运行保障一队、机关工会在名单固定以后撤销：按名单日期的隶属关系照旧计一次，不并入别的单位。"
    for version in made:
        assert said in from_json(version.content).sections[0].text
    view = printing.viewed(filing, made[0], ("/",))
    assert said in "".join(docx.Document(io.BytesIO(printing.make(session, view, "docx"))).element.body.itertext())
    assert said in pdf_text(printing.make(session, view, "pdf")).replace("\r\n", "").replace("\n", "")
    assert wording.version_view(view, {}).closed == ["运行保障一队", "机关工会"]
    cars = printing.viewed(filing, made[0], (units["公务用车服务中心"].path,))
    assert [fact.value for fact in cars.content.facts] == ["运行保障一队"]
    assert printing.viewed(filing, made[0], (units["机关服务中心"].path,)).content.facts == ()


def sections_of(content: Content) -> dict[str, str]:
    return {one.key: one.text for one in content.sections}
