"""Reading blueprints and forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.kernel.errors import NotFoundError
from quizapp.papers.models import Blueprint, BlueprintRow, Form, FormQuestion
from quizapp.papers.rules import Cell
from quizapp.questions.models import ItemVersion


@dataclass(frozen=True)
class PaperQuestion:
    """A question of a form with the stored content of its whole item (for a case: with all parts)."""

    position: int
    item_version_id: int
    part: int
    type: str
    marks: Decimal
    content: dict[str, Any]


def blueprint(session: Session, blueprint_id: int) -> Blueprint:
    found = session.get(Blueprint, blueprint_id)
    if found is None:
        raise NotFoundError("没有找到这份细目表")
    return found


def rows(session: Session, blueprint_id: int) -> list[BlueprintRow]:
    return list(
        session.scalars(
            select(BlueprintRow).where(BlueprintRow.blueprint_id == blueprint_id).order_by(BlueprintRow.position)
        )
    )


def cells(session: Session, blueprint_id: int) -> list[Cell]:
    return [
        Cell(row.subject_code, row.type, row.difficulty, row.count, row.marks) for row in rows(session, blueprint_id)
    ]


def forms(session: Session, blueprint_id: int) -> list[Form]:
    return list(session.scalars(select(Form).where(Form.blueprint_id == blueprint_id).order_by(Form.number)))


def form_questions(session: Session, form_id: int) -> list[FormQuestion]:
    return list(
        session.scalars(select(FormQuestion).where(FormQuestion.form_id == form_id).order_by(FormQuestion.position))
    )


def questions_with_content(session: Session, form_id: int) -> list[PaperQuestion]:
    """Everything needed to show or mark a form, in one query."""
    found = session.execute(
        select(FormQuestion, ItemVersion.content)
        .join(ItemVersion, ItemVersion.id == FormQuestion.item_version_id)
        .where(FormQuestion.form_id == form_id)
        .order_by(FormQuestion.position)
    ).all()
    return [PaperQuestion(q.position, q.item_version_id, q.part, q.type, q.marks, content) for q, content in found]


def exposure(session: Session) -> Counter[int]:
    """How many forms each item is on, by item id."""
    found = session.execute(
        select(ItemVersion.item_id, func.count(func.distinct(FormQuestion.form_id)))
        .join(FormQuestion, FormQuestion.item_version_id == ItemVersion.id)
        .group_by(ItemVersion.item_id)
    ).all()
    return Counter({row[0]: row[1] for row in found})


def used_versions(session: Session, version_ids: Sequence[int]) -> set[int]:
    """Which of these versions stand on a form."""
    return set(
        session.scalars(
            select(FormQuestion.item_version_id).where(FormQuestion.item_version_id.in_(version_ids)).distinct()
        )
    )
