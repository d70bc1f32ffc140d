"""What was handed in. A version is written once and never changed: a restated report is another version."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model


class Filing(Model):
    """A report that was handed in, under one number for all its versions. `subject` says what it is about
    (`exam:7:all`, `year:2026`): of one subject there is one filing. `settings`: how it was asked for."""

    __tablename__ = "filing"
    __table_args__ = (CheckConstraint("kind in ('exam', 'year', 'notice')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(60), unique=True)
    year: Mapped[int] = mapped_column(index=True)
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exam.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class FilingVersion(Model):
    """`content`: see rules.content; `digest` its SHA-256, `signature` the installation's seal by `key`. `cause`: the
    reference of the regrade that it answers, which is answered once; `difference`: see rules.differences."""

    __tablename__ = "filing_version"
    __table_args__ = (UniqueConstraint("filing_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500))
    difference: Mapped[dict[str, Any]]


class FilingCheck(Model):
    """A regrade or a second look was held against a filing. `version_id`: the version that came of it, empty where
    the figures are the same. Of one reference a filing is looked at once."""

    __tablename__ = "filing_check"
    __table_args__ = (UniqueConstraint("filing_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    reference: Mapped[str] = mapped_column(String(80))
    exam_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("filing_version.id"))


class FilingPerson(Model):
    """How one person was counted in a version: by number, so that names are today's and gone with the account."""

    __tablename__ = "filing_person"

    version_id: Mapped[int] = mapped_column(ForeignKey("filing_version.id"), primary_key=True)
    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    unit_id: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    sat: Mapped[bool]
    score: Mapped[Decimal | None]
    sat_at: Mapped[datetime | None]


class FilingHolder(Model):
    """Who has handed in a filing or fetched a file of it, and up to which version they know: told of later ones."""

    __tablename__ = "filing_holder"

    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    known: Mapped[int]


class FilingDraft(Model):
    """The paragraphs of a year's report while they are edited. `sections`: see rules.content.Section."""

    __tablename__ = "filing_draft"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sections: Mapped[list[Any]]
    facts: Mapped[list[Any]]
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[uuid.UUID]
