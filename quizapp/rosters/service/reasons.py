"""The list of reasons to choose from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.kernel.errors import ConflictError, NotFoundError
from quizapp.rosters.models import ExcuseReason


def add_reason(session: Session, kind: str, name: str) -> ExcuseReason:
    """A new reason to choose from. Raises ConflictError where there is one with these words."""
    words = name.strip()
    same = session.scalar(select(ExcuseReason).where(ExcuseReason.kind == kind, ExcuseReason.name == words))
    if same is not None:
        raise ConflictError("已经有“%(name)s”这一条；停用了的，可以恢复", name=words)
    reason = ExcuseReason(kind=kind, name=words)
    session.add(reason)
    session.flush()
    return reason


def retire_reason(session: Session, reason_id: int, *, retired: bool, now: datetime) -> ExcuseReason:
    """No longer to choose from, or again. Cases keep the words that they were asked with."""
    reason = session.get(ExcuseReason, reason_id)
    if reason is None:
        raise NotFoundError("没有找到这条理由")
    reason.retired_at = now if retired else None
    session.flush()
    return reason
