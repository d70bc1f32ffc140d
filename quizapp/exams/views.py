"""Setting up exams: settings, blueprint, roster, publishing."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow, holds_exams
from quizapp.approvals import asking
from quizapp.approvals.asking import WhyForm
from quizapp.approvals.queries import Standing
from quizapp.approvals.rules import Kind
from quizapp.approvals.wording import told
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.exams import approving as approving  # registers what takes two persons
from quizapp.exams import audience as whom
from quizapp.exams import preparing, queries, service
from quizapp.exams import usage as usage  # registers itself with review and the law library
from quizapp.exams.columns import exam_columns, roster_columns
from quizapp.exams.forms import AudienceForm, ExamForm
from quizapp.exams.models import Exam
from quizapp.exams.pages import AudiencePage, BlueprintPage, ExamFormPage, ExamPage, ExamsPage, RosterPage
from quizapp.exams.rules import Audience
from quizapp.i18n import N_, _, explain
from quizapp.incoming import whole
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError, QuizappError
from quizapp.kernel.rates import show_marks
from quizapp.kernel.roles import Role
from quizapp.papers import queries as papers
from quizapp.papers.rules.blueprint import Cell, total_marks
from quizapp.papers.sentences import expected_words
from quizapp.plans import queries as plans
from quizapp.questions import queries as questions
from quizapp.ui.pages import render
from quizapp.ui.tables import build_table, download

bp = Blueprint("exams", __name__, template_folder="templates")
NAV = [
    {"endpoint": "exams.exams", "label": N_("考试"), "section": "exams", "icon": "exam", "order": 40,
     "roles": (Role.EXAM_ADMIN, Role.LIAISON)},
]


@bp.get("/exams")
@allow(Role.EXAM_ADMIN, Role.LIAISON)
def exams() -> Response:
    now = clock.now()
    found = shown(queries.exams(db.session()))
    table = build_table(_("考试"), _("全部考试"), exam_columns(now), found)
    return download(table) or render(ExamsPage(table, bool(found)))


@bp.get("/exams/new")
@allow(Role.EXAM_ADMIN)
def new() -> Response:
    """A blank exam, or one prefilled from the plan of a year (`?year=2023`)."""
    year = request.args.get("year", clock.today().year, whole)
    opens, closes = preparing.default_window(clock.now())
    form = ExamForm.blank(queries.exams(db.session()), preparing.campaigns(db.session(), year), year=year, opens_at=opens, closes_at=closes,
                          title=preparing.default_title(db.session(), year), **plans.targets(db.session(), year))
    return render(ExamFormPage(form, "", None))


@bp.post("/exams/new")
@allow(Role.EXAM_ADMIN)
def new_post() -> Response | BaseResponse:
    form = ExamForm()
    form.offer(queries.exams(db.session()), preparing.campaigns(db.session(), form.year.data))
    problem = ""
    if form.validate():
        try:
            with db.transaction() as session:
                exam = service.create(session, now=clock.now(), **form.settings())
                if exam.kind == "online":
                    service.set_blueprint(session, exam, preparing.proposed_cells(session, exam.year))
                note(session, "create_exam", exam, {"title": exam.title})
        except InputError as error:
            problem = explain(error)
        else:
            flash(_("已建好草稿。接下来核对细目表，然后发布"), "ok")
            return redirect(url_for("exams.show", exam_id=exam.id), 303)
    return render(ExamFormPage(form, problem, None), 422)


@bp.get("/exams/<int:exam_id>")
@allow(Role.EXAM_ADMIN, Role.LIAISON)
def show(exam_id: int) -> Response:
    return exam_page(visible(exam_id))


def exam_page(exam: Exam, form: WhyForm | None = None, asked: str = "", problem: QuizappError | None = None) -> Response:
    """Also with the form on which something was proposed, refused."""
    session, now = db.session(), clock.now()
    rows = papers.rows(session, exam.blueprint_id) if exam.blueprint_id else []
    cells = papers.cells(session, exam.blueprint_id) if exam.blueprint_id else []
    may_manage = actor().has(Role.EXAM_ADMIN)
    return render(ExamPage(
        exam=exam, phase=exam.phase(now), rows=rows, total=total_marks(cells),
        question_count=sum(cell.count for cell in cells),
        forms=(forms := preparing.form_lines(session, exam)), expected=expected_words(forms) if forms else "",
        counts=dict(queries.roster_counts(session, exam.id, actor().scope)), checks=preparing.checks(session, exam, clock.today()),
        original=session.get(Exam, exam.make_up_of_id) if exam.make_up_of_id else None,
        make_ups=shown(queries.make_ups_of(session, exam.id)),
        subject_names={subject.code: subject.name for subject in questions.subjects(session)},
        released=exam.is_released(now), may_make_up=preparing.may_make_up(exam, now), may_manage=may_manage, now=now, over=exam.is_over(now),
        waiting=waiting_of(exam) if may_manage else {}, form=form or WhyForm(formdata=None), asked=asked,
        problem=explain(problem) if problem else "", alone=asking.acts_alone(),
        units=queries.audience_units(session, exam, exam.meant_for.units) if may_manage else [],
        party=queries.audience_units(session, exam, exam.meant_for.party) if may_manage else [],
    ), (problem.status if problem else 422) if form else 200)


def waiting_of(exam: Exam) -> dict[str, Standing]:
    """What waits for a second person on this page."""
    kind = Kind.DELETE_EXAM if exam.state == "draft" else Kind.RELEASE
    found = asking.standing(kind, exam.id) if exam.state == "draft" or exam.release == "manual" else None
    return {kind.value: found} if found else {}


def shown(found: list[Exam]) -> list[Exam]:
    """Without the drafts, unless the reader sets up exams."""
    return [exam for exam in found if exam.state != "draft" or actor().has(Role.EXAM_ADMIN)]


def visible(exam_id: int) -> Exam:
    """The exam, unless it is a draft and the reader does not set up exams."""
    exam = queries.get(db.session(), exam_id)
    if exam.state == "draft" and not actor().has(Role.EXAM_ADMIN):
        raise NotFoundError("没有找到这场考试")
    return exam


@bp.get("/exams/<int:exam_id>/settings")
@allow(Role.EXAM_ADMIN)
def edit(exam_id: int) -> Response:
    exam = queries.get(db.session(), exam_id)
    return render(ExamFormPage(ExamForm.of(exam, queries.exams(db.session()), preparing.campaigns(db.session(), exam.year, exam)), "", exam))


@bp.post("/exams/<int:exam_id>/settings")
@allow(Role.EXAM_ADMIN)
def edit_post(exam_id: int) -> Response | BaseResponse:
    exam = queries.get(db.session(), exam_id)
    form = ExamForm()
    form.offer([original for original in queries.exams(db.session()) if original.id != exam_id],
               preparing.campaigns(db.session(), form.year.data, exam))
    problem = ""
    if form.validate():
        try:
            with db.transaction() as session:
                exam = queries.get(session, exam_id)
                before, after = preparing.differences(exam, form.settings())
                exam = service.change(session, exam, **form.settings())
                note(session, "change_exam", exam, {"title": exam.title, "before": before, "after": after})
        except InputError as error:
            problem = explain(error)
        else:
            flash(_("设置已保存"), "ok")
            return redirect(url_for("exams.show", exam_id=exam_id), 303)
    return render(ExamFormPage(form, problem, exam), 422)


@bp.get("/exams/<int:exam_id>/blueprint")
@allow(Role.EXAM_ADMIN)
def blueprint(exam_id: int) -> Response:
    exam = queries.get(db.session(), exam_id)
    cells = papers.cells(db.session(), exam.blueprint_id) if exam.blueprint_id else []
    return blueprint_page(exam, cells or preparing.proposed_cells(db.session(), exam.year), "", 200)


@bp.post("/exams/<int:exam_id>/blueprint")
@allow(Role.EXAM_ADMIN)
def blueprint_post(exam_id: int) -> Response | BaseResponse:
    exam = queries.get(db.session(), exam_id)
    cells: list[Cell] = []
    try:
        cells = preparing.typed_cells(request.form)
        preparing.check_subjects(db.session(), cells)
        with db.transaction() as session:
            exam = queries.get(session, exam_id)
            before = papers.cells(session, exam.blueprint_id) if exam.blueprint_id else []
            service.set_blueprint(session, exam, cells)
            note(session, "change_blueprint", exam, {"before": preparing.told(before), "after": preparing.told(cells)})
    except InputError as error:
        return blueprint_page(exam, cells, explain(error), 422)
    flash(_("细目表已保存，总分 %(total)s 分", total=show_marks(total_marks(cells))), "ok")
    return redirect(url_for("exams.show", exam_id=exam_id), 303)


def blueprint_page(exam: Exam, cells: list[Cell], problem: str, status: int) -> Response:
    session = db.session()
    lines = preparing.typed_lines(request.form) if status == 422 else preparing.shown_lines(cells)
    return render(BlueprintPage(
        exam, lines, questions.subjects(session), problem, preparing.shortage(session, cells, clock.today()),
        total_marks(cells), preparing.stock(session), cells,
    ), status)


@bp.get("/exams/<int:exam_id>/audience")
@allow(Role.EXAM_ADMIN)
def audience(exam_id: int) -> Response:
    exam = queries.get(db.session(), exam_id)
    return audience_page(exam, exam.meant_for)


@bp.post("/exams/<int:exam_id>/audience")
@allow(Role.EXAM_ADMIN)
def audience_post(exam_id: int) -> Response | BaseResponse:
    exam, form = queries.get(db.session(), exam_id), AudienceForm()
    wanted = whom.typed(form.units.data or [], form.party.data or [], form.ranks.data or [], form.post_types.data or [])
    try:
        whom.check(whom.offer(db.session(), exam, wanted, clock.today()), wanted)
        with db.transaction() as session:
            before = queries.get(session, exam_id).meant_for.lists()
            exam = service.set_audience(session, exam_id, wanted)
            note(session, "change_audience", exam, {"title": exam.title, "before": before, "after": wanted.lists()})
    except InputError as error:
        return audience_page(queries.get(db.session(), exam_id), wanted, explain(error), 422)
    flash(_("参加范围已保存"), "ok")
    return redirect(url_for("exams.audience", exam_id=exam_id), 303)


def audience_page(exam: Exam, ticked: Audience, problem: str = "", status: int = 200) -> Response:
    service.check_audience_open(exam)
    session, today = db.session(), clock.today()
    return render(AudiencePage(exam, whom.offer(session, exam, ticked, today), whom.look(session, exam, today), problem), status)


@bp.post("/exams/<int:exam_id>/publish")
@allow(Role.EXAM_ADMIN)
@holds_exams
def publish(exam_id: int) -> BaseResponse:
    # seconds of work, done before the transaction: candidates of other exams go on saving
    forms = service.prepare_forms(db.session(), exam_id, on=clock.today())
    with db.transaction() as session:
        exam = preparing.publish(session, exam_id, now=clock.now(), on=clock.today(), forms=forms)
        note(session, "publish_exam", exam, {
            "roster_as_of": exam.roster_as_of.isoformat() if exam.roster_as_of else "",
            "audience": exam.audience,
            "expected_shares": [f"{share:.4f}" for share in forms.made.shares] if forms else [],
        })
    flash(_("已发布。名单和试卷从现在起固定，考生在开放时间内可以作答"), "ok")
    if forms and forms.made.shares:
        flash(_("按以前的作答统计，各卷预计得分率在 %(low)s 至 %(high)s 之间",
                low=f"{min(forms.made.shares):.3f}", high=f"{max(forms.made.shares):.3f}"), "ok")
    return redirect(url_for("exams.show", exam_id=exam_id), 303)


@bp.post("/exams/<int:exam_id>/release")
@allow(Role.EXAM_ADMIN)
def release(exam_id: int) -> Response | BaseResponse:
    return propose(exam_id, Kind.RELEASE)


@bp.post("/exams/<int:exam_id>/make-up")
@allow(Role.EXAM_ADMIN)
def make_up(exam_id: int) -> BaseResponse:
    """One act from an exam that is over: a draft for those who still have to sit, its window to be looked at."""
    with db.transaction() as session:
        draft = preparing.draft_make_up(session, exam_id, now=clock.now())
        waiting = preparing.make_up_candidates(session, draft) or set()
        note(session, "draft_make_up", draft, {"exam": exam_id, "title": draft.title, "people": len(waiting)})
    flash(_("已建好补考草稿，名单是 %(n)s 人；请核对开放时间，然后发布", n=len(waiting)), "ok")
    return redirect(url_for("exams.show", exam_id=draft.id), 303)


@bp.post("/exams/<int:exam_id>/delete")
@allow(Role.EXAM_ADMIN)
def delete(exam_id: int) -> Response | BaseResponse:
    return propose(exam_id, Kind.DELETE_EXAM)


def propose(exam_id: int, kind: Kind) -> Response | BaseResponse:
    """Put it before a second person; the act itself is in `approving`."""
    exam, form = visible(exam_id), WhyForm()
    if not form.validate():
        return exam_page(exam, form, kind)
    try:
        with db.transaction() as session:
            proposal = asking.put_forward(session, kind, {"exam": exam.id}, form.why.data or "")
    except (InputError, ConflictError) as error:
        return exam_page(visible(exam_id), form, kind, error)
    flash(told(proposal), "ok")
    gone = proposal.alone and kind is Kind.DELETE_EXAM
    return redirect(url_for("exams.exams") if gone else url_for("exams.show", exam_id=exam_id), 303)


@bp.get("/exams/<int:exam_id>/roster")
@allow(Role.EXAM_ADMIN, Role.LIAISON)
def roster(exam_id: int) -> Response:
    exam = visible(exam_id)
    rows = [row for row in queries.roster(db.session(), exam.id) if actor().sees(row.path)]
    may_manage = actor().has(Role.EXAM_ADMIN)
    table = build_table(_("应考名单"), _("应考名单：%(title)s", title=exam.title), roster_columns(exam), rows)
    counts = {status: sum(row.status == status for row in rows) for status in ("expected", "excused", "deferred")}
    return download(table) or render(RosterPage(exam, table, counts, may_manage))


def note(session: object, action: str, exam: Exam, detail: dict[str, object]) -> None:
    """The act on an exam in the audit record, by whoever is signed in."""
    audit.record(session, action, "exam", exam.id, actor_id=actor().id, actor=actor().name,  # type: ignore[arg-type]
                 address=request.remote_addr or "", detail=detail)
