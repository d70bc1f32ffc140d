"""The audit record and the head of its chain."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.audit.rules import moment
from quizapp.db import Model
from quizapp.kernel.ids import new_id


class AuditEvent(Model):
    """One act. Never updated, never deleted; `hash` covers the event and the hash before it."""

    __tablename__ = "audit_event"

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
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    @property
    def facts(self) -> dict[str, object]:
        """What the hash covers: every field of the act, and its place in the chain."""
        return {
            "number": self.number, "at": moment(self.at), "actor_id": self.actor_id, "actor": self.actor,
            "action": self.action, "object_type": self.object_type, "object_id": self.object_id,
            "detail": self.detail, "address": self.address,
        }


class AuditHead(Model):
    """The one row that every writer of the chain locks."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
