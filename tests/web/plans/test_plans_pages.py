"""The pages of plans, as an administrator walks through them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from quizapp import clock
from quizapp.approvals import service as approvals
from quizapp.approvals.models import Proposal
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.plans import queries
from quizapp.plans.models import PlanFact
from tests.builders.approvals import by
from tests.builders.people import grant, make_agency, make_person, sign_in
from tests.page_lint import LintingClient
from tests.web.plans.conftest import REPORTS

Upload = Callable[..., TestResponse]


def facts(app: Flask, field: str = "") -> list[PlanFact]:
    with app.app_context():
        return [fact for fact in queries.facts_of(db.session(), 1) if field in ("", fact.field)]


def test_an_empty_list_explains_the_way(admin: LintingClient) -> None:
    text = admin.get("/plans").text
    assert "从报告到合格率" in text
    assert "读入演示报告" not in text


def test_only_exam_administrators_see_plans(app: Flask, client: LintingClient) -> None:
    with app.app_context(), db.transaction() as session:
        liaison = grant(session, make_person(session), Role.LIAISON, make_agency(session))
    sign_in(client, liaison)
    assert client.get("/plans").status_code == 403


def test_a_report_becomes_a_draft_with_its_proof(upload: Upload, app: Flask) -> None:
    page = upload("finance-bureau.txt")
    assert page.status_code == 200
    assert "核对 2023 年计划" in page.text
    assert "按字面推断" in page.text
    assert '<mark class="proof">参考率和合格率分别为99.52%和百分之百</mark>' in page.text
    assert [fact.value["v"] for fact in facts(app, "exams_total")] == [5]


def test_facts_of_several_places_are_one_figure(upload: Upload, app: Flask) -> None:
    page = upload("finance-bureau.txt")
    (study,) = facts(app, "study_sessions")
    assert study.value["v"] == 18
    assert "原文分几处写，相加得出" in page.text


def test_a_pdf_is_read_as_well(upload: Upload, app: Flask) -> None:
    assert upload("finance-bureau.pdf").status_code == 200
    assert [fact.value["v"] for fact in facts(app, "exams_online")] == [3]


@pytest.mark.parametrize(("name", "data", "said"), [
    ("empty.txt", b"", "是空的"),
    ("picture.png", b"\x89PNG\r\n", "只支持 .txt、.docx 和 .pdf"),
    ("broken.docx", b"PK\x03\x04nonsense", "已损坏"),
    ("broken.pdf", b"%PDF-1.7 nothing", "打不开"),
    ("binary.txt", b"\x00\x01\x02\xff\xfe" * 20, "编码不是"),
    ("latin.txt", b"no chinese at all in this report", "没有中文内容"),
])
def test_what_cannot_be_read_is_refused_with_a_sentence(upload: Upload, name: str, data: bytes, said: str) -> None:
    page = upload(name, data)
    assert page.status_code == 422
    assert said in page.text
    assert 'type="file"' in page.text


def test_no_file_chosen(admin: LintingClient) -> None:
    page = admin.post("/plans", data={})
    assert page.status_code == 422
    assert "请选择文件" in page.text


def test_the_same_file_twice_goes_to_its_plan(upload: Upload, app: Flask) -> None:
    upload("finance-bureau.txt")
    page = upload("finance-bureau.txt")
    assert "已经读入过" in page.text
    with app.app_context():
        assert len(queries.plans(db.session())) == 1


def test_a_second_report_asks_before_it_replaces_a_draft(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("finance-bureau.txt")
    page = upload("contradiction.txt")
    assert "2023 年已经有一份草稿" in page.text
    assert "用新报告代替草稿" in page.text
    form = {"year": "2023", "agency": "青山区人力资源和社会保障局"}
    assert admin.post("/plans/reports/2", data=form).status_code == 422
    assert facts(app, "exams_total")[0].value["v"] == 5
    assert admin.post("/plans/reports/2", data={**form, "replace": "1"}).status_code == 303
    assert facts(app, "exams_total")[0].value["v"] == 6


def test_a_confirmed_plan_is_replaced_only_in_words(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("finance-bureau.txt")
    confirm(admin, app)
    page = upload("contradiction.txt")
    assert "按新报告重新确认" in page.text
    with app.app_context():
        assert queries.plan_for(db.session(), 2023) is not None
    form = {"year": "2023", "agency": "青山区人力资源和社会保障局", "replace": "1"}
    assert admin.post("/plans/reports/2", data=form).status_code == 303
    with app.app_context():
        assert queries.plan_for(db.session(), 2023) is None
    assert {fact.state for fact in facts(app)} == {"proposed"}


def test_a_report_can_stand_for_another_year(upload: Upload, admin: LintingClient) -> None:
    upload("finance-bureau.txt")
    upload("contradiction.txt")
    page = admin.post("/plans/reports/2", data={"year": "2024", "agency": "甲局"}, follow_redirects=True)
    assert "核对 2024 年计划" in page.text


def test_a_year_and_agency_that_are_missing_are_asked_for(upload: Upload, admin: LintingClient) -> None:
    page = upload("untitled.txt", "全体人员认真学习法律，组织线上学法考试两次，参考率百分之百。".encode())
    assert "没有读到年度或者单位" in page.text
    bad = admin.post("/plans/reports/1", data={"year": "23", "agency": " "})
    assert bad.status_code == 422
    assert "年度写四位数字" in bad.text
    assert "请填写单位全称" in bad.text
    page = admin.post("/plans/reports/1", data={"year": "2025", "agency": "甲局"}, follow_redirects=True)
    assert "核对 2025 年计划" in page.text


def test_a_report_without_law_study_can_be_filled_in_by_hand(upload: Upload, admin: LintingClient, app: Flask) -> None:
    page = upload("no-law-study.txt")
    assert "这份报告没有写学法、考法或普法" in page.text
    assert page.text.count("报告没有写明</b>") == 6
    admin.post("/plans/1", data={"new-exams_online": "２", "new-pass_rate": "99.5%", "new-subject": "civil-code"})
    with app.app_context():
        kept = queries.facts_of(db.session(), 1)
        assert queries.standing(kept, "exams_online") == [2]
        assert queries.standing(kept, "pass_rate") == [99.5]
        assert queries.standing(kept, "subject") == ["civil-code"]
    assert "手工填写，报告没有写明" in admin.get("/plans/1").text


def decisions(app: Flask, choice: str) -> dict[str, str]:
    return {f"choice-{fact.id}": choice for fact in facts(app)}


def confirm(admin: LintingClient, app: Flask) -> TestResponse:
    return admin.post("/plans/1", data={**decisions(app, "keep"), "then": "confirm"}, follow_redirects=True)


def test_every_choice_is_kept_and_can_be_undone(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("county-bureau.txt")
    online, total, rate = (facts(app, name)[0].id for name in ("exams_online", "exams_total", "pass_rate"))
    admin.post("/plans/1", data={f"choice-{online}": "keep", f"choice-{total}": "correct", f"value-{total}": "5",
                                 f"choice-{rate}": "drop"})
    states = {fact.id: fact.state for fact in facts(app)}
    assert (states[online], states[total], states[rate]) == ("confirmed", "corrected", "dropped")
    page = admin.get("/plans/1").text
    assert "报告读出的是 4" in page
    assert "3 项已改回未定" in admin.post("/plans/1/undo", follow_redirects=True).text
    assert {fact.state for fact in facts(app)} == {"proposed"}


def test_what_cannot_be_read_stays_as_typed(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("county-bureau.txt")
    online, rate = (facts(app, name)[0].id for name in ("exams_online", "pass_rate"))
    page = admin.post("/plans/1", data={
        f"choice-{online}": "correct", f"value-{online}": "三次", f"choice-{rate}": "correct", f"value-{rate}": "101",
        "new-campaign": "法律进社区",
    })
    assert page.status_code == 422
    assert "线上考试请填写 0 至 9999 的整数" in page.text
    assert "合格率请填写 0 至 100 的数" in page.text
    assert 'value="三次"' in page.text
    assert "法律进社区" in page.text
    assert {fact.state for fact in facts(app)} == {"proposed"}


def test_the_literal_ones_are_let_stand_in_one_act(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("finance-bureau.txt")
    admin.post("/plans/1", data={"then": "literal"})
    for fact in facts(app):
        assert fact.state == ("proposed" if fact.interpreted else "confirmed")


def test_a_plan_with_an_undecided_interpretation_is_not_confirmed(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("finance-bureau.txt")
    page = admin.post("/plans/1", data={"then": "confirm"})
    assert page.status_code == 422
    assert re.search(r"还有 \d+ 项推断的内容没有定", page.text)
    with app.app_context():
        assert queries.get(db.session(), 1).state == "draft"


def test_counts_that_cannot_be_true_are_not_confirmed(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("county-bureau.txt")
    total = facts(app, "exams_total")[0].id
    page = admin.post("/plans/1", data={**decisions(app, "keep"), f"choice-{total}": "correct", f"value-{total}": "2",
                                        "then": "confirm"})
    assert page.status_code == 422
    assert "考试合计 2 次，少于线上 3 次加线下 1 次" in page.text


def test_a_confirmed_plan_in_short(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("finance-bureau.txt")
    page = confirm(admin, app)
    assert page.status_code == 200
    assert "接下来三步" in page.text
    assert "/exams/new?year=2023" in page.text
    assert "还没有试题" in page.text
    assert "99.52" in page.text
    with app.app_context():
        assert queries.targets(db.session(), 2023)["participation_target"] == Decimal("99.52")


def test_a_subject_that_the_bank_lacks_is_said(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("county-bureau.txt")
    with app.app_context(), db.transaction() as session:
        session.add(PlanFact(plan_id=1, position=99, field="subject", value={"v": "水利管理"}, literal="", sentence="",
                             start=0, end=4))
    assert "题库没有这个科目" in admin.get("/plans/1").text
    assert "题库没有这个科目" in confirm(admin, app).text


def test_a_confirmed_plan_is_read_only_until_it_is_reopened(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("county-bureau.txt")
    confirm(admin, app)
    assert 'type="radio"' not in admin.get("/plans/1").text
    assert admin.post("/plans/1", data=decisions(app, "drop")).status_code == 409
    assert admin.post("/plans/1/delete", data={"why": "读错了报告"}).status_code == 409
    page = admin.post("/plans/1/reopen", follow_redirects=True)
    assert "计划已重新打开" in page.text
    assert {fact.state for fact in facts(app)} == {"confirmed"}
    assert admin.get("/plans/1/overview").status_code == 303


def test_a_deleted_draft_can_be_read_in_again(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("county-bureau.txt")
    assert admin.post("/plans/1/delete", data={"why": ""}).status_code == 422
    page = admin.post("/plans/1/delete", data={"why": "读错了报告"}, follow_redirects=True).text
    assert "等待另一人同意：删除草稿" in page
    assert facts(app)
    with app.app_context(), db.transaction() as session:
        second = by(grant(session, make_person(session, "许明远"), Role.EXAM_ADMIN))
        (proposal,) = session.scalars(select(Proposal))
        assert approvals.agree(session, proposal.id, second, now=clock.now()).state == "done"
    assert admin.get("/plans/1").status_code == 404
    assert "核对 2024 年计划" in upload("county-bureau.txt").text


@pytest.mark.parametrize("address", ["/plans/7", "/plans/7/overview", "/plans/reports/7", "/plans/99999999999"])
def test_what_is_not_there(admin: LintingClient, address: str) -> None:
    assert admin.get(address).status_code == 404


def test_every_page_in_english(upload: Upload, admin: LintingClient, app: Flask) -> None:
    with admin.session_transaction() as cookie:
        cookie["language"] = "en"
    assert "From the report to a pass rate in five steps" in admin.get("/plans").text
    assert "Read into the words" in upload("finance-bureau.txt").text
    assert "There is a draft for 2023 already" in upload("contradiction.txt").text
    assert "items read into the words are undecided. Decide each" in admin.post("/plans/1", data={"then": "confirm"}).text
    assert "Three steps from here" in confirm(admin, app).text


def test_the_demo_offers_its_report(app: Flask, admin: LintingClient) -> None:
    assert admin.post("/plans/demo-report").status_code == 404
    app.config.update(DEMO=True, DEMO_REPORT=REPORTS / "county-bureau.txt")
    assert "读入演示报告" in admin.get("/plans").text
    assert "核对 2024 年计划" in admin.post("/plans/demo-report", follow_redirects=True).text


def test_acts_on_plans_are_on_record(upload: Upload, admin: LintingClient, app: Flask) -> None:
    upload("county-bureau.txt")
    confirm(admin, app)
    from quizapp.audit.models import AuditEvent

    with app.app_context():
        acts = [event.action for event in db.session().query(AuditEvent).order_by(AuditEvent.number)]
    assert acts[-4:] == ["read_report", "draft_plan", "review_plan", "confirm_plan"]
