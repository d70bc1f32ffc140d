"""The pages on which an exam is set up; every page is read by the linting client."""

from __future__ import annotations

import re
from decimal import Decimal

import lxml.html
import pytest
from sqlalchemy import delete, select

from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.exams import preparing, queries
from quizapp.kernel.roles import Role
from quizapp.papers.models import Form
from quizapp.plans.models import PlanFact
from tests.builders.bank import make_item
from tests.builders.exams import make_exam
from tests.builders.people import grant, make_agency, make_person, make_unit, sign_in
from tests.builders.plans import make_campaigns
from tests.databases import both_databases

pytestmark = pytest.mark.usefixtures("exam_morning")

SETTINGS = {
    "title": "上半年学法考试", "year": "2026", "kind": "online", "opens_at": "2026-12-01T09:00",
    "closes_at": "2026-12-05T18:00", "minutes": "60", "attempts_allowed": "3", "score_rule": "best", "pass_mark": "60",
    "excellence_mark": "90", "multiple_rule": "all_or_nothing", "release": "after_close", "form_count": "2",
    "participation_target": "100", "pass_target": "100", "make_up_of_id": "0", "shuffle_options": "y",
}


@pytest.fixture
def admin(app, client):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        person = grant(session, make_person(session, "何静安"), Role.EXAM_ADMIN)
        for kind in ("single", "multiple", "true_false"):
            for _n in range(3):
                make_item(session, kind)
    sign_in(client, person)
    return client


def created(admin, **changes):
    answer = admin.post("/exams/new", data=SETTINGS | changes)
    assert answer.status_code == 303
    return int(answer.location.rsplit("/", 1)[1])


def test_whom_an_exam_is_for_is_ticked_counted_by_unit_and_frozen(app, admin):
    with app.app_context(), db.transaction() as session:
        office = make_unit(session, "办公室", make_agency(session))
        chief, clerk = make_person(session, "陆文川", office), make_person(session, "江小满", office)
        chief.rank, clerk.rank, office_id = "县处级正职", "一级科员", office.id
    exam_id = created(admin, kind="paper")
    page = admin.get(f"/exams/{exam_id}/audience").get_data(as_text=True)
    assert "今天发布，名单是 3 人" in page
    refused = admin.post(f"/exams/{exam_id}/audience", data={"ranks": "省部级"})
    assert refused.status_code == 422
    assert "今天的人员里没有“省部级”" in refused.get_data(as_text=True)
    assert admin.post(f"/exams/{exam_id}/audience", data={"units": "x"}).status_code == 422
    assert admin.post(f"/exams/{exam_id}/audience", data={"units": str(office_id), "ranks": "县处级正职"}).status_code == 303
    page = admin.get(f"/exams/{exam_id}/audience").get_data(as_text=True)
    assert "今天发布，名单是 1 人" in page
    assert re.search(r'value="县处级正职" checked', page)
    assert "单位：办公室" in admin.get(f"/exams/{exam_id}").get_data(as_text=True)
    assert admin.post(f"/exams/{exam_id}/publish").status_code == 303
    assert admin.get(f"/exams/{exam_id}/audience").status_code == 409
    assert admin.post(f"/exams/{exam_id}/audience", data={}).status_code == 409
    assert "职务层次：县处级正职" in admin.get(f"/exams/{exam_id}").get_data(as_text=True)
    roster = admin.get(f"/exams/{exam_id}/roster").get_data(as_text=True)
    assert "陆文川" in roster
    assert "江小满" not in roster


@both_databases
def test_an_exam_belongs_to_a_campaign_that_the_plan_of_its_year_names(app, admin):
    with app.app_context(), db.transaction() as session:
        make_campaigns(session, "民法典宣传", "宪法宣传周")
        make_campaigns(session, "全国生态日", year=2025)

    def offered(address):
        field = lxml.html.fromstring(admin.get(address).get_data(as_text=True)).get_element_by_id("campaign")
        return field.value, [one.get("value") for one in field]

    assert offered("/exams/new?year=2026") == ("", ["", "民法典宣传", "宪法宣传周"])
    assert offered("/exams/new?year=2024") == ("", [""])
    exam_id = created(admin, campaign="宪法宣传周")
    assert "宪法宣传周" in admin.get(f"/exams/{exam_id}").get_data(as_text=True)
    settings = f"/exams/{exam_id}/settings"
    assert offered(settings) == ("宪法宣传周", ["", "民法典宣传", "宪法宣传周"])
    for wrong in ({"campaign": "世界水日"}, {"campaign": "宪法宣传周", "year": "2025"}, {"campaign": "宪法宣传周", "year": "x"}):
        answer = admin.post(settings, data=SETTINGS | wrong)
        assert answer.status_code == 422, wrong
        assert "这个活动，请另选一个" in answer.get_data(as_text=True), wrong
    with app.app_context(), db.transaction() as session:
        assert queries.get(session, exam_id).campaign == "宪法宣传周"
        session.execute(delete(PlanFact))
    assert admin.post(settings, data=SETTINGS | {"campaign": "宪法宣传周"}).status_code == 303, "what it has it keeps"
    assert admin.post(settings, data=SETTINGS | {"campaign": ""}).status_code == 303
    with app.app_context():
        assert queries.get(db.session(), exam_id).campaign is None
    assert created(admin)


def test_without_an_exam_the_page_says_what_to_do(admin):
    assert "还没有考试" in admin.get("/exams").get_data(as_text=True)


def test_a_draft_is_made_with_a_proposed_blueprint_and_local_times(app, admin):
    exam_id = created(admin)
    with app.app_context():
        exam = queries.get(db.session(), exam_id)
        assert (exam.state, exam.pass_mark, exam.shuffle_questions) == ("draft", Decimal(60), False)
        assert exam.opens_at.isoformat() == "2026-12-01T01:00:00+00:00"
    page = admin.get(f"/exams/{exam_id}").get_data(as_text=True)
    assert "题库不够" in page
    assert "disabled" in page


def test_wrong_settings_come_back_with_what_was_typed(admin):
    answer = admin.post("/exams/new", data=SETTINGS | {"closes_at": "2026-11-30T09:00"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "结束时间要晚于开始时间" in page
    assert "上半年学法考试" in page


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"count": "0", "marks": "2"}, "第 1 行的题数"),
        ({"count": "2", "marks": "abc"}, "第 1 行的每题分值"),
        ({"count": "2", "marks": "1.234"}, "第 1 行的每题分值"),
        ({"count": "", "marks": ""}, "至少要有一行"),
    ],
)
def test_a_wrong_blueprint_names_the_row_and_keeps_what_was_typed(admin, row, sentence):
    exam_id = created(admin)
    data = {"subject": "", "type": "single", "difficulty": ""} | row
    answer = admin.post(f"/exams/{exam_id}/blueprint", data=data)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_from_blueprint_to_published(app, admin):
    exam_id = created(admin, pass_mark="6", excellence_mark="9")
    rows = {"subject": ["", ""], "type": ["single", "multiple"], "difficulty": ["", ""], "count": ["3", "2"],
            "marks": ["2", "2"]}
    assert admin.post(f"/exams/{exam_id}/blueprint", data=rows).status_code == 303
    assert admin.post(f"/exams/{exam_id}/publish").status_code == 303
    with app.app_context():
        assert queries.get(db.session(), exam_id).state == "published"
    assert admin.post(f"/exams/{exam_id}/publish").status_code == 409
    assert "应考名单" in admin.get(f"/exams/{exam_id}/roster").get_data(as_text=True)


def saved_blueprint(admin, exam_id, singles):
    rows = {"subject": [""], "type": ["single"], "difficulty": [""], "count": [str(singles)], "marks": ["2"]}
    assert admin.post(f"/exams/{exam_id}/blueprint", data=rows).status_code == 303


def test_bounds_on_shared_items_and_uses_are_settings_that_may_stay_empty(app, admin):
    exam_id = created(admin)
    page = admin.get(f"/exams/{exam_id}/settings").get_data(as_text=True)
    assert "任意两份卷最多共用几题" in page
    assert "留空：尽量少" in page
    for typed, kept in ((("0", "2"), (0, 2)), (("", ""), (None, None))):
        changed = SETTINGS | {"max_shared": typed[0], "max_uses": typed[1]}
        assert admin.post(f"/exams/{exam_id}/settings", data=changed).status_code == 303
        with app.app_context():
            exam = queries.get(db.session(), exam_id)
            assert (exam.max_shared, exam.max_uses) == kept
    for wrong in ({"max_shared": "-1"}, {"max_uses": "0"}):
        assert admin.post(f"/exams/{exam_id}/settings", data=SETTINGS | wrong).status_code == 422


def test_settings_that_are_sent_as_they_are_shown_change_nothing(app, admin):
    """Times are those of the place, on the page as in the form that was typed."""
    exam_id = created(admin, own_unit_barred="y", release="manual", max_uses="2", pass_mark="61.5")
    page = lxml.html.fromstring(admin.get(f"/exams/{exam_id}/settings").get_data(as_text=True))
    (form,) = [form for form in page.forms if form.get("action", "").endswith("/settings") or "title" in form.fields]
    shown = {name: value for name, value in form.form_values() if name != "csrf_token"}
    assert (shown["opens_at"], shown["closes_at"]) == ("2026-12-01T09:00", "2026-12-05T18:00")
    assert admin.post(f"/exams/{exam_id}/settings", data=shown).status_code == 303
    with app.app_context():
        (told,) = db.session().scalars(select(AuditEvent).where(AuditEvent.action == "change_exam")).all()
        assert told.detail["before"] == told.detail["after"] == {}


def test_the_record_says_what_was_changed_from_what_to_what(app, admin):
    exam_id = created(admin)
    changed = SETTINGS | {"pass_mark": "70", "closes_at": "2026-12-09T18:00", "max_shared": "2"}
    assert admin.post(f"/exams/{exam_id}/settings", data=changed).status_code == 303
    for count in (2, 3):
        saved_blueprint(admin, exam_id, count)
    assert admin.post(f"/exams/{exam_id}/audience", data={}).status_code == 303
    with app.app_context():
        acts = ("change_exam", "change_blueprint", "change_audience")
        told = db.session().scalars(select(AuditEvent).where(AuditEvent.action.in_(acts)).order_by(AuditEvent.number)).all()
        settings, first, second, audience = (one.detail for one in told)
    assert settings["before"].keys() == settings["after"].keys() == {"pass_mark", "closes_at", "max_shared"}
    assert (settings["before"]["pass_mark"], settings["after"]["pass_mark"]) == ("60", "70")
    assert (settings["before"]["max_shared"], settings["after"]["max_shared"]) == (None, 2)
    assert first["before"]["total"] == "100"  # what a new exam begins with
    assert first["after"] == second["before"] == {"rows": ["* single *: 2 × 2"], "total": "4"}
    assert second["after"]["rows"] == ["* single *: 3 × 2"]
    assert audience["before"] == audience["after"] == {}


def test_the_list_before_publishing_knows_the_bounds(admin):
    """Three single choices in the bank: two forms of two share one, and cannot share none."""
    exam_id = created(admin, pass_mark="2", excellence_mark="3")
    saved_blueprint(admin, exam_id, 2)
    assert "题库够组 2 份平行卷" in admin.get(f"/exams/{exam_id}").get_data(as_text=True)
    none_shared = SETTINGS | {"pass_mark": "2", "excellence_mark": "3", "max_shared": "0"}
    assert admin.post(f"/exams/{exam_id}/settings", data=none_shared).status_code == 303
    page = admin.get(f"/exams/{exam_id}").get_data(as_text=True)
    assert "任意两份卷都不共用题目，题库不够组 2 份卷：任意科目单选题每份要 2 道，题库少 1 道" in page
    assert admin.post(f"/exams/{exam_id}/publish").status_code == 422


def test_a_published_exam_shows_its_forms_side_by_side(admin):
    exam_id = created(admin, pass_mark="2", excellence_mark="3")
    saved_blueprint(admin, exam_id, 2)
    assert "与另一份最多共用" not in admin.get(f"/exams/{exam_id}").get_data(as_text=True)
    assert admin.post(f"/exams/{exam_id}/publish").status_code == 303
    page = admin.get(f"/exams/{exam_id}").get_data(as_text=True)
    for words in ("第 1 份", "第 2 份", "与另一份最多共用", "以前的卷用过"):
        assert words in page
    line = page[page.index("第 2 份"):]
    cells = re.findall(r"<td [^>]*>(.*?)</td>", line)
    assert cells == ["2", "4", "2", "0", "0", "—", "1 题", "2 份卷", "0 题"]
    assert "没有预计得分率" in page
    with admin.application.app_context(), db.transaction() as session:
        for form, expected in zip(session.scalars(select(Form).order_by(Form.number)), (0.8126, 0.8014), strict=True):
            form.expected = expected
    page = admin.get(f"/exams/{exam_id}").get_data(as_text=True)
    assert re.findall(r'data-label="预计得分率">(.*?)</td>', page) == ["0.813", "0.801"]
    assert "各卷预计得分率最多相差 0.012：第 1 份 0.813，第 2 份 0.801" in page


def test_a_liaison_sees_only_people_below_and_no_drafts(app, client):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        top = make_agency(session)
        own, other = make_unit(session, "车队", top), make_unit(session, "幼儿园", top)
        liaison = grant(session, make_person(session, "陆知远", own), Role.LIAISON, own)
        stranger = make_person(session, "别处的人", other)
        exam = make_exam(session, candidates=[liaison, stranger])
        hidden = make_exam(session, state="draft", title="还没发布的")
    sign_in(client, liaison)
    page = client.get(f"/exams/{exam.id}/roster").get_data(as_text=True)
    assert "陆知远" in page
    assert "别处的人" not in page
    assert client.get(f"/exams/{hidden.id}").status_code == 404
    assert "还没发布的" not in client.get("/exams").get_data(as_text=True)
    assert client.post(f"/exams/{exam.id}/publish").status_code == 403


def test_the_roster_can_be_sorted_filtered_and_downloaded(app, admin):
    with app.app_context(), db.transaction() as session:
        people = [make_person(session, name) for name in ("甲一", "乙二", "=1+1")]
        exam = make_exam(session, candidates=people)
    assert "乙二" not in admin.get(f"/exams/{exam.id}/roster?q=甲一").get_data(as_text=True)
    text = admin.get(f"/exams/{exam.id}/roster?download=csv").get_data().decode("utf-8-sig")
    assert "'=1+1" in text
    assert admin.get(f"/exams/{exam.id}/roster?download=xlsx").get_data()[:2] == b"PK"


def test_proposals_follow_the_plan_only_where_the_bank_has_items(app):
    with app.app_context():
        cells = preparing.proposed_cells(db.session(), 2026)
        assert sum(cell.count * cell.marks for cell in cells) == 100


@both_databases
def test_a_liaison_sees_the_numbers_of_their_own_units_and_no_draft(app, client):
    with app.app_context(), db.transaction() as session:
        office, cars = make_unit(session, "办公室", make_agency(session)), make_unit(session, "车队", make_agency(session))
        liaison = grant(session, make_person(session, "何静安", office), Role.LIAISON, office)
        others = [make_person(session, f"司机{number}", cars) for number in range(6)]
        exam_id = make_exam(session, ("single",), candidates=[liaison, *others]).id
        make_exam(session, ("single",), state="draft", title="还没有定的补考", make_up_of_id=exam_id)
        admin = grant(session, make_person(session), Role.EXAM_ADMIN)
    sign_in(client, liaison)
    page = client.get(f"/exams/{exam_id}").get_data(as_text=True)
    assert '<dd class="figure">1<small>' in page
    assert "人数是你负责的单位和下属单位的" in page
    assert "还没有定的补考" not in page
    sign_in(client, admin)
    page = client.get(f"/exams/{exam_id}").get_data(as_text=True)
    assert '<dd class="figure">7<small>' in page
    assert "还没有定的补考" in page
