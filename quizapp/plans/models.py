"""Reports as handed in, and the plans confirmed from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model


class SourceReport(Model):
    """A yearly report as it was read. `text` is the joined text to which every offset points."""

    __tablename__ = "source_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    text: Mapped[str]
    reading: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Plan(Model):
    """The law-study plan of one year. A confirmed plan is the base of the year's ledger."""

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("agency", "year"),
        CheckConstraint("state in ('draft', 'confirmed')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    agency: Mapped[str] = mapped_column(String(120))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("source_report.id"))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PlanFact(Model):
    """One fact of a plan, with the sentence it came from (offsets into the report's text) and its review.

    `field` is one of exams_online, exams_offline, exams_total, participation_rate, pass_rate,
    study_sessions, campaign, subject, title, shortcoming. `value` is what was read, `confirmed` what the
    administrator let stand or put in its place, each as {"v": …}.
    """

    __tablename__ = "plan_fact"
    __table_args__ = (CheckConstraint("state in ('proposed', 'confirmed', 'corrected', 'dropped')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    position: Mapped[int]
    field: Mapped[str] = mapped_column(String(30))
    value: Mapped[dict[str, Any]]
    literal: Mapped[str] = mapped_column(String(500), default="")
    sentence: Mapped[str] = mapped_column(default="")
    start: Mapped[int | None]
    end: Mapped[int | None]
    interpreted: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    confirmed: Mapped[dict[str, Any] | None]
