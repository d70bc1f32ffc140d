"""The analysis of an exam as work of its own, begun by itself when the exam is over."""

from __future__ import annotations

from typing import Any

from quizapp import clock
from quizapp.analysis import facility as facility  # registers itself with the making of forms
from quizapp.analysis import service
from quizapp.analysis.measuring import analyse
from quizapp.analysis.queries import stored
from quizapp.analysis.rules.flags import is_marked
from quizapp.db import db
from quizapp.i18n import N_
from quizapp.jobs import service as jobs
from quizapp.jobs.rules import Progress, regularly, work
from quizapp.kernel.roles import BANK_READERS

READING, KEEPING = N_("读作答、计算"), N_("写入结果")
SUMMARY = N_("已分析 %(people)s 人作答的 %(questions)s 道题，%(flagged)s 道有提示")


@work(service.KIND, N_("分析试题"), BANK_READERS)
def analyse_exam(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Read everything at one moment, work it out, and put it in the place of what was known: `exam`."""
    exam_id = params["exam"]
    progress(0, 2, READING)
    began = clock.now()
    with db.snapshot() as session:
        found = analyse(session, stored.exam_over(session, exam_id, began))
    progress(1, 2, KEEPING)
    with db.transaction() as session:
        service.keep(session, exam_id, found, began=began, now=clock.now())
    progress(2, 2, KEEPING)
    flagged = sum(is_marked((flag.code for flag in one.flags), one.notes) for one in found.questions)
    return {"summary": SUMMARY, "values": {"people": found.people, "questions": len(found.questions), "flagged": flagged},
            "address": f"/analysis/exams/{exam_id}"}


@regularly
def analyse_what_is_over() -> None:
    """Any number of workers look; whoever marks an exam as taken up first has its analysis made."""
    now = clock.now()
    for exam_id in stored.due(db.session(), now):
        with db.transaction() as session:
            job = service.take_up(session, exam_id, now=now)
        if job is not None:
            jobs.dispatch(job.id)
