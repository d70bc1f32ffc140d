"""The attempt side. `candidate_id` leads every primary and unique key, and ids are made by the application:
one candidate's rows stay together when these tables are distributed."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model
from quizapp.exams.models import Result as Result  # what counts is kept with the exam


class Attempt(Model):
    """One sitting-down of one candidate. `deadline_at` is settled at start by the server.

    `layout` is fixed at start: [{"q": form position, "section": …, "kind": …, "options": ["C", "A", …],
    "blanks": 0}, …] in the order shown (see rules.layout).
    `epoch` rises when another device takes over; `client_id` is the tab that may write.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("candidate_id", "exam_id", "number"),
        Index("uq_attempt_open", "candidate_id", "exam_id", unique=True,
              postgresql_where=text("state = 'open'"), sqlite_where=text("state = 'open'")),
        CheckConstraint("state in ('open', 'submitted', 'expired', 'void')", name="state"),
        Index("ix_attempt_exam_id_state", "exam_id", "state"),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    exam_id: Mapped[int]
    number: Mapped[int]
    form_id: Mapped[int]
    layout: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(10), default="open")
    epoch: Mapped[int] = mapped_column(default=1)
    client_id: Mapped[str] = mapped_column(String(40), default="")
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    saved_at: Mapped[datetime | None]
    score: Mapped[Decimal | None]
    needs_marking: Mapped[bool] = mapped_column(default=False)
    receipt: Mapped[str] = mapped_column(String(64), default="")


class Answer(Model):
    """The current answer to one question: the one with the greatest sequence. `position` is the form's."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id", "attempt_id"], ["attempt.candidate_id", "attempt.id"]),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    response: Mapped[list[Any]]
    flagged: Mapped[bool] = mapped_column(default=False)
    seen: Mapped[bool] = mapped_column(default=True)
    saved_at: Mapped[datetime]
    score: Mapped[Decimal | None]


class AnswerEvent(Model):
    """Every save that arrived, in the candidate's own sequence, accepted or not and why. Append-only."""

    __tablename__ = "answer_event"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id", "attempt_id"], ["attempt.candidate_id", "attempt.id"]),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    response: Mapped[list[Any]]
    flagged: Mapped[bool]
    received_at: Mapped[datetime]
    refused: Mapped[str] = mapped_column(String(20), default="")
