"""Item analysis: exams that are over, one exam, one question, one item of the bank through all exams."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.analysis import service
from quizapp.analysis.columns import (
    MODELS,
    file_columns,
    held_columns,
    item_columns,
    question_columns,
)
from quizapp.analysis.measuring import keys_of, options_of
from quizapp.analysis.models import ItemStatistic
from quizapp.analysis.pages import ExamPage, ExamsPage, Held, ItemPage, QuestionPage
from quizapp.analysis.queries import stored
from quizapp.analysis.rules import charts
from quizapp.analysis.rules.flags import is_marked
from quizapp.analysis.sentences import (
    CHOICE_RATE,
    MARK_RATE,
    decimal,
    error_sentence,
    forms_sentence,
    option_name,
    percent,
    prediction_sentence,
    reliability_sentence,
    severity,
    told,
)
from quizapp.analysis.wording import definitions
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.exams.models import Exam
from quizapp.i18n import _, show_time
from quizapp.jobs import service as jobs
from quizapp.kernel.roles import BANK_READERS, Role
from quizapp.kernel.withholding import SMALL
from quizapp.papers import queries as papers
from quizapp.questions import queries as bank
from quizapp.questions.models import ItemVersion
from quizapp.questions.rules.content import from_content
from quizapp.questions.rules.names import DIFFICULTY_NAMES, TYPE_NAMES
from quizapp.questions.rules.schema import Case, Question
from quizapp.questions.rules.sheet import sheet_of
from quizapp.ui.pages import render
from quizapp.ui.tables import build_table, download

bp = Blueprint("analysis", __name__, template_folder="templates")


@bp.get("/analysis")
@allow(*BANK_READERS)
def index() -> Response:
    session = db.session()
    known, counts = stored.analyses(session), stored.flagged(session)
    rows = [Held(exam, known.get(exam.id), *counts.get(exam.id, (0, 0))) for exam in stored.over(session, clock.now())]
    table = build_table("analysis", _("试题分析"), held_columns(), rows, filterable=len(rows) > 10)
    return download(table) or render(ExamsPage(table))


@bp.get("/analysis/exams/<int:exam_id>")
@allow(*BANK_READERS)
def exam(exam_id: int) -> Response:
    session = db.session()
    found = stored.exam_over(session, exam_id, clock.now())
    analysis = stored.analysis(session, exam_id)
    rows = sorted(stored.questions(session, exam_id), key=lambda row: severity(row.statistic))
    marked = [row for row in rows if is_marked((flag["code"] for flag in row.statistic.flags), row.statistic.notes)]
    only = request.args.get("show") == "flagged"
    if analysis is not None and "download" in request.args:
        columns = file_columns(found, analysis, titles())
        name = _("%(exam)s 试题分析", exam=found.title)
    else:
        columns, name = question_columns(found), "questions"
    table = build_table(name, _("各题的统计"), columns, marked if only else rows)
    answer = download(table)
    if answer is not None:
        chosen = {name: value for name, value in request.args.items() if value}
        with db.transaction() as writing:
            note(writing, "export_analysis", exam_id, {"rows": table.total, "filters": chosen})
        return answer
    forms = analysis.forms if analysis else []
    expected = papers.expected_shares(session, found.blueprint_id) if found.blueprint_id else {}
    alphas, errors = ([form[key] for form in forms if form[key] is not None] for key in ("alpha", "sem"))
    words = [reliability_sentence(min(alphas, default=None)), error_sentence(max(errors, default=None)), forms_sentence(forms),
             prediction_sentence(forms, expected)]
    return render(ExamPage(
        found, analysis, decimal(min(alphas, default=None)), f"{max(errors):.1f}" if errors else "—", len(rows), len(marked),
        [one for one in words if one], expected, table, only,
        [(show_time(datetime.fromisoformat(one["from"])), one["people"], one["share"]) for one in analysis.slices] if analysis else [],
        definitions(), actor().has(Role.EXAM_ADMIN),
    ))


def titles() -> dict[int, str]:
    return {one.id: one.title for one in exams.exams(db.session())}


@bp.post("/analysis/exams/<int:exam_id>/compute")
@allow(Role.EXAM_ADMIN)
def compute(exam_id: int) -> BaseResponse:
    """Analyse now, or anew after something was corrected."""
    now = clock.now()
    with db.transaction() as session:
        stored.exam_over(session, exam_id, now)
        job = service.begin_again(session, exam_id, now=now, person_id=actor().id)
        note(session, "analyse_exam", exam_id, {"job": str(job.id)})
    jobs.dispatch(job.id)
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@bp.get("/analysis/exams/<int:exam_id>/questions/<int:version_id>/<int:part>")
@allow(*BANK_READERS)
def question(exam_id: int, version_id: int, part: int) -> Response:
    session = db.session()
    found = stored.exam_over(session, exam_id, clock.now())
    row = stored.question(session, exam_id, version_id, part)
    analysis = stored.analysis(session, exam_id)
    assert analysis is not None  # noqa: S101 - a statistic does not stand without it
    item = from_content(session.get_one(ItemVersion, version_id).content)
    asked = item.parts[part - 1] if isinstance(item, Case) else item
    sheet = sheet_of(item)
    series = series_of(asked, row.statistic)
    others = stored.in_other_exams(session, version_id, part, exam_id)
    return render(QuestionPage(
        found, row, row.statistic, sheet.questions[max(part - 1, 0)], sheet.material, _(TYPE_NAMES[row.statistic.kind]), _(DIFFICULTY_NAMES[row.difficulty]),
        told(row.statistic, analysis, titles() if row.statistic.notes else {}),
        [*facts(row.statistic), exposure(row.statistic, others)], charts.plot(series) if series else None,
        _(MARK_RATE) if not options_of(asked) else _(CHOICE_RATE), row.statistic.groups,
        [(name, is_key, [percent(share) for share in shares]) for name, shares, is_key in series],
        others,
    ))


def series_of(asked: Question, row: ItemStatistic) -> list[tuple[str, Sequence[float], bool]]:
    """Each option through the three groups; of what is written, the share of the marks. Nothing where one of them is
    so small that it tells what somebody chose."""
    if not row.groups or min(group["people"] for group in row.groups) < SMALL:
        return []
    options = options_of(asked)
    if not options:
        return [(_(MARK_RATE), [group["share"] for group in row.groups], True)]
    keys = keys_of(asked)
    return [(option_name(asked.type, option), [group["choices"].get(option, 0.0) for group in row.groups], option in keys)
            for option in options]


def facts(row: ItemStatistic) -> list[tuple[str, str, str]]:
    """(name, figure, what it is divided by or stands on)."""
    model = _("%(model)s，斜率 %(slope)s", model=MODELS[row.model], slope=decimal(row.slope)) if row.model else _("少于 200 人，或者没有稳定的估计")
    time = "—" if row.seconds is None else _("%(n)s 秒", n=f"{row.seconds:.0f}")
    return [
        (_("得分率"), decimal(row.facility), _("得分 ÷ 可得的分，%(n)s 人", n=f"{row.people:,}")),
        (_("区分度"), decimal(row.discrimination), _("高低组之差")),
        (_("题总相关"), decimal(row.item_rest), _("不含本题")),
        (_("没有答"), percent(row.omitted), _("占答过这份卷的人")),
        (_("用时"), time, _("中位数，%(n)s 人有记录", n=f"{row.timed:,}") if row.timed else _("没有逐题的保存记录")),
        (_("IRT 难度"), decimal(row.location), model),
    ]


def exposure(row: ItemStatistic, others: Sequence[tuple[Exam, ItemStatistic, int]]) -> tuple[str, str, str]:
    """How many have met the item, in any version, in exams that are over: once a person and exam."""
    people = row.people + sum(found.people for _exam, found, _version in others)
    forms = row.forms + sum(found.forms for _exam, found, _version in others)
    held = len({row.exam_id, *(found.exam_id for _exam, found, _version in others)})
    return _("曝光"), f"{people:,}", _("人次，%(exams)s 场考试的 %(forms)s 份卷上考过", exams=held, forms=forms)


@bp.get("/analysis/items/<code>")
@allow(*BANK_READERS)
def item(code: str) -> Response:
    """One item of the bank: how it did in every exam that had it."""
    session = db.session()
    found = bank.item_by_code(session, code)
    table = build_table(code, _("各场考试里的统计"), item_columns(), stored.exams_of_item(session, found.id), filterable=False)
    return download(table) or render(ItemPage(found, table))


def note(session: Session, action: str, exam_id: int, detail: dict[str, Any]) -> None:
    audit.record(session, action, "exam", exam_id, actor_id=actor().id, actor=actor().name,
                 address=request.remote_addr or "", detail=detail)
