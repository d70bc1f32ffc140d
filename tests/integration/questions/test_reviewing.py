"""Review: two different persons for one item, the gate of proof, and what an amendment asks of reviewers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.db import db
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError
from quizapp.questions import queries, queue, reviewing, service, watch
from quizapp.questions.models import Item, Quarantine, Review
from quizapp.questions.rules.content import from_content
from quizapp.questions.watch import Use
from quizapp.statutes.rules.wording import fingerprint
from tests.builders.bank_files import amend, bring_texts, make_bank, text_of
from tests.builders.people import make_person
from tests.databases import both_databases

CODE = "constitution-001"
LATER = date(2025, 9, 1)


@pytest.fixture
def bank(app: Flask, tmp_path: Path) -> Flask:
    """Three published items on an invented law whose text is in the library."""
    with app.app_context(), db.transaction() as session:
        service.build_bank(session, make_bank(tmp_path))
        bring_texts(session)
    return app


def changed(session: Session, **changes: Any) -> tuple[Item, Any]:
    """The item and its content with some fields changed."""
    item = queries.item_by_code(session, CODE)
    content = from_content(queries.version_of(session, item.id, item.current_version).content)
    return item, content.model_copy(update=changes or {"explanation": "第二条写明了管辖机关，其他机关一律不得办理。"})


def propose(session: Session, person: int, **changes: Any) -> Review:
    item, content = changed(session, **changes)
    return reviewing.propose_change(session, item, content, "edit", person)


@both_databases
def test_a_change_is_in_use_only_after_somebody_else_accepted_it(bank: Flask) -> None:
    with bank.app_context(), db.transaction() as session:
        editor, reviewer = make_person(session).id, make_person(session).id
        review = propose(session, editor)
        assert queries.item_by_code(session, CODE).current_version == 1
        with pytest.raises(ForbiddenError):
            reviewing.accept(session, review.id, editor)
        reviewing.accept(session, review.id, reviewer)
        item = queries.item_by_code(session, CODE)
        assert (item.current_version, item.status, review.state) == (2, "published", "accepted")


@both_databases
def test_an_item_of_a_running_exam_needs_two(bank: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "USES", [lambda _session, ids: {ids[0]: [Use("考试", "/exams/1", held=False)]}])
    with bank.app_context(), db.transaction() as session:
        editor, first, second = (make_person(session).id for _n in range(3))
        review = propose(session, editor)
        reviewing.accept(session, review.id, first)
        assert (review.state, queries.item_by_code(session, CODE).current_version) == ("open", 1)
        with pytest.raises(ConflictError):
            reviewing.accept(session, review.id, first)
        reviewing.accept(session, review.id, second)
        assert (review.state, queries.item_by_code(session, CODE).current_version) == ("accepted", 2)


def test_a_rejection_needs_a_reason_and_leaves_what_is_in_use(bank: Flask) -> None:
    with bank.app_context(), db.transaction() as session:
        review = propose(session, make_person(session).id)
        reviewer = make_person(session).id
        with pytest.raises(InputError):
            reviewing.reject(session, review.id, reviewer, "  ")
        reviewing.reject(session, review.id, reviewer, "解析没有说明理由")
        item = queries.item_by_code(session, CODE)
        assert (review.state, item.current_version, item.status) == ("rejected", 1, "published")
        assert queue.reviews(session, opened=False)[0].reason == "解析没有说明理由"


def test_one_version_waits_at_a_time_and_nothing_changed_is_nothing_proposed(bank: Flask) -> None:
    with bank.app_context(), db.transaction() as session:
        person = make_person(session).id
        with pytest.raises(ConflictError):
            propose(session, person, topic=changed(session)[1].topic)
        propose(session, person)
        with pytest.raises(ConflictError):
            propose(session, person, explanation="再改一次，仍然说明管辖机关是哪一个。")


@pytest.mark.parametrize(
    "proof", [{"text": None, "span": None}, {"text": "0" * 16}, {"span": (0, 300)}, {"article": "91"}],
    ids=["none", "other words", "outside the article", "no such article"],
)
def test_nothing_is_published_that_the_article_does_not_prove(bank: Flask, proof: dict[str, Any]) -> None:
    with bank.app_context(), db.transaction() as session:
        basis = changed(session)[1].basis[0].model_copy(update=proof)
        review = propose(session, make_person(session).id, basis=(basis,))
        with pytest.raises(InputError):
            reviewing.accept(session, review.id, make_person(session).id)
        assert queries.item_by_code(session, CODE).current_version == 1


def test_a_build_leaves_what_reviewers_made_until_the_file_says_something_new(bank: Flask, tmp_path: Path) -> None:
    with bank.app_context(), db.transaction() as session:
        review = propose(session, make_person(session).id)
        reviewing.accept(session, review.id, make_person(session).id)
        folder = tmp_path / "bank"
        assert service.build_bank(session, folder).is_nothing
        file = folder / "constitution" / "topic.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("difficulty: 2", "difficulty: 3", 1), encoding="utf-8")
        assert service.build_bank(session, folder).changed == (CODE,)
        assert queries.item_by_code(session, CODE).current_version == 3


@both_databases
def test_the_amendment_story(bank: Flask) -> None:
    """Quarantined from the day, carried over to the new article by one person, accepted by another."""
    with bank.app_context(), db.transaction() as session:
        article = int(changed(session)[1].basis[0].article)
        words = text_of(article).replace("其他机关不得办理", "其他机关可以协助")
        version = amend(session, article, words, LATER)
        row = session.scalars(select(Quarantine)).one()
        assert (row.change, row.from_day, row.new_version) == ("changed", LATER, version)
        assert CODE not in {item.code for item in queries.published_pool(session, LATER)}
        reviewer, other = make_person(session).id, make_person(session).id
        review = reviewing.carry_over(session, row.id, reviewer)
        with pytest.raises(ForbiddenError):
            reviewing.accept(session, review.id, reviewer)
        reviewing.accept(session, review.id, other)
        assert (row.resolution, row.resolved_at is not None) == ("rewritten", True)
        assert CODE in {item.code for item in queries.published_pool(session, LATER)}
        cited = from_content(queries.version_of(session, row.item_id, 2).content).basis[0]
        assert (cited.version, cited.text) == (version.isoformat(), fingerprint(words))


def test_words_that_the_new_article_no_longer_has_cannot_be_carried_over(bank: Flask) -> None:
    with bank.app_context(), db.transaction() as session:
        article = int(changed(session)[1].basis[0].article)
        amend(session, article, text_of(article).replace(f"第{article}号事项", "所列事项"), LATER)
        row = session.scalars(select(Quarantine)).one()
        with pytest.raises(InputError):
            reviewing.carry_over(session, row.id, make_person(session).id)


def test_an_item_that_is_retired_leaves_the_list(bank: Flask) -> None:
    with bank.app_context(), db.transaction() as session:
        article = int(changed(session)[1].basis[0].article)
        amend(session, article, "本条另作规定，由其他法律调整，不再适用前述办法。", LATER)
        row = session.scalars(select(Quarantine)).one()
        reviewing.retire_quarantined(session, row.id, make_person(session).id)
        assert (row.resolution, queue.changes(session, opened=True)) == ("retired", [])
        assert queries.item_by_code(session, CODE).status == "retired"
        with pytest.raises(ConflictError):
            reviewing.retire_quarantined(session, row.id, make_person(session).id)
