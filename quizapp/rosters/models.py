"""Applications for excuse and deferral with their history, reasons and attachments; changes of a frozen roster."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model
from quizapp.kernel.ids import new_id

OPEN_CASE = text("state in ('asked', 'consented')")


class ExcuseReason(Model):
    """A reason to choose from. Its words are never changed: a retired one stays with the cases that gave it."""

    __tablename__ = "excuse_reason"
    __table_args__ = (UniqueConstraint("kind", "name"), CheckConstraint("kind in ('excused', 'deferred')", name="kind"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    retired_at: Mapped[datetime | None]


class ExcuseCase(Model):
    """One application of one person for one exam. `path`, `unit_id`: where the roster counts them; `reason`: its
    words on the day of asking; `capacity`: who asked (self, unit or desk). At most one is open at a time."""

    __tablename__ = "excuse_case"
    __table_args__ = (
        Index("uq_excuse_case_open", "exam_id", "candidate_id", unique=True, postgresql_where=OPEN_CASE,
              sqlite_where=OPEN_CASE),
        Index("ix_excuse_case_exam_id_candidate_id", "exam_id", "candidate_id"),
        CheckConstraint("kind in ('excused', 'deferred')", name="kind"),
        CheckConstraint("state in ('asked', 'consented', 'declined', 'granted', 'refused', 'withdrawn', 'reversed',"
                        " 'dropped')", name="state"),
        CheckConstraint("capacity in ('self', 'unit', 'desk')", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    candidate_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int]
    path: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    reason_id: Mapped[int] = mapped_column(ForeignKey("excuse_reason.id"))
    reason: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(10))
    capacity: Mapped[str] = mapped_column(String(4))
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]


class ExcuseStep(Model):
    """A step of the history, never changed. `by_name`: as they were called then."""

    __tablename__ = "excuse_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("excuse_case.id"), index=True)
    act: Mapped[str] = mapped_column(String(10))
    capacity: Mapped[str] = mapped_column(String(4))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]


class ExcuseFile(Model):
    """An attachment; its content lies in the instance folder under this id. `name`: what the uploader called it."""

    __tablename__ = "excuse_file"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("excuse_case.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class RosterChange(Model):
    """Somebody added to a frozen roster, or taken off it."""

    __tablename__ = "roster_change"
    __table_args__ = (CheckConstraint("act in ('added', 'removed')", name="act"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
