"""What takes two persons about an exam: releasing its results, deleting its draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from quizapp.approvals.acts import Act, Done, Params, carries_out
from quizapp.approvals.rules import Kind, Line, Said
from quizapp.exams import queries, service
from quizapp.exams.models import Exam
from quizapp.i18n import N_
from quizapp.kernel.rates import show_marks
from quizapp.papers import queries as papers
from quizapp.papers.rules.blueprint import total_marks

NOT_YET, OUT = Said(N_("考生看不到")), Said(N_("考生可以看到"))


class OnExam(Act):
    """An act whose only parameter is the exam."""

    object_type = "exam"

    def object_id(self, params: Params) -> str:
        return str(params["exam"])

    def title(self, session: Session, params: Params) -> str:
        return exam_of(session, params).title

    def address(self, params: Params) -> tuple[str, dict[str, Any]]:
        return "exams.show", {"exam_id": params["exam"]}


@carries_out
class Release(OnExam):
    kind = Kind.RELEASE

    def seen(self, session: Session, params: Params, now: datetime) -> Mapping[str, Any]:
        """With every result: what a second person agreed to is what candidates will read."""
        exam = exam_of(session, params)
        service.check_release(exam, now)
        found = queries.results_in_short(session, exam.id)
        return {"released_at": exam.released_at, "show_key": exam.show_key, "results": found.digest}

    def lines(self, session: Session, params: Params, now: datetime) -> Sequence[Line]:
        exam = exam_of(session, params)
        found = queries.results_in_short(session, exam.id)
        keys = Said(N_("附答案和依据")) if exam.show_key else Said(N_("不附答案"))
        lines = [
            Line(N_("成绩"), NOT_YET, OUT),
            Line(N_("涉及的人"), Said(N_("0 人能看到")), Said(N_("%(n)s 人能看到"), {"n": found.settled})),
            Line(N_("答案"), NOT_YET, keys),
        ]
        if found.unsettled:
            lines.append(Line(N_("还没有评完"), Said(N_("%(n)s 人"), {"n": found.unsettled}), Said(N_("评完一份，公布一份"))))
        return lines

    def carry_out(self, session: Session, params: Params, reason: str, by: int, now: datetime) -> Done:
        queries.fresh(session, params["exam"], lock=True)
        exam = service.release(session, params["exam"], now=now)
        found = queries.results_in_short(session, exam.id)
        return Done("release_results", exam.id, {"results": found.settled, "unsettled": found.unsettled, "sha256": found.digest},
                    Said(N_("成绩已公布")))


@carries_out
class DeleteExam(OnExam):
    kind = Kind.DELETE_EXAM

    def seen(self, session: Session, params: Params, now: datetime) -> Mapping[str, Any]:
        exam = exam_of(session, params)
        service.check_deletable(exam)
        cells = papers.cells(session, exam.blueprint_id) if exam.blueprint_id else []
        columns = {column.name: getattr(exam, column.name) for column in Exam.__table__.columns}
        return columns | {"cells": [str(cell) for cell in cells]}

    def lines(self, session: Session, params: Params, now: datetime) -> Sequence[Line]:
        exam = exam_of(session, params)
        cells = papers.cells(session, exam.blueprint_id) if exam.blueprint_id else []
        gone = Said(N_("删除，不能恢复"))
        return [
            Line(N_("草稿和设置"), Said(N_("%(start)s 至 %(end)s"), {"start": exam.opens_at, "end": exam.closes_at}), gone),
            Line(N_("细目表"), Said(N_("%(n)s 题，%(total)s 分"), {"n": sum(cell.count for cell in cells),
                                                           "total": show_marks(total_marks(cells))}), gone),
            Line(N_("涉及的人"), Said(N_("没有：草稿还没有名单")), Said(N_("没有"))),
        ]

    def carry_out(self, session: Session, params: Params, reason: str, by: int, now: datetime) -> Done:
        exam = queries.fresh(session, params["exam"], lock=True)
        detail = {"title": exam.title}
        service.delete_draft(session, exam.id)
        session.flush()
        return Done("delete_exam", params["exam"], detail, Said(N_("草稿已删除")))


def exam_of(session: Session, params: Params) -> Exam:
    return queries.fresh(session, params["exam"])
