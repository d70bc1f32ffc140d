"""Forms, published exams with rosters, and attempts on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.exams.models import Exam, RosterEntry, RosterUnit
from quizapp.papers.models import Blueprint, Form, FormQuestion
from quizapp.people.models import Membership, Person, Unit
from quizapp.questions.models import ItemVersion
from tests.builders.bank import kinds_of, make_item

OPENS = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
CLOSES = OPENS + timedelta(days=7)
ALL_KINDS = ("single", "multiple", "true_false", "fill", "short", "case")
MARKED_BY_MACHINE = ("single", "multiple", "true_false", "fill", "case")


def make_form(session: Session, blueprint: Blueprint, number: int, versions: Sequence[ItemVersion]) -> Form:
    """A form with 10 marks to a question, in the order given."""
    asked = [(version, part, kind) for version in versions for part, kind in kinds_of(version)]
    form = Form(blueprint_id=blueprint.id, number=number, total=Decimal(10 * len(asked)), content_hash=str(number) * 8)
    session.add(form)
    session.flush()
    session.add_all(
        FormQuestion(form_id=form.id, position=position, item_version_id=version.id, part=part, type=kind,
                     marks=Decimal(10))
        for position, (version, part, kind) in enumerate(asked, 1)
    )
    session.flush()
    return form


def make_exam(
    session: Session, kinds: Sequence[str] = MARKED_BY_MACHINE, *, forms: int = 1, candidates: Sequence[Person] = (),
    **settings: Any,
) -> Exam:
    """A published online exam with its forms, and these people on its roster."""
    blueprint = Blueprint(name="示例细目表")
    session.add(blueprint)
    session.flush()
    for number in range(1, forms + 1):
        make_form(session, blueprint, number, [make_item(session, kind) for kind in kinds])
    values: dict[str, Any] = {
        "title": "2026 年下半年学法用法线上考试", "year": 2026, "state": "published", "opens_at": OPENS, "closes_at": CLOSES,
        "minutes": 90, "created_at": OPENS - timedelta(days=30), "published_at": OPENS - timedelta(days=7),
        "pass_mark": Decimal(30), "excellence_mark": Decimal(50), "blueprint_id": blueprint.id, "form_count": forms,
    }
    exam = Exam(**(values | settings))
    session.add(exam)
    session.flush()
    for person in candidates:
        enrol(session, exam, person)
    return exam


def enrol(session: Session, exam: Exam, person: Person, status: str = "expected", reason: str = "") -> RosterEntry:
    """Put a person on the roster, in the unit where they are now."""
    unit = session.scalars(
        select(Unit).join(Membership, Membership.unit_id == Unit.id)
        .where(Membership.person_id == person.id, Membership.until.is_(None), Membership.kind == "main")
    ).one()
    if session.get(RosterUnit, (exam.id, unit.id)) is None:
        session.add(RosterUnit(exam_id=exam.id, unit_id=unit.id, parent_id=unit.parent_id, name=unit.name,
                               path=unit.path, position=unit.position))
        session.flush()
    entry = RosterEntry(exam_id=exam.id, candidate_id=person.id, unit_id=unit.id, path=unit.path, status=status,
                        reason=reason)
    session.add(entry)
    session.flush()
    return entry
