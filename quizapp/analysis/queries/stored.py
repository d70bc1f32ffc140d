"""What analyses have been stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from quizapp.analysis.models import ExamAnalysis, ItemStatistic
from quizapp.analysis.rules.flags import is_marked
from quizapp.attempts.models import Attempt
from quizapp.attempts.service.finishing import FINISHED
from quizapp.exams.models import Exam
from quizapp.kernel.errors import NotFoundError
from quizapp.questions.models import Item, ItemVersion

NO_EXAM = "没有找到这场考试的试题分析；线上考试全部结束以后才有"
NO_QUESTION = "这场考试的分析里没有这道题"


@dataclass(frozen=True, slots=True)
class Earlier:
    """How a question did in the exam before."""

    exam_id: int
    facility: float
    people: int


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question with its statistics and where it is in the bank."""

    statistic: ItemStatistic
    code: str
    subject: str
    stem: str
    version: int
    difficulty: int


def earlier(session: Session, exam: Exam, version_ids: Collection[int]) -> dict[tuple[int, int], Earlier]:
    """The same question, in the very same words, in the last exam before this one that had it: by (version, part)."""
    rows = session.execute(
        select(ItemStatistic.item_version_id, ItemStatistic.part, ItemStatistic.exam_id, ItemStatistic.facility, ItemStatistic.people)
        .join(Exam, Exam.id == ItemStatistic.exam_id)
        .where(ItemStatistic.item_version_id.in_(version_ids), Exam.opens_at < exam.opens_at, Exam.id != exam.id)
        .order_by(Exam.opens_at, Exam.id)
    )
    return {(row[0], row[1]): Earlier(row[2], row[3], row[4]) for row in rows}


def over(session: Session, now: datetime) -> list[Exam]:
    """Online exams that are over for everybody, the latest first."""
    found = session.scalars(
        select(Exam).where(Exam.kind == "online", Exam.state != "draft", Exam.settles_at <= now, Exam.paused_at.is_(None))
        .order_by(Exam.opens_at.desc(), Exam.id.desc())
    )
    return [exam for exam in found if exam.is_over(now)]


def exam_over(session: Session, exam_id: int, now: datetime) -> Exam:
    """Raises NotFoundError unless it is an online exam that is over."""
    exam = session.get(Exam, exam_id)
    if exam is None or exam.kind != "online" or exam.state == "draft" or not exam.is_over(now):
        raise NotFoundError(NO_EXAM)
    return exam


def analyses(session: Session) -> dict[int, ExamAnalysis]:
    return {one.exam_id: one for one in session.scalars(select(ExamAnalysis))}


def analysis(session: Session, exam_id: int) -> ExamAnalysis | None:
    return session.get(ExamAnalysis, exam_id, populate_existing=True)


def due(session: Session, now: datetime) -> list[int]:
    """Exams whose analysis somebody should take up: never made, wanted anew, or made while marks were missing that
    are there now."""
    missing = session.scalars(
        select(Exam.id).where(
            Exam.id.in_([exam.id for exam in over(session, now)]),
            ~select(ExamAnalysis.exam_id).where(ExamAnalysis.exam_id == Exam.id).exists(),
            select(Attempt.exam_id).where(Attempt.exam_id == Exam.id, Attempt.state.in_(FINISHED)).exists(),
        )
    ).all()
    waits = aliased(Attempt)
    outdated = session.scalars(
        select(ExamAnalysis.exam_id).where(or_(
            ExamAnalysis.state == "wanted",
            (ExamAnalysis.state == "done") & (ExamAnalysis.waiting > 0) & ~select(waits.exam_id).where(
                waits.exam_id == ExamAnalysis.exam_id, waits.state.in_(FINISHED), waits.needs_marking).exists(),
        ))
    ).all()
    return [*missing, *outdated]


def flagged(session: Session) -> dict[int, tuple[int, int]]:
    """Exam id → questions analysed, questions with a flag or note."""
    rows = session.execute(
        select(ItemStatistic.exam_id, ItemStatistic.flags, ItemStatistic.notes)
    ).all()
    found: dict[int, tuple[int, int]] = {}
    for exam_id, said, notes in rows:
        questions, marked = found.get(exam_id, (0, 0))
        found[exam_id] = (questions + 1, marked + is_marked((one["code"] for one in said), notes))
    return found


QUESTION = (
    select(ItemStatistic, Item.code, Item.subject_code, ItemVersion.stem, ItemVersion.number, ItemVersion.difficulty)
    .join(ItemVersion, ItemVersion.id == ItemStatistic.item_version_id).join(Item, Item.id == ItemVersion.item_id)
    .order_by(Item.code, ItemStatistic.part)
)


def questions(session: Session, exam_id: int) -> list[QuestionRow]:
    return [QuestionRow(*row) for row in session.execute(QUESTION.where(ItemStatistic.exam_id == exam_id))]


def question(session: Session, exam_id: int, version_id: int, part: int) -> QuestionRow:
    """Raises NotFoundError."""
    row = session.execute(QUESTION.where(
        ItemStatistic.exam_id == exam_id, ItemStatistic.item_version_id == version_id, ItemStatistic.part == part)).first()
    if row is None:
        raise NotFoundError(NO_QUESTION)
    return QuestionRow(*row)


def exams_of_item(session: Session, item_id: int) -> list[tuple[Exam, ItemStatistic, int]]:
    """Every exam that had the item, the latest first: exam, statistic, number of the version asked."""
    rows = session.execute(
        select(Exam, ItemStatistic, ItemVersion.number).join(ItemStatistic, ItemStatistic.exam_id == Exam.id)
        .join(ItemVersion, ItemVersion.id == ItemStatistic.item_version_id).where(ItemVersion.item_id == item_id)
        .order_by(Exam.opens_at.desc(), Exam.id.desc(), ItemStatistic.part)
    ).all()
    return [(row[0], row[1], row[2]) for row in rows]


def in_other_exams(session: Session, version_id: int, part: int, exam_id: int) -> list[tuple[Exam, ItemStatistic, int]]:
    """The same for the item of this version, this part of it alone, and the other exams."""
    item_id = session.get_one(ItemVersion, version_id).item_id
    return [row for row in exams_of_item(session, item_id) if row[1].part == part and row[0].id != exam_id]


def counted(session: Session) -> list[ItemStatistic]:
    """Every question of every exam, for the making of forms."""
    return list(session.scalars(select(ItemStatistic)))
