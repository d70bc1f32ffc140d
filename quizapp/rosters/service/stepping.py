"""What every act on a roster shares: who acts, the lock behind which it is done, the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.exams import queries as exams
from quizapp.exams.models import Exam, RosterEntry
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.rosters import queries
from quizapp.rosters.models import ExcuseCase, ExcuseStep
from quizapp.rosters.rules import NO_CASE, OFF, Act, State

WORDS_NEEDED = "请写明理由，申请人会看到"


@dataclass(frozen=True)
class By:
    """Who acts, and as what: self, unit or desk."""

    id: int
    name: str
    capacity: str


def locked(session: Session, exam_id: int, candidate_id: int) -> tuple[Exam, RosterEntry]:
    """Exam and line of the roster, nobody else's to change until the end of the transaction: a start that is under
    way is waited for (see START on the attempt side). Raises NotFoundError."""
    exam = locked_exam(session, exam_id)
    entry = exams.roster_entry(session, exam_id, candidate_id)
    if entry is None:
        raise NotFoundError(OFF)
    session.refresh(entry)
    return exam, entry


def locked_exam(session: Session, exam_id: int) -> Exam:
    exam = session.scalar(select(Exam).where(Exam.id == exam_id).with_for_update(key_share=True)
                          .execution_options(populate_existing=True))
    if exam is None or exam.state == "draft":
        raise NotFoundError("没有找到这场考试")
    return exam


def locked_case(session: Session, case_id: int) -> tuple[ExcuseCase, Exam, RosterEntry | None]:
    found = session.get(ExcuseCase, case_id)
    if found is None:
        raise NotFoundError(NO_CASE)
    exam = locked_exam(session, found.exam_id)
    session.refresh(found)  # as it is behind the lock
    entry = exams.roster_entry(session, exam.id, found.candidate_id)
    if entry is not None:
        session.refresh(entry)
    return found, exam, entry


def check_figures_open(session: Session, exam: Exam, now: datetime) -> None:
    """Raises ConflictError once results are out: the base of published rates stays what it was."""
    if queries.results_are_out(session, exam, now):
        raise ConflictError("成绩已经公布，名单和统计不再改变；没有参加的，请安排补考")


def said_words(words: str, *, needed: bool) -> str:
    said = words.strip()[:500]
    if needed and not said:
        raise InputError(WORDS_NEEDED)
    return said


def moved(session: Session, case: ExcuseCase, state: State, act: Act, by: By, words: str, now: datetime) -> None:
    case.state = state
    step(session, case, act, by, words, now)


def step(session: Session, case: ExcuseCase, act: Act, by: By, words: str, now: datetime) -> None:
    session.add(ExcuseStep(case_id=case.id, act=act, capacity=by.capacity, by_id=by.id, by_name=by.name, words=words, at=now))
    session.flush()
