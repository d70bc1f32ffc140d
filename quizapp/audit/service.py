"""Writing the record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.audit.models import AuditEvent, AuditHead
from quizapp.audit.rules import ALLOWED, START, chained, plain, storable

RECORDED = "recorded acts"  # in the `info` of a session: what it has put on record so far


def record(
    session: Session,
    action: str,
    object_type: str,
    object_id: object,
    *,
    actor_id: int | None = None,
    actor: str = "system",
    address: str = "",
    detail: dict[str, Any] | None = None,
    outcome: str = ALLOWED,
) -> AuditEvent:
    """Append one act to the chain, inside the transaction of the act itself.

    `detail` holds before and after; dates, marks and other values become text (see `rules.plain`).
    Concurrent writers wait for the head row until this transaction ends.
    """
    head = _locked_head(session)
    kept: Any = plain(detail or {})
    event = AuditEvent(
        number=head.number + 1, at=clock.now(), actor_id=actor_id, actor=storable(actor, 80),
        action=storable(action, 60), object_type=storable(object_type, 40), object_id=storable(str(object_id), 80),
        detail=kept, address=storable(address, 64), outcome=outcome, previous=head.hash, hash="",
    )
    event.hash = chained(head.hash, event.facts)
    head.number, head.hash = event.number, event.hash
    session.add(event)
    session.info.setdefault(RECORDED, []).append(action)
    session.flush()
    return event


def wait_for_turn(session: Session) -> None:
    """Be the only writer of the chain from here to the end of the transaction."""
    _locked_head(session)


def _locked_head(session: Session) -> AuditHead:
    """The head as it is in the database now, never as this session remembers it from an earlier transaction."""
    locked = select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    head = session.scalar(locked)
    if head is None:
        # the very first event: of two writers at once, one makes the row and the other waits for it
        session.execute(
            text("insert into audit_head (id, number, hash) values (1, 0, :start) on conflict (id) do nothing"),
            {"start": START},
        )
        head = session.scalars(locked).one()
    return head
