"""Making blueprints and forms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from quizapp.i18n import _, pick
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.papers import queries
from quizapp.papers.models import Blueprint, BlueprintRow, Form, FormQuestion
from quizapp.papers.rules import Candidate, Cell, Drawn, Shortage, draw, form_hash, part_marks, total_marks
from quizapp.questions import queries as questions
from quizapp.questions.rules.names import DIFFICULTY_NAMES, TYPE_NAMES


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


def pool(session: Session, on: date) -> list[Candidate]:
    """What may be drawn on a day."""
    return [
        Candidate(p.item_id, p.version_id, p.subject, p.type, p.difficulty, p.topic, p.parts)
        for p in questions.published_pool(session, on)
    ]


def shortages(session: Session, blueprint_id: int, on: date) -> list[Shortage]:
    """What the bank lacks for one form of this blueprint; empty when it can be filled."""
    return draw(queries.cells(session, blueprint_id), pool(session, on), seed=0)[1]


def assemble(session: Session, blueprint_id: int, count: int, *, seed: int, on: date) -> list[Form]:
    """`count` forms from the bank as it is on the day `on`; the same seed gives the same forms.

    Items that are on fewer forms are taken first, so parallel forms overlap as little as the bank allows.
    Raises InputError that names every row which cannot be filled and by how many; nothing is written then.
    """
    cells = queries.cells(session, blueprint_id)
    candidates, used = pool(session, on), queries.exposure(session)
    drawn_forms: list[list[Drawn]] = []
    for number in range(count):
        drawn, short = draw(cells, candidates, seed=seed * 1000 + number, used=used)
        if short:
            raise InputError("题库不够组卷：%(rows)s。请减少题数，或者补充题目后再发布", rows=describe(session, short))
        used.update(d.candidate.item_id for d in drawn)
        drawn_forms.append(drawn)
    hashes = questions.content_hashes(session, {d.candidate.version_id for form in drawn_forms for d in form})
    return [
        _write_form(session, blueprint_id, number, drawn, total_marks(cells), hashes)
        for number, drawn in enumerate(drawn_forms, 1)
    ]


def describe(session: Session, short: Sequence[Shortage]) -> str:
    """The rows that fall short, in words."""
    names = {subject.code: pick(subject.name, subject.name_en) for subject in questions.subjects(session)}
    return _("；").join(_row_words(shortage, names) for shortage in short)


def _row_words(shortage: Shortage, names: dict[str, str]) -> str:
    cell = shortage.cell
    values = {"subject": names.get(cell.subject or "", _("任意科目")), "type": _(TYPE_NAMES[cell.type]),
              "count": cell.count, "missing": shortage.missing}
    if cell.difficulty is None:
        return _("%(subject)s%(type)s要 %(count)s 道，少 %(missing)s 道", **values)
    difficulty = _(DIFFICULTY_NAMES[cell.difficulty])
    return _("%(subject)s%(type)s（%(difficulty)s）要 %(count)s 道，少 %(missing)s 道", **values, difficulty=difficulty)


def _write_form(
    session: Session, blueprint_id: int, number: int, drawn: Sequence[Drawn], total: object, hashes: dict[int, str]
) -> Form:
    form = Form(blueprint_id=blueprint_id, number=number, total=total, content_hash="")
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
