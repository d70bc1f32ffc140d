"""The bank. An item is an identity; what it says lives in versions, which are never changed in place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
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
    `file_hash` is the hash of the content that the files had then: what reviewers changed since stays until the
    files change.
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
    file_hash: Mapped[str | None] = mapped_column(String(64))


class ItemVersion(Model):
    """What an item says. `content` is the canonical content that `content_hash` covers.

    Shape of `content`: see `questions.rules.content`; it holds key and explanation and therefore
    never goes to a candidate except through `questions.rules.view`. `author_id`: who wrote it here; empty for what
    came from the files or was generated.
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
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Citation(Model):
    """One basis of one version: an article of a law's version, or a document that is not a statute.

    `fingerprint` is that of the article's text when the key was proved by it, the span the characters of its
    normal form that prove it; see `statutes.rules.wording`.
    """

    __tablename__ = "citation"
    __table_args__ = (Index("ix_citation_law_article", "law", "article"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), index=True)
    law: Mapped[str | None] = mapped_column(String(120))
    law_version: Mapped[date | None]
    article: Mapped[str | None] = mapped_column(String(20))
    paragraph: Mapped[int | None]
    fingerprint: Mapped[str | None] = mapped_column(String(16))
    span_start: Mapped[int | None]
    span_end: Mapped[int | None]
    document: Mapped[str | None] = mapped_column(String(200))
    position: Mapped[int]


class Quarantine(Model):
    """An item version whose key an amendment or repeal took the ground from, from a day on.

    `change`: what became of the article; `new_version` and `new_article` where it goes on, `ended_by` the law
    that repealed it. Open until `resolved_at`; `resolution` says how: rewritten, confirmed, retired or withdrawn
    (the law's dates were corrected). `resolved_by` is empty where nobody had to decide.
    """

    __tablename__ = "quarantine"
    __table_args__ = (
        UniqueConstraint("item_version_id", "law", "article", "old_version"),
        CheckConstraint("change in ('changed', 'moved', 'gone', 'repealed')", name="change"),
        CheckConstraint("resolution in ('', 'rewritten', 'confirmed', 'retired', 'withdrawn')", name="resolution"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"))
    law: Mapped[str] = mapped_column(String(120))
    article: Mapped[str] = mapped_column(String(20))
    old_version: Mapped[date]
    new_version: Mapped[date | None]
    new_article: Mapped[str | None] = mapped_column(String(20))
    change: Mapped[str] = mapped_column(String(10))
    ended_by: Mapped[str] = mapped_column(String(200), default="")
    from_day: Mapped[date]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str] = mapped_column(String(10), default="")
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Review(Model):
    """A version that waits for reviewers. `needed`: how many have to accept it, two where the item stands on the
    paper of an exam that is not over. `opened_by` is who proposed it, empty for what was generated."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("kind in ('new', 'edit', 'generated', 'amendment')", name="kind"),
        CheckConstraint("state in ('open', 'accepted', 'rejected')", name="state"),
        Index("ix_review_open", "item_version_id", unique=True, sqlite_where=text("state = 'open'"),
              postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="open")
    needed: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class ReviewVote(Model):
    """What one reviewer said; each says it once. A rejection gives its reason."""

    __tablename__ = "review_vote"
    __table_args__ = (CheckConstraint("verdict in ('accept', 'reject')", name="verdict"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(6))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime]
