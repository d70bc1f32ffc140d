"""Marking short answers, one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.approvals import asking
from quizapp.approvals import queries as approvals
from quizapp.approvals.asking import WhyForm
from quizapp.approvals.rules import Kind
from quizapp.approvals.wording import told
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.exams import queries as known_exams
from quizapp.exams.models import Exam
from quizapp.i18n import N_, _, explain
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError, QuizappError
from quizapp.kernel.rates import show_marks
from quizapp.marking import challenge_views, queries, readings, service
from quizapp.marking import desk as desks
from quizapp.marking import readings_proved as readings_proved  # registers too
from quizapp.marking import verification as verification  # registers with `audit verify`
from quizapp.marking.agreement import AT_MOST, agreement
from quizapp.marking.approving import params_of, place_of
from quizapp.marking.blueprint import MARKERS
from quizapp.marking.blueprint import bp as bp
from quizapp.marking.double import Read
from quizapp.marking.forms import Typed
from quizapp.marking.models import MarkingReading, MarkingRecord
from quizapp.marking.pages import (
    AnswerPage,
    ExamsPage,
    FinishedPage,
    Last,
    MarkedGroup,
    MarkedPage,
    MarkedRow,
    OverridePage,
    OverviewPage,
    QuestionRow,
    asked,
    point_fields,
    total_field,
)
from quizapp.marking.queries import Marked
from quizapp.marking.rules import Entry, Given, blind_name, named, point_marks, read_marks
from quizapp.questions.rules.markup import plain_stem
from quizapp.ui.pages import render

NAV = [
    {"endpoint": "marking.exams", "label": N_("阅卷"), "section": "marking", "icon": "practice", "order": 45,
     "roles": MARKERS},
    {"endpoint": "marking.challenges", "label": N_("试题异议"), "section": "challenges", "under": "marking", "icon": "practice", "order": 46,
     "roles": MARKERS, "count": challenge_views.open_count},
]


@bp.get("/marking")
@allow(*MARKERS)
def exams() -> Response:
    return render(ExamsPage(desks.exams(db.session(), actor().id, clock.today(), secret())))


@bp.get("/marking/<int:exam_id>")
@allow(*MARKERS)
def next_answer(exam_id: int) -> Response:
    return next_page(exam_of(exam_id))


@bp.get("/marking/<int:exam_id>/<name>")
@allow(*MARKERS)
def answer(exam_id: int, name: str) -> Response | BaseResponse:
    """An answer by its address: one that waits, or the marks given last, to correct them."""
    exam = exam_of(exam_id)
    entry = entry_of(exam, name)
    if desk(exam).waits(entry):
        return answer_page(exam, entry)
    given = desk(exam).correctable(entry)
    if given is not None:
        return answer_page(exam, entry, typed_before(given))
    flash(_("这份作答已经评完，下面是下一份"), "info")
    return redirect(url_for("marking.next_answer", exam_id=exam.id), 303)


@bp.post("/marking/<int:exam_id>/<name>")
@allow(*MARKERS)
def answer_post(exam_id: int, name: str) -> Response | BaseResponse:
    exam = exam_of(exam_id)
    entry = entry_of(exam, name)
    most = most_of(entry)
    typed = Typed.of(request.form, len(most))
    given = read_marks(most, typed.points, typed.total)
    if not isinstance(given, Given):
        return answer_page(exam, entry, typed, given, 422)
    now = clock.now()
    try:
        with db.transaction() as session:
            read = desk(exam, session).give(entry, given, now)
            note(session, exam, entry, read, given, now)
    except service.TakenError as error:
        return next_page(exam, explain(error), 409)
    return redirect(url_for("marking.next_answer", exam_id=exam.id), 303)


@bp.get("/marking/<int:exam_id>/overview")
@allow(*MARKERS)
def overview(exam_id: int) -> Response:
    """How far the marking of an exam is, question by question, and how well two markers agree. Counts alone."""
    exam, session = exam_of(exam_id), db.session()
    scores = readings.scores(session, exam.id)
    groups: dict[tuple[int, int], list[Entry]] = {}
    for entry in sorted(queries.entries(session, exam.id), key=lambda one: one.position):
        groups.setdefault(entry.question, []).append(entry)
    return render(OverviewPage(exam, [question_row(exam, rows, scores) for rows in groups.values()]))


def question_row(exam: Exam, rows: Sequence[Entry], scores: Mapping[tuple[UUID, int], Sequence[Decimal]]) -> QuestionRow:
    question = queries.question(db.session(), rows[0])
    given = [scores.get((one.attempt_id, one.position), ()) for one in rows]
    still_open = [found for one, found in zip(rows, given, strict=True) if one.marker_id is None]
    pairs = [(found[0], found[1]) for found in given if len(found) > 1]
    return QuestionRow(
        "".join(run.text for run in asked(question)[0].stem), show_marks(question.marks), len(rows),
        (sum(not found for found in still_open), sum(len(found) == 1 for found in still_open),
         sum(len(found) > 1 for found in still_open)),
        sum(len(found) >= AT_MOST for found in given), agreement(pairs, question.marks, exam.marker_tolerance))


@bp.get("/marking/<int:exam_id>/marked")
@allow(*MARKERS)
def marked(exam_id: int) -> Response:
    """Every answer that has marks, without names; from here other marks are proposed."""
    exam, session = exam_of(exam_id), db.session()
    pending = approvals.objects_waiting(session, Kind.OVERRIDE_MARK, clock.now())
    groups: dict[tuple[int, int], list[Marked]] = {}
    for one in queries.marked(session, exam.id):
        if one.entry.candidate_id != actor().id:
            groups.setdefault(one.entry.question, []).append(one)
    return render(MarkedPage(exam.id, exam.title, [marked_group(rows, pending) for rows in groups.values()]))


def marked_group(rows: Sequence[Marked], pending: frozenset[str]) -> MarkedGroup:
    """In the order of their signed names, which says nothing of anybody."""
    asked_for = queries.question(db.session(), rows[0].entry)
    lines = [
        MarkedRow(blind_name(secret(), one.entry), one.text, show_marks(one.score),
                  place_of(one.entry.attempt_id, one.entry.position) in pending)
        for one in rows
    ]
    return MarkedGroup(plain_stem(asked_for.question.stem), show_marks(asked_for.marks),
                       sorted(lines, key=lambda line: line.name))


@bp.get("/marking/<int:exam_id>/<name>/override")
@allow(*MARKERS)
def override(exam_id: int, name: str) -> Response:
    exam = exam_of(exam_id)
    return override_page(exam, marked_entry(exam, name))


@bp.post("/marking/<int:exam_id>/<name>/override")
@allow(*MARKERS)
def override_post(exam_id: int, name: str) -> Response | BaseResponse:
    """Put other marks before a second person; the act itself is in `approving`."""
    exam, form = exam_of(exam_id), WhyForm()
    entry = marked_entry(exam, name)
    most = most_of(entry)
    typed = Typed.of(request.form, len(most))
    given = read_marks(most, typed.points, typed.total)
    if not form.validate() or not isinstance(given, Given):
        return override_page(exam, entry, form, typed, {} if isinstance(given, Given) else given)
    try:
        with db.transaction() as session:
            proposal = asking.put_forward(session, Kind.OVERRIDE_MARK, params_of(exam.id, entry, given), form.why.data or "")
    except (InputError, ConflictError) as error:
        return override_page(exam, entry, form, typed, problem=error)
    flash(told(proposal), "ok")
    return redirect(url_for("marking.marked", exam_id=exam.id), 303)


def marked_entry(exam: Exam, name: str) -> Entry:
    entry = entry_of(exam, name)
    if entry.marker_id is None:
        raise NotFoundError("这份作答还没有评过，请直接评分")
    return entry


def override_page(
    exam: Exam, entry: Entry, form: WhyForm | None = None, typed: Typed | None = None,
    errors: Mapping[str, InputError] | None = None, problem: QuizappError | None = None,
) -> Response:
    session, most = db.session(), most_of(entry)
    question, short = asked(queries.question(session, entry))
    record = queries.record(session, entry)
    typed = (typed or (typed_before(record) if record else Typed())).filled(len(most))
    return render(OverridePage(
        exam.id, exam.title, question, queries.text(session, entry), show_marks(record.score) if record else "",
        point_fields(short, most, typed, errors or {}), total_field(short, question.marks, typed, errors or {}),
        form or WhyForm(formdata=None), explain(problem) if problem else "",
        asking.standing(Kind.OVERRIDE_MARK, place_of(entry.attempt_id, entry.position)), asking.acts_alone(),
    ), (problem.status if problem else 422) if form else 200)


def note(session: Session, exam: Exam, entry: Entry, read: Read, given: Given, at: datetime) -> None:
    """On record with both marks, never with what was answered: what one of two markers gave, and what the answer has."""
    def put(action: str, **detail: Any) -> None:
        audit.record(session, action, "attempt", entry.attempt_id, actor_id=actor().id, actor=actor().name,
                     address=request.remote_addr or "", detail={"exam": exam.id, "position": entry.position, **detail, "at": at})

    if not read.place:
        put("mark_answer", before=read.before, after=given.score, points=given.points)
        return
    put("read_answer", place=read.place, before=read.before, after=given.score, points=given.points)
    if read.settled is not None:
        put("mark_answer", before=None, after=read.settled, points=read.points, readings=read.place)


def desk(exam: Exam, session: Session | None = None) -> desks.Desk:
    return desks.Desk(session or db.session(), exam, actor().id, clock.today(), secret())


def exam_of(exam_id: int) -> Exam:
    return known_exams.get(db.session(), exam_id)


def secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def entry_of(exam: Exam, name: str) -> Entry:
    found = named(queries.entries(db.session(), exam.id), name, secret())
    if found is None:
        raise NotFoundError("没有找到这份作答，请从“阅卷”进入")
    desk(exam).check_may_mark(found)
    return found


def most_of(entry: Entry) -> tuple[Decimal, ...]:
    question = queries.question(db.session(), entry)
    return point_marks(question.marks, [point.share for point in asked(question)[1].rubric])


def typed_before(record: MarkingRecord | MarkingReading) -> Typed:
    """The fields as they were when these marks were given."""
    points = tuple(show_marks(Decimal(point)) for point in record.points)
    return Typed(points, "" if points else show_marks(record.score))


def next_page(exam: Exam, problem: str = "", status: int = 200) -> Response:
    queue = desk(exam).queue()
    if queue.waiting:
        return answer_page(exam, queue.waiting[0], problem=problem, status=status)
    return render(FinishedPage(exam.title, queue.marked, queue.own, last_of(exam), problem, exam), status)


def answer_page(
    exam: Exam, entry: Entry, typed: Typed | None = None, errors: Mapping[str, InputError] | None = None,
    status: int = 200, problem: str = "",
) -> Response:
    session, correcting = db.session(), desk(exam).correctable(entry) is not None
    queue = desk(exam).queue()
    question, short = asked(queries.question(session, entry))
    most = most_of(entry)
    typed = (typed or Typed()).filled(len(most))
    return render(
        AnswerPage(
            exam.id, exam.title, blind_name(secret(), entry), queue.marked + (not correcting), queue.total,
            queue.left_of(entry.question), question, queries.text(session, entry),
            point_fields(short, most, typed, errors or {}), total_field(short, question.marks, typed, errors or {}),
            correcting, None if correcting else last_of(exam), problem,
        ),
        status,
    )


def last_of(exam: Exam) -> Last | None:
    """The marks that this marker gave last, with the address where they are corrected."""
    given = desk(exam).last()
    if given is None:
        return None
    name = blind_name(secret(), Entry(given.candidate_id, given.attempt_id, given.position, 0, 0, 0))
    return Last(show_marks(given.score), url_for("marking.answer", exam_id=exam.id, name=name))
