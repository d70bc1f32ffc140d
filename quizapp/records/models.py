"""Certificates. One is valid at a time for a person and an exam; those before stay, revoked, so that paper can be checked."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model

VALID = text("revoked_at is null")


class Certificate(Model):
    """Everything that the paper says, as it was on that day. `code`: proves that whoever asks has the paper; `digest`:
    see rules.digest_of; `revoked_why`: packed as approvals.rules does, shown to whoever verifies it."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("grade in ('passed', 'excellent')", name="grade"),
        Index("uq_certificate_valid", "person_id", "exam_id", unique=True, postgresql_where=VALID, sqlite_where=VALID),
        Index("ix_certificate_exam_id", "exam_id"),
    )

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    issuer: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(120))
    exam: Mapped[str] = mapped_column(String(120))
    score: Mapped[Decimal]
    grade: Mapped[str] = mapped_column(String(10))
    sat_on: Mapped[date]
    issued_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[str] = mapped_column(String(300), default="")
    replaced_by: Mapped[str | None] = mapped_column(String(40))
