"""Answers by subject: the database adds up per form and question, so that the answer is as short as the papers are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.attempts.models import Answer, Attempt
from quizapp.attempts.service.finishing import FINISHED
from quizapp.exams.models import RosterEntry
from quizapp.exams.queries import counting_attempts
from quizapp.papers.models import FormQuestion
from quizapp.questions.models import Item, ItemVersion, Subject
from quizapp.reports.queries.exam import frozen_units, wanted_people
from quizapp.reports.rules.report import Choice
from quizapp.reports.rules.subjects import Share, SubjectShare
from quizapp.reports.rules.tree import Branch, folding, in_order, within

THEIRS = (Answer.candidate_id == Attempt.candidate_id) & (Answer.attempt_id == Attempt.id)


def by_subject(session: Session, exam_id: int, scope: Sequence[str], choice: Choice) -> list[SubjectShare]:
    """Every subject of the exam's papers, over the attempts that count for the people chosen.

    A question left empty brought nothing. Who is excused or still waits for a mark is left out, and so are make-ups.
    """
    return _shares(session, [exam_id], wanted_people(session, exam_id, scope, choice))


def of_exams(session: Session, exam_ids: Sequence[int]) -> list[SubjectShare]:
    """Every subject over several exams together, everybody counted, by the same rules. A question that several exams
    asked is one of the subject's questions. `people`: at least so many different ones, the most of one exam."""
    return _shares(session, exam_ids, [])


def _shares(session: Session, exam_ids: Sequence[int], wanted: Sequence[ColumnElement[bool]]) -> list[SubjectShare]:
    place = Attempt.exam_id, Attempt.form_id
    people: dict[tuple[int, int], int] = {(row[0], row[1]): row[2] for row in session.execute(
        _counted(exam_ids, wanted, *place, func.count()).group_by(*place))}
    got = {(row[0], row[1], row[2]): int(row[3] or 0) for row in session.execute(
        _counted(exam_ids, wanted, *place, Answer.position, func.sum(type_coerce(Answer.score, Integer))).join(Answer, THEIRS)
        .group_by(*place, Answer.position))}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    seen: dict[str, dict[tuple[int, int], int]] = defaultdict(dict)
    asked: dict[str, set[tuple[int, int]]] = defaultdict(set)
    exams_of: dict[int, list[int]] = defaultdict(list)
    for exam_id, form_id in people:
        exams_of[form_id].append(exam_id)
    for form_id, position, version_id, part, marks, code in _questions(session, exams_of):
        asked[code].add((version_id, part))
        total = sums[code]
        for exam_id in exams_of[form_id]:
            number = people[exam_id, form_id]
            total[0] += got.get((exam_id, form_id, position), 0)
            total[1] += marks * number
            seen[code][exam_id, form_id] = number
    names = {one.code: one for one in session.scalars(select(Subject))}
    return [
        SubjectShare(code, names[code].name, names[code].name_en, Share(got_, possible, _most(seen[code]), len(asked[code])))
        for code, (got_, possible) in sums.items()
    ]


def _most(seen: Mapping[tuple[int, int], int]) -> int:
    """Of (exam, form) → people: those of the exam that has the most."""
    of_exam: dict[int, int] = defaultdict(int)
    for (exam_id, _form), number in seen.items():
        of_exam[exam_id] += number
    return max(of_exam.values(), default=0)


def by_unit(session: Session, exam_id: int, scope: Sequence[str], choice: Choice,
            most: int) -> tuple[list[Branch], Mapping[int, int], dict[int, Share]]:
    """One subject by unit: the units shown, how many stand folded below each, and each one's own share."""
    whole = frozen_units(session, exam_id)
    fold = folding(in_order(within(whole, scope), whole), most)
    wanted, place = wanted_people(session, exam_id, scope, choice), (RosterEntry.unit_id, Attempt.form_id)
    rows = session.execute(_counted([exam_id], wanted, *place, func.count()).group_by(*place)).all()
    forms = {row[1]: 0 for row in rows}
    places: dict[int, set[int]] = defaultdict(set)
    marks_of: dict[int, int] = defaultdict(int)
    for form_id, position, _version, _part, marks, code in _questions(session, forms):
        if code == choice.subject:
            places[form_id].add(position)
            marks_of[form_id] += marks
    shares: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for unit_id, form_id, people in rows:
        share = shares[fold.into.get(unit_id, unit_id)]
        share[1] += people * marks_of[form_id]
        share[2] += people
    for unit_id, form_id, position, got in session.execute(
        _counted([exam_id], wanted, *place, Answer.position, func.sum(type_coerce(Answer.score, Integer))).join(Answer, THEIRS)
        .where(Answer.position.in_(sorted(set().union(*places.values())))).group_by(*place, Answer.position)
    ):
        if position in places[form_id]:
            shares[fold.into.get(unit_id, unit_id)][0] += int(got or 0)
    return fold.shown, fold.folded, {unit: Share(*values) for unit, values in shares.items()}


def _counted(exam_ids: Sequence[int], wanted: Sequence[ColumnElement[bool]], *columns: Any) -> Select[Any]:
    """Columns of the attempts that count for the people chosen, fully marked, and of their rosters."""
    return (
        select(*columns).select_from(Attempt)
        .join(RosterEntry, (RosterEntry.exam_id == Attempt.exam_id) & (RosterEntry.candidate_id == Attempt.candidate_id))
        .where(Attempt.exam_id.in_(exam_ids), Attempt.id.in_(counting_attempts(exam_ids)), Attempt.state.in_(FINISHED),
               Attempt.needs_marking.is_(False), RosterEntry.status == "expected", *wanted)
    )


def _questions(session: Session, forms: Collection[int]) -> Sequence[Any]:
    """form, position, item version, part, marks in hundredths, subject: every question of these forms."""
    return session.execute(
        select(FormQuestion.form_id, FormQuestion.position, FormQuestion.item_version_id, FormQuestion.part,
               type_coerce(FormQuestion.marks, Integer), Item.subject_code)
        .join(ItemVersion, ItemVersion.id == FormQuestion.item_version_id).join(Item, Item.id == ItemVersion.item_id)
        .where(FormQuestion.form_id.in_(forms))
    ).all()
