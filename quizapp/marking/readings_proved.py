"""What `quizapp audit verify` proves where two people mark: each reading is on record and no other, and the answer has
what the readings make by the exam's rule."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, and_, select
from sqlalchemy.orm import Session

from quizapp.attempts import evidence
from quizapp.attempts.models import Attempt
from quizapp.audit.rules import Link, moment
from quizapp.audit.verification import Check, Finding, proves
from quizapp.exams.models import Exam
from quizapp.marking.agreement import settled
from quizapp.marking.models import MarkingReading
from quizapp.marking.readings import OF_ATTEMPT, Place
from quizapp.marking.verification import where_of
from quizapp.papers.models import FormQuestion


@dataclass(frozen=True, slots=True)
class Told:
    """A reading as the record of acts has it, the last of one marker."""

    event: int
    score: Decimal
    points: tuple[str, ...]
    at: str


@proves
class Readings(Check):
    actions = frozenset({"read_answer", "mark_answer", "accept_sealed_file"})

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[Place, dict[tuple[int, int], Told]] = {}
        self.settled: dict[Place, tuple[int, Decimal]] = {}

    def hear(self, event: Link) -> None:
        facts: Mapping[str, Any] = event.fields
        detail, attempt = facts["detail"], uuid.UUID(facts["object_id"])
        if facts["action"] == "accept_sealed_file":
            for position in detail["positions"]:  # another answer is there now: what was given to the old one is gone
                self.told.pop((attempt, position), None)
                self.settled.pop((attempt, position), None)
            return
        place = attempt, int(detail["position"])
        if facts["action"] == "read_answer":
            self.told.setdefault(place, {})[facts["actor_id"], int(detail["place"])] = Told(
                event.number, Decimal(detail["after"]), tuple(detail["points"]), detail["at"])
        elif "readings" in detail:  # what two persons put in its place later is proved with the marks
            self.settled[place] = event.number, Decimal(detail["after"])

    def findings(self, session: Session) -> Iterator[Finding]:
        count = 0
        for people in evidence.candidates(session):
            by_answer: dict[Place, list[RowMapping]] = {}
            for row in _given(session, people):
                by_answer.setdefault((row["attempt_id"], row["position"]), []).append(row)
                count += 1
            for place, rows in by_answer.items():
                yield from self._of_answer(place, rows)
        self.looked_at["readings"] = count
        for place, told in self.told.items():
            for one in told.values():
                yield Finding("marking", where_of(*place), f"审计链第 {one.event} 条记了一位阅卷人的评分，现在没有这份评分")
        for place, (event, _score) in self.settled.items():
            yield Finding("marking", where_of(*place), f"审计链第 {event} 条由几位阅卷人评定，现在没有他们的评分")

    def _of_answer(self, place: Place, rows: Sequence[RowMapping]) -> Iterator[Finding]:
        told = self.told.pop(place, {})
        for row in rows:
            one = told.pop((row["marker_id"], row["place"]), None)
            if one is None:
                yield Finding("marking", where_of(*place), f"第 {row['place']} 位阅卷人的评分不在审计链里")
            elif (one.score, one.points, one.at) != (row["score"], tuple(row["points"]), moment(row["marked_at"])):
                yield Finding("marking", where_of(*place), f"第 {row['place']} 位阅卷人的评分与审计链第 {one.event} 条不同")
        if told:
            self.told[place] = told
        made = settled([row["score"] for row in rows], rows[0]["marks"], rows[0]["marker_tolerance"])
        _event, has = self.settled.pop(place, (0, None))
        if made != has:
            yield Finding("marking", where_of(*place), f"按各位阅卷人的评分应是 {_words(made)}，审计链里是 {_words(has)}")


def _words(score: Decimal | None) -> str:
    return "还没有评定" if score is None else f"{score} 分"


def _given(session: Session, candidate_ids: Sequence[int]) -> Iterator[RowMapping]:
    rows = session.execute(
        select(MarkingReading.attempt_id, MarkingReading.position, MarkingReading.place, MarkingReading.marker_id,
               MarkingReading.score, MarkingReading.points, MarkingReading.marked_at, FormQuestion.marks, Exam.marker_tolerance)
        .join(Attempt, OF_ATTEMPT).join(Exam, Exam.id == Attempt.exam_id)
        .join(FormQuestion, and_(FormQuestion.form_id == Attempt.form_id, FormQuestion.position == MarkingReading.position))
        .where(MarkingReading.candidate_id.in_(candidate_ids))
        .order_by(MarkingReading.attempt_id, MarkingReading.position, MarkingReading.place)
    )
    return iter(rows.mappings())
