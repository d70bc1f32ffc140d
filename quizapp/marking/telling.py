"""Notices to people about their own marks and what they answer for, kept until each confirms that they have read theirs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from quizapp.approvals.rules import Said, packed
from quizapp.db import insert_many
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.ids import new_id
from quizapp.marking.models import PersonalNotice


@dataclass(frozen=True, slots=True)
class Link:
    """Where a notice leads: an endpoint with its values, and a label in the source language."""

    endpoint: str
    values: Mapping[str, Any]
    label: str


def tell(session: Session, exam_id: int, told: Iterable[tuple[int, Said, Link | None]], *, now: datetime) -> None:
    """One notice each: (person, sentence, link)."""
    insert_many(session, PersonalNotice, (
        {"person_id": person_id, "id": new_id(), "exam_id": exam_id, "message": packed(said), "at": now,
         "link": {"endpoint": link.endpoint, "values": {k: str(v) for k, v in link.values.items()}, "label": link.label}
         if link else {}} for person_id, said, link in told
    ))


def unconfirmed(session: Session, person_id: int) -> list[PersonalNotice]:
    """What a person has not confirmed, the latest first."""
    return list(session.scalars(
        select(PersonalNotice).where(PersonalNotice.person_id == person_id, PersonalNotice.confirmed_at.is_(None))
        .order_by(PersonalNotice.at.desc(), PersonalNotice.id.desc()).limit(20)
    ))


def confirm(session: Session, person_id: int, notice_id: uuid.UUID, *, now: datetime) -> None:
    """The person has read it. Raises NotFoundError for somebody else's; confirming twice changes nothing."""
    if session.get(PersonalNotice, (person_id, notice_id)) is None:
        raise NotFoundError("没有找到这条通知")
    session.execute(
        update(PersonalNotice).where(PersonalNotice.person_id == person_id, PersonalNotice.id == notice_id,
                                     PersonalNotice.confirmed_at.is_(None)).values(confirmed_at=now)
    )
