"""Writing the record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.audit.models import AuditEvent, AuditHead
from quizapp.audit.rules import START, chained


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
) -> AuditEvent:
    """Append one act to the chain, inside the transaction of the act itself.

    `detail` holds before and after; it must be JSON. Concurrent writers wait for the head row.
    """
    head = session.scalar(select(AuditHead).where(AuditHead.id == 1).with_for_update())
    if head is None:
        head = AuditHead(id=1, number=0, hash=START)
        session.add(head)
    event = AuditEvent(
        number=head.number + 1, at=clock.now(), actor_id=actor_id, actor=actor, action=action,
        object_type=object_type, object_id=str(object_id), detail=detail or {}, address=address,
        previous=head.hash, hash="",
    )
    event.hash = chained(head.hash, facts(event))
    head.number, head.hash = event.number, event.hash
    session.add(event)
    session.flush()
    return event


def facts(event: AuditEvent) -> dict[str, object]:
    """What the hash covers: every field of the act."""
    return {
        "number": event.number, "at": event.at.isoformat(timespec="microseconds"), "actor_id": event.actor_id,
        "actor": event.actor, "action": event.action, "object_type": event.object_type,
        "object_id": event.object_id, "detail": event.detail, "address": event.address,
    }
