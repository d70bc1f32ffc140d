"""What `quizapp audit verify` proves of marks that people gave: each is on record, and no other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, RowMapping, and_, func, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.attempts import evidence
from quizapp.attempts.models import Answer, Attempt, Regrade
from quizapp.attempts.rules.correcting import VOID
from quizapp.attempts.service.finishing import FINISHED
from quizapp.audit.rules import Link, moment
from quizapp.audit.verification import Check, Finding, proves
from quizapp.marking.models import MarkingRecord, RegradedAttempt
from quizapp.marking.queries import OF_ANSWER, OF_ATTEMPT
from quizapp.marking.readings import Place
from quizapp.marking.regrading import digest_of
from quizapp.papers.models import FormQuestion
from quizapp.questions.rules.marking import is_answered

REGRADED = frozenset({"change_key", "void_question"})


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
        void = voided(session)
        for people in evidence.candidates(session):
            for row in _marked_by_people(session, people):
                yield from self._of_answer(row, (row["exam_id"], row["item_version_id"], row["part"]) in void)
        self.looked_at["marks"] = session.scalar(select(func.count()).select_from(MarkingRecord)) or 0
        for (attempt_id, position), given in self.given.items():
            yield Finding("marking", where_of(attempt_id, position), f"审计链第 {given.event} 条记了评分，现在没有这份评分")

    def _of_answer(self, row: RowMapping, void: bool) -> Iterator[Finding]:
        """A void question has its marks from the regrade, whatever a person gave; that is proved with the attempts."""
        place, where = (row["attempt_id"], row["position"]), where_of(row["attempt_id"], row["position"])
        if row["marker_id"] is None:
            if is_answered(row["response"]) and row["score"] is not None and not void:
                yield Finding("marking", where, f"记了 {row['score']} 分，没有评分记录")
            return
        given = self.given.pop(place, None)
        if row["score"] != row["marked"] and not void:
            yield Finding("marking", where, f"记了 {row['score']} 分，评分记录是 {row['marked']} 分")
        if given is None:
            yield Finding("marking", where, "评分记录不在审计链里")
        elif (given.score, given.points, given.marker_id) != (row["marked"], tuple(row["points"]), row["marker_id"]) or (
            given.at and given.at != moment(row["marked_at"])
        ):
            yield Finding("marking", where, f"评分记录与审计链第 {given.event} 条不同")


def where_of(attempt_id: uuid.UUID, position: int) -> str:
    return f"作答 {attempt_id} 第 {position} 题"


def _marked_by_people(session: Session, candidate_ids: list[int]) -> Iterator[RowMapping]:
    """Short answers of finished attempts of these people, with their marks where they have been given."""
    rows = session.execute(
        select(Answer.attempt_id, Answer.position, Answer.response, Answer.score, MarkingRecord.marker_id,
               MarkingRecord.score.label("marked"), MarkingRecord.points, MarkingRecord.marked_at, Attempt.exam_id,
               FormQuestion.item_version_id, FormQuestion.part)
        .join(Attempt, OF_ATTEMPT)
        .join(FormQuestion, and_(FormQuestion.form_id == Attempt.form_id, FormQuestion.position == Answer.position))
        .outerjoin(MarkingRecord, OF_ANSWER)
        .where(Answer.candidate_id.in_(candidate_ids), Attempt.state.in_([*FINISHED, "void"]), FormQuestion.type == "short")
    )
    return iter(rows.mappings())


# ---------------------------------------------------------------- regrades


@proves
class Regrades(Check):
    """Every regrade is the act of two persons that is on record: what was decided, and every mark that it changed. By
    this an exam that is marked otherwise than it was committed to is an explained difference, and nothing else is."""

    actions = REGRADED

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[tuple[int, int], tuple[int, Mapping[str, Any]]] = {}

    def hear(self, event: Link) -> None:
        facts: Mapping[str, Any] = event.fields
        self.said[int(str(facts["object_id"])), int(facts["detail"]["number"])] = event.number, facts["detail"]

    def findings(self, session: Session) -> Iterator[Finding]:
        for row in session.scalars(select(Regrade).order_by(Regrade.exam_id, Regrade.number)):
            self.looked_at["regrades"] += 1
            where = f"考试 {row.exam_id} 第 {row.number} 次重新评分"
            number, said = self.said.pop((row.exam_id, row.number), (0, {}))
            if not said:
                yield Finding("regrade", where, "不在审计链里")
                continue
            if _decided(said) != (row.item_version_id, row.part, row.treatment, row.key, moment(row.at)):
                yield Finding("regrade", where, f"与审计链第 {number} 条登记的不同")
            if _history(session, row) != said.get("digest"):
                yield Finding("regrade", where, f"改动前后的得分与审计链第 {number} 条登记的不同")
        for (exam_id, count), (number, _said) in self.said.items():
            yield Finding("regrade", f"考试 {exam_id} 第 {count} 次重新评分", f"审计链第 {number} 条登记了，现在没有")


def _decided(said: Mapping[str, Any]) -> tuple[Any, ...]:
    return said.get("version"), said.get("part"), said.get("treatment"), said.get("key"), said.get("at")


def _history(session: Session, regrade: Regrade) -> str:
    """The digest of what was changed, from the history as it is now."""
    kept, cents = RegradedAttempt, Integer
    return digest_of(tuple(row) for row in session.execute(
        select(kept.candidate_id, kept.attempt_id, kept.position, type_coerce(kept.answer_before, cents).label("a"),
               type_coerce(kept.answer_after, cents).label("b"), type_coerce(kept.score_before, cents).label("c"),
               type_coerce(kept.score_after, cents).label("d"))
        .where(kept.exam_id == regrade.exam_id, kept.number == regrade.number)
    ))


def voided(session: Session) -> set[tuple[int, int, int]]:
    """(exam, item version, part) of every void question."""
    latest: dict[tuple[int, int, int], str] = {}
    for row in session.execute(
        select(Regrade.exam_id, Regrade.item_version_id, Regrade.part, Regrade.treatment)
        .order_by(Regrade.exam_id, Regrade.number)
    ):
        latest[row[0], row[1], row[2]] = row[3]
    return {place for place, treatment in latest.items() if treatment in VOID}
