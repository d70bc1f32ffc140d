"""The candidate's home: what is unfinished, open, ahead, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.attempts import queries
from quizapp.attempts.asides import Notice, notices
from quizapp.attempts.models import Attempt, Result
from quizapp.attempts.queries import PaperSize
from quizapp.attempts.rules.counting import grade
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.progress import Counts, Slip, count, slips, strip_width
from quizapp.attempts.rules.standing import Standing
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam, RosterEntry
from quizapp.exams.rules import Phase
from quizapp.exams.told import told as exams_told
from quizapp.kernel.rates import show_marks
from quizapp.ui.pages import Page


@dataclass(frozen=True)
class Resume:
    """The open attempt of an exam. `left`: seconds of work, at least 0; `stands`: paused or break where the clock
    stands still, otherwise empty."""

    attempt_id: UUID
    title: str
    number: int
    started_at: datetime
    deadline_at: datetime
    saved_at: datetime | None
    left: int
    stands: str
    counts: Counts
    slips: list[Slip]
    width: int


@dataclass(frozen=True)
class Rules:
    """The rules of an exam as a candidate reads them. `questions` and `total` are None before forms exist."""

    exam_id: int
    title: str
    kind: str
    opens_at: datetime
    closes_at: datetime
    last_full_start: datetime
    questions: int | None
    total: str | None
    minutes: int
    pass_mark: str
    excellence_mark: str
    attempts_allowed: int
    score_rule: str
    open_book: bool
    is_make_up: bool


@dataclass(frozen=True)
class OpenExam:
    """An exam whose window is open. `status`: expected, excused or deferred; `used`: attempts so far; `paused`: the
    sitting stands still; `told`: what other features have to say about it."""

    rules: Rules
    status: str
    reason: str
    used: int
    days_left: int
    paused: bool
    told: tuple[str, ...] = ()

    @property
    def may_start(self) -> bool:
        return self.status == "expected" and self.rules.kind == "online" and self.used < self.rules.attempts_allowed


@dataclass(frozen=True)
class Outcome:
    """An exam that somebody sat, or missed. `score` and `grade` are empty before release."""

    title: str
    on: date
    kind: str
    pass_mark: str
    state: str
    score: str
    grade: str
    attempt_id: UUID | None
    release: str
    releases_at: datetime | None


@dataclass(frozen=True)
class MyExamsPage(Page):
    template: ClassVar[str] = "attempts/my_exams.html"
    styles: ClassVar[tuple[str, ...]] = ("page-home",)
    modules: ClassVar[tuple[str, ...]] = ("exam-left",)
    section: ClassVar[str] = "my_exams"

    resumes: list[Resume]
    open_exams: list[OpenExam]
    coming: list[OpenExam]
    outcomes: list[Outcome]
    at: datetime
    notices: list[Notice]


def my_exams_page(session: Session, candidate_id: int, now: datetime) -> MyExamsPage:
    """Everything that concerns this person, in a handful of queries whatever the number of exams."""
    listed = exams.for_candidate(session, candidate_id)
    attempts = queries.attempts(session, candidate_id)
    counted = queries.results(session, candidate_id)
    told = exams_told(session, candidate_id)
    sizes = queries.sizes(session, [exam.blueprint_id for exam, _ in listed if exam.blueprint_id])
    by_exam: dict[int, list[Attempt]] = {}
    for attempt in attempts:
        by_exam.setdefault(attempt.exam_id, []).append(attempt)
    resumes: list[Resume] = []
    groups: dict[Phase, list[OpenExam]] = {}
    outcomes: list[Outcome] = []
    for exam, entry in listed:
        own = by_exam.get(exam.id, [])
        running = next((a for a in own if a.state == "open"), None)
        stage = exam.phase(now)
        if running is not None:
            resumes.append(_resume(session, exam, running, now))
        elif stage in (Phase.OPEN, Phase.COMING):
            groups.setdefault(stage, []).append(_open_exam(exam, entry, len(own), sizes, now, told.get(exam.id, ())))
        result = counted.get(exam.id)
        if result is not None or (stage is Phase.CLOSED and entry.status == "expected"):
            outcomes.append(_outcome(exam, result, now))
    coming = sorted(groups.get(Phase.COMING, []), key=lambda e: e.rules.opens_at)
    return MyExamsPage(resumes, groups.get(Phase.OPEN, []), coming, outcomes, now, notices(session, candidate_id))


def _resume(session: Session, exam: Exam, attempt: Attempt, now: datetime) -> Resume:
    kept = queries.answers(session, attempt.candidate_id, attempt.id)
    states = queries.states(slots(attempt.layout), kept)
    saved_at = max((answer.saved_at for answer in kept.values()), default=None)
    time = Standing(attempt.deadline_at, exam.paused_at, attempt.break_started_at, attempt.break_left)
    stands = "paused" if exam.paused_at else "break" if time.on_break(now) else ""
    return Resume(
        attempt.id, exam.title, attempt.number, attempt.started_at, attempt.deadline_at, saved_at,
        int(time.working_left(now).total_seconds()), stands, count(states), slips(states),
        strip_width(len(states)),
    )


def rules_of(exam: Exam, size: PaperSize | None) -> Rules:
    return Rules(
        exam.id, exam.title, exam.kind, exam.opens_at, exam.closes_at,
        exam.closes_at - timedelta(minutes=exam.minutes), size.questions if size else None,
        show_marks(size.total) if size else None, exam.minutes, show_marks(exam.pass_mark),
        show_marks(exam.excellence_mark), exam.attempts_allowed, exam.score_rule, exam.open_book,
        exam.make_up_of_id is not None,
    )


def _open_exam(
    exam: Exam, entry: RosterEntry, used: int, sizes: dict[int, PaperSize], now: datetime, told: tuple[str, ...]
) -> OpenExam:
    size = sizes.get(exam.blueprint_id) if exam.blueprint_id else None
    return OpenExam(rules_of(exam, size), entry.status, entry.reason, used, (exam.closes_at - now).days,
                    exam.paused_at is not None, told)


def _outcome(exam: Exam, result: Result | None, now: datetime) -> Outcome:
    on = clock.to_local(result.sat_at if result else exam.closes_at).date()
    pass_mark = show_marks(exam.pass_mark)
    releases_at = exam.settles_at if exam.release == "after_close" else None
    if result is None:
        return Outcome(exam.title, on, exam.kind, pass_mark, "missed", "", "", None, exam.release, None)
    shown = exam.is_released(now) or result.source == "paper"
    if not shown:
        return Outcome(exam.title, on, result.source, pass_mark, "waiting", "", "", result.attempt_id, exam.release,
                       releases_at)
    if result.score is None:
        return Outcome(exam.title, on, result.source, pass_mark, "marking", "", "", result.attempt_id, exam.release,
                       None)
    word = grade(result.score, exam.pass_mark, exam.excellence_mark)
    return Outcome(exam.title, on, result.source, pass_mark, "released", show_marks(result.score), word,
                   result.attempt_id, exam.release, None)
