"""Who gave which marks. Kept on the attempt side: `candidate_id` leads the key, as in `attempts.models`."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model


class MarkingRecord(Model):
    """The marks that a person gave to one answer. `points`: per point of the rubric as text, [] for a total alone."""

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
