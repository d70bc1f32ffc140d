"""Which exams have an item on their papers: what a reviewer and a law's reader want to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.exams.models import Exam
from quizapp.papers.models import Form, FormQuestion
from quizapp.questions.models import Citation, ItemVersion
from quizapp.questions.watch import Use, finds_uses
from quizapp.statutes.citing import Reference, cites


@finds_uses
def exams_with(session: Session, item_ids: Sequence[int]) -> dict[int, list[Use]]:
    """Item id → the published exams with any version of it, the latest first."""
    rows = session.execute(
        select(ItemVersion.item_id, Exam.id, Exam.title, Exam.closes_at)
        .join(FormQuestion, FormQuestion.item_version_id == ItemVersion.id)
        .join(Form, Form.id == FormQuestion.form_id)
        .join(Exam, Exam.blueprint_id == Form.blueprint_id)
        .where(ItemVersion.item_id.in_(item_ids), Exam.state != "draft")
        .distinct().order_by(Exam.closes_at.desc(), Exam.id)
    )
    now = clock.now()
    found: dict[int, list[Use]] = {}
    for item_id, exam_id, title, closes_at in rows:
        found.setdefault(item_id, []).append(Use(title, f"/exams/{exam_id}", closes_at < now))
    return found


@cites
def exams_on(session: Session, law: str, version: date, number: str) -> list[Reference]:
    """Published exams with an item on their papers that cites this article of this version, the latest first."""
    rows = session.execute(
        select(Exam.id, Exam.title, Exam.closes_at)
        .join(Form, Form.blueprint_id == Exam.blueprint_id)
        .join(FormQuestion, FormQuestion.form_id == Form.id)
        .join(Citation, Citation.item_version_id == FormQuestion.item_version_id)
        .where(Citation.law == law, Citation.law_version == version, Citation.article == number, Exam.state != "draft")
        .distinct().order_by(Exam.closes_at.desc(), Exam.id)
    )
    return [Reference("exam", title, f"/exams/{exam_id}") for exam_id, title, _closes_at in rows]
