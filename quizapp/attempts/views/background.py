"""What the exam page asks in the background: whose turn it is, saving, handing in. JSON in, JSON out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request, url_for

from quizapp import clock
from quizapp.access import actor, signed_in
from quizapp.attempts import queries, service
from quizapp.attempts.models import Attempt
from quizapp.attempts.pages.take import answers_for_script, clock_for_script
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.saves import SENTENCES, Refusal, read_batch, read_client_id, read_manifest
from quizapp.attempts.views.blueprint import bp
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, InputError


@bp.post("/my/attempts/<uuid:attempt_id>/answers")
@signed_in
def save(attempt_id: UUID) -> tuple[Response, int]:
    received_at = clock.now()
    batch = read_batch(request.get_json(silent=True))
    with db.transaction() as session:
        ack = service.save_batch(session, actor().id, attempt_id, batch.client_id, batch.epoch, batch.saves,
                                 received_at=received_at)
    if ack.refused:
        return _refused(ack.refused, attempt_id)
    return jsonify(
        acks=[{"q": a.q, "seq": a.seq} for a in ack.acks],
        rejected=[{"q": r.q, "seq": r.seq, "error": explain(r.problem)} for r in ack.rejected],
        server_time=clock.now().isoformat(), deadline=ack.deadline_at.isoformat(),
        saved_at=ack.saved_at.isoformat() if ack.saved_at else None,
    ), 200


@bp.post("/my/attempts/<uuid:attempt_id>/claim")
@signed_in
def claim(attempt_id: UUID) -> tuple[Response, int]:
    """The page tells which tab it is. Answers `taken` while another tab holds the attempt."""
    return _write_as(attempt_id, service.claim)


@bp.post("/my/attempts/<uuid:attempt_id>/take-over")
@signed_in
def take_over(attempt_id: UUID) -> tuple[Response, int] | Any:
    if request.is_json:
        return _write_as(attempt_id, service.take_over)
    from quizapp.attempts.views.candidate import take_over_plain

    return take_over_plain(attempt_id)


def _write_as(attempt_id: UUID, act: Any) -> tuple[Response, int]:
    payload = _payload()
    client_id = read_client_id(payload.get("client_id"))
    me, now = actor().id, clock.now()
    attempt = queries.own(db.session(), me, attempt_id)
    if attempt.state != "open":
        return _refused(Refusal.LATE if attempt.state == "expired" else Refusal.CLOSED, attempt_id)
    try:
        with db.transaction() as session:
            epoch = act(session, me, attempt_id, client_id)
    except ConflictError:
        return _refused(Refusal.TAKEN, attempt_id)
    return jsonify(epoch=epoch, **_standing(attempt, now)), 200


def _standing(attempt: Attempt, now: datetime) -> dict[str, Any]:
    kept = queries.answers(db.session(), attempt.candidate_id, attempt.id)
    return {"answers": answers_for_script(slots(attempt.layout), kept), **clock_for_script(attempt, now)}


@bp.post("/my/attempts/<uuid:attempt_id>/submit")
@signed_in
def submit(attempt_id: UUID) -> tuple[Response, int]:
    payload, now, me = _payload(), clock.now(), actor().id
    client_id, manifest = read_client_id(payload.get("client_id")), read_manifest(payload.get("manifest", {}))
    try:
        with db.transaction() as session:
            attempt = service.submit(session, me, attempt_id, now=now, manifest=manifest, client_id=client_id)
    except service.MissingAnswersError as error:
        return jsonify(error=explain(error), reason="missing", missing=error.numbers), error.status
    return jsonify(receipt=attempt.receipt, address=_finished(attempt_id)), 200


def _payload() -> dict[str, Any]:
    payload = request.get_json(silent=True)
    if not isinstance(payload, dict):
        raise InputError("保存请求的格式不对，请刷新页面后重试")
    return payload


def _refused(reason: Refusal, attempt_id: UUID) -> tuple[Response, int]:
    """409 with a word for the script, a sentence for the person, and where their receipt is."""
    return jsonify(error=_(SENTENCES[reason]), reason=str(reason), address=_finished(attempt_id),
                   server_time=clock.now().isoformat()), 409


def _finished(attempt_id: UUID) -> str:
    return url_for("attempts.finished", attempt_id=attempt_id)
