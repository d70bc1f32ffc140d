"""Saving answers: the hot path. One statement on PostgreSQL, two on SQLite; no model is built.

The statement decides by itself whether a batch counts, by the attempt as it stands at that moment and by the
server's moment of arrival; appends every save to the events, counted or not; moves current answers to greater
sequences. It names the candidate in every table, so that one shard of a distributed database can do it alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from quizapp.attempts import queries
from quizapp.attempts.rules.receipt import event_digest
from quizapp.attempts.rules.responses import stored
from quizapp.attempts.rules.saves import Batch, Refusal, Save, newest
from quizapp.attempts.rules.ticket import Ticket
from quizapp.attempts.service.statements import APPEND, KEEP, LOOK, SAVE, STORED
from quizapp.kernel.errors import InputError, NotFoundError
from quizapp.statement import Driven, as_json, certain, moment, parsed


@dataclass(frozen=True, slots=True)
class Ack:
    """Question `q` (as shown) is stored with sequence `seq`, which may be newer than what was sent. `hash` is the
    digest of the newest save of this question that was sent, as the record of events keeps it."""

    q: int
    seq: int
    hash: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A save that can never be stored, with the reason; sending it again is no use."""

    q: int
    seq: int
    problem: InputError


@dataclass(frozen=True, slots=True)
class SaveAck:
    """`refused`: why nothing of this batch counts, or empty. `saved_at`: the moment of this save, None where it
    stored nothing. `paused_at`: since when the clock stands still, None while it runs."""

    acks: tuple[Ack, ...]
    rejected: tuple[Rejected, ...]
    refused: Refusal
    deadline_at: datetime
    saved_at: datetime | None
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A save with the place of its question on the form, the response as it is kept, and its digest."""

    save: Save
    position: int
    response: list[str]
    digest: str


def save(
    connection: Connection | Driven, ticket: Ticket, batch: Batch, *, received_at: datetime, sign_in: str | None = None,
) -> SaveAck:
    """Store a batch, each question on its own; saving the same again changes nothing.

    A refused batch is kept as events and changes no answer: commit it as well. Without saves it only tells
    how the attempt stands. `sign_in`: hash of the token that has to be alive, None where the caller knows.
    Raises NotFoundError for an attempt that is not this person's, or no longer theirs to write.
    """
    checked, rejected = _checked(ticket, batch)
    given = {
        "candidate": ticket.candidate_id, "attempt": ticket.attempt_id, "client": batch.client_id,
        "epoch": batch.epoch, "received": received_at, "sign_in": sign_in,
        "latest": received_at - timedelta(seconds=ticket.grace_seconds),  # for transit, never shown as working time
    }
    if not checked:
        deadline, paused, refused = _looked(connection, given)
        held: dict[int, int] = {}
    else:
        store = _store_at_once if connection.dialect.name == "postgresql" else _store_in_two
        (deadline, paused, refused), held = store(connection, given, checked)
    since = moment(paused)
    if refused:
        return SaveAck((), rejected, Refusal(refused), certain(deadline), None, since)
    latest = {c.save.number: c for c in sorted(checked, key=lambda c: (c.save.number, c.save.seq))}
    acks = tuple(Ack(number, held[c.position], c.digest) for number, c in latest.items())
    return SaveAck(acks, rejected, Refusal.NONE, certain(deadline), received_at if acks else None, since)


def _looked(connection: Connection | Driven, given: dict[str, Any]) -> tuple[Any, Any, str]:
    rows = LOOK.rows(connection, **given)
    if not rows:
        raise NotFoundError(queries.NOT_FOUND)
    return rows[0][0], rows[0][1], rows[0][2]


def _store_at_once(
    connection: Connection | Driven, given: dict[str, Any], checked: Sequence[Checked]
) -> tuple[tuple[Any, Any, str], dict[int, int]]:
    rows = SAVE.rows(connection, **given, sent=_as_sent(checked))
    if not rows:
        raise NotFoundError(queries.NOT_FOUND)
    held = {position: seq for _deadline, _paused, _refused, position, seq in rows if seq is not None}
    missed = not rows[0][2] and any(held.get(c.position, 0) < c.save.seq for c in checked)
    return (rows[0][0], rows[0][1], rows[0][2]), _stored(connection, given) if missed else held


def _store_in_two(
    connection: Connection | Driven, given: dict[str, Any], checked: Sequence[Checked]
) -> tuple[tuple[Any, Any, str], dict[int, int]]:
    """SQLite writes one table with a statement; the write lock makes the two one step."""
    sent = _as_sent(checked)
    rows = APPEND.rows(connection, **given, sent=sent)
    if not rows:
        raise NotFoundError(queries.NOT_FOUND)
    deadline, paused, refused = parsed(rows[0].standing)
    if refused:
        return (deadline, paused, refused), {}
    owner = {name: given[name] for name in ("candidate", "attempt", "received")}
    held: dict[int, int] = dict(KEEP.rows(connection, **owner, sent=sent))
    missed = len(held) < len({c.position for c in checked})
    return (deadline, paused, refused), _stored(connection, given) if missed else held


def _stored(connection: Connection | Driven, given: dict[str, Any]) -> dict[int, int]:
    """The sequences that are there: asked only where something newer was stored before."""
    rows = STORED.rows(connection, candidate=given["candidate"], attempt=given["attempt"])
    return dict(rows)


def _as_sent(checked: Sequence[Checked]) -> str:
    latest = {id(save) for save in newest(c.save for c in checked)}
    return as_json([
        {"seq": c.save.seq, "position": c.position, "response": c.response, "flagged": c.save.flagged,
         "seen": c.save.seen, "digest": c.digest, "newest": id(c.save) in latest}
        for c in checked
    ])


def _checked(ticket: Ticket, batch: Batch) -> tuple[list[Checked], tuple[Rejected, ...]]:
    checked: list[Checked] = []
    rejected: list[Rejected] = []
    for sent in batch.saves:
        try:
            if sent.number > len(ticket):
                raise InputError("这份试卷没有第 %(number)s 题", number=sent.number)
            slot = ticket.slot(sent.number)
            response = stored(slot, sent.response)
        except InputError as problem:
            rejected.append(Rejected(sent.number, sent.seq, problem))
            continue
        digest = event_digest(ticket.attempt_id, batch.client_id, sent.seq, slot.position, response, sent.flagged)
        checked.append(Checked(sent, slot.position, response, digest))
    return checked, tuple(rejected)


def save_batch(
    session: Session, candidate_id: int, attempt_id: uuid.UUID, client_id: str, epoch: int, saves: Sequence[Save], *,
    received_at: datetime,
) -> SaveAck:
    """The same for a caller that holds no ticket: what is on it is read first."""
    ticket = queries.ticket(session, candidate_id, attempt_id)
    return save(session.connection(), ticket, Batch(client_id, epoch, tuple(saves)), received_at=received_at)
