"""Whole attempts with all their rows, many at a time: for sealing them and for proving them. No model is built."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, select, union
from sqlalchemy.orm import Session

from quizapp.attempts.models import Answer, AnswerEvent, Attempt, Result
from quizapp.attempts.rules.receipt import receipt
from quizapp.attempts.rules.seals import Leaf, record_digest

CANDIDATES = 100  # read at once; each may have several attempts with a hundred rows
Row = RowMapping


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finished attempt: its columns, its answers, and the saves that counted."""

    attempt: Row
    answers: Sequence[Row]
    events: Sequence[Row]

    @property
    def id(self) -> uuid.UUID:
        found: uuid.UUID = self.attempt["id"]
        return found

    def receipt(self) -> str:
        """The receipt computed anew."""
        return receipt(
            self.id, self.attempt["candidate_id"], self.attempt["finished_at"],
            [(row["position"], row["seq"], row["response"]) for row in self.answers],
            [(row["digest"], row["received_at"]) for row in self.events],
        )

    def leaf(self) -> Leaf:
        rows: Any = self.attempt, self.answers, self.events  # rows are mappings by name as well as by column
        return Leaf(self.attempt["exam_id"], self.id, self.attempt["receipt"], record_digest(*rows))


def unsealed(session: Session, limit: int) -> list[Evidence]:
    """Finished attempts that no event of the chain holds yet, the earliest first."""
    first = (
        select(Attempt.candidate_id, Attempt.id)
        .where(Attempt.sealed_by.is_(None), Attempt.finished_at.is_not(None))
        .order_by(Attempt.finished_at, Attempt.id).limit(limit)
    )
    keys = session.execute(first).all()
    return _gathered(session, {row[0] for row in keys}, Attempt.id.in_([row[1] for row in keys])) if keys else []


def of_candidates(session: Session, candidate_ids: Sequence[int]) -> list[Evidence]:
    """Every attempt of these people that is over, or that says it is not although it was once."""
    return _gathered(session, set(candidate_ids), Attempt.finished_at.is_not(None))


def one(session: Session, candidate_id: int, attempt_id: uuid.UUID) -> Evidence | None:
    return next(iter(_gathered(session, {candidate_id}, Attempt.id == attempt_id)), None)


def _gathered(session: Session, candidate_ids: set[int], wanted: ColumnElement[bool]) -> list[Evidence]:
    attempts = session.execute(
        select(*Attempt.__table__.columns).where(Attempt.candidate_id.in_(candidate_ids), wanted)
        .order_by(Attempt.candidate_id, Attempt.exam_id, Attempt.number)
    ).mappings().all()
    ids = [row["id"] for row in attempts]
    answers, events = defaultdict(list), defaultdict(list)
    for row in session.execute(
        select(*Answer.__table__.columns).where(Answer.candidate_id.in_(candidate_ids), Answer.attempt_id.in_(ids))
    ).mappings():
        answers[row["attempt_id"]].append(row)
    for row in session.execute(
        select(*AnswerEvent.__table__.columns)
        .where(AnswerEvent.candidate_id.in_(candidate_ids), AnswerEvent.attempt_id.in_(ids), AnswerEvent.refused == "")
    ).mappings():
        events[row["attempt_id"]].append(row)
    return [Evidence(row, answers[row["id"]], events[row["id"]]) for row in attempts]


def candidates(session: Session) -> Iterator[list[int]]:
    """Everybody who has an attempt or a result, some at a time, in the order of their ids."""
    last = 0
    while True:
        people = union(
            select(Attempt.candidate_id).where(Attempt.candidate_id > last),
            select(Result.candidate_id).where(Result.candidate_id > last),
        ).subquery()
        found = list(session.scalars(select(people.c[0]).order_by(people.c[0]).limit(CANDIDATES)))
        if not found:
            return
        yield found
        last = found[-1]


def results(session: Session, candidate_ids: Sequence[int]) -> dict[tuple[int, int], Row]:
    """What counts for these people, by candidate and exam."""
    rows = session.execute(select(*Result.__table__.columns).where(Result.candidate_id.in_(candidate_ids))).mappings()
    return {(row["candidate_id"], row["exam_id"]): row for row in rows}


def with_receipt(session: Session, receipt: str) -> list[tuple[int, uuid.UUID]]:
    """Attempts, as (candidate, attempt), that have this receipt: one, unless somebody copied it."""
    rows = session.execute(select(Attempt.candidate_id, Attempt.id).where(Attempt.receipt == receipt)).all()
    return [(row[0], row[1]) for row in rows]


def with_id(session: Session, attempt_id: uuid.UUID) -> list[tuple[int, uuid.UUID]]:
    rows = session.execute(select(Attempt.candidate_id, Attempt.id).where(Attempt.id == attempt_id)).all()
    return [(row[0], row[1]) for row in rows]


def hold_unsealed(session: Session, found: Sequence[Evidence]) -> set[tuple[uuid.UUID, str, datetime | None]]:
    """Of these attempts those that are still as they were read, (attempt, receipt, end), locked to the end of the
    transaction. What somebody else works on is left out."""
    rows = session.execute(
        select(Attempt.id, Attempt.receipt, Attempt.finished_at)
        .where(Attempt.candidate_id.in_({one.attempt["candidate_id"] for one in found}),
               Attempt.id.in_([one.id for one in found]), Attempt.sealed_by.is_(None))
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    return {(row[0], row[1], row[2]) for row in rows}
