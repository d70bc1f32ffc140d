"""Proving marks and results: what a machine marked is marked by the key, the sum is the sum, what counts is what the
exam's rule chooses."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.attempts.correcting import Sheet, corrections, sheet_of
from quizapp.attempts.evidence import Evidence, Row
from quizapp.attempts.rules.counting import Finished, counting
from quizapp.attempts.rules.receipt import event_digest
from quizapp.attempts.service.finishing import FINISHED
from quizapp.audit.verification import Finding
from quizapp.exams.models import Exam
from quizapp.papers import queries as papers

FORMS_KEPT, SCORES_KEPT = 64, 20_000


class Rules:
    """How the exams mark and count, and what their forms ask: read for this run, never from what a process kept."""

    def __init__(self, session: Session) -> None:
        self._session = session
        rows = session.execute(select(Exam.id, Exam.multiple_rule, Exam.score_rule))
        self.exams = {row[0]: (row[1], row[2]) for row in rows}
        self._sheets: dict[tuple[int, int], Sheet] = {}
        self._asked: dict[tuple[int, int], Mapping[int, papers.PaperQuestion]] = {}
        self._scores: dict[tuple[int, int, int, tuple[str, ...], str], Decimal | None] = {}

    def score(self, exam_id: int, form_id: int, position: int, response: tuple[str, ...]) -> Decimal | None:
        """The marks by the key that counts, None where a person gives them. Many people answer alike: each answer is
        marked once. Raises KeyError for a position that the form does not have."""
        multiple_rule = self.exams[exam_id][0]
        place = exam_id, form_id, position, response, multiple_rule
        if place not in self._scores:
            if len(self._scores) >= SCORES_KEPT:
                self._scores.clear()
            self._scores[place] = self.sheet(exam_id, form_id).mark(self.asked(exam_id, form_id)[position], response, multiple_rule)
        return self._scores[place]

    def sheet(self, exam_id: int, form_id: int) -> Sheet:
        """The form as it counts in the exam: with the regrades, each of which is proved by the event that holds it."""
        if (exam_id, form_id) not in self._sheets:
            if len(self._sheets) >= FORMS_KEPT:
                self._sheets.clear()
                self._asked.clear()
            paper = papers.read_form(self._session, form_id)
            self._sheets[exam_id, form_id] = sheet_of(paper, corrections(self._session, exam_id))
        return self._sheets[exam_id, form_id]

    def asked(self, exam_id: int, form_id: int) -> Mapping[int, papers.PaperQuestion]:
        """Position → question."""
        counted = self.sheet(exam_id, form_id)
        if (exam_id, form_id) not in self._asked:
            self._asked[exam_id, form_id] = {q.position: q for q in counted.questions}
        return self._asked[exam_id, form_id]


def wrong_events(one: Evidence) -> Iterator[tuple[str, str]]:
    """The saves that counted say what their digests say."""
    for row in one.events:
        digest = event_digest(one.id, row["client_id"], row["seq"], row["position"], row["response"], row["flagged"])
        if row["digest"] and row["digest"] != digest:
            yield "event", f"第 {row['position']} 题序号 {row['seq']} 的保存记录与它的摘要不符"


def wrong_marks(one: Evidence, rules: Rules) -> Iterator[tuple[str, str]]:
    """What a machine marks is marked by the key; the sum is the sum. What people mark is proved with their records."""
    exam_id, form_id = one.attempt["exam_id"], one.attempt["form_id"]
    for row in one.answers:
        if row["position"] not in rules.asked(exam_id, form_id):
            yield "marks", f"答了第 {row['position']} 题，这份卷上没有这一题"
            continue
        given = rules.score(exam_id, form_id, row["position"], tuple(row["response"]))
        if given is not None and given != row["score"]:
            yield "marks", f"第 {row['position']} 题记了 {row['score']} 分，按答案应是 {given} 分"
    score, needs_marking = rules.sheet(exam_id, form_id).total({row["position"]: row["score"] for row in one.answers})
    if score != one.attempt["score"] or needs_marking != one.attempt["needs_marking"]:
        yield "marks", f"总分记的是 {one.attempt['score']}，各题相加是 {'还没有评完' if score is None else score}"


def of_results(found: Sequence[Evidence], results: Mapping[tuple[int, int], Row], rules: Rules) -> Iterator[Finding]:
    """What counts is one of the attempts, chosen by the exam's rule. Results on paper are proved by their imports."""
    sat: dict[tuple[int, int], list[Row]] = {}
    for one in found:
        if one.attempt["state"] in FINISHED:
            sat.setdefault((one.attempt["candidate_id"], one.attempt["exam_id"]), []).append(one.attempt)
    for key, attempts in sat.items():
        row = results.get(key)
        if row is None:
            yield Finding("result", f"人员 {key[0]} 考试 {key[1]}", "有交卷的作答，没有成绩")
        elif key[1] not in rules.exams:
            yield Finding("result", f"人员 {key[0]} 考试 {key[1]}", "没有这场考试")
        elif row["source"] == "online":
            yield from _wrong_result(row, attempts, rules.exams[key[1]][1])
    for key, row in results.items():
        if key not in sat and row["source"] == "online":
            yield Finding("result", f"人员 {key[0]} 考试 {key[1]}", "有线上成绩，没有交卷的作答")


def _wrong_result(row: Row, attempts: Sequence[Row], score_rule: str) -> Iterator[Finding]:
    chosen = counting([Finished(a["id"], a["number"], a["score"]) for a in attempts], score_rule)
    assert chosen is not None  # noqa: S101 - there is at least one attempt
    at = next(a["finished_at"] for a in attempts if a["id"] == chosen.id)
    said: tuple[uuid.UUID | None, int, Decimal | None, Any] = (row["attempt_id"], row["attempts"], row["score"], row["sat_at"])
    if said != (chosen.id, len(attempts), chosen.score, at):
        where = f"人员 {row['candidate_id']} 考试 {row['exam_id']}"
        yield Finding("result", where, f"成绩记的是 {row['score']}，按规则应是第 {chosen.number} 次的 {chosen.score}")
