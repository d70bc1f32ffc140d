"""The audit record, the head of its chain, what was cut off its old end, and refusals on their way to it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.audit.rules import moment
from quizapp.db import Model
from quizapp.kernel.ids import new_id


class AuditEvent(Model):
    """One act. Never updated; deleted only at the old end, with an AuditCut. `hash` covers the event and the hash
    before it. `outcome`: allowed or refused; empty in events from before it was kept, all of which were allowed.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        CheckConstraint("outcome in ('allowed', 'refused')", name="outcome"), Index("ix_audit_event_at", "at"),
        Index("ix_audit_event_address", "address"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60), index=True)
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80), index=True)
    detail: Mapped[dict[str, Any]]
    address: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(8))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    @property
    def facts(self) -> dict[str, object]:
        """What the hash covers: every field of the act, and its place in the chain. Where no outcome was kept it is
        left out, so that the hashes of older events stay what they are."""
        facts: dict[str, object] = {
            "number": self.number, "at": moment(self.at), "actor_id": self.actor_id, "actor": self.actor,
            "action": self.action, "object_type": self.object_type, "object_id": self.object_id,
            "detail": self.detail, "address": self.address,
        }
        return facts if self.outcome is None else facts | {"outcome": self.outcome}


class AuditHead(Model):
    """The one row that every writer of the chain locks."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class AuditCut(Model):
    """The old end of the chain was removed, up to and including the event `number`, whose hash was `hash`.

    `kept` events at or before it stay, because they prove something that still exists; `kept_digest` covers their
    numbers and hashes. `signature` is the installation's seal on all of this: without it a chain that does not begin
    at its first event is a chain that somebody has tampered with.
    """

    __tablename__ = "audit_cut"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    kept: Mapped[int]
    kept_digest: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))

    @property
    def facts(self) -> dict[str, object]:
        """What the signature covers."""
        return {"number": self.number, "hash": self.hash, "at": moment(self.at), "kept": self.kept,
                "kept_digest": self.kept_digest}


class Refusal(Model):
    """Refusals of one kind, by one person or address, on one route, in one minute. `count`: how many there were,
    `written`: how many of them the chain holds. Short-lived: the worker writes the rest into the chain and removes it.
    """

    __tablename__ = "refusal"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    minute: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]]
    count: Mapped[int] = mapped_column(default=0)
    written: Mapped[int] = mapped_column(default=0)
