"""What the exam page asks in the background: whose turn it is, saving, handing in. JSON in, JSON out.

The hot path: nobody is loaded, no model is built. The ticket says who writes to what; that the sign-in is alive is
asked by the statement that does the work.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request, session, url_for
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from quizapp import clock
from quizapp.access import by_ticket
from quizapp.attempts import queries, service
from quizapp.attempts.pages.saved import saved
from quizapp.attempts.pages.take import answers_for_script, clock_for_script
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.notes import read_notes
from quizapp.attempts.rules.saves import SENTENCES, Refusal, read_batch, read_client_id, read_manifest
from quizapp.attempts.rules.ticket import WRONG, Ticket
from quizapp.attempts.views.blueprint import bp, press
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.i18n import N_, _, explain
from quizapp.kernel.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    NotSignedInError,
    UnreadableError,
)
from quizapp.people import queries as people

Answer = tuple[Response, int]
BROKEN = N_("收到的请求不完整，没有写入；网络恢复后会自动重新发送，也可以刷新页面")
# in the request's surroundings, from the short way: when this save arrived, and what was heard of it already
RECEIVED, STORED = "quizapp.received", "quizapp.stored"


@bp.post("/my/attempts/<uuid:attempt_id>/answers")
@by_ticket
def save(attempt_id: UUID) -> Answer:
    found = request.environ
    ack: service.SaveAck = found.get(STORED) or _store(attempt_id, found.get(RECEIVED) or clock.now())
    if ack.refused:
        return _refused(ack.refused, attempt_id)
    rejected = [{"q": r.q, "seq": r.seq, "error": explain(r.problem)} for r in ack.rejected]
    return jsonify(saved(ack, clock.now()) | {"rejected": rejected}), 200


def _store(attempt_id: UUID, received_at: datetime) -> service.SaveAck:
    payload = payload_of()
    ticket, batch = ticket_of(payload, attempt_id), read_batch(payload)
    with db.hot() as connection:
        try:
            return service.save(connection, ticket, batch, received_at=received_at, sign_in=sign_in())
        except NotFoundError:
            raise unknown() from None


@bp.post("/my/attempts/<uuid:attempt_id>/claim")
@by_ticket
def claim(attempt_id: UUID) -> Answer:
    """The page tells which tab it is. Answers `taken` while another tab holds the attempt."""
    return _write_as(attempt_id, by_force=False)


@bp.post("/my/attempts/<uuid:attempt_id>/take-over")
@by_ticket
def take_over(attempt_id: UUID) -> Answer:
    """Another tab is to write from now on; the one before can save no more."""
    return _write_as(attempt_id, by_force=True)


def _write_as(attempt_id: UUID, *, by_force: bool) -> Answer:
    payload, now = payload_of(), clock.now()
    ticket, client_id = ticket_of(payload, attempt_id), read_client_id(payload.get("client_id"))
    with db.hot() as connection:
        epoch = service.claim_for(connection, ticket.candidate_id, attempt_id, client_id, now=now, sign_in=sign_in(),
                                  by_force=by_force)
    if epoch is None:
        if not is_theirs(ticket):
            raise unknown()
        return _refused(service.why_not(db.session(), ticket.candidate_id, attempt_id), attempt_id)
    return jsonify(epoch=epoch, **_standing(ticket, now)), 200


def _standing(ticket: Ticket, now: datetime) -> dict[str, Any]:
    attempt = queries.own(db.session(), ticket.candidate_id, ticket.attempt_id)
    paused_at = exams.get(db.session(), ticket.exam_id).paused_at
    kept = queries.answers(db.session(), ticket.candidate_id, ticket.attempt_id)
    return {"answers": answers_for_script(slots(attempt.layout), kept), **clock_for_script(attempt, paused_at, now)}


@bp.post("/my/attempts/<uuid:attempt_id>/submit")
@by_ticket
def submit(attempt_id: UUID) -> Answer:
    now, payload = clock.now(), payload_of()
    ticket, client_id = ticket_of(payload, attempt_id), read_client_id(payload.get("client_id"))
    manifest = read_manifest(payload.get("manifest", {}))
    with db.hot() as connection:
        try:
            done = service.hand_in(connection, ticket, now=now, manifest=manifest, client_id=client_id,
                                   sign_in=sign_in())
        except NotFoundError:
            raise unknown() from None
        except service.MissingAnswersError as error:
            return jsonify(error=explain(error), reason="missing", missing=error.numbers), error.status
        except service.StandsStillError as error:
            return _refused(Refusal.PAUSED, attempt_id, explain(error))
        except ConflictError as error:
            return _refused(service.why_not(db.session(), ticket.candidate_id, attempt_id), attempt_id, explain(error))
    return jsonify(receipt=done.receipt, address=_finished(attempt_id)), 200


@bp.post("/my/attempts/<uuid:attempt_id>/notes")
@by_ticket
def note(attempt_id: UUID) -> Answer:
    """What happened beside the answers, by the server's clock. Never an error: nothing waits for it."""
    now, payload = clock.now(), payload_of()
    ticket = ticket_of(payload, attempt_id)
    sent = read_notes(payload.get("notes"), request.headers.get("User-Agent", ""))
    with db.hot() as connection:
        kept = service.keep_notes(connection, ticket.candidate_id, attempt_id, sent, received_at=now, sign_in=sign_in())
    if not kept and not is_theirs(ticket):
        raise unknown()
    return jsonify(kept=kept), 200


def sign_in() -> str:
    """The hash of this browser's sign-in. Raises NotSignedInError where it has none."""
    token = session.get("_user_id")
    if not isinstance(token, str):
        raise NotSignedInError("请先登录")
    return people.token_hash(token)


def ticket_of(payload: dict[str, Any], attempt_id: UUID) -> Ticket:
    ticket = press().read_ticket(payload.get("ticket"))
    if ticket.attempt_id != attempt_id:
        raise NotFoundError(queries.NOT_FOUND)
    return ticket


def is_theirs(ticket: Ticket) -> bool:
    """Whether this browser is signed in as the person of the ticket."""
    found = people.open_sign_in(db.session(), session["_user_id"], clock.now())
    return found is not None and found[1].id == ticket.candidate_id


def unknown() -> Exception:
    """Nothing was found to write to: signed out, or signed in as somebody else, whose attempt it is not."""
    found = people.open_sign_in(db.session(), session["_user_id"], clock.now())
    return NotSignedInError("请先登录") if found is None else NotFoundError(queries.NOT_FOUND)


def payload_of() -> dict[str, Any]:
    """The object that was sent. Raises UnreadableError for what is no JSON, InputError for other JSON."""
    try:
        payload = request.get_json()
    except (BadRequest, UnsupportedMediaType, RecursionError):
        raise UnreadableError(BROKEN) from None
    if not isinstance(payload, dict):
        raise InputError(WRONG)
    return payload


def _refused(reason: Refusal, attempt_id: UUID, sentence: str = "") -> Answer:
    """409 with a word for the script, a sentence for the person, and where their receipt is."""
    return jsonify(error=sentence or _(SENTENCES[reason]), reason=str(reason), address=_finished(attempt_id),
                   server_time=clock.now().isoformat()), ConflictError.status


def _finished(attempt_id: UUID) -> str:
    return url_for("attempts.finished", attempt_id=attempt_id)
