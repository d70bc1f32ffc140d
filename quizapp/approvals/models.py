"""Proposals: what somebody wants done that takes two."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.approvals.rules import Kind
from quizapp.db import Model
from quizapp.kernel.ids import new_id

WAITING = text("state = 'waiting'")


class Proposal(Model):
    """One act that waits for a second person, or what became of it.

    `kind`: rules.Kind. `params`: exactly what would be done; `seen`: the state of the object for which it was proposed.
    `shown`: the lines of the page, as they stood when it was proposed or done. `outcome`: a sentence, what was done or
    why it lapsed; `words`: of whoever refused. `alone`: done by one person where the installation has switched the rule
    off. `told_at`: when the proposer saw the decision. `object_id` has no foreign key: what it names may be deleted.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'done', 'refused', 'withdrawn', 'lapsed')", name="state"),
        # the last line of defence: no row says that one person did it with themselves
        CheckConstraint(
            "state <> 'done' or (alone and decided_by is null)"
            " or (not alone and decided_by is not null and decided_by <> proposed_by)", name="two_persons"),
        Index("uq_proposal_waiting", "kind", "object_id", unique=True, postgresql_where=WAITING, sqlite_where=WAITING),
        Index("ix_proposal_state_expires_at", "state", "expires_at"),
        Index("ix_proposal_kind_object_id", "kind", "object_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[Kind] = mapped_column(String(20))
    object_id: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    params: Mapped[dict[str, Any]]
    seen: Mapped[dict[str, Any]]
    shown: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(String(500), default="")
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    alone: Mapped[bool] = mapped_column(default=False)
    told_at: Mapped[datetime | None]

    def waits(self, now: datetime) -> bool:
        return self.state == "waiting" and now < self.expires_at

    def state_at(self, now: datetime) -> str:
        """A proposal whose time is over has lapsed, whether or not anybody has written it down."""
        return "lapsed" if self.state == "waiting" and not self.waits(now) else self.state
