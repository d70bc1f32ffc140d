"""What takes two persons about marks: other marks for an answer that has been marked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.approvals.acts import Act, Done, Params, carries_out
from quizapp.approvals.rules import Kind, Line, Said, as_it_is
from quizapp.exams import queries as exams
from quizapp.i18n import N_
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.rates import show_marks
from quizapp.kernel.roles import Role
from quizapp.marking import queries, service
from quizapp.marking.desk import Desk
from quizapp.marking.models import MarkingRecord
from quizapp.marking.rules import Entry, Given
from quizapp.questions.rules.markup import plain_stem


def place_of(attempt: object, position: int) -> str:
    """What the answer at this position of this attempt is called among proposals."""
    return f"{attempt}/{position}"


def params_of(exam_id: int, entry: Entry, given: Given) -> dict[str, Any]:
    """What is proposed, as it is stored."""
    return {"exam": exam_id, "attempt": str(entry.attempt_id), "position": entry.position, "score": str(given.score),
            "points": [str(point) for point in given.points]}


@carries_out
class OverrideMark(Act):
    """Blind like marking itself: no line names whose answer it is."""

    kind = Kind.OVERRIDE_MARK
    object_type = "attempt"
    readers = frozenset({Role.EXAM_ADMIN, Role.REVIEWER})

    def object_id(self, params: Params) -> str:
        return place_of(params["attempt"], params["position"])

    def title(self, session: Session, params: Params) -> str:
        return exams.get(session, params["exam"]).title

    def check_person(self, session: Session, params: Params, person_id: int) -> None:
        exam = exams.get(session, params["exam"])
        Desk(session, exam, person_id, clock.today(), "").check_may_mark(entry_of(session, params))

    def seen(self, session: Session, params: Params, now: datetime) -> Mapping[str, Any]:
        entry = entry_of(session, params)
        found = record_of(session, entry)
        return {"score": found.score, "points": found.points, "marker": found.marker_id, "marked_at": found.marked_at,
                "text": queries.text(session, entry)}

    def lines(self, session: Session, params: Params, now: datetime) -> Sequence[Line]:
        entry = entry_of(session, params)
        found = record_of(session, entry)
        new, total = Decimal(params["score"]), queries.total_of(session, entry)
        exam = exams.get(session, params["exam"])
        question = queries.question(session, entry)
        shown = Said(N_("考生可以看到")) if exam.is_released(now) else Said(N_("考生看不到"))
        answer = as_it_is(queries.text(session, entry))
        lines = [
            Line(N_("题目"), as_it_is(plain_stem(question.question.stem)), Said(N_("不变"))),
            Line(N_("作答"), answer, Said(N_("不变"))),
            Line(N_("这道题的得分"), _of(found.score, question.marks), _of(new, question.marks)),
        ]
        if total is not None:
            after = total - found.score + new
            lines.append(Line(N_("这份答卷的总分"), _marks(total), _marks(after)))
            lines.append(Line(N_("合格"), _passed(total, exam.pass_mark), _passed(after, exam.pass_mark)))
        return [*lines, Line(N_("成绩"), shown, shown), Line(N_("涉及的人"), Said(N_("1 人，不显示姓名")), Said(N_("1 人，不显示姓名")))]

    def carry_out(self, session: Session, params: Params, reason: str, by: int, now: datetime) -> Done:
        entry = entry_of(session, params)
        before = record_of(session, entry).score
        given = Given(Decimal(params["score"]), tuple(Decimal(point) for point in params["points"]))
        found = service.override(session, entry, by, given, now=now)
        return Done("mark_answer", entry.attempt_id,
                    {"exam": params["exam"], "position": entry.position, "before": before, "after": found.score,
                     "points": given.points, "at": now, "marker_id": by},
                    Said(N_("得分已由 %(before)s 改为 %(after)s"), {"before": show_marks(before), "after": show_marks(found.score)}))

    def address(self, params: Params) -> tuple[str, dict[str, Any]]:
        return "marking.marked", {"exam_id": params["exam"]}


def entry_of(session: Session, params: Params) -> Entry:
    found = queries.entry_at(session, params["exam"], uuid.UUID(params["attempt"]), params["position"])
    if found is None:
        raise NotFoundError("没有找到这份作答，请从“阅卷”进入")
    return found


def record_of(session: Session, entry: Entry) -> MarkingRecord:
    found = queries.record(session, entry)
    if found is None:
        raise NotFoundError("这份作答还没有评过，请直接评分")
    return found


def _of(score: Decimal, most: Decimal) -> Said:
    return Said(N_("%(n)s 分，满分 %(most)s 分"), {"n": show_marks(score), "most": show_marks(most)})


def _marks(score: Decimal) -> Said:
    return Said(N_("%(n)s 分"), {"n": show_marks(score)})


def _passed(score: Decimal, line: Decimal) -> Said:
    return Said(N_("合格")) if score >= line else Said(N_("不合格"))
