"""The pages of review, editing and generating: what they show, who may decide, what a refusal says."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from quizapp.questions import queries, queue, reviewing, service
from quizapp.questions.models import Quarantine, Review
from quizapp.questions.rules.content import from_content
from tests.builders.bank_files import amend, bring_texts, make_bank, text_of
from tests.builders.people import grant, make_agency, make_person, sign_in
from tests.page_lint import LintingClient

CODE = "constitution-001"
As = Callable[..., Person]


@pytest.fixture
def bank(app: Flask, tmp_path: Path) -> Path:
    """Three published items whose law has its text in the library."""
    path = make_bank(tmp_path)
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], bank_path=path)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), db.transaction() as session:
        service.build_bank(session, path)
        bring_texts(session)
    return path


@pytest.fixture
def enter(app: Flask, client: LintingClient) -> As:
    def as_role(*roles: Role) -> Person:
        with app.app_context(), db.transaction() as session:
            person = make_person(session)
            for role in roles:
                grant(session, person, role, make_agency(session) if role is Role.LIAISON else None)
        sign_in(client, person)
        return person

    return as_role


@pytest.fixture
def waiting(app: Flask, bank: Path) -> int:
    """A changed explanation that waits for a reviewer."""
    with app.app_context(), db.transaction() as session:
        item = queries.item_by_code(session, CODE)
        content = from_content(queries.version_of(session, item.id, 1).content)
        content = content.model_copy(update={"explanation": "第二条写明了管辖机关，其他机关一律不得办理。"})
        return reviewing.propose_change(session, item, content, "edit", make_person(session).id).id


@pytest.fixture
def lapsed(app: Flask, bank: Path) -> int:
    """An item whose article reads otherwise since September 2025."""
    with app.app_context(), db.transaction() as session:
        amend(session, 2, text_of(2).replace("其他机关不得办理", "其他机关可以协助"), date(2025, 9, 1))
        return session.scalars(select(Quarantine.id)).one()


def typed(app: Flask, **changes: object) -> dict[str, object]:
    """The edit form of the first item as it stands, with some fields typed anew."""
    with app.app_context():
        item = queries.item_by_code(db.session(), CODE)
        one = from_content(queries.version_of(db.session(), item.id, item.current_version).content)
        fields: dict[str, object] = {
            "topic": one.topic, "difficulty": str(one.difficulty), "applied": "y" if one.applied else "", "stem": one.stem,
            "explanation": one.explanation, "keys": list(one.key), "law_1": "示例法", "article_1": "第二条", "quote_1": text_of(2)[:8],
        }
        fields |= {f"option_{letter}": text for letter, text in one.options.items()}
        fields |= {f"reason_{letter}": text for letter, text in one.distractors.items()}
    return {name: value for name, value in (fields | changes).items() if value != ""}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_item_is_shown_beside_its_article(client: LintingClient, enter: As, waiting: int, language: str) -> None:
    enter(Role.REVIEWER)
    client.post("/language", data={"language": language, "next": "/review"})
    page = client.get(f"/review/{waiting}").text
    assert f'<mark class="proof">{text_of(2)[:8]}</mark>' in page
    assert "<ins>" in page
    assert ("通过" in page) == (language == "zh")
    assert CODE in client.get("/review").text


@pytest.mark.parametrize("address", ["/review", "/review?tab=changes", "/review?tab=done", "/bank/generate"])
def test_empty_queues_say_what_comes_there(client: LintingClient, bank: Path, enter: As, address: str) -> None:
    enter(Role.EDITOR)
    assert 'class="empty"' in client.get(address).text or address == "/bank/generate"


@pytest.mark.parametrize("roles", [(), (Role.LIAISON,), (Role.SYSTEM_ADMIN,), (Role.AUDITOR,)])
def test_review_is_for_those_who_write_and_review(client: LintingClient, waiting: int, enter: As, roles: tuple[Role, ...]) -> None:
    enter(*roles)
    for address in ("/review", f"/review/{waiting}", f"/bank/items/{CODE}/edit", "/bank/generate"):
        assert client.get(address).status_code == 403


def test_a_reviewer_accepts_and_goes_on(app: Flask, client: LintingClient, waiting: int, enter: As) -> None:
    enter(Role.REVIEWER)
    answer = client.post(f"/review/{waiting}/accept")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/review")
    with app.app_context():
        assert queries.item_by_code(db.session(), CODE).current_version == 2
        assert db.session().scalars(select(AuditEvent.action)).all()[-1] == "accept_item"


def test_a_rejection_without_a_reason_comes_back(app: Flask, client: LintingClient, waiting: int, enter: As) -> None:
    enter(Role.REVIEWER)
    answer = client.post(f"/review/{waiting}/reject", data={"reason": ""})
    assert answer.status_code == 422
    assert "退回要写明理由" in answer.text
    assert client.post(f"/review/{waiting}/reject", data={"reason": "没有说明理由"}).status_code == 303
    with app.app_context():
        assert db.session().get_one(Review, waiting).state == "rejected"
    assert "没有说明理由" in client.get("/review?tab=done").text


def test_an_editor_does_not_decide(client: LintingClient, waiting: int, enter: As) -> None:
    enter(Role.EDITOR)
    assert "由审题人（公职律师）决定" in client.get(f"/review/{waiting}").text
    assert client.post(f"/review/{waiting}/accept").status_code == 403


def test_whoever_wrote_it_does_not_decide(app: Flask, client: LintingClient, bank: Path, enter: As) -> None:
    enter(Role.EDITOR, Role.REVIEWER)
    answer = client.post(f"/bank/items/{CODE}/edit", data=typed(app, explanation="第二条写明了管辖机关，其他机关一律不得办理。"))
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert "编和审不能是同一个人" in client.get(address).text
    refused = client.post(f"{address}/accept")
    assert refused.status_code == 422
    assert "编和审不能是同一个人" in refused.text


def test_the_form_comes_filled_and_what_is_typed_is_proved(app: Flask, client: LintingClient, bank: Path, enter: As) -> None:
    enter(Role.EDITOR)
    page = client.get(f"/bank/items/{CODE}/edit").text
    assert text_of(2)[:8] in page
    answer = client.post(f"/bank/items/{CODE}/edit", data=typed(app, article_1="3", quote_1=text_of(3)))
    assert answer.status_code == 303
    with app.app_context():
        review = db.session().scalars(select(Review)).one()
        cited = from_content(queue.desk(db.session(), review.id).version.content).basis[0]
        assert (cited.article, cited.span) == ("3", (0, len(text_of(3))))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quote_1": "这几个字不在条文里面"}, "里没有“这几个字不在条文里面”"),
        ({"quote_1": ""}, "请摘录"),
        ({"law_1": "没有这部法"}, "没有这部法"),
        ({"article_1": "400"}, "第四百条"),
        ({"article_1": "某条"}, "某条"),
        ({"law_1": "", "article_1": "", "quote_1": ""}, "至少写一条依据"),
        ({"keys": []}, "key"),
        ({"reason_A": ""}, "没有说明“A”为什么不对"),
        ({"option_A": ""}, "选项应当从 A 起依次编号"),
        ({"stem": ""}, "题干"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_its_reason(
    app: Flask, client: LintingClient, bank: Path, enter: As, changes: dict[str, object], words: str
) -> None:
    enter(Role.EDITOR)
    answer = client.post(f"/bank/items/{CODE}/edit", data=typed(app, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    with app.app_context():
        assert db.session().scalars(select(Review)).all() == []


def test_a_reviewer_who_mends_what_waits_hands_it_to_another(app: Flask, client: LintingClient, waiting: int, enter: As) -> None:
    enter(Role.REVIEWER)
    answer = client.post(f"/bank/items/{CODE}/edit", data=typed(app, explanation="按照第二条，管辖机关只有条文写明的那一个。"))
    assert answer.status_code == 303
    with app.app_context():
        states = db.session().scalars(select(Review.state).order_by(Review.id)).all()
        assert states == ["rejected", "open"]


def test_an_amended_item_shows_both_texts_and_can_be_carried_over(client: LintingClient, lapsed: int, enter: As) -> None:
    enter(Role.REVIEWER)
    assert CODE in client.get("/review").text
    page = client.get(f"/review/changes/{lapsed}").text
    assert "<del>" in page
    assert "<ins>" in page
    assert "从 2025-09-01 起不再用于组卷" in page
    answer = client.post(f"/review/changes/{lapsed}/carry-over")
    assert answer.status_code == 303
    assert "编和审不能是同一个人" in client.get(answer.headers["Location"]).text
    assert "新版已经提交" in client.get(f"/review/changes/{lapsed}").text


def test_an_amended_item_can_be_retired(app: Flask, client: LintingClient, lapsed: int, enter: As) -> None:
    enter(Role.REVIEWER)
    assert client.post(f"/review/changes/{lapsed}/retire").status_code == 303
    with app.app_context():
        assert queries.item_by_code(db.session(), CODE).status == "retired"
    assert client.post(f"/review/changes/{lapsed}/retire").status_code == 409


def test_what_is_not_there_is_404(client: LintingClient, bank: Path, enter: As) -> None:
    enter(Role.REVIEWER)
    assert client.get("/review/999").status_code == 404
    assert client.get("/review/changes/999").status_code == 404
    assert client.get("/bank/items/none/edit").status_code == 404


@pytest.mark.parametrize("data", [{}, {"law": "示例法"}, {"law": "示例法", "subject": "constitution", "limit": "0"}])
def test_generating_wants_a_law_a_subject_and_a_number(client: LintingClient, bank: Path, enter: As, data: dict[str, str]) -> None:
    enter(Role.EDITOR)
    assert client.post("/bank/generate", data=data).status_code == 422


def test_generating_runs_as_a_job_and_fills_the_queue(app: Flask, client: LintingClient, bank: Path, enter: As) -> None:
    enter(Role.EDITOR)
    answer = client.post("/bank/generate", data={"law": "示例法", "subject": "constitution", "limit": "20"})
    assert answer.status_code == 303
    assert "候选试题" in client.get(answer.headers["Location"]).text
    with app.app_context():
        waiting = queue.reviews(db.session(), opened=True)
        assert {row.kind for row in waiting} <= {"generated"}
        assert all(queries.item_by_code(db.session(), row.code).status == "review" for row in waiting)
