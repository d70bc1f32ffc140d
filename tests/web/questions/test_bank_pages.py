"""The pages of the bank: who may open them, what they show, what their buttons do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select

from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.jobs.models import Job
from quizapp.kernel.roles import Role
from quizapp.questions import queries, service
from tests.builders.bank import make_item
from tests.builders.bank_files import make_bank, single, write_topic
from tests.builders.people import grant, make_agency, make_person, sign_in
from tests.page_lint import LintingClient

Enter = Callable[..., None]


@pytest.fixture
def bank(app: Flask, tmp_path: Path) -> Path:
    """A folder of three items, which the application takes for its bank."""
    path = make_bank(tmp_path)
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], bank_path=path)
    app.config["WTF_CSRF_ENABLED"] = False
    return path


@pytest.fixture
def enter(app: Flask, client: LintingClient) -> Enter:
    """Signs somebody in who holds these roles."""

    def as_role(*roles: Role) -> None:
        with app.app_context(), db.transaction() as session:
            person = make_person(session)
            for role in roles:
                grant(session, person, role, make_agency(session) if role is Role.LIAISON else None)
        sign_in(client, person)

    return as_role


def load(bank: Path) -> None:
    with db.transaction() as session:
        service.build_bank(session, bank)


@pytest.mark.parametrize("role", [Role.EXAM_ADMIN, Role.EDITOR, Role.REVIEWER])
@pytest.mark.parametrize("address", ["/bank", "/bank/check", "/bank/items/constitution-001"])
def test_those_who_work_on_the_bank_may_read_it(
    app: Flask, client: LintingClient, bank: Path, enter: Enter, role: Role, address: str
) -> None:
    with app.app_context():
        load(bank)
    enter(role)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/bank", "/bank/check", "/bank/items/constitution-001"])
@pytest.mark.parametrize("roles", [(), (Role.LIAISON,), (Role.SYSTEM_ADMIN,), (Role.AUDITOR,)])
def test_nobody_else_sees_a_key(
    app: Flask, client: LintingClient, bank: Path, enter: Enter, roles: tuple[Role, ...], address: str
) -> None:
    with app.app_context():
        load(bank)
    enter(*roles)
    assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    ("role", "address"),
    [(Role.REVIEWER, "/bank/build"), (Role.EDITOR, "/bank/items/constitution-001/retire"),
     (Role.EDITOR, "/bank/items/constitution-001/publish")],
)
def test_editing_and_deciding_are_different_rights(
    app: Flask, client: LintingClient, bank: Path, enter: Enter, role: Role, address: str
) -> None:
    with app.app_context():
        load(bank)
    enter(role)
    assert client.post(address).status_code == 403


def test_an_empty_bank_says_what_to_do(client: LintingClient, bank: Path, enter: Enter) -> None:
    enter(Role.EDITOR)
    page = client.get("/bank").get_data(as_text=True)
    assert "题库还是空的" in page
    assert page.count("装入题库</button>") == 1


def test_loading_is_a_job_that_ends_with_the_bank_filled(
    app: Flask, client: LintingClient, bank: Path, enter: Enter
) -> None:
    enter(Role.EDITOR)
    answer = client.post("/bank/build")
    assert answer.status_code == 303
    page = client.get(answer.location).get_data(as_text=True)
    assert "新增 3 道，更新 0 道，停用 0 道，未变 0 道" in page
    with app.app_context():
        assert queries.item_count(db.session()) == 3
        assert db.session().scalars(select(Job.state)).all() == ["done"]
        assert db.session().scalars(select(AuditEvent.action)).all() == ["build_bank"]


def test_loading_a_bank_with_errors_says_where(client: LintingClient, bank: Path, enter: Enter) -> None:
    write_topic(bank, [single(1, key=["E"])])
    enter(Role.EDITOR)
    page = client.get(client.post("/bank/build").location).get_data(as_text=True)
    assert "任务没有完成" in page
    assert "constitution/topic.yaml:" in page


def test_the_check_lists_problems_by_file_and_line(client: LintingClient, bank: Path, enter: Enter) -> None:
    write_topic(bank, [single(1, key=["E"]), single(2, explanation="短。")])
    enter(Role.REVIEWER)
    page = client.get("/bank/check").get_data(as_text=True)
    for words in ("constitution/topic.yaml:", "答案“E”不在选项里", "解析只有 2 个字", "须改正", "提醒"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "codes"),
    [("", {1, 2, 3}), ("?difficulty=2", {1}), ("?type=multiple", set()), ("?status=retired", {3}), ("?law=示例法", {1, 2, 3}),
     ("?subject=civil-code", set()), ("?q=constitution-002", {2}), ("?difficulty=hard", {1, 2, 3})],
)
def test_filters_stand_in_the_address(
    app: Flask, client: LintingClient, bank: Path, enter: Enter, query: str, codes: set[int]
) -> None:
    with app.app_context():
        load(bank)
        with db.transaction() as session:
            service.retire(session, "constitution-003")
    enter(Role.REVIEWER)
    page = client.get(f"/bank{query}").get_data(as_text=True)
    assert {n for n in (1, 2, 3) if f"/bank/items/constitution-00{n}" in page} == codes


def test_coverage_names_what_is_missing(app: Flask, client: LintingClient, bank: Path, enter: Enter) -> None:
    with app.app_context():
        load(bank)
    enter(Role.EXAM_ADMIN)
    page = client.get("/bank").get_data(as_text=True)
    for words in ("1 / 1 / 1", "缺多选题", "题量不足 20 道", "没有试题"):
        assert words in page


def test_the_bank_page_takes_few_queries(app: Flask, client: LintingClient, bank: Path, enter: Enter) -> None:
    write_topic(bank, [single(number) for number in range(1, 61)])
    with app.app_context():
        load(bank)
        engine = db.engine
    enter(Role.EXAM_ADMIN)
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", note)
    client.get("/bank")
    event.remove(engine, "before_cursor_execute", note)
    assert len([statement for statement in seen if statement.startswith("SELECT")]) <= 14


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "fill", "short", "case"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_item_of_every_type_is_shown_whole(
    app: Flask, client: LintingClient, enter: Enter, kind: str, language: str
) -> None:
    with app.app_context(), db.transaction() as session:
        version = make_item(session, kind)
        code = version.content["id"]
    enter(Role.REVIEWER)
    with client.session_transaction() as cookie:
        cookie["language"] = language
    page = client.get(f"/bank/items/{code}").get_data(as_text=True)
    questions = version.content["parts"] if kind == "case" else [version.content]
    for question in questions:
        assert question["explanation"] in page
        for reason in question.get("distractors", {}).values():
            assert reason in page
    assert ("示例法 第 12 条第 1 款" if language == "zh" else "示例法 art. 12 para. 1") in page


def test_a_document_is_marked_as_no_legal_basis(app: Flask, client: LintingClient, enter: Enter) -> None:
    document = {"document": "某次会议报告", "issuer": "某会议", "date": "2022-10", "locator": "第七部分"}
    with app.app_context(), db.transaction() as session:
        code = make_item(session, basis=[document]).content["id"]
    enter(Role.REVIEWER)
    page = client.get(f"/bank/items/{code}").get_data(as_text=True)
    assert "某次会议报告" in page
    assert "非法律依据" in page


def test_emphasis_is_drawn_and_its_signs_are_not(app: Flask, client: LintingClient, enter: Enter) -> None:
    with app.app_context(), db.transaction() as session:
        code = make_item(session, stem="下列<b>哪一项</b>[[不属于]]这一范围？").content["id"]
    enter(Role.REVIEWER)
    page = client.get(f"/bank/items/{code}").get_data(as_text=True)
    assert "<em>不属于</em>" in page
    assert "[[" not in page
    assert "&lt;b&gt;哪一项" in page


def test_versions_and_what_changed_between_them(app: Flask, client: LintingClient, bank: Path, enter: Enter) -> None:
    with app.app_context():
        load(bank)
        write_topic(bank, [single(1, explanation="第一条写明了管辖机关是税务局，其他机关没有这项职责。"), single(2), single(3)])
        load(bank)
    enter(Role.REVIEWER)
    page = client.get("/bank/items/constitution-001").get_data(as_text=True)
    assert "第 1 版 → 第 2 版" in page
    assert "<ins>" in page
    assert "已经不用于新的试卷" in client.get("/bank/items/constitution-001?version=1").get_data(as_text=True)
    for missing in ("constitution-001?version=3", "constitution-001?version=0", "constitution-999"):
        assert client.get(f"/bank/items/{missing}").status_code == 404


def test_retiring_and_publishing_are_recorded(app: Flask, client: LintingClient, bank: Path, enter: Enter) -> None:
    with app.app_context():
        load(bank)
    enter(Role.REVIEWER)
    assert client.post("/bank/items/constitution-001/retire").status_code == 303
    assert client.post("/bank/items/constitution-001/retire").status_code == 409
    assert client.post("/bank/items/constitution-001/publish").status_code == 303
    assert client.post("/bank/items/constitution-404/publish").status_code == 404
    with app.app_context():
        recorded = [(e.action, e.object_id, e.detail) for e in
                    db.session().scalars(select(AuditEvent).where(AuditEvent.outcome != "refused").order_by(AuditEvent.number))]
        assert recorded == [
            ("retire_item", "constitution-001", {"before": "published", "after": "retired"}),
            ("publish_item", "constitution-001", {"before": "retired", "after": "published"}),
        ]
        assert queries.item_by_code(db.session(), "constitution-001").status == "published"
