"""Reports as handed in, and the plans confirmed from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model


class SourceReport(Model):
    """A yearly report as it was read. `text` is the joined text to which every offset points.

    `reading`: {agency, year, law_study, notes [{message, values}], proposals [fields of rules.proposals.Proposal]}.
    """

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
    __table_args__ = (CheckConstraint("state in ('draft', 'confirmed')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    agency: Mapped[str] = mapped_column(String(120))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("source_report.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PlanFact(Model):
    """One fact of a plan, with the sentence it came from (offsets into the report's text) and its review.

    `field` is a key of rules.fields.FIELDS: exams_online, exams_offline, exams_total, participation_rate,
    pass_rate, study_sessions, campaign, subject (a code of the bank's subjects, or a text that it does not
    know), title, shortcoming and others. `value` is what was read (see rules.proposals), `confirmed` what the
    administrator let stand or put in its place, each as {"v": …}. Entered by hand: `value` {"v": None}, no place.
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
