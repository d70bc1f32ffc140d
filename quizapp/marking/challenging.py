"""Challenges (试题异议): a candidate doubts the key of a question of their own marked paper, and a reviewer answers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.approvals.rules import Said
from quizapp.attempts import queries as attempts
from quizapp.attempts.correcting import Sheet, sheet
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.correcting import VOID
from quizapp.attempts.rules.layout import Slot, slots
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.i18n import N_
from quizapp.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from quizapp.marking.bounds import ANSWER_CHARS, BASIS_CHARS, MOST, REASON_CHARS, checked_words
from quizapp.marking.models import Challenge
from quizapp.marking.telling import Link, tell
from quizapp.papers.models import Form, FormQuestion
from quizapp.papers.queries import PaperQuestion
from quizapp.questions.models import ItemVersion

OWN_ITEM = "这道题是你写的，对它的异议要由另一个人处理"
OWN_CHALLENGE = "你自己对这道题提了异议，要由另一个人处理"


@dataclass(frozen=True)
class Disputed:
    """A question of somebody's own marked paper. `slot`: as it was shown; `asked`: with the key that counts."""

    exam: Exam
    attempt: Attempt
    slot: Slot
    asked: PaperQuestion
    sheet: Sheet


@dataclass(frozen=True)
class Question:
    """A question of an exam as its reviewers see it, with the key that counts; `form_id`: one of the forms that ask it."""

    exam: Exam
    asked: PaperQuestion
    sheet: Sheet
    form_id: int
    author_id: int | None
    item_code: str


def own_question(session: Session, candidate_id: int, attempt_id: uuid.UUID, number: int, *, now: datetime) -> Disputed:
    """Question `number` of a person's own paper. Raises NotFoundError; ConflictError before results are out, or where
    the exam shows no keys."""
    attempt = attempts.own(session, candidate_id, attempt_id)
    exam = exams.get(session, attempt.exam_id)
    if attempt.finished_at is None or not exam.is_released(now):
        raise ConflictError("成绩公布以后才能提出异议")
    if not exam.show_key:
        raise ConflictError("这场考试不公布答案，不能在这里提异议；请联系考试管理员")
    slot = next((one for one in slots(attempt.layout) if one.number == number), None)
    if slot is None:
        raise NotFoundError("这份答卷没有这一题")
    counted = sheet(session, exam.id, attempt.form_id)
    return Disputed(exam, attempt, slot, next(q for q in counted.questions if q.position == slot.position), counted)


def challenge(session: Session, disputed: Disputed, reason: str, *, now: datetime) -> Challenge:
    """Raises InputError for too few or too many words, ConflictError where one is open already, was decided by
    voiding the question, or this person has had their say."""
    words = checked_words(reason, REASON_CHARS)
    candidate_id, asked = disputed.attempt.candidate_id, disputed.asked
    if disputed.sheet.treated.get(asked.position) in VOID:
        raise ConflictError("这道题已经作废，不用再提异议")
    before = of_person(session, candidate_id, disputed.exam.id, asked.item_version_id, asked.part)
    if any(one.state == "open" for one in before):
        raise ConflictError("你已经对这道题提了异议，正在等答复")
    if len(before) >= MOST:
        raise ConflictError("你对这道题已经提过 %(n)s 次异议，都有答复，不能再提", n=MOST)
    made = Challenge(candidate_id=candidate_id, attempt_id=disputed.attempt.id, exam_id=disputed.exam.id,
                     position=asked.position, item_version_id=asked.item_version_id, part=asked.part, reason=words,
                     asked_at=now, state="open")
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # from another window, a moment before
        raise ConflictError("你已经对这道题提了异议，正在等答复") from None
    return made


def stand_by(
    session: Session, exam_id: int, version_id: int, part: int, words: str, basis: str, by: int, *, now: datetime
) -> int:
    """Answer every open challenge to a question: the key stands, and why. Returns how many.

    Raises InputError without words or an article, ForbiddenError for whoever wrote the item or challenged it,
    ConflictError where nothing is open."""
    words = checked_words(words, ANSWER_CHARS)
    basis = checked_words(basis, BASIS_CHARS, 2)
    check_may_decide(session, exam_id, version_id, part, by)
    waiting = _open(session, exam_id, version_id, part)
    if not waiting:
        raise ConflictError("这道题没有等答复的异议，可能别人刚刚答复了")
    exam = exams.get(session, exam_id)
    said = N_("你对《%(title)s》第 %(n)s 题的异议已答复：答案不变")
    _close(session, exam, waiting, "stands", words, basis, by, said, now)
    return len(waiting)


def grant(session: Session, exam: Exam, version_id: int, part: int, words: str, basis: str, by: int, *, now: datetime) -> int:
    """The same question's open challenges were right: part of the regrade that follows from them."""
    waiting = _open(session, exam.id, version_id, part)
    said = N_("你对《%(title)s》第 %(n)s 题的异议已采纳，成绩已重新评过")
    _close(session, exam, waiting, "granted", words, basis, by, said, now)
    return len(waiting)


def _about(exam_id: int, version_id: int, part: int) -> tuple[ColumnElement[bool], ...]:
    return Challenge.exam_id == exam_id, Challenge.item_version_id == version_id, Challenge.part == part


def _open(session: Session, exam_id: int, version_id: int, part: int) -> list[Challenge]:
    return list(session.scalars(
        select(Challenge).where(*_about(exam_id, version_id, part), Challenge.state == "open")
        .order_by(Challenge.asked_at).with_for_update().execution_options(populate_existing=True)
    ))


def _close(
    session: Session, exam: Exam, waiting: Sequence[Challenge], state: str, words: str, basis: str, by: int,
    message: str, now: datetime,
) -> None:
    numbers = shown_numbers(session, waiting)
    told = []
    for one in waiting:
        one.state, one.words, one.basis, one.answered_by, one.answered_at = state, words, basis, by, now
        number = numbers[one.id]
        link = Link("marking.challenge", {"attempt_id": one.attempt_id, "number": number}, N_("看答复"))
        told.append((one.candidate_id, Said(message, {"title": exam.title, "n": number}), link))
    session.flush()
    tell(session, exam.id, told, now=now)


def shown_numbers(session: Session, challenges: Sequence[Challenge]) -> dict[uuid.UUID, int]:
    """Challenge → the number under which its candidate saw the question."""
    layouts: dict[uuid.UUID, list[Any]] = {row[0]: row[1] for row in session.execute(
        select(Attempt.id, Attempt.layout).where(Attempt.id.in_({one.attempt_id for one in challenges}),
                                                 Attempt.candidate_id.in_({one.candidate_id for one in challenges}))
    )}
    return {one.id: next((slot.number for slot in slots(layouts[one.attempt_id]) if slot.position == one.position), one.position)
            for one in challenges}


# ---------------------------------------------------------------- reading


def of_person(session: Session, candidate_id: int, exam_id: int, version_id: int, part: int) -> list[Challenge]:
    """What one person has had against one question, the latest first."""
    return list(session.scalars(
        select(Challenge).where(Challenge.candidate_id == candidate_id, *_about(exam_id, version_id, part))
        .order_by(Challenge.asked_at.desc()).execution_options(populate_existing=True)
    ))


def of_attempt(session: Session, attempt: Attempt) -> dict[int, str]:
    """Position → the state of the latest challenge there."""
    rows = session.execute(
        select(Challenge.position, Challenge.state)
        .where(Challenge.candidate_id == attempt.candidate_id, Challenge.attempt_id == attempt.id).order_by(Challenge.asked_at)
    )
    return {row[0]: row[1] for row in rows}


def question(session: Session, exam_id: int, version_id: int, part: int) -> Question:
    """A question that an exam has on its forms. Raises NotFoundError."""
    exam = exams.get(session, exam_id)
    form_id = session.scalar(
        select(FormQuestion.form_id).join(Form, Form.id == FormQuestion.form_id)
        .where(Form.blueprint_id == exam.blueprint_id, FormQuestion.item_version_id == version_id, FormQuestion.part == part)
        .order_by(FormQuestion.form_id).limit(1)
    )
    if form_id is None or exam.state == "draft" or exam.kind != "online":
        raise NotFoundError("这场考试没有考过这道题")
    counted = sheet(session, exam.id, form_id)
    asked = next(q for q in counted.questions if (q.item_version_id, q.part) == (version_id, part))
    return Question(exam, asked, counted, form_id, session.get_one(ItemVersion, version_id).author_id, asked.item.id)


def check_may_decide(session: Session, exam_id: int, version_id: int, part: int, person_id: int) -> None:
    """Raises ForbiddenError for whoever wrote the item, and for whoever challenged it: neither judges their own word."""
    if session.get_one(ItemVersion, version_id).author_id == person_id:
        raise ForbiddenError(OWN_ITEM)
    if session.scalar(
        select(func.count()).select_from(Challenge)
        .where(Challenge.candidate_id == person_id, *_about(exam_id, version_id, part))
    ):
        raise ForbiddenError(OWN_CHALLENGE)


_QUESTION = (Challenge.item_version_id, Challenge.part, ItemVersion.stem)


@dataclass(frozen=True)
class Doubted:
    """A question with challenges: how many are open, how many were answered, since when the oldest waits."""

    exam: Exam
    version_id: int
    part: int
    stem: str
    open: int
    answered: int
    since: datetime


def doubted(session: Session) -> list[Doubted]:
    """Questions with challenges, those that wait first, the longest-waiting on top."""
    waits = case((Challenge.state == "open", 1), else_=0)
    found = [Doubted(*row) for row in session.execute(
        select(Exam, *_QUESTION, func.sum(waits), func.sum(1 - waits), func.min(Challenge.asked_at))
        .select_from(Challenge).join(Exam, Exam.id == Challenge.exam_id)
        .join(ItemVersion, ItemVersion.id == Challenge.item_version_id)
        .group_by(Exam.id, *_QUESTION)
    )]
    return sorted(found, key=lambda one: (not one.open, one.since.timestamp() if one.open else -one.since.timestamp()))


def of_question(session: Session, exam_id: int, version_id: int, part: int) -> list[Challenge]:
    """Every challenge to a question, those that wait first, in the order in which they came."""
    return list(session.scalars(
        select(Challenge).where(*_about(exam_id, version_id, part))
        .order_by((Challenge.state == "open").desc(), Challenge.asked_at).execution_options(populate_existing=True)
    ))


def count_open(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Challenge).where(Challenge.state == "open")) or 0
