"""What `quizapp audit verify` proves of marks that people gave: each is on record, and no other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, and_, func, select
from sqlalchemy.orm import Session

from quizapp.attempts import evidence
from quizapp.attempts.models import Answer, Attempt
from quizapp.attempts.service.finishing import FINISHED
from quizapp.audit.rules import Link, moment
from quizapp.audit.verification import Check, Finding, proves
from quizapp.marking.models import MarkingRecord
from quizapp.marking.queries import OF_ANSWER, OF_ATTEMPT
from quizapp.papers.models import FormQuestion
from quizapp.questions.rules.marking import is_answered

Place = tuple[uuid.UUID, int]


@dataclass(frozen=True, slots=True)
class Given:
    """Marks as the record of acts has them, the last for an answer. `at` is empty in events of earlier releases."""

    event: int
    score: Decimal
    points: tuple[str, ...]
    marker_id: int | None
    at: str


@proves
class Marks(Check):
    actions = frozenset({"mark_answer", "accept_sealed_file"})

    def __init__(self) -> None:
        super().__init__()
        self.given: dict[Place, Given] = {}

    def hear(self, event: Link) -> None:
        facts: Mapping[str, Any] = event.fields
        detail = facts["detail"]
        if facts["action"] == "accept_sealed_file":
            for position in detail["positions"]:  # another answer is there now: its marks are given anew
                self.given.pop((uuid.UUID(facts["object_id"]), position), None)
            return
        place = uuid.UUID(facts["object_id"]), int(detail["position"])
        self.given[place] = Given(event.number, Decimal(detail["after"]), tuple(detail["points"]),
                                  detail.get("marker_id", facts["actor_id"]),  # of two persons the one who proposed it
                                  detail.get("at", ""))

    def findings(self, session: Session) -> Iterator[Finding]:
        for people in evidence.candidates(session):
            for row in _marked_by_people(session, people):
                yield from self._of_answer(row)
        self.looked_at["marks"] = session.scalar(select(func.count()).select_from(MarkingRecord)) or 0
        for (attempt_id, position), given in self.given.items():
            yield Finding("marking", f"作答 {attempt_id} 第 {position} 题", f"审计链第 {given.event} 条记了评分，现在没有这份评分")

    def _of_answer(self, row: RowMapping) -> Iterator[Finding]:
        place, where = (row["attempt_id"], row["position"]), f"作答 {row['attempt_id']} 第 {row['position']} 题"
        if row["marker_id"] is None:
            if is_answered(row["response"]) and row["score"] is not None:
                yield Finding("marking", where, f"记了 {row['score']} 分，没有评分记录")
            return
        given = self.given.pop(place, None)
        if row["score"] != row["marked"]:
            yield Finding("marking", where, f"记了 {row['score']} 分，评分记录是 {row['marked']} 分")
        if given is None:
            yield Finding("marking", where, "评分记录不在审计链里")
        elif (given.score, given.points, given.marker_id) != (row["marked"], tuple(row["points"]), row["marker_id"]) or (
            given.at and given.at != moment(row["marked_at"])
        ):
            yield Finding("marking", where, f"评分记录与审计链第 {given.event} 条不同")


def _marked_by_people(session: Session, candidate_ids: list[int]) -> Iterator[RowMapping]:
    """Short answers of finished attempts of these people, with their marks where they have been given."""
    rows = session.execute(
        select(Answer.attempt_id, Answer.position, Answer.response, Answer.score, MarkingRecord.marker_id,
               MarkingRecord.score.label("marked"), MarkingRecord.points, MarkingRecord.marked_at)
        .join(Attempt, OF_ATTEMPT)
        .join(FormQuestion, and_(FormQuestion.form_id == Attempt.form_id, FormQuestion.position == Answer.position))
        .outerjoin(MarkingRecord, OF_ANSWER)
        .where(Answer.candidate_id.in_(candidate_ids), Attempt.state.in_([*FINISHED, "void"]), FormQuestion.type == "short")
    )
    return iter(rows.mappings())
