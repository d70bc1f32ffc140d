"""Whole papers of some of the people, where sums are not enough: for response times and for item response theory."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Integer, cast, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.analysis.queries.sums import first_attempts
from quizapp.analysis.rules.classical import Sat
from quizapp.analysis.rules.timing import Saved
from quizapp.attempts.models import Answer, AnswerEvent, Attempt
from quizapp.questions.rules.marking import is_answered

MOST = 2000
"""Papers of one form that are read whole. Standard errors of 2,000 answers are a tenth of what decides anything here."""
CHUNK = 500  # attempts named in one statement
PRIME, FACTOR = 65521, 48271
"""Numbers of accounts times the one modulo the other lie evenly, whatever order forms were dealt out in."""


@dataclass(frozen=True, slots=True)
class Paper:
    candidate_id: int
    attempt_id: uuid.UUID
    form_id: int
    started_at: datetime


def papers(session: Session, exam_id: int, forms: Mapping[int, Sat]) -> dict[int, list[Paper]]:
    """Form id → at most `MOST` papers, taken evenly over the people by the numbers of their accounts."""
    fewest = min((form.people for form in forms.values()), default=0)
    # a tenth more than needed of the form with fewest people: what is over is left out below
    reach = PRIME if fewest <= MOST else min(PRIME, round(PRIME * MOST * 1.1 / fewest))
    rows = session.execute(
        select(Attempt.candidate_id, Attempt.id, Attempt.form_id, Attempt.started_at)
        .where(*first_attempts(exam_id), cast(Attempt.candidate_id, BigInteger) * FACTOR % PRIME < reach)
        .order_by(Attempt.candidate_id)
    )
    found: dict[int, list[Paper]] = defaultdict(list)
    for row in rows:
        if len(found[row[2]]) < MOST:
            found[row[2]].append(Paper(*row))
    return found


def marks(session: Session, papers: Sequence[Paper]) -> dict[uuid.UUID, dict[int, int]]:
    """Attempt → position → marks in hundredths."""
    found: dict[uuid.UUID, dict[int, int]] = {paper.attempt_id: {} for paper in papers}
    for some in _chunks(papers):
        for attempt_id, position, score in session.execute(
            select(Answer.attempt_id, Answer.position, type_coerce(Answer.score, Integer)).where(
                Answer.candidate_id.in_([paper.candidate_id for paper in some]),
                Answer.attempt_id.in_([paper.attempt_id for paper in some]))
        ):
            found[attempt_id][position] = score or 0
    return found


def saves(session: Session, papers: Sequence[Paper]) -> dict[uuid.UUID, list[Saved]]:
    """Attempt → its saves that were stored; those with none are left out."""
    found: dict[uuid.UUID, list[Saved]] = defaultdict(list)
    for some in _chunks(papers):
        for attempt_id, at, position, response in session.execute(
            select(AnswerEvent.attempt_id, AnswerEvent.received_at, AnswerEvent.position, AnswerEvent.response).where(
                AnswerEvent.candidate_id.in_([paper.candidate_id for paper in some]),
                AnswerEvent.attempt_id.in_([paper.attempt_id for paper in some]), AnswerEvent.refused == "")
        ):
            found[attempt_id].append(Saved(at, position, is_answered(response)))
    return found


def _chunks(papers: Sequence[Paper]) -> Iterator[Sequence[Paper]]:
    return (papers[start : start + CHUNK] for start in range(0, len(papers), CHUNK))
