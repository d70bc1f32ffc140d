"""Before the start: rules, waiting room, and the start itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, by_ticket, identify, signed_in
from quizapp.attempts import queries, service
from quizapp.attempts.pages.begin import BeginPage, Waiting, marking_lines
from quizapp.attempts.pages.my_exams import rules_of
from quizapp.attempts.rules.ticket import WRONG, Entry
from quizapp.attempts.rules.waiting import offset
from quizapp.attempts.views.background import sign_in
from quizapp.attempts.views.blueprint import bp, press
from quizapp.attempts.views.candidate import sweep
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.exams.rules import Phase, deadline, extra_time, is_tight
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.papers import queries as papers
from quizapp.ui.pages import render

MILLISECOND = timedelta(milliseconds=1)


@bp.get("/my-exams/<int:exam_id>")
@signed_in
def begin(exam_id: int) -> Response:
    sweep(exam_id)
    return _begin_page(exam_id, "", 200)


@bp.post("/my-exams/<int:exam_id>")
@by_ticket
def begin_post(exam_id: int) -> Response | BaseResponse:
    """One statement where everything is in order; otherwise slowly, with the reason."""
    entry, now = press().read_entry(request.form.get("ticket")), clock.now()
    if entry.exam_id != exam_id:
        raise InputError(WRONG)
    if not request.form.get("understood"):
        identify()
        return _begin_page(exam_id, _("请先勾选“我已看过规则”，再开始作答"), 422)
    with db.hot() as connection:
        attempt_id = service.begin(connection, entry, now=now, sign_in=sign_in())
    try:
        attempt_id = attempt_id or _begun(entry)
    except ConflictError as error:
        return _begin_page(exam_id, explain(error), error.status)
    return redirect(url_for("attempts.take", attempt_id=attempt_id), 303)


def _begun(entry: Entry) -> UUID:
    """The attempt after all, or the reason why not."""
    person = identify()
    if person.id != entry.candidate_id:
        raise NotFoundError(queries.NOT_FOUND)
    exam, _line = queries.exam_for(db.session(), entry.exam_id, person.id)
    with db.transaction() as session:
        return service.start(session, exam, person.id, now=clock.now(), shift=entry.shift * MILLISECOND).id


def _begin_page(exam_id: int, problem: str, status: int) -> Response:
    session, now, me = db.session(), clock.now(), actor().id
    exam, entry = queries.exam_for(session, exam_id, me)
    own = queries.attempts(session, me, exam_id)
    running = next((attempt.id for attempt in own if attempt.state == "open"), None)
    blocked = ""
    if running is None:
        try:
            service.check_may_start(session, exam, entry, len(own), now)
        except ConflictError as error:
            blocked = explain(error)
    begins_at = offset(exam_id, me, exams.roster_counts(session, exam_id)["expected"])
    shift = _shift(exam, begins_at)
    waiting = None
    if blocked and entry.status == "expected" and _is_ahead(exam, len(own), now):
        waiting, blocked = Waiting(exam.opens_at, now, begins_at // MILLISECOND, exam.paused_at is not None), ""
    sizes = queries.sizes(session, [exam.blueprint_id] if exam.blueprint_id else [])
    extra_percent, break_minutes = queries.allowance(session, exam_id, me)
    return render(BeginPage(
        rules_of(exam, sizes.get(exam.blueprint_id or 0)),
        marking_lines(exam, papers.kinds(session, exam.blueprint_id) if exam.blueprint_id else ()), len(own), blocked, running,
        deadline(now, exam.minutes, exam.closes_at, extra_percent, shift),
        exam.minutes + extra_time(exam.minutes, extra_percent) // timedelta(minutes=1), break_minutes,
        "" if problem == blocked or waiting else problem, exam.release, exam.settles_at,
        press().entry(Entry(me, exam_id, shift // MILLISECOND)), bool(request.form.get("understood")), waiting,
    ), status)


def _is_ahead(exam: Exam, used: int, now: datetime) -> bool:
    """Whether the start is still to come: not opened yet, or open and paused."""
    phase = exam.phase(now)
    return exam.kind == "online" and used < exam.attempts_allowed and (
        phase is Phase.COMING or (phase is Phase.OPEN and exam.paused_at is not None))


def _shift(exam: Exam, begins_at: timedelta) -> timedelta:
    """By how much the end of the window is put off for somebody who begins so much after its opening: where the
    window leaves no room for that, and never past the moment at which the exam is settled."""
    if not is_tight(exam.opens_at, exam.closes_at, exam.minutes):
        return timedelta(0)
    return min(begins_at, exam.settles_at - exam.closes_at)
