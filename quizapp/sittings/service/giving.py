"""Giving time: to one person for the whole exam (an accommodation), to one or to everybody during it (an extension)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.standing import Standing
from quizapp.attempts.service.breaks import put
from quizapp.exams.models import Accommodation, Exam, Extension
from quizapp.exams.rules import extra_time
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.rights import Somebody, Target, authorise
from quizapp.sittings.queries import giving as queries
from quizapp.sittings.rules.giving import (
    BREAK_MOST,
    GIVE,
    MASS_ABOVE,
    MINUTES_MOST,
    PERCENTS,
    REASON_CHARS,
    is_mass,
)
from quizapp.sittings.service.moving import EXTEND, locked_exam, move_all, settle

MOVED = "时间已经被别人改过，请核对现在的时间，再决定要不要改"


class SecondPersonError(ConflictError):
    """More than one person may give alone: it has to be proposed."""


@dataclass(frozen=True)
class Allowance:
    """What an accommodation gives."""

    extra_percent: int
    break_minutes: int


NONE = Allowance(0, 0)


def grant(
    session: Session, exam_id: int, candidate_id: int, wanted: Allowance, reason: str, *, by: int | None,
    now: datetime,
) -> Allowance:
    """Give one person extra working time or breaks, or change what was given; an attempt under way is moved by the
    difference. Returns what was given before.

    Raises InputError for what cannot be given, ConflictError when the exam is over or when less time would end the
    attempt at once, ForbiddenError for one's own exam.
    """
    _check_allowance(wanted, reason)
    return _change(session, exam_id, candidate_id, wanted, reason.strip(), by, now)


def withdraw(session: Session, exam_id: int, candidate_id: int, *, by: int | None, now: datetime) -> Allowance:
    """Take an accommodation back. Returns what was given; raises as `grant`."""
    return _change(session, exam_id, candidate_id, NONE, "", by, now)


def _check_allowance(wanted: Allowance, reason: str) -> None:
    if wanted.extra_percent not in PERCENTS or not 0 <= wanted.break_minutes <= BREAK_MOST:
        raise InputError("作答时间可以延长 30%%、50%% 或者 100%%，休息 0 至 %(most)s 分钟", most=BREAK_MOST)
    if wanted == NONE:
        raise InputError("请选择延长多少，或者填写休息几分钟；都不需要的，请取消便利措施")
    _check_reason(reason)


def _check_reason(reason: str) -> None:
    if not reason.strip() or len(reason.strip()) > REASON_CHARS:
        raise InputError("请写明原因，不超过 %(most)s 字", most=REASON_CHARS)


def _change(
    session: Session, exam_id: int, candidate_id: int, wanted: Allowance, reason: str, by: int | None, now: datetime
) -> Allowance:
    check_not_own(candidate_id, by)
    exam = locked_exam(session, exam_id)
    if exam.moment(now) >= exam.settles_at:
        raise ConflictError("考试已经结束，不能再改便利措施")
    queries.candidate(session, exam_id, candidate_id)
    found = queries.accommodation(session, exam_id, candidate_id)
    before = Allowance(found.extra_percent, found.break_minutes) if found else NONE
    if wanted == NONE and found is not None:
        session.delete(found)
    elif wanted != NONE:
        found = found or Accommodation(exam_id=exam_id, candidate_id=candidate_id)
        found.extra_percent, found.break_minutes = wanted.extra_percent, wanted.break_minutes
        found.reason, found.granted_by, found.granted_at = reason, by, now
        session.add(found)
    _move_attempt(session, exam, candidate_id, before, wanted, now)
    settle(session, exam)
    return before


def _move_attempt(
    session: Session, exam: Exam, candidate_id: int, before: Allowance, after: Allowance, now: datetime
) -> None:
    attempt = open_attempt(session, exam.id, candidate_id)
    if attempt is None:
        return
    work = extra_time(exam.minutes, after.extra_percent) - extra_time(exam.minutes, before.extra_percent)
    time = time_of(attempt, exam).granted(work, (after.break_minutes - before.break_minutes) * 60, now)
    if work < timedelta(0) and not time.working_left(now):
        raise ConflictError("改小以后，这个人的作答时间已经用完；请不要改小，或者等交卷以后再改")
    put(attempt, time)


def extend_one(
    session: Session, exam_id: int, candidate_id: int, minutes: int, reason: str, *, by: int | None, now: datetime,
    seen: datetime | None = None, agreed: bool = False,
) -> datetime:
    """Give one person who is working more minutes; returns the new deadline. Also after time was up, as long as the
    paper has not been handed in. `seen`: the deadline that was on the page of whoever gives it; `agreed`: a second
    person wants it too.

    Raises SecondPersonError for one more after several were given time one by one, ConflictError when the paper is
    handed in or not begun, or when somebody else has moved the deadline.
    """
    check_minutes(minutes, reason)
    check_not_own(candidate_id, by)
    exam = locked_exam(session, exam_id)
    queries.candidate(session, exam_id, candidate_id)
    attempt = open_attempt(session, exam_id, candidate_id)
    if attempt is None:
        raise _why_not(queries.last_attempt(session, exam_id, candidate_id))
    if seen is not None and seen != attempt.deadline_at:
        raise ConflictError(MOVED)
    attempt.deadline_at += timedelta(minutes=minutes)
    if time_of(attempt, exam).is_over(0, now):
        raise ConflictError("加上这些时间仍然已经到时，请多延长一些；最多 %(most)s 分钟", most=MINUTES_MOST)
    if not agreed and is_mass(len(queries.given_one_by_one(session, exam_id, by) | {candidate_id})):
        raise SecondPersonError("你在这场考试里已经给 %(n)s 个人逐个延时，再多要另一个人同意", n=MASS_ABOVE)
    _record(session, exam_id, candidate_id, minutes, reason, by, now)
    settle(session, exam, at_least=exam.settles_at)
    return attempt.deadline_at


def extendable(session: Session, exam_id: int, candidate_id: int) -> Attempt:
    """The attempt under way, to look at. Raises NotFoundError off the roster, ConflictError where nothing goes on."""
    queries.candidate(session, exam_id, candidate_id)
    attempt = queries.last_attempt(session, exam_id, candidate_id)
    if attempt is None or attempt.state != "open":
        raise _why_not(attempt)
    return attempt


def extend_all(
    session: Session, exam_id: int, minutes: int, reason: str, *, by: int | None, now: datetime,
    seen: datetime | None = None, agreed: bool = False,
) -> int:
    """Give everybody who is working more minutes, and put off the end of the window by as much; returns how many
    are working. `seen`: the end of the window on the page of whoever gives it; `agreed`: a second person wants it too.

    Raises SecondPersonError where it touches many, ConflictError outside the window, or when somebody else has moved
    its end.
    """
    check_minutes(minutes, reason)
    exam = locked_exam(session, exam_id)
    check_extendable(exam, now, seen)
    if not agreed and is_mass(touched := queries.working(session, exam_id) + queries.not_begun(session, exam_id)):
        raise SecondPersonError("全场延时涉及 %(n)s 人，要另一个人同意", n=touched)
    span = timedelta(minutes=minutes)
    exam.closes_at, exam.settles_at = exam.closes_at + span, exam.settles_at + span
    moved = move_all(session, EXTEND, exam, minutes * 60)
    _record(session, exam_id, None, minutes, reason, by, now)
    settle(session, exam, at_least=exam.settles_at)
    return moved


def check_extendable(exam: Exam, now: datetime, seen: datetime | None = None) -> None:
    """Raises ConflictError outside the window, or when its end is not the one that was seen."""
    if exam.moment(now) < exam.opens_at:
        raise ConflictError("考试还没有开始，不能延时；可以推迟开始")
    if exam.moment(now) >= exam.closes_at:
        raise ConflictError("考试已在 %(closes)s 结束，不能再全场延时；还在作答的人，请逐个延时",
                            closes=f"{clock.to_local(exam.closes_at):%Y-%m-%d %H:%M}")
    if seen is not None and seen != exam.closes_at:
        raise ConflictError(MOVED)


def check_minutes(minutes: int, reason: str) -> None:
    """Raises InputError."""
    if not 1 <= minutes <= MINUTES_MOST:
        raise InputError("延时请填写 1 至 %(most)s 的整数", most=MINUTES_MOST)
    _check_reason(reason)


def check_not_own(candidate_id: int, by: int | None) -> None:
    """Raises ForbiddenError for one's own exam; the command line is nobody."""
    if by is not None:
        authorise(Somebody(by), GIVE, Target(people=[candidate_id]))


def _why_not(last: Attempt | None) -> ConflictError:
    if last is None or last.finished_at is None:
        return ConflictError("这个人还没有开始作答，不需要延时；要多给作答时间，请登记便利措施")
    return ConflictError("这个人已在 %(time)s 交卷，不能再延时",
                         time=f"{clock.to_local(last.finished_at):%Y-%m-%d %H:%M}")


def _record(
    session: Session, exam_id: int, candidate_id: int | None, minutes: int, reason: str, by: int | None, now: datetime
) -> None:
    session.add(Extension(exam_id=exam_id, candidate_id=candidate_id, minutes=minutes, reason=reason.strip(),
                          granted_by=by, granted_at=now))


def open_attempt(session: Session, exam_id: int, candidate_id: int) -> Attempt | None:
    """The attempt that goes on, locked."""
    return session.scalar(
        select(Attempt)
        .where(Attempt.candidate_id == candidate_id, Attempt.exam_id == exam_id, Attempt.state == "open")
        .with_for_update(key_share=True).execution_options(populate_existing=True)
    )


def time_of(attempt: Attempt, exam: Exam) -> Standing:
    return Standing(attempt.deadline_at, exam.paused_at, attempt.break_started_at, attempt.break_left)
