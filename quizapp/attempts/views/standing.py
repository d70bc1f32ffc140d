"""Breaks, and what waiting pages ask now and then: how the time stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, by_ticket, holds_exams, signed_in
from quizapp.attempts import service
from quizapp.attempts.rules.standing import Standing
from quizapp.attempts.rules.ticket import WRONG
from quizapp.attempts.service.statements import AHEAD, TIME
from quizapp.attempts.views.background import payload_of, sign_in, ticket_of, unknown
from quizapp.attempts.views.blueprint import bp, press
from quizapp.db import db
from quizapp.kernel.errors import InputError
from quizapp.statement import certain, moment


@bp.post("/my-exams/<int:exam_id>/standing")
@by_ticket
def ahead(exam_id: int) -> Response:
    """When the exam opens, for whom waits. Says nothing of its content."""
    entry, now = press().read_entry(payload_of().get("ticket")), clock.now()
    if entry.exam_id != exam_id:
        raise InputError(WRONG)
    rows = _rows(AHEAD, candidate=entry.candidate_id, exam=exam_id, received=now, sign_in=sign_in())
    opens_at, closes_at, paused = certain(rows[0].opens_at), certain(rows[0].closes_at), moment(rows[0].paused_at)
    return jsonify(server_time=now.isoformat(), opens_at=opens_at.isoformat(), paused=paused is not None,
                   closed=paused is None and now >= closes_at)


@bp.post("/my/attempts/<uuid:attempt_id>/standing")
@by_ticket
def standing(attempt_id: UUID) -> Response:
    """Whether the clock of an attempt still stands still: "paused", "break", or "" where it runs or is over."""
    ticket, now = ticket_of(payload_of(), attempt_id), clock.now()
    row = _rows(TIME, candidate=ticket.candidate_id, attempt=attempt_id, received=now, sign_in=sign_in())[0]
    time = Standing(certain(row.deadline_at), moment(row.paused_at), moment(row.break_started_at), row.break_left)
    stands = row.state == "open" and not time.is_over(row.grace_seconds, now) and time.since(now) is not None
    return jsonify(server_time=now.isoformat(), break_seconds=time.break_seconds(now),
                   stands=("paused" if time.paused_at else "break") if stands else "")


def _rows(statement: Any, **given: object) -> Any:
    with db.hot(write=False) as connection:
        rows = statement.rows(connection, **given)
    if not rows:
        raise unknown()
    return rows


@bp.post("/my/attempts/<uuid:attempt_id>/break")
@signed_in
@holds_exams
def break_begin(attempt_id: UUID) -> BaseResponse:
    with db.transaction() as session:
        service.take_break(session, actor().id, attempt_id, now=clock.now())
    return redirect(url_for("attempts.take", attempt_id=attempt_id), 303)


@bp.post("/my/attempts/<uuid:attempt_id>/break/end")
@signed_in
@holds_exams
def break_end(attempt_id: UUID) -> BaseResponse:
    with db.transaction() as session:
        service.end_break(session, actor().id, attempt_id, now=clock.now())
    return redirect(url_for("attempts.take", attempt_id=attempt_id), 303)
