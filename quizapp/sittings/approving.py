"""What takes two persons during an exam: more time for many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from quizapp.approvals.acts import Act, Done, Params, carries_out
from quizapp.approvals.rules import Kind, Line, Said
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.i18n import N_
from quizapp.sittings.queries import giving as queries
from quizapp.sittings.service import giving


@carries_out
class ExtendExam(Act):
    """Minutes for everybody who is working, and for the end of the exam."""

    kind = Kind.EXTEND_EXAM
    object_type = "exam"

    def object_id(self, params: Params) -> str:
        return str(params["exam"])

    def title(self, session: Session, params: Params) -> str:
        return exam_of(session, params).title

    def seen(self, session: Session, params: Params, now: datetime) -> Mapping[str, Any]:
        exam = exam_of(session, params)
        giving.check_extendable(exam, now)
        return {"closes_at": exam.closes_at}

    def lines(self, session: Session, params: Params, now: datetime) -> Sequence[Line]:
        exam, span = exam_of(session, params), timedelta(minutes=params["minutes"])
        working, waiting = queries.working(session, exam.id), queries.not_begun(session, exam.id)
        return [
            Line(N_("考试结束"), Said(N_("%(time)s"), {"time": exam.closes_at}), Said(N_("%(time)s"), {"time": exam.closes_at + span})),
            Line(N_("正在作答"), Said(N_("%(n)s 人"), {"n": working}),
                 Said(N_("%(n)s 人各加 %(minutes)s 分钟"), {"n": working, "minutes": params["minutes"]})),
            Line(N_("还没有进入"), Said(N_("%(n)s 人"), {"n": waiting}), Said(N_("作答时长不变，可以晚 %(minutes)s 分钟开始"),
                                                                     {"minutes": params["minutes"]})),
            Line(N_("已经交卷"), Said(N_("不受影响")), Said(N_("不受影响"))),
        ]

    def carry_out(self, session: Session, params: Params, reason: str, by: int, now: datetime) -> Done:
        before = exam_of(session, params).closes_at
        moved = giving.extend_all(session, params["exam"], params["minutes"], reason, by=by, now=now, seen=before,
                                  agreed=True)
        ends = exam_of(session, params).closes_at
        return Done("extend_exam", params["exam"],
                    {"minutes": params["minutes"], "working": moved, "before": before, "closes_at": ends},
                    Said(N_("全场已延时 %(n)s 分钟，正在作答的 %(people)s 人都已加上；考试 %(time)s 结束"),
                         {"n": params["minutes"], "people": moved, "time": ends}))

    def address(self, params: Params) -> tuple[str, dict[str, Any]]:
        return "sittings.board", {"exam_id": params["exam"]}


@carries_out
class ExtendAttempt(Act):
    """Minutes for one more person, after the same person has given time to several one by one."""

    kind = Kind.EXTEND_ATTEMPT
    object_type = "exam"

    def object_id(self, params: Params) -> str:
        return f"{params['exam']}/{params['candidate']}"

    def title(self, session: Session, params: Params) -> str:
        return f"{exam_of(session, params).title} · {queries.candidate(session, params['exam'], params['candidate']).name}"

    def check_person(self, session: Session, params: Params, person_id: int) -> None:
        giving.check_not_own(params["candidate"], person_id)

    def seen(self, session: Session, params: Params, now: datetime) -> Mapping[str, Any]:
        attempt = giving.extendable(session, params["exam"], params["candidate"])
        return {"attempt": attempt.id, "deadline_at": attempt.deadline_at}

    def lines(self, session: Session, params: Params, now: datetime) -> Sequence[Line]:
        attempt = giving.extendable(session, params["exam"], params["candidate"])
        given = queries.given_one_by_one(session, params["exam"], params["by"])
        later = attempt.deadline_at + timedelta(minutes=params["minutes"])
        return [
            Line(N_("到时"), Said(N_("%(time)s"), {"time": attempt.deadline_at}), Said(N_("%(time)s"), {"time": later})),
            Line(N_("同一人逐个延时过的人"), Said(N_("%(n)s 人"), {"n": len(given)}), Said(N_("%(n)s 人"), {"n": len(given) + 1})),
        ]

    def carry_out(self, session: Session, params: Params, reason: str, by: int, now: datetime) -> Done:
        before = giving.extendable(session, params["exam"], params["candidate"]).deadline_at
        ends = giving.extend_one(session, params["exam"], params["candidate"], params["minutes"], reason, by=by, now=now,
                                 seen=before, agreed=True)
        return Done("extend_attempt", params["exam"],
                    {"candidate": params["candidate"], "minutes": params["minutes"], "before": before, "deadline": ends},
                    Said(N_("已延长 %(n)s 分钟，%(time)s 到时交卷"), {"n": params["minutes"], "time": ends}))

    def address(self, params: Params) -> tuple[str, dict[str, Any]]:
        return "sittings.person", {"exam_id": params["exam"], "candidate_id": params["candidate"]}


def exam_of(session: Session, params: Params) -> Exam:
    return exams.fresh(session, params["exam"])
