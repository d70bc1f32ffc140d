"""Making blueprints and forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from quizapp.kernel.errors import ConflictError, InputError
from quizapp.papers import queries
from quizapp.papers.facility import facility_of
from quizapp.papers.models import Blueprint, BlueprintRow, Form, FormQuestion
from quizapp.papers.rules.assembly import Assembled, assemble
from quizapp.papers.rules.blueprint import Candidate, Cell, total_marks
from quizapp.papers.rules.printing import Drawn, form_hash, part_marks
from quizapp.papers.rules.refusal import Refusal
from quizapp.papers.rules.stock import Order
from quizapp.papers.sentences import refusal_words
from quizapp.questions import queries as questions
from quizapp.questions.drawing import enemies


def save_blueprint(session: Session, name: str, cells: Sequence[Cell], blueprint_id: int | None = None) -> Blueprint:
    """A new blueprint, or new rows for one that has no forms yet. Raises InputError without any row."""
    if not cells:
        raise InputError("细目表至少要有一行")
    if blueprint_id is None:
        found = Blueprint(name=name)
        session.add(found)
        session.flush()
    else:
        found = queries.blueprint(session, blueprint_id)
        if queries.forms(session, blueprint_id):
            raise ConflictError("试卷已经按这份细目表组好，不能再改；请另建一场考试")
        found.name = name
        session.execute(delete(BlueprintRow).where(BlueprintRow.blueprint_id == blueprint_id))
    session.add_all(
        BlueprintRow(blueprint_id=found.id, position=n, subject_code=c.subject, type=c.type, difficulty=c.difficulty,
                     count=c.count, marks=c.marks)
        for n, c in enumerate(cells, 1)
    )
    session.flush()
    return found


@dataclass(frozen=True)
class Prepared:
    """Forms that are made but not yet written, with what they were made for. `bounds`: how many, and the most
    items that two share and the most forms that one item is on."""

    cells: list[Cell]
    bounds: tuple[int, int | None, int | None]
    made: Assembled


def pool(session: Session, on: date) -> list[Candidate]:
    """What may be drawn on a day."""
    return [
        Candidate(p.item_id, p.version_id, p.subject, p.type, p.difficulty, p.topic, p.parts)
        for p in questions.published_pool(session, on)
    ]


def prepare_forms(
    session: Session, blueprint_id: int, count: int, max_shared: int | None = None, max_uses: int | None = None, *,
    seed: int, on: date,
) -> Prepared:
    """`count` forms from the bank as it is on the day `on`; the same seed gives the same forms. Writes nothing:
    this takes seconds, in which nobody should wait for the database.

    Raises InputError that names every row which cannot be filled and by how many, or the bound that cannot be held.
    """
    cells, candidates = queries.cells(session, blueprint_id), pool(session, on)
    order = Order(
        cells, candidates, count, seed, enemies=enemies(session, {c.version_id: c.item_id for c in candidates}),
        facility=facility_of(session, [c.item_id for c in candidates]), used=queries.exposure(session),
        max_shared=max_shared, max_uses=max_uses,
    )
    made = assemble(order)
    if isinstance(made, Refusal):
        sentence, values = refusal_words(session, made, order)
        raise InputError(sentence, **values)
    return Prepared(cells, (count, max_shared, max_uses), made)


def write_forms(session: Session, blueprint_id: int, prepared: Prepared, *, bounds: tuple[int, int | None, int | None],
                on: date) -> list[Form]:
    """Write what was prepared. Raises ConflictError where blueprint, settings or bank changed in the meantime."""
    drawn = {d.candidate for form in prepared.made.forms for d in form}
    if (
        prepared.cells != queries.cells(session, blueprint_id) or prepared.bounds != bounds
        or not drawn <= set(pool(session, on))
    ):
        raise ConflictError("组卷的时候，细目表、设置或者题库有了改动，请再发布一次")
    hashes = questions.content_hashes(session, {candidate.version_id for candidate in drawn})
    expectations = prepared.made.shares or (None,) * len(prepared.made.forms)
    return [
        _write_form(session, blueprint_id, number, form, total_marks(prepared.cells), hashes, expected)
        for number, (form, expected) in enumerate(zip(prepared.made.forms, expectations, strict=True), 1)
    ]


def _write_form(
    session: Session, blueprint_id: int, number: int, drawn: Sequence[Drawn], total: object, hashes: dict[int, str],
    expected: float | None,
) -> Form:
    form = Form(blueprint_id=blueprint_id, number=number, total=total, content_hash="", expected=expected)
    session.add(form)
    session.flush()
    listed: list[FormQuestion] = []
    for d in drawn:
        item = d.candidate
        # every part of a case is a question of its own; its type is that of the part
        kinds = questions.part_types(session, item.version_id) if item.parts else [item.type]
        for part, (kind, marks) in enumerate(zip(kinds, part_marks(d.marks, len(kinds)), strict=True), 1):
            listed.append(
                FormQuestion(form_id=form.id, position=len(listed) + 1, item_version_id=item.version_id,
                             part=part if item.parts else 0, type=kind, marks=marks)
            )
    form.content_hash = form_hash([(q.position, hashes[q.item_version_id], q.part, q.marks) for q in listed])
    session.add_all(listed)
    session.flush()
    return form
