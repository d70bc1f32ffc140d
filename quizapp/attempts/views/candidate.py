"""The candidate's pages: own exams, the paper, the receipt, the marked paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, by_ticket, holds_exams, identify, signed_in
from quizapp.attempts import open_paper, queries, service
from quizapp.attempts.asides import asides
from quizapp.attempts.correcting import sheet
from quizapp.attempts.models import Attempt
from quizapp.attempts.open_paper import OpenPaper
from quizapp.attempts.pages.my_exams import my_exams_page
from quizapp.attempts.pages.receipt import proof
from quizapp.attempts.pages.result import ResultPage, outcome_counts, reviewed
from quizapp.attempts.pages.standstill import StandstillPage, standstill_page
from quizapp.attempts.pages.take import FinishedPage, TakeOverPage, TakePage
from quizapp.attempts.pages.taking import plain_client, plain_saves, take_page
from quizapp.attempts.rules.counting import grade
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.receipt import shorten
from quizapp.attempts.rules.saves import SENTENCES, Refusal
from quizapp.attempts.rules.ticket import Ticket
from quizapp.attempts.rules.words import SCRIPT_TEXTS
from quizapp.attempts.sealing import sealing_key
from quizapp.attempts.views.background import sign_in
from quizapp.attempts.views.blueprint import bp, press
from quizapp.attempts.views.own_files import own_files
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.i18n import _, explain
from quizapp.incoming import any_text
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError, NotSignedInError
from quizapp.kernel.rates import show_marks
from quizapp.people.rules.sign_in import SIGN_IN_IDLE
from quizapp.questions.rules.marking import is_answered
from quizapp.ui.pages import render


def sweep(exam_id: int | None = None) -> None:
    """Settle what ran out of time for this person; writes only where there is something to settle."""
    now, me = clock.now(), actor().id
    if queries.overdue(db.session(), now, candidate_id=me, exam_id=exam_id):
        with db.transaction() as session:
            service.finish_overdue(session, now=now, candidate_id=me, exam_id=exam_id)


@bp.get("/my-exams")
@signed_in
def my_exams() -> Response:
    sweep()
    return render(my_exams_page(db.session(), actor().id, clock.now()))


@bp.get("/my/attempts/<uuid:attempt_id>")
@by_ticket
def take(attempt_id: UUID) -> Response | BaseResponse:
    """The exam page, in one statement."""
    page = _take_page(attempt_id, clock.now())
    if page is None:
        return redirect(url_for("attempts.finished", attempt_id=attempt_id), 303)
    return _rendered(page)


def _rendered(page: TakePage | StandstillPage, status: int = 200) -> Response:
    if isinstance(page, StandstillPage):
        identify()  # it has the frame of an ordinary page
        # what came as a plain form stays on it, to be sent again afterwards
        page = replace(page, typed=[one for one in request.form.items(multi=True) if one[0] != "csrf_token"])
    return render(page, status)


def _take_page(attempt_id: UUID, now: datetime, problem: str = "") -> TakePage | StandstillPage | None:
    """None where nothing can be written any more. No question is shown while the clock stands still."""
    with db.hot(write=False) as connection:
        desk = open_paper.read(connection, attempt_id, sign_in(), now=now, idle_since=now - SIGN_IN_IDLE)
        if desk is None:
            raise NotSignedInError("请先登录")
        g.account_language = desk.language
        if desk.paper is None:
            raise NotFoundError(queries.NOT_FOUND)
        if desk.paper.is_over(now):
            return None
        if desk.paper.time.since(now) is not None:
            return standstill_page(desk.paper, now, press().ticket(desk.paper.ticket))
        return take_page(connection, desk.paper, plain_client(desk.sign_in_id), now, keys=_keys(desk.paper),
                         problem=problem)


def _keys(paper: OpenPaper) -> dict[str, Any]:
    """What the script of the page shows to the server, and what it encrypts with on the device."""
    return {
        "ticket": press().ticket(paper.ticket),
        "outbox_key": press().outbox_key(paper.candidate_id, paper.id),
        "sealing": sealing_key().public,
    }


def _with_problem(attempt_id: UUID, now: datetime, problem: str, status: int = 422) -> Response | BaseResponse:
    """The paper again, saying what could not be saved; the receipt where it is over."""
    page = _take_page(attempt_id, now, problem)
    return _rendered(page, status) if page else redirect(url_for("attempts.finished", attempt_id=attempt_id), 303)


@bp.post("/my/attempts/<uuid:attempt_id>")
@signed_in
@holds_exams
@any_text
def take_post(attempt_id: UUID) -> Response | BaseResponse:
    """The whole paper as a plain form: what works where no script runs."""
    received_at, me, client = clock.now(), actor().id, plain_client(g.sign_in_id)
    attempt = queries.own(db.session(), me, attempt_id)
    problem = ""
    try:
        saves = plain_saves(db.session(), attempt, request.form, received_at)
    except InputError as error:
        return _with_problem(attempt_id, received_at, explain(error))
    with db.transaction() as session:
        try:
            epoch = service.claim(session, me, attempt_id, client)
        except ConflictError:
            epoch = attempt.epoch  # what is saved now is refused, and kept as an event
        ack = service.save_batch(session, me, attempt_id, client, epoch, saves, received_at=received_at)
    if ack.refused is Refusal.TAKEN:
        exam = exams.get(db.session(), attempt.exam_id)
        return render(TakeOverPage(attempt_id, exam.title), 409)
    if ack.refused is Refusal.PAUSED:
        return _with_problem(attempt_id, received_at, _(SENTENCES[Refusal.PAUSED]), 409)
    if ack.rejected:
        problem = "；".join(explain(rejected.problem) for rejected in ack.rejected)
        return _with_problem(attempt_id, received_at, problem)
    if "submit" in request.form or ack.refused:
        with db.transaction() as session:
            service.submit(session, me, attempt_id, now=received_at, client_id=client)
        return redirect(url_for("attempts.finished", attempt_id=attempt_id), 303)
    return redirect(url_for("attempts.take", attempt_id=attempt_id, saved=1), 303)


@bp.post("/my/attempts/<uuid:attempt_id>/continue-here")
@signed_in
@holds_exams
def continue_here(attempt_id: UUID) -> BaseResponse:
    """The button of the take-over page: continue in this browser."""
    with db.transaction() as session:
        service.take_over(session, actor().id, attempt_id, plain_client(g.sign_in_id))
    return redirect(url_for("attempts.take", attempt_id=attempt_id), 303)


@bp.get("/my/attempts/<uuid:attempt_id>/receipt")
@signed_in
def finished(attempt_id: UUID) -> Response | BaseResponse:
    return finished_page(attempt_id)


def finished_page(attempt_id: UUID, problem: str = "", status: int = 200) -> Response | BaseResponse:
    """The receipt; `problem`: what was wrong with a sealed file that was handed in on it."""
    sweep()
    session, now, me = db.session(), clock.now(), actor()
    attempt = queries.own(session, me.id, attempt_id)
    if attempt.finished_at is None:
        return redirect(url_for("attempts.take", attempt_id=attempt_id), 303)
    exam, entry = queries.exam_for(session, attempt.exam_id, me.id)
    kept = queries.answers(session, me.id, attempt_id)
    used = len(queries.attempts(session, me.id, exam.id))
    return render(FinishedPage(
        attempt_id, exam.title, me.name, attempt.number, attempt.state == "expired", attempt.started_at,
        attempt.finished_at, sum(is_answered(k.response) for k in kept.values()), len(attempt.layout),
        attempt.receipt, shorten(attempt.receipt), _released(exam, now), exam.release,
        exam.settles_at if exam.release == "after_close" else None, attempt.needs_marking,
        max(0, exam.attempts_allowed - used), exam.id,
        exam.opens_at <= now < exam.closes_at and entry.status == "expected" and used < exam.attempts_allowed,
        own_files(session, attempt, now, problem), proof(session, attempt, exam, me), _leftover(attempt, exam),
    ), status)


def _leftover(attempt: Attempt, exam: Exam) -> dict[str, Any]:
    """With what the script opens and sends answers that are still on the device: evidence, now that it is over."""
    ticket = Ticket.for_layout(attempt.candidate_id, exam.id, attempt.id, exam.grace_seconds, attempt.layout)
    return {
        "attempt": str(attempt.id), "person": attempt.candidate_id, "epoch": attempt.epoch,
        "ticket": press().ticket(ticket), "outbox_key": press().outbox_key(attempt.candidate_id, attempt.id),
        "urls": {name: url_for(f"attempts.{name}", attempt_id=attempt.id) for name in ("save", "claim")},
        "late": _(SCRIPT_TEXTS["lateFact"]),
    }


@bp.get("/my/attempts/<uuid:attempt_id>/result")
@signed_in
def result(attempt_id: UUID) -> Response | BaseResponse:
    sweep()
    session, now, me = db.session(), clock.now(), actor().id
    attempt = queries.own(session, me, attempt_id)
    exam = exams.get(session, attempt.exam_id)
    if attempt.finished_at is None or not _released(exam, now):
        return redirect(url_for("attempts.finished", attempt_id=attempt_id), 303)
    return render(_result_page(attempt, exam, attempt.finished_at))


def _released(exam: Exam, now: datetime) -> bool:
    return exam.is_released(now)


def _result_page(attempt: Attempt, exam: Exam, finished_at: datetime) -> ResultPage:
    session = db.session()
    counted_by = sheet(session, exam.id, attempt.form_id)
    kept = queries.answers(session, attempt.candidate_id, attempt.id)
    questions = reviewed(slots(attempt.layout), counted_by, kept)
    counted = queries.result(session, exam.id, attempt.candidate_id)
    word = "" if attempt.score is None else grade(attempt.score, exam.pass_mark, exam.excellence_mark)
    return ResultPage(
        attempt.id, exam.title, attempt.number, finished_at,
        "" if attempt.score is None else show_marks(attempt.score), show_marks(sum((q.marks for q in counted_by.questions), Decimal(0))),
        word, show_marks(exam.pass_mark), show_marks(exam.excellence_mark), attempt.needs_marking,
        counted is not None and counted.attempt_id == attempt.id, exam.score_rule, questions if exam.show_key else [],
        outcome_counts(questions), exam.show_key, asides(session, attempt) if exam.show_key else {},
    )
