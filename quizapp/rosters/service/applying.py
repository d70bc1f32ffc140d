"""Every step of an application for excuse or deferral. Nobody decides on their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.exams import service as setting_up
from quizapp.exams.models import Exam, RosterEntry
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.kernel.ids import new_id
from quizapp.kernel.rights import Somebody, Target, authorise
from quizapp.rosters import queries
from quizapp.rosters.attachments import Attached, Cabinet
from quizapp.rosters.models import ExcuseCase, ExcuseFile, ExcuseReason
from quizapp.rosters.rules import (
    DECIDE,
    EXPECTED,
    MAX_FILES,
    NO_CASE,
    OFF,
    OPEN,
    REGISTER,
    RESTORE,
    SELF,
    Act,
    State,
    after,
)
from quizapp.rosters.service.stepping import (
    By,
    check_figures_open,
    locked,
    locked_case,
    moved,
    said_words,
    step,
)


@dataclass(frozen=True)
class Asked:
    """What is applied for: the reason chosen, words of one's own, attachments."""

    reason_id: int
    note: str = ""
    files: Sequence[Attached] = ()


def ask(session: Session, exam_id: int, candidate_id: int, asked: Asked, by: By, cabinet: Cabinet, *,
        now: datetime) -> ExcuseCase:
    """An application by the candidate, who waits for the unit, or by the unit, whose consent it is.

    Raises NotFoundError off the roster, InputError for a reason that cannot be chosen, and ConflictError with the
    reason why nothing can be applied for any more.
    """
    exam, entry = locked(session, exam_id, candidate_id)
    if (by.id == candidate_id) != (by.capacity == SELF):
        raise ConflictError("本人的申请请在“我的考试”里提出，由别人同意")
    check_may_leave(session, exam, entry, now)
    state = State.ASKED if by.capacity == SELF else State.CONSENTED
    return _opened(session, entry, asked, by, state, Act.ASK, cabinet, now)


def register(session: Session, exam_id: int, candidate_id: int, asked: Asked, by: By, cabinet: Cabinet, *,
             now: datetime) -> ExcuseCase:
    """What came on paper, asked, consented and decided outside: written down and in force at once. An application
    that is open must be decided instead."""
    exam, entry = locked(session, exam_id, candidate_id)
    authorise(Somebody(by.id), REGISTER, Target(people=[candidate_id]))
    check_may_leave(session, exam, entry, now)
    case = _opened(session, entry, asked, by, State.GRANTED, Act.REGISTER, cabinet, now)
    setting_up.set_status(session, exam_id, candidate_id, case.kind, case.reason)
    return case


def _opened(session: Session, entry: RosterEntry, asked: Asked, by: By, state: State, act: Act, cabinet: Cabinet,
            now: datetime) -> ExcuseCase:
    reason = session.get(ExcuseReason, asked.reason_id)
    if reason is None or reason.retired_at is not None:
        raise InputError("请从列表里选择理由")
    case = ExcuseCase(
        exam_id=entry.exam_id, candidate_id=entry.candidate_id, unit_id=entry.unit_id, path=entry.path, kind=reason.kind,
        reason_id=reason.id, reason=reason.name, note=asked.note.strip(), state=state, capacity=by.capacity, asked_by=by.id,
        asked_at=now)
    session.add(case)
    session.flush()
    step(session, case, act, by, "", now)
    attach(session, case, asked.files, by, cabinet, now=now)
    return case


def check_may_leave(session: Session, exam: Exam, entry: RosterEntry, now: datetime) -> None:
    """Raises ConflictError where somebody cannot be excused or deferred any more, with the reason."""
    if entry.status != EXPECTED:
        raise ConflictError("已经是免考或者缓考，不用再申请")
    check_may_be_granted(session, exam, entry, now)
    open_case = select(ExcuseCase.id).where(
        ExcuseCase.exam_id == exam.id, ExcuseCase.candidate_id == entry.candidate_id, ExcuseCase.state.in_(OPEN))
    if session.scalar(open_case) is not None:
        raise ConflictError("已经有一份申请正在办理，等它有了结果再说")


def check_may_be_granted(session: Session, exam: Exam, entry: RosterEntry, now: datetime) -> None:
    """Raises ConflictError where results are out, or the person has begun."""
    check_figures_open(session, exam, now)
    if queries.has_work(session, entry.exam_id, entry.candidate_id):
        raise ConflictError("已经开始作答或者已有成绩，不能再免考、缓考")


def attach(session: Session, case: ExcuseCase, files: Sequence[Attached], by: By, cabinet: Cabinet, *, now: datetime) -> None:
    """Keep these files with the application: content first, so that no row points to nothing."""
    there = len(session.scalars(select(ExcuseFile.id).where(ExcuseFile.case_id == case.id)).all())
    if there + len(files) > 2 * MAX_FILES:
        raise InputError("一份申请最多 %(n)s 个附件", n=2 * MAX_FILES)
    for file in files:
        file_id = new_id()
        cabinet.keep(file_id, file.content)
        session.add(ExcuseFile(id=file_id, case_id=case.id, name=file.name, media_type=file.media_type,
                               size=len(file.content), digest=file.digest, by_id=by.id, at=now))
    session.flush()


def consent(session: Session, case_id: int, by: By, *, agrees: bool, words: str, now: datetime,
            files: Sequence[Attached] = (), cabinet: Cabinet | None = None) -> ExcuseCase:
    """The unit agrees or does not. Never the candidate, nor who applied; refusing needs words."""
    case, _exam, _entry = locked_case(session, case_id)
    authorise(Somebody(by.id), DECIDE, Target(people=[case.candidate_id, case.asked_by]))
    state = after(case.state, Act.CONSENT if agrees else Act.DECLINE)
    if by.id not in queries.liaisons_of(session, case.path, clock.today()):
        raise NotFoundError(NO_CASE)
    moved(session, case, state, Act.CONSENT if agrees else Act.DECLINE, by, said_words(words, needed=not agrees), now)
    if cabinet is not None:
        attach(session, case, files, by, cabinet, now=now)
    return case


def decide(session: Session, case_id: int, by: By, *, grants: bool, words: str, now: datetime) -> ExcuseCase:
    """The administrator's decision. Never on one's own application; it waits for the unit, unless nobody there could
    consent. Raises ConflictError where the person has begun meanwhile or results are out."""
    case, exam, entry = locked_case(session, case_id)
    authorise(Somebody(by.id), DECIDE, Target(people=[case.candidate_id, case.asked_by]))
    state = after(case.state, Act.GRANT if grants else Act.REFUSE)
    if case.state == State.ASKED and waits_for_unit(session, case.path, (case.candidate_id, case.asked_by)):
        raise ConflictError("还要等所在单位的联络员同意，才能决定")
    said = said_words(words, needed=not grants)
    if grants:
        if entry is None:
            raise ConflictError(OFF)
        check_may_be_granted(session, exam, entry, now)
        setting_up.set_status(session, exam.id, case.candidate_id, case.kind, case.reason)
    moved(session, case, state, Act.GRANT if grants else Act.REFUSE, by, said, now)
    return case


def waits_for_unit(session: Session, path: str, without: Sequence[int]) -> bool:
    """Whether there is a liaison who could consent: nobody consents to what is their own."""
    return bool(queries.liaisons_of(session, path, clock.today(), without))


def withdraw(session: Session, case_id: int, by_id: int, by_name: str, *, now: datetime) -> ExcuseCase:
    """By whoever asked, before the decision. Raises NotFoundError for anybody else."""
    case, _exam, _entry = locked_case(session, case_id)
    if case.asked_by != by_id:
        raise NotFoundError(NO_CASE)
    moved(session, case, after(case.state, Act.WITHDRAW), Act.WITHDRAW, By(by_id, by_name, case.capacity), "", now)
    return case


def restore(session: Session, exam_id: int, candidate_id: int, by: By, *, words: str, now: datetime) -> str:
    """Expected again, as long as no results are out; returns the status before. Never for oneself."""
    exam, entry = locked(session, exam_id, candidate_id)
    authorise(Somebody(by.id), RESTORE, Target(people=[candidate_id]))
    if entry.status == EXPECTED:
        raise ConflictError("已经是应考，不用恢复")
    check_figures_open(session, exam, now)
    said, before = said_words(words, needed=True), entry.status
    case = session.scalar(select(ExcuseCase).where(
        ExcuseCase.exam_id == exam_id, ExcuseCase.candidate_id == candidate_id, ExcuseCase.state == State.GRANTED))
    setting_up.set_status(session, exam_id, candidate_id, EXPECTED, "")
    if case is not None:
        moved(session, case, after(case.state, Act.REVERSE), Act.REVERSE, by, said, now)
    return before

