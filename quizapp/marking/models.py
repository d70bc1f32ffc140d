"""Who gave which marks, who doubts which key, and what every regrade changed. Kept on the attempt side: `candidate_id` leads the key, as in `attempts.models`."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model
from quizapp.kernel.ids import new_id

OPEN = text("state = 'open'")


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


class Challenge(Model):
    """What a candidate has against a question of their own marked paper.

    `position`: of the form; `item_version_id`, `part`: the question, the same on every form. `state`: open; stands (the
    key stays); granted (the key was changed or the question voided). `words`, `basis`: the answer and the article that
    it rests on. One is open per person and question at a time.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id", "attempt_id"], ["attempt.candidate_id", "attempt.id"]),
        CheckConstraint("state in ('open', 'stands', 'granted')", name="state"),
        Index("uq_challenge_open", "candidate_id", "exam_id", "item_version_id", "part", unique=True,
              postgresql_where=OPEN, sqlite_where=OPEN),
        Index("ix_challenge_exam_id_item_version_id_part", "exam_id", "item_version_id", "part"),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[uuid.UUID]
    exam_id: Mapped[int]
    position: Mapped[int]
    item_version_id: Mapped[int]
    part: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="open")
    words: Mapped[str] = mapped_column(String(500), default="")
    basis: Mapped[str] = mapped_column(String(200), default="")
    answered_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]


class RegradedAttempt(Model):
    """What one regrade changed in one attempt: the old marks stay here. Append-only. `answer_before` and `answer_after`
    are None where the question was left empty, or nobody had given marks yet."""

    __tablename__ = "regraded_attempt"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id", "attempt_id"], ["attempt.candidate_id", "attempt.id"]),
        ForeignKeyConstraint(["exam_id", "number"], ["regrade.exam_id", "regrade.number"]),
        Index("ix_regraded_attempt_exam_id_number", "exam_id", "number"),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    exam_id: Mapped[int]
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    answer_before: Mapped[Decimal | None]
    answer_after: Mapped[Decimal | None]
    score_before: Mapped[Decimal | None]
    score_after: Mapped[Decimal | None]


class RegradedResult(Model):
    """What counted for a person before and after one regrade. Append-only."""

    __tablename__ = "regraded_result"
    __table_args__ = (
        ForeignKeyConstraint(["exam_id", "number"], ["regrade.exam_id", "regrade.number"]),
        Index("ix_regraded_result_exam_id_number", "exam_id", "number"),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    exam_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_before: Mapped[uuid.UUID | None]
    attempt_after: Mapped[uuid.UUID | None]
    score_before: Mapped[Decimal | None]
    score_after: Mapped[Decimal | None]


class PersonalNotice(Model):
    """Something a person has to know, shown on their home page until they confirm it. `message`: a sentence with its
    values as approvals.rules packs it; `link`: {"endpoint", "values", "label"} or {}."""

    __tablename__ = "personal_notice"
    __table_args__ = (
        Index("ix_personal_notice_open", "person_id", postgresql_where=text("confirmed_at is null"),
              sqlite_where=text("confirmed_at is null")),
    )

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    exam_id: Mapped[int]
    message: Mapped[dict[str, Any]]
    link: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
