"""Who gave which marks. Kept on the attempt side: `candidate_id` leads the key, as in `attempts.models`."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model


class MarkingRecord(Model):
    """The marks that an answer has. `points`: per point of the rubric as text, [] for a total alone or a mean.

    Where two people mark, it is made of their readings, and `marker_id` is who gave the last one.
    """

    __tablename__ = "marking_record"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id", "attempt_id", "position"],
                             ["answer.candidate_id", "answer.attempt_id", "answer.position"]),
        Index("ix_marking_record_marker_id_marked_at", "marker_id", "marked_at"),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    marker_id: Mapped[int]
    score: Mapped[Decimal]
    points: Mapped[list[Any]]
    marked_at: Mapped[datetime]


class MarkingReading(Model):
    """What one of several people gave to one answer, without seeing what the others gave. `place`: 1, 2, and 3 for
    whoever decides between two that lie apart."""

    __tablename__ = "marking_reading"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id", "attempt_id", "position"],
                             ["answer.candidate_id", "answer.attempt_id", "answer.position"]),
        UniqueConstraint("candidate_id", "attempt_id", "position", "marker_id"),
        CheckConstraint("place between 1 and 3", name="place"),
        Index("ix_marking_reading_marker_id_marked_at", "marker_id", "marked_at"),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    marker_id: Mapped[int]
    score: Mapped[Decimal]
    points: Mapped[list[Any]]
    marked_at: Mapped[datetime]
