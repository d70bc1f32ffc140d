"""Papers made before the exam: whose form, in which order. Starting only copies what is here."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.models import Attempt, PreparedPaper
from quizapp.attempts.rules.layout import OnForm, lay_out
from quizapp.exams.models import Exam, RosterEntry
from quizapp.exams.service import at_publishing
from quizapp.kernel.errors import ConflictError
from quizapp.kernel.ids import new_id
from quizapp.papers import queries as papers
from quizapp.papers.rules.choosing import FormItems, choose_forms

BATCH = 500  # rows of one INSERT
NAMED = 500  # so many people are asked for by number


@at_publishing
def prepare_papers(session: Session, exam: Exam) -> None:
    """A paper for every attempt of everybody on the roster. Does nothing for a paper exam."""
    if exam.kind != "online":
        return
    people = session.scalars(
        select(RosterEntry.candidate_id).where(RosterEntry.exam_id == exam.id).order_by(RosterEntry.candidate_id)
    ).all()
    prepare_for_all(session, exam, people)


def prepare_for_all(session: Session, exam: Exam, people: Sequence[int]) -> None:
    """A paper for every attempt of these people, at publishing or when they come to the roster later."""
    _write(session, exam, dict.fromkeys(people, range(1, exam.attempts_allowed + 1)), exam.attempts_allowed)


def prepare_for(session: Session, exam: Exam, candidate_id: int) -> None:
    """The papers of one person that are still to be made: those of an exam that was published before papers
    were made beforehand, and one more for each attempt that was voided."""
    voided = session.scalar(
        select(func.count()).select_from(Attempt)
        .where(Attempt.candidate_id == candidate_id, Attempt.exam_id == exam.id, Attempt.state == "void")
    ) or 0
    there = set(session.scalars(
        select(PreparedPaper.number)
        .where(PreparedPaper.candidate_id == candidate_id, PreparedPaper.exam_id == exam.id)
    ))
    numbers = [n for n in range(1, exam.attempts_allowed + voided + 1) if n not in there]
    _write(session, exam, {candidate_id: numbers}, len(numbers))


def _write(session: Session, exam: Exam, wanted: Mapping[int, Sequence[int]], each: int) -> None:
    """Papers for these numbers of these people, `each` of them; what is there already stays."""
    contents = papers.items_on_forms(session, exam.blueprint_id) if exam.blueprint_id else {}
    if not contents:
        raise ConflictError("这场考试还没有组好试卷，请联系考试管理员")
    forms = [FormItems(form_id, items) for form_id, items in contents.items()]
    chosen = choose_forms(forms, list(wanted), each, seen_before(session, wanted), seed=exam.id)
    questions = {form_id: queries.form_layout(session, form_id) for form_id in contents}
    rows = [
        _row(exam, candidate_id, number, form_id, questions[form_id])
        for candidate_id, numbers in wanted.items()
        for number, form_id in zip(numbers, chosen[candidate_id], strict=True)
    ]
    # two starts of one person may both find that papers are missing: the first one's stay
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for first in range(0, len(rows), BATCH):
        session.execute(insert(PreparedPaper).on_conflict_do_nothing(), rows[first:first + BATCH])


def seen_before(session: Session, people: Collection[int]) -> dict[int, frozenset[int]]:
    """Person → items of every paper that they have begun, in whatever exam."""
    begun: dict[int, set[int]] = {}
    asked = select(Attempt.candidate_id, Attempt.form_id).distinct()
    if len(people) <= NAMED:  # one who comes late: not everybody's papers are read for them
        asked = asked.where(Attempt.candidate_id.in_(list(people)))
    for candidate_id, form_id in session.execute(asked):
        begun.setdefault(candidate_id, set()).add(form_id)
    of_them = {person: begun[person] for person in people if person in begun}
    items = papers.items_of_forms(session, set().union(*of_them.values()))
    return {person: frozenset().union(*(items[form] for form in forms)) for person, forms in of_them.items()}


def _row(exam: Exam, candidate_id: int, number: int, form_id: int, questions: list[OnForm]) -> dict[str, object]:
    attempt_id: uuid.UUID = new_id()
    layout = lay_out(questions, attempt_id, shuffle_questions=exam.shuffle_questions,
                     shuffle_options=exam.shuffle_options)
    return {"candidate_id": candidate_id, "exam_id": exam.id, "number": number, "attempt_id": attempt_id,
            "form_id": form_id, "layout": layout}
