"""The attempt side. `candidate_id` leads every primary and unique key, and ids are made by the application:
one candidate's rows stay together when these tables are distributed."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model
from quizapp.exams.models import Result as Result  # what counts is kept with the exam
from quizapp.kernel.ids import new_id


class Attempt(Model):
    """One sitting-down of one candidate. `deadline_at` is settled at start by the server.

    `layout` is fixed at start: [{"q": form position, "section": …, "kind": …, "options": ["C", "A", …],
    "blanks": 0}, …] in the order shown (see rules.layout).
    `epoch` rises when another device takes over; `client_id` is the tab that may write. `revision` rises with
    every save on PostgreSQL, so that handing in notices a save that arrived meanwhile. `break_left`: seconds of
    break that are still there; `break_started_at`: since when one is taken. `receipt` is a digest of everything
    that was handed in, `signature` the installation's seal on it; `sealed_by` is the number of the event in the
    audit chain that holds the receipt.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("candidate_id", "exam_id", "number"),
        Index("uq_attempt_open", "candidate_id", "exam_id", unique=True,
              postgresql_where=text("state = 'open'"), sqlite_where=text("state = 'open'")),
        CheckConstraint("state in ('open', 'submitted', 'expired', 'void')", name="state"),
        Index("ix_attempt_exam_id_state", "exam_id", "state"),
        Index("ix_attempt_unsealed", "finished_at", postgresql_where=text("sealed_by is null and finished_at is not null"),
              sqlite_where=text("sealed_by is null and finished_at is not null")),
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
    revision: Mapped[int] = mapped_column(default=0)
    break_left: Mapped[int] = mapped_column(default=0)
    break_started_at: Mapped[datetime | None]
    score: Mapped[Decimal | None]
    needs_marking: Mapped[bool] = mapped_column(default=False)
    receipt: Mapped[str] = mapped_column(String(64), default="")
    signature: Mapped[str] = mapped_column(String(128), default="")
    sealed_by: Mapped[int | None]


class PreparedPaper(Model):
    """A form in one person's order, made before the exam: starting copies it into an attempt."""

    __tablename__ = "prepared_paper"

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    exam_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_id: Mapped[uuid.UUID]
    form_id: Mapped[int]
    layout: Mapped[list[Any]]


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
    seen: Mapped[bool] = mapped_column(default=True)
    received_at: Mapped[datetime]
    refused: Mapped[str] = mapped_column(String(20), default="")
    digest: Mapped[str] = mapped_column(String(64), default="")


class Note(Model):
    """Something that happened on the candidate's side and that a person may want to look at: nothing follows
    from it by itself. `kind`: see rules.notes; `lasted`: seconds, where it is a span; `device`: what the browser
    says it is."""

    __tablename__ = "note"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id", "attempt_id"], ["attempt.candidate_id", "attempt.id"]),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    lasted: Mapped[int | None]
    device: Mapped[str] = mapped_column(String(200), default="")


class NoteReview(Model):
    """What the candidate said about the notes of an attempt, and what a person decided on them."""

    __tablename__ = "note_review"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id", "attempt_id"], ["attempt.candidate_id", "attempt.id"]),
        CheckConstraint("decision in ('', 'no_concern', 'follow_up')", name="decision"),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reply: Mapped[str] = mapped_column(String(500), default="")
    replied_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]


class SealedFile(Model):
    """Answers that came in as a file because the network was gone for good: in quarantine until two people agree.

    `content` is what was decrypted: {"attempt", "client_id", "epoch", "saved_at", "saves": […]}. `digest`: SHA-256
    of the file as it was uploaded. `state`: waiting, approved (by the first), accepted (by the second), refused.
    """

    __tablename__ = "sealed_file"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id", "attempt_id"], ["attempt.candidate_id", "attempt.id"]),
        UniqueConstraint("candidate_id", "attempt_id", "digest"),
        CheckConstraint("state in ('waiting', 'approved', 'accepted', 'refused')", name="state"),
    )

    candidate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    exam_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    uploaded_by: Mapped[int]
    uploaded_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    reason: Mapped[str] = mapped_column(String(500), default="")
    first_by: Mapped[int | None]
    first_at: Mapped[datetime | None]
    second_by: Mapped[int | None]
    second_at: Mapped[datetime | None]


class Regrade(Model):
    """What two persons decided about a question after its exam. Append-only; of one question the last one counts.

    `number`: 1, 2 … in the exam, so that of two at once only one can be written. `treatment`: see rules.correcting;
    `key`: the corrected key as questions.rules.marking takes it, [] for a void question. `basis`: the article that was
    named. `answers`, `attempts`, `results`: how many changed; `digest`: SHA-256 over every change (marking.regrading).
    """

    __tablename__ = "regrade"
    __table_args__ = (CheckConstraint("treatment in ('key', 'full', 'removed')", name="treatment"),)

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), index=True)
    part: Mapped[int]
    treatment: Mapped[str] = mapped_column(String(8))
    key: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(200), default="")
    proposed_by: Mapped[int]
    at: Mapped[datetime]
    answers: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    results: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
