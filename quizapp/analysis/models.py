"""What the analysis of an exam found, kept so that pages and the making of forms only read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model


class ExamAnalysis(Model):
    """The analysis of one exam. `state`: wanted (nobody has taken it up), queued (a job has), or done.

    `people`: attempts counted, the first of each person; `waiting`: first attempts that still wait for marks; `timed`:
    attempts of which the saves were read for response times. `forms`: per form what `rules.classical.FormStatistics`
    holds; `slices`: the parts of the window in their order, [{"from", "people", "share"}].
    """

    __tablename__ = "exam_analysis"
    __table_args__ = (CheckConstraint("state in ('wanted', 'queued', 'done')", name="state"),)

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10), default="wanted")
    wanted_at: Mapped[datetime]
    computed_at: Mapped[datetime | None]
    people: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    timed: Mapped[int] = mapped_column(default=0)
    forms: Mapped[list[Any]] = mapped_column(default=list)
    slices: Mapped[list[Any]] = mapped_column(default=list)


class ItemStatistic(Model):
    """How one question (`part` of an item version, 0 for no case) worked in one exam, over all forms that have it.

    Shares are 0 to 1. `groups`: people, share of the marks and choices of the worst, middle and best third, see
    `rules.classical.Group`. `model`: rasch or 2pl where there were answers enough, with `slope`, `location` (in
    standard deviations of those who sat) and `expected`, the share of right answers of a whole such population.
    `flags` and `notes`: [{"code", …values}], see `rules.flags` and `rules.leaks`; their sentences are made when shown.
    """

    __tablename__ = "item_statistic"
    __table_args__ = (
        CheckConstraint("model in ('', 'rasch', '2pl')", name="model"),
        Index("ix_item_statistic_item_version_id", "item_version_id"),
    )

    exam_id: Mapped[int] = mapped_column(
        ForeignKey("exam_analysis.exam_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    people: Mapped[int]
    forms: Mapped[int]
    marks: Mapped[float]
    facility: Mapped[float]
    discrimination: Mapped[float | None]
    item_rest: Mapped[float | None]
    omitted: Mapped[float]
    groups: Mapped[list[Any]]
    seconds: Mapped[float | None]
    timed: Mapped[int] = mapped_column(default=0)
    quick: Mapped[int] = mapped_column(default=0)
    model: Mapped[str] = mapped_column(String(5), default="")
    slope: Mapped[float | None]
    location: Mapped[float | None]
    expected: Mapped[float | None]
    flags: Mapped[list[Any]] = mapped_column(default=list)
    notes: Mapped[list[Any]] = mapped_column(default=list)
