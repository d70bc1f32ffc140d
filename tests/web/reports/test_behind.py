"""What stands behind the figures: a person's attempts, subjects, progress, years; filters by the address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import lxml.html
import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.clock import now
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel.roles import Role
from quizapp.papers.models import Blueprint, Form
from quizapp.people.models import Person, Unit
from quizapp.plans.models import PlanFact
from quizapp.reports.queries import exam as queries
from quizapp.reports.rules.report import Choice
from quizapp.reports.views import exam as exam_views
from quizapp.rosters.models import RosterChange
from tests.builders.answers import make_finished
from tests.builders.bank import make_item, make_subject
from tests.builders.exams import OPENS as EXAM_OPENS
from tests.builders.exams import enrol, make_exam, make_form
from tests.builders.people import grant, make_person, sign_in
from tests.builders.plans import make_campaigns
from tests.builders.results import (
    OPENS,
    Agency,
    freeze_units,
    give_result,
    make_bureau,
    make_sitting,
    put_on_roster,
)
from tests.databases import both_databases
from tests.page_lint import LintingClient


@dataclass
class World:
    first: int
    make_up: int
    earlier: int
    admin: Person
    liaison: Person
    left: int
    right: int
    somebody: int
    outsider: int


@pytest.fixture
def world(app: Flask, exam_morning: Any) -> World:
    with app.app_context(), db.transaction() as session:
        bureau = make_bureau(session)
        earlier = make_sitting(session, "2025 年学法用法考试", year=2025, opens_at=OPENS - timedelta(days=365),
                               closes_at=OPENS - timedelta(days=360))
        bureau.put_in_exam(earlier, mean=70)
        first = make_sitting(session)
        bureau.put_in_exam(first, mean=68, absence=0.08)
        make_up = make_sitting(session, "补考", make_up_of_id=first.id, opens_at=OPENS + timedelta(days=20),
                               closes_at=OPENS + timedelta(days=21))
        bureau.put_in_make_up(make_up, first, mean=64)
        named = {unit.name: unit for unit in bureau.units}
        left, right = named["公务用车服务中心"], named["机关服务中心"]
        admin = grant(session, bureau.members[named["办公室"].id][0], Role.EXAM_ADMIN)
        liaison = grant(session, bureau.members[left.id][0], Role.LIAISON, left)
        return World(first.id, make_up.id, earlier.id, admin, liaison, left.id, right.id,
                     bureau.members[left.id][1].id, bureau.members[named["会议服务科"].id][0].id)


@pytest.fixture
def admin(client: LintingClient, world: World) -> LintingClient:
    sign_in(client, world.admin)
    return client


def page(client: LintingClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return lxml.html.fromstring(answer.get_data(as_text=True))


def words(tree: Any) -> str:
    return " ".join(tree.text_content().split())


def text(client: LintingClient, address: str) -> str:
    return words(page(client, address))


@both_databases
def test_from_a_number_to_the_names_to_a_person_and_their_attempts(admin: LintingClient, world: World) -> None:
    names = page(admin, f"/reports/exams/{world.first}/people?measure=failed&unit={world.left}")
    links = names.xpath("//table/tbody//th/a/@href")
    assert links
    person = text(admin, links[0])
    assert "各次作答" in person
    assert "未合格" in person
    assert "计入" in person
    assert admin.get(f"/reports/exams/{world.first}/people/999999").status_code == 404


def rows_of(tree: Any) -> int:
    return int((re.search(r"共 ([0-9,]+) 行", words(tree)) or ["", "0"])[1].replace(",", ""))


@both_databases
def test_bars_comparisons_and_totals_of_the_year_open_as_many_names(
    app: Flask, client: LintingClient, admin: LintingClient, world: World
) -> None:
    report = page(admin, f"/reports/exams/{world.first}?rank=科级")
    bars = report.xpath("//section[@aria-labelledby='c2']//table//td/a")
    compared = report.xpath("//section[@aria-labelledby='v-h']//tbody/tr[1]/td//a")
    assert len(compared) == 4, "sat and expected, this year and the year before"
    steps = report.xpath("//section[@aria-labelledby='c1']//table//td/a")
    tile = report.xpath("//div[@class='tile'][dt/b='参考率']//a")
    for link in (bars[0], bars[-1], *compared, steps[-1], tile[0]):
        assert rows_of(page(admin, link.get("href"))) == int(link.text), link.get("href")
    assert f"/exams/{world.earlier}/" in compared[2].get("href")
    names = page(admin, bars[0].get("href"))
    upper = names.xpath("//input[@name='high']/@value")[0]
    assert f"不到 {upper} 分" in words(names)
    whole = page(admin, names.xpath("//a[text()='不限分数']/@href")[0])
    assert rows_of(whole) == sum(int(bar.text) for bar in bars)
    base = f"/reports/exams/{world.first}/people?measure=sat"
    for wrong in ("low=viel", "high=-1", "low=80&high=60", "low=60&high=60", "low=1e3", "high=60.555", "low=٦٠"):
        assert admin.get(f"{base}&{wrong}").status_code == 422, wrong
    assert admin.get(f"/reports/exams/{world.first}?low=viel").status_code == 200, "figures know no range"
    ledger = page(admin, "/reports/2026?rank=科级")
    link = ledger.xpath("//div[@class='tile'][dt/b='参考率']//a")[0]
    entries = page(admin, link.get("href"))
    assert f"合计 {link.text} 人次" in words(entries)
    assert "每场计一次" in words(entries)
    assert "who=sat" in link.get("href")
    download = admin.get(f"{bars[0].get('href')}&download=csv")
    assert download.status_code == 200
    assert len(download.get_data(as_text=True).strip().splitlines()) == 1 + int(bars[0].text)
    sign_in(client, world.liaison)
    own = page(client, f"{base}&low=0")
    with app.app_context():
        scope = (db.session().get_one(Unit, world.left).path,)
        tally = queries.exam_report(db.session(), world.first, scope, Choice(), now()).total
    assert rows_of(own) == sum(tally.scores.values()) > 0
    assert "会议服务科" not in words(own)
    assert client.get(f"{base}&low=0&unit={world.right}").status_code == 404
    assert client.get(f"/reports/2026/not-yet?who=sat&unit={world.right}").status_code == 404
    assert rows_of(page(client, "/reports/2026/not-yet?who=sat")) == tally.sat


@both_databases
def test_a_liaison_opens_nobody_of_another_unit(app: Flask, client: LintingClient, world: World) -> None:
    sign_in(client, world.liaison)
    base = f"/reports/exams/{world.first}"
    assert client.get(f"{base}/people/{world.somebody}").status_code == 200
    assert client.get(f"{base}/people/{world.outsider}").status_code == 404
    for address in (f"{base}/subjects?unit={world.right}", f"{base}/progress?unit={world.right}",
                    f"/reports/2026?unit={world.right}"):
        assert client.get(address).status_code == 404, address
    assert "机关服务中心" not in text(client, "/reports/2026")
    with app.app_context():
        scope = (db.session().get_one(Unit, world.left).path,)
        own = queries.exam_report(db.session(), world.first, scope, Choice(with_make_up=False), now()).total.expected
    tiles = page(client, f"{base}/progress").xpath("//dd[@class='figure']/text()")
    assert tiles[0] == str(own)
    for query in ("rank=科级", "post_type=行政执法", "since=2026-01-01", ""):
        seen = text(client, f"/reports/2026?{query}")
        assert "会议服务科" not in seen


@both_databases
def test_the_exam_stands_beside_the_year_before_and_the_plan(admin: LintingClient, world: World) -> None:
    tree = page(admin, f"/reports/exams/{world.first}?scope=first")
    row = tree.xpath("//section[@aria-labelledby='v-h']//tbody/tr")[0]
    now_, before = (Decimal(row.xpath(f"string(./td[{n}]/text())").strip().rstrip("%")) for n in (1, 2))
    change = row.xpath("./td[3]")[0].text_content().split()[0].replace("−", "-").replace("+", "")
    assert now_ - before == Decimal(change)
    earlier = page(admin, f"/reports/exams/{world.earlier}")
    shown = earlier.xpath("//tr[contains(@class,'sum')]/td[@data-label='参考率']//span[@class='rate']/span/text()")[0]
    assert shown == f"{before}%"
    assert "上一年没有同类的考试" in words(earlier)
    assert "2025 年学法用法考试" in words(tree)


def test_years_stand_side_by_side_with_their_difference(admin: LintingClient, world: World) -> None:
    tree = page(admin, "/reports/years")
    rows = tree.xpath("//section[@aria-labelledby='y-t']//tbody/tr")
    assert [row.xpath("string(./th)").strip() for row in rows] == ["2026", "2025"]
    values = [Decimal(row.xpath("string(./td[@data-label='参考率'])").strip().rstrip("%")) for row in rows]
    change = rows[0].xpath("string(./td[@data-label='比上一年'])").split()[0].replace("−", "-").replace("+", "")
    assert values[0] - values[1] == Decimal(change)
    assert rows[1].xpath("string(./td[@data-label='比上一年'])").strip() == "—"
    assert tree.xpath("//svg[@role='img']/@aria-label")
    assert "2025 年到 2026 年" in words(tree)


@both_databases
def test_the_ledger_keeps_to_dates_units_and_ranks(app: Flask, admin: LintingClient, world: World) -> None:
    assert "2026 年上半年学法用法线上考试" in text(admin, "/reports/2026?since=2026-06-01&until=2026-06-30")
    assert "没有符合的考试" in text(admin, "/reports/2026?since=2026-07-30")
    assert "没有符合的考试" in text(admin, "/reports/2026?campaign=宪法宣传周")
    assert "2026 年上半年学法用法线上考试" in text(admin, "/reports/2026?campaign=线上")
    with app.app_context(), db.transaction() as session:
        session.get_one(Exam, world.first).campaign = "宪法宣传周"
        plan = make_campaigns(session, "宪法宣传周")
        session.add(PlanFact(plan_id=plan.id, position=9, field="exams_online", value={"v": 9}, confirmed={"v": 9}, state="confirmed"))
    assert "没有符合的考试" in text(admin, "/reports/2026?campaign=线上")
    ledger = page(admin, "/reports/2026?campaign=宪法宣传周")
    assert "· 宪法宣传周" in words(ledger)
    assert ledger.xpath("//select[@name='campaign']/option/text()") == ["全部活动", "宪法宣传周"]
    planned = "//tr[th[contains(., '线上考试')]]/td[@data-label='情况']"
    for query, verdict in (("", "未达到"), (f"?unit={world.left}", "未达到"), ("?campaign=宪法宣传周", "—"), (f"?exam={world.first}", "—")):
        found = page(admin, f"/reports/2026{query}").xpath(planned)[0]
        assert words(found).strip() == verdict, query  # of a part of the year's exams the number says nothing about the plan
    alone = page(admin, f"/reports/2026?exam={world.first}")
    assert len(alone.xpath("//table[contains(@class,'exam-table')]//tbody/tr[not(contains(@class,'child'))]")) == 1
    assert "没有符合的考试" in text(admin, "/reports/2026?exam=999&subject=nothing")
    tree = page(admin, f"/reports/2026?unit={world.left}&rank=科级")
    shown = tree.xpath("//table[contains(@class,'exam-table')]//tbody/tr[1]/td[@data-label='应考']/a")[0]
    with app.app_context():
        choice = Choice(units=(str(world.left),), rank="科级")
        expected = queries.exam_report(db.session(), world.first, ("/",), choice, now()).total.expected
    assert shown.text == str(expected)
    names = page(admin, shown.get("href"))
    assert f"共 {expected} 行" in words(names)


@both_databases
def test_who_has_sat_nothing_is_counted_and_listed_within_the_same_filter(admin: LintingClient, world: World) -> None:
    whole = page(admin, "/reports/2026").xpath("//a[contains(@href,'/not-yet')]/@href")[0]
    assert whole == "/reports/2026/not-yet?who=all"
    numbers = set()
    for query in (f"unit={world.left}", "rank=科级", f"unit={world.left}&post_type=行政执法", "since=2026-07-30", ""):
        ledger = page(admin, f"/reports/2026?{query}")
        tiles = ledger.xpath("//div[@class='tile'][dt/b='还没有参加']")
        number = int(tiles[0].xpath("string(dd[@class='figure']/text())").replace(",", "")) if tiles else 0
        links = ledger.xpath("//a[contains(@href,'/not-yet')]/@href")
        link = [one for one in links if "who=" not in one]
        listed = words(page(admin, link[0] if link else f"/reports/2026/not-yet?{query}"))
        for who in ("all", "taken") if tiles else ():
            named = words(page(admin, next(one for one in links if f"who={who}" in one)))
            people = int(ledger.xpath("string(//div[@class='tile'][dt/b='应参加']/dd[@class='figure']/text())"))
            assert f"共 {people - number if who == 'taken' else people} 行" in named, (query, who)
        assert (f"共 {number} 行" if number else "没有这样的人") in listed, query
        numbers.add(number)
    assert len(numbers) > 3
    assert admin.get("/reports/2026/not-yet?unit=99999").status_code == 404
    assert admin.get("/reports/2026/not-yet?who=nobody").status_code == 404
    assert admin.get("/reports/2026/not-yet?since=gestern").status_code == 422


UNKNOWN = [
    ("/reports/2026?since=gestern", 422, "不是日期"),
    ("/reports/2026?since=2026-05-02&until=2026-05-01", 422, "早于开始日期"),
    ("/reports/2026?unit=99999", 404, "没有找到这个单位"),
    ("/reports/2026?unit=一局", 404, "没有找到这个单位"),
    ("/reports/2026?rank=上尉", 200, "名单里没有“上尉”这个职级"),
    ("/reports/exams/{exam}?rank=上尉", 200, "名单里没有“上尉”这个职级"),
    ("/reports/exams/{exam}?post_type=船长", 200, "名单里没有“船长”这个岗位类别"),
    ("/reports/exams/{exam}?unit=99999", 404, "没有找到这个单位"),
    ("/reports/exams/{exam}/subjects?subject=astrology", 200, "还没有可以统计的答卷"),
]


def test_an_unknown_value_gets_a_sentence(admin: LintingClient, world: World) -> None:
    for address, status, said in UNKNOWN:
        answer = admin.get(address.format(exam=world.first))
        assert answer.status_code == status, address
        assert said in words(lxml.html.fromstring(answer.get_data(as_text=True))), address


@both_databases
def test_what_figures_do_not_say_is_said_in_words(app: Flask, client: LintingClient, exam_morning: Any) -> None:
    """Without a single attempt, with a dissolved unit and a changed roster, and with everybody excused."""
    with app.app_context(), db.transaction() as session:
        agency = Agency(session)
        top = agency.add_unit("局", None, 0)
        left, right = agency.add_unit("一处", top, 6), agency.add_unit("二处", top, 7)
        silent, excused = make_sitting(session, "没人考的考试"), make_sitting(session, "都免考的考试")
        for exam, status in ((silent, "expected"), (excused, "excused")):
            freeze_units(session, exam, agency.units)
            for unit in (left, right):
                for person in agency.members[unit.id]:
                    put_on_roster(session, exam, unit, person, status)
        session.get_one(Unit, right.id).closed_on = date(2026, 7, 1)
        late = agency.members[left.id][0]
        session.add(RosterChange(exam_id=silent.id, candidate_id=late.id, unit="一处", act="added", reason="新调入",
                                 by_id=None, by_name="管理员", at=OPENS))
        reader = grant(session, agency.members[left.id][1], Role.EXAM_ADMIN)
        liaison = grant(session, agency.members[right.id][0], Role.LIAISON, right)
        first, second = silent.id, excused.id
    sign_in(client, reader)
    said = text(client, f"/reports/exams/{first}")
    for sentence in ("没有一个人交卷", "没有基数，不计算", "名单发布后有变化", "补入 1 人、移出 0 人", "有单位在名单固定以后撤销", "二处",
                     "现已撤销", "没有记录"):
        assert sentence in said, sentence
    assert "这里没有应考的人" in text(client, f"/reports/exams/{second}")
    for address in ("subjects", "progress", "people"):
        for exam_id in (first, second):
            assert client.get(f"/reports/exams/{exam_id}/{address}").status_code == 200
    assert text(client, "/reports/years")
    sign_in(client, liaison)
    assert "名单发布后有变化" not in text(client, f"/reports/exams/{first}")  # nobody of theirs was added


@both_databases
def test_a_wide_tree_shows_its_upper_levels_with_the_same_figures(
    app: Flask, admin: LintingClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = page(admin, f"/reports/exams/{world.first}")
    monkeypatch.setattr(exam_views, "MOST_UNITS", 10)
    short = page(admin, f"/reports/exams/{world.first}")

    def lines(tree: Any) -> dict[str, list[str]]:
        return {row.xpath("string(./th//a)"): [" ".join(cell.text_content().split()) for cell in row.findall("td")]
                for row in tree.xpath("//table[contains(@class,'unit-table')]//tbody/tr[th//a]")}

    whole, upper = lines(full), lines(short)
    assert set(upper) < set(whole)
    assert "运行保障一队" in whole
    assert "运行保障一队" not in upper
    assert all(whole[name] == figures for name, figures in upper.items())
    assert "下属 3 个单位" in words(short)
    opened = short.xpath("//a[text()='公务用车服务中心']/@href")[0]
    assert "运行保障一队" in text(admin, opened)


@pytest.fixture
def answered(app: Flask, exam_morning: Any) -> tuple[int, Person, int]:
    """Two units of 8 and 3 people who answered five questions of one subject and five of another."""
    with app.app_context(), db.transaction() as session:
        agency = Agency(session)
        top = agency.add_unit("局", None, 0)
        large, small = agency.add_unit("一处", top, 8), agency.add_unit("二处", top, 3)
        make_subject(session, "alpha", "甲科目")
        make_subject(session, "beta", "乙科目")
        exam = make_exam(session, (), opens_at=EXAM_OPENS - timedelta(days=1))
        freeze_units(session, exam, agency.units)
        blueprint = session.get_one(Blueprint, exam.blueprint_id)
        make_form(session, blueprint, 2, [make_item(session, "single", subject=code) for code in ["alpha"] * 5 + ["beta"] * 5])
        form = session.scalars(select(Form).where(Form.blueprint_id == blueprint.id, Form.number == 2)).one()
        for unit, right in ((large, 4), (small, 5)):
            for person in agency.members[unit.id]:
                enrol(session, exam, person)
                scores = {position: 10 if position <= right or position == 6 else 0 for position in range(1, 11)}
                make_finished(session, exam, person.id, scores, form=form)
        reader = grant(session, agency.members[large.id][0], Role.EXAM_ADMIN)
        return exam.id, reader, small.id


@both_databases
def test_subjects_come_out_as_counted_by_hand(client: LintingClient, answered: tuple[int, Person, int]) -> None:
    exam_id, reader, small = answered
    sign_in(client, reader)
    tree = page(client, f"/reports/exams/{exam_id}/subjects?subject=alpha")
    rows = tree.xpath("//section[@aria-labelledby='s-h']//tbody/tr")
    found = {row.xpath("string(./th)").strip(): [" ".join(cell.text_content().split()) for cell in row.findall("td")] for row in rows}
    assert list(found) == ["乙科目", "甲科目"]  # the weakest first
    assert found["甲科目"][0] == "85.45%"  # (8 × 4 + 3 × 5) ÷ (11 × 5)
    assert found["甲科目"][2] == "470 ÷ 550"
    assert found["乙科目"][0] == "20.00%"
    assert found["乙科目"][1] == "3.6%–62.4%"  # Wilson: one of five
    by_unit = tree.xpath("//section[@aria-labelledby='su-h']//tbody/tr")
    shown = [(row.xpath("string(./th)").strip(), row.xpath("string(./td[2])").strip()) for row in by_unit]
    assert shown == [("合计", "11"), ("合并列出的单位（2 个）", "11")]  # three people cannot stand alone, nor be subtracted
    few = text(client, f"/reports/exams/{exam_id}/subjects?unit={small}")
    assert "人数太少" in few
    assert "100.00%" not in few
    assert "没有“astrology”这个科目" in text(client, f"/reports/exams/{exam_id}/subjects?subject=astrology")


@both_databases
def test_progress_counts_who_has_handed_in_and_comes_as_a_part(
    app: Flask, client: LintingClient, answered: tuple[int, Person, int]
) -> None:
    exam_id, reader, small = answered
    with app.app_context(), db.transaction() as session:
        exam = session.get_one(Exam, exam_id)
        unit = session.get_one(Unit, small)
        working, waiting = make_person(session, unit=unit), make_person(session, unit=unit)
        for person in (working, waiting):
            enrol(session, exam, person)
        make_finished(session, exam, working.id, {}, form=session.scalars(select(Form).limit(1)).one(), counts=False,
                      state="open", finished_at=None, score=None)
    sign_in(client, reader)
    tree = page(client, f"/reports/exams/{exam_id}/progress")
    assert tree.xpath("//div[@id='board']/@data-address") == [f"/reports/exams/{exam_id}/progress"]
    figures = [tile.xpath("string(.//dd[@class='figure']/text())") for tile in tree.xpath("//div[@class='tile']")]
    assert figures == ["13", "11", "1", "1"]
    rows = tree.xpath("//figure//table//tbody/tr")
    assert len(rows) == 25
    assert rows[-1].xpath("./td[1]/@data-value") == ["11"]
    part = client.get(f"/reports/exams/{exam_id}/progress?unit={small}", headers={"Quizapp-Part": "live"})
    body = part.get_data(as_text=True)
    assert part.status_code == 200
    assert "<html" not in body
    assert [int(n) for n in re.findall(r'class="figure">(\d+)<', body)] == [5, 3, 1, 1]


@both_databases
def test_attempts_first_sitting_and_make_up_stand_apart_and_together(app: Flask, client: LintingClient, exam_morning: Any) -> None:
    with app.app_context(), db.transaction() as session:
        agency = Agency(session)
        top = agency.add_unit("局", None, 0)
        office, other = agency.add_unit("一处", top, 4), agency.add_unit("二处", top, 2)
        exam = make_exam(session, ["single"], opens_at=EXAM_OPENS - timedelta(days=1), pass_mark=60, excellence_mark=90)
        make_up = make_sitting(session, "补考", make_up_of_id=exam.id)
        freeze_units(session, exam, agency.units)
        freeze_units(session, make_up, [top, office])
        better, first_time, absent, void = agency.members[office.id]
        for person in agency.members[office.id]:
            enrol(session, exam, person)
        make_finished(session, exam, better.id, {1: 40}, counts=False)
        make_finished(session, exam, better.id, {1: 70}, number=2)
        make_finished(session, exam, first_time.id, {1: 80})
        make_finished(session, exam, void.id, {1: 90}, counts=False, state="void")
        put_on_roster(session, make_up, office, absent)
        give_result(session, make_up, absent, 65)
        reader, exam_id = grant(session, better, Role.EXAM_ADMIN), exam.id
    sign_in(client, reader)

    def rows(query: str = "") -> list[list[str]]:
        tree = page(client, f"/reports/exams/{exam_id}/progress{query}")
        found = tree.xpath("//section[@id='sittings']//tbody/tr")
        return [[" ".join(cell.xpath("string(./text())").split()) for cell in row] for row in found]

    assert rows(f"?unit={office.id}") == rows()[:6] == [
        ["第 1 次作答", "—", "2 份", "1 份", "50.00%", "—"],
        ["第 2 次作答", "—", "1 份", "1 份", "100.00%", "—"],
        ["全部作答", "—", "3 份", "2 份", "66.67%", "—"],
        ["每人计一次", "4 人", "2 人", "2 人", "100.00%", "50.00%"],
        ["每人计一次", "1 人", "1 人", "1 人", "100.00%", "100.00%"],  # the make-up, on its own roster
        ["与补考合并，每人计一次", "4 人", "3 人", "3 人", "100.00%", "75.00%"],
    ]
    assert [row[0] for row in rows(f"?unit={other.id}")] == ["每人计一次", "与补考合并，每人计一次"]  # no such unit on the other roster
    assert {row[4] for row in rows(f"?unit={other.id}")} == {"—"}
