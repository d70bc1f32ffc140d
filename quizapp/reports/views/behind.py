"""What stands behind the figures of an exam: a person's attempts, the subjects, and how far the exam has come."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.db import db
from quizapp.i18n import N_, _, pick, show_clock, show_time
from quizapp.kernel.roles import REPORT_READERS
from quizapp.kernel.withholding import SMALL
from quizapp.reports import wording
from quizapp.reports.pages import (
    LiveProgress,
    PersonPage,
    ProgressPage,
    ProgressPart,
    SubjectLine,
    SubjectsPage,
    UnitShare,
)
from quizapp.reports.queries import exam as queries
from quizapp.reports.queries import person as person_queries
from quizapp.reports.queries import progress as progress_queries
from quizapp.reports.queries import subjects as subject_queries
from quizapp.reports.queries.person import AttemptLine, Record
from quizapp.reports.queries.progress import Progress
from quizapp.reports.queries.sittings import sittings
from quizapp.reports.rules import charts
from quizapp.reports.rules.lines import lines_of
from quizapp.reports.rules.report import OWN, Choice, ExamFacts, standing_of
from quizapp.reports.rules.subjects import Share, added, weakest_first
from quizapp.reports.rules.tally import Tally
from quizapp.reports.rules.tree import rolled_up
from quizapp.reports.views.blueprint import bp, file_of
from quizapp.ui.pages import render
from quizapp.ui.tables import Column, build_table

PART = "Quizapp-Part"  # the header with which the script of the page asks for the part that lives
MOST_UNITS = 60
STATES = {"open": N_("正在作答"), "submitted": N_("已交卷"), "expired": N_("到时收卷"), "void": N_("作废"),
          "paper": N_("纸笔考试"), "online": N_("已交卷")}


@bp.get("/reports/exams/<int:exam_id>/people/<int:candidate_id>")
@allow(*REPORT_READERS)
def person(exam_id: int, candidate_id: int) -> Response:
    session = db.session()
    exams = queries.published_exams(session)
    exam = queries.find(exams, exam_id)
    make_ups = [one.id for one in queries.make_ups_of(exams, exam_id)]
    record = person_queries.record(session, exam_id, make_ups, candidate_id, actor().scope)
    table = build_table(f"{exam.title} {record.name}", _("各次作答"), attempt_columns(exam), record.attempts, filterable=False)
    return file_of(table, "exam", exam_id) or render(PersonPage(exam, record, _(_standing(record, exam)), table))


def _standing(record: Record, exam: ExamFacts) -> str:
    """By the best of what counts in the exam and its make-ups."""
    counted = [line for line in record.attempts if line.counts]
    best = max((line.score for line in counted if line.score is not None), default=None)
    return wording.MEASURE_NAMES[standing_of(record.status, bool(counted), best, exam.lines)]


def attempt_columns(exam: ExamFacts) -> list[Column[AttemptLine]]:
    return [
        Column("exam", _("考试"), lambda r: r.exam if r.exam_id == exam.id else _("%(exam)s（补考）", exam=r.exam), sortable=False),
        Column("number", _("第几次"), lambda r: r.number, kind="number", sortable=False),
        Column("state", _("状态"), lambda r: _(STATES[r.state]), kind="short", sortable=False),
        Column("started", _("开始"), lambda r: r.started_at, kind="time", show=lambda r: show_time(r.started_at), sortable=False),
        Column("finished", _("交卷"), lambda r: r.finished_at, kind="time", show=lambda r: show_time(r.finished_at), sortable=False),
        Column("score", _("分数"), lambda r: r.score, kind="number", show=_score, sortable=False),
        Column("counts", _("计入成绩"), lambda r: _("计入") if r.counts else "", kind="tag", tag=lambda r: "ok" if r.counts else "",
               sortable=False),
    ]


def _score(line: AttemptLine) -> str:
    if line.needs_marking:
        return _("待评分")
    return "—" if line.score is None else charts.mark_text(line.score)


@bp.get("/reports/exams/<int:exam_id>/subjects")
@allow(*REPORT_READERS)
def subjects(exam_id: int) -> Response:
    session, scope = db.session(), actor().scope
    exam = queries.find(queries.published_exams(session), exam_id)
    choice = Choice.from_address(request.args)
    found = weakest_first(subject_queries.by_subject(session, exam_id, scope, choice))
    overall = added(one.share for one in found)
    lines = [SubjectLine(one.code, pick(one.name, one.name_en), one.share, one.standing(overall)) for one in found]
    chosen = next((line for line in lines if line.code == choice.subject), None)
    unknown = _("这场考试的试卷里没有“%(value)s”这个科目", value=choice.subject) if choice.subject and not chosen else ""
    units = _by_unit(exam_id, choice) if chosen and not choice.units else []
    names = queries.unit_names(session, exam_id, choice)
    return render(SubjectsPage(exam, choice, lines, overall, chosen, unknown, units, 0 < overall.people < SMALL, names,
                               wording.cell_words()))


def _by_unit(exam_id: int, choice: Choice) -> list[UnitShare]:
    """The units of the first two levels, small ones merged exactly as in the report of the exam."""
    shown, folded, shares = subject_queries.by_unit(db.session(), exam_id, actor().scope, choice, MOST_UNITS)
    people = {unit: Tally(expected=share.people, sat=share.people) for unit, share in shares.items()}
    rows = rolled_up(shown, people, folded)
    below: dict[str, list[Share]] = {}
    for row in reversed(rows):
        token = str(row.unit_id)
        below.setdefault(token, []).append(shares.get(row.unit_id, Share()))
        if row.level and row.parent_id is not None:
            below.setdefault(str(row.parent_id), []).append(_people_added(below[token]))
    return [
        UnitShare(line.kind, line.name, line.merged, _people_added(
            [shares.get(int(token.removesuffix(OWN)), Share()) if token.endswith(OWN) else _people_added(below[token])
             for token in line.units.split(",")] if line.units else list(shares.values())))
        for line in lines_of(rows) if line.level <= 1
    ]


def _people_added(shares: list[Share]) -> Share:
    """Different people answering the same subject: marks and people add up."""
    return Share(sum(s.got for s in shares), sum(s.possible for s in shares), sum(s.people for s in shares))


@bp.get("/reports/exams/<int:exam_id>/progress")
@allow(*REPORT_READERS)
def progress(exam_id: int) -> Response:
    session, now = db.session(), clock.now()
    exams = queries.published_exams(session)
    exam = queries.find(exams, exam_id)
    choice = Choice.from_address(request.args)
    found = progress_queries.progress(session, exam, actor().scope, choice, now)
    live = LiveProgress(exam, show_clock(now), found, _curve(found), not exam.is_over(now))
    if request.headers.get(PART) == "live":
        return render(ProgressPart(live))
    names = queries.unit_names(session, exam_id, choice)
    kept: dict[str, Any] = choice.to_address()
    return render(ProgressPage(live, url_for("reports.progress", exam_id=exam_id, **kept), names,
                               sittings(session, exam, queries.make_ups_of(exams, exam_id), actor().scope, choice)))


def _curve(found: Progress) -> charts.LineChart:
    steps = [f"{clock.to_local(at):%m-%d %H:%M}" for at, _people in found.curve]
    return charts.line_chart(steps, [(_("已交卷"), [people for _at, people in found.curve]),
                                     (_("应考"), [found.expected] * len(steps))], top=max(found.expected, 1), most_ticks=4)
