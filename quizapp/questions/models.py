"""The bank. An item is an identity; what it says lives in versions, which are never changed in place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model


class Subject(Model):
    __tablename__ = "subject"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    terms: Mapped[list[Any]]


class Item(Model):
    """`current_version` is the number in use for new forms; `status` decides whether it is drawn.

    `listed` says whether the files had the item when they were last read. A build retires what is no longer
    listed and brings it back when it is; a status that a person set is theirs and no build changes it.
    """

    __tablename__ = "item"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'review', 'published', 'quarantined', 'retired')", name="status"),
        CheckConstraint("origin in ('authored', 'generated', 'imported')", name="origin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    subject_code: Mapped[str] = mapped_column(ForeignKey("subject.code"), index=True)
    status: Mapped[str] = mapped_column(String(12), default="published")
    origin: Mapped[str] = mapped_column(String(10), default="authored")
    current_version: Mapped[int]
    listed: Mapped[bool] = mapped_column(default=True)


class ItemVersion(Model):
    """What an item says. `content` is the canonical content that `content_hash` covers.

    Shape of `content`: see `questions.rules.content`; it holds key and explanation and therefore
    never goes to a candidate except through `questions.rules.view`.
    """

    __tablename__ = "item_version"
    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint("type in ('single', 'multiple', 'true_false', 'fill', 'short', 'case')", name="type"),
        CheckConstraint("difficulty between 1 and 3", name="difficulty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    number: Mapped[int]
    type: Mapped[str] = mapped_column(String(12))
    difficulty: Mapped[int]
    applied: Mapped[bool]
    topic: Mapped[str] = mapped_column(String(60))
    part_count: Mapped[int] = mapped_column(default=0)
    stem: Mapped[str]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Citation(Model):
    """One basis of one version: an article of a law's version, or a document that is not a statute."""

    __tablename__ = "citation"
    __table_args__ = (Index("ix_citation_law_article", "law", "article"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), index=True)
    law: Mapped[str | None] = mapped_column(String(120))
    law_version: Mapped[date | None]
    article: Mapped[str | None] = mapped_column(String(20))
    paragraph: Mapped[int | None]
    document: Mapped[str | None] = mapped_column(String(200))
    position: Mapped[int]


class LawVersion(Model):
    """From when to when one version of a law is in force, as the register says; unknown dates are empty.

    `ends_on` is the first day on which it is no longer in force, replaced or repealed.
    """

    __tablename__ = "law_version"

    law: Mapped[str] = mapped_column(String(120), primary_key=True)
    version: Mapped[date] = mapped_column(primary_key=True)
    in_force_since: Mapped[date | None]
    ends_on: Mapped[date | None]
