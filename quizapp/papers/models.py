"""Blueprint (双向细目表) and the forms assembled from it. A form never changes once it is made."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model


class Blueprint(Model):
    __tablename__ = "blueprint"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


class BlueprintRow(Model):
    """So many items of one type from one subject (any, when empty) at one difficulty (any, when empty)."""

    __tablename__ = "blueprint_row"
    __table_args__ = (CheckConstraint("count > 0", name="count"), CheckConstraint("marks > 0", name="marks"))

    id: Mapped[int] = mapped_column(primary_key=True)
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("blueprint.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    subject_code: Mapped[str | None] = mapped_column(ForeignKey("subject.code"))
    type: Mapped[str] = mapped_column(String(12))
    difficulty: Mapped[int | None]
    count: Mapped[int]
    marks: Mapped[Decimal]


class Form(Model):
    """One assembled paper (卷). `content_hash` covers its items, versions and marks in order.
    `expected`: the share of its marks that it was expected to bring when it was made; None without statistics."""

    __tablename__ = "form"
    __table_args__ = (UniqueConstraint("blueprint_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("blueprint.id"), index=True)
    number: Mapped[int]
    total: Mapped[Decimal]
    content_hash: Mapped[str] = mapped_column(String(64))
    expected: Mapped[float | None]


class FormQuestion(Model):
    """One answerable question at `position` (1-based). A case takes one row for each of its parts.

    `part` is the 1-based part of a case item, 0 for every other type; `type` is the type that is answered.
    """

    __tablename__ = "form_question"

    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), index=True)
    part: Mapped[int] = mapped_column(default=0)
    type: Mapped[str] = mapped_column(String(12))
    marks: Mapped[Decimal]
