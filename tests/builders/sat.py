"""Whole papers that were sat, written in bulk: everybody's choices as they come out of an exam."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from quizapp.attempts.models import Answer, AnswerEvent, Attempt, Result
from quizapp.exams.models import Exam

LSAT6 = {
    "00000": 3, "00001": 6, "00010": 2, "00011": 11, "00100": 1, "00101": 1, "00110": 3, "00111": 4,
    "01000": 1, "01001": 8, "01011": 16, "01101": 3, "01110": 2, "01111": 15, "10000": 10, "10001": 29,
    "10010": 14, "10011": 81, "10100": 3, "10101": 28, "10110": 15, "10111": 80, "11000": 16, "11001": 56,
    "11010": 21, "11011": 173, "11100": 11, "11101": 61, "11110": 28, "11111": 298,
}
"""Section 6 of the Law School Admission Test, 1,000 people on 5 questions, pattern (1 right) → people. Published by
R. D. Bock and M. Lieberman, “Fitting a response model for n dichotomously scored items”, Psychometrika 35 (1970)."""


def lsat6() -> list[list[int]]:
    return [[int(one) for one in pattern] for pattern, people in LSAT6.items() for _n in range(people)]


@dataclass(frozen=True)
class Given:
    """An answer: what was chosen and its marks, and after how many seconds (None: no event is written)."""

    response: Sequence[str]
    score: Decimal | int
    seconds: float | None = None


Row = Mapping[int, Given]
"""Position → answer; what is not named was left empty."""


def sit(session: Session, exam: Exam, form_id: int, papers: Sequence[Row], *, first_person: int = 1, number: int = 1,
        started: Sequence[datetime] = (), **changes: Any) -> list[uuid.UUID]:
    """One attempt for each row, of people numbered from `first_person` on."""
    ids = [uuid.UUID(int=random.Random(f"{exam.id}/{form_id}/{first_person + n}/{number}").getrandbits(128))  # noqa: S311
           for n in range(len(papers))]
    attempts, answers, events, results = [], [], [], []
    for n, (attempt_id, paper) in enumerate(zip(ids, papers, strict=True)):
        at = started[n] if started else exam.opens_at
        own = {"candidate_id": first_person + n, "attempt_id": attempt_id}
        score = sum((Decimal(one.score) for one in paper.values()), Decimal(0))
        attempts.append({
            "candidate_id": first_person + n, "id": attempt_id, "exam_id": exam.id, "number": number, "form_id": form_id,
            "layout": [], "state": "submitted", "started_at": at, "deadline_at": exam.closes_at, "finished_at": at,
            "score": score, "epoch": 1, "client_id": "", "revision": 0, "break_left": 0, "needs_marking": False,
            "receipt": "", "signature": "", **changes,
        })
        results.append({"candidate_id": first_person + n, "exam_id": exam.id, "source": "online", "attempt_id": attempt_id,
                        "attempts": 1, "score": score, "sat_at": at})
        clock = at
        for seq, (position, one) in enumerate(paper.items(), 1):
            answers.append({**own, "position": position, "seq": seq, "response": list(one.response), "flagged": False,
                            "seen": True, "saved_at": at, "score": Decimal(one.score)})
            if one.seconds is not None:
                clock += timedelta(seconds=one.seconds)
                events.append({**own, "client_id": "tab-one-0001", "seq": seq, "position": position, "flagged": False,
                               "response": list(one.response), "seen": True, "received_at": clock, "refused": "", "digest": ""})
    session.execute(insert(Attempt), attempts)
    for table, rows in ((Answer, answers), (AnswerEvent, events), (Result, results if number == 1 else [])):
        if rows:
            session.execute(insert(table), rows)
    session.flush()
    return ids
