"""Applications within reach, and the acts of unit and administrator on one of them."""

from __future__ import annotations

from flask import Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import Actor, actor, allow
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.i18n import _, explain, show_time
from quizapp.kernel.errors import ConflictError, NotFoundError, QuizappError
from quizapp.kernel.rights import Target, why_not
from quizapp.kernel.roles import Role
from quizapp.rosters import queries, service
from quizapp.rosters.attachments import Attached, cabinet
from quizapp.rosters.forms import DecisionForm
from quizapp.rosters.pages import CasePage, CasesPage
from quizapp.rosters.queries import CaseRow
from quizapp.rosters.rules import DECIDE, DESK, KIND_NAMES, OFF, STATE_NAMES, STATE_TAGS, UNIT, State
from quizapp.rosters.views.blueprint import attached, bp, case_of, done, me, note, status_of, tried
from quizapp.ui.pages import render
from quizapp.ui.tables import Column, build_table, download


def waiting_count(person: Actor) -> int:
    """What waits for this person: for the unit where they are liaison, for the decision where they administer exams."""
    states = [state for role, state in ((Role.LIAISON, State.ASKED), (Role.EXAM_ADMIN, State.CONSENTED)) if person.has(role)]
    return queries.waiting(db.session(), person.scope, states) if states else 0


@bp.get("/excuses")
@allow(Role.EXAM_ADMIN, Role.LIAISON)
def cases() -> Response:
    every = bool(request.args.get("all"))
    rows = queries.cases(db.session(), actor().scope, open_only=not every)
    table = build_table(_("免考和缓考申请"), _("免考和缓考申请"), _columns(), rows)
    return download(table) or render(CasesPage(table, every, actor().has(Role.EXAM_ADMIN)))


def _columns() -> list[Column[CaseRow]]:
    return [
        Column("name", _("姓名"), lambda r: r.name, link=lambda r: url_for("rosters.case", case_id=r.id)),
        Column("login", _("工号"), lambda r: r.login, kind="short"),
        Column("unit", _("单位"), lambda r: r.unit),
        Column("exam", _("考试"), lambda r: r.exam),
        Column("kind", _("种类"), lambda r: _(KIND_NAMES[r.kind]), kind="short"),
        Column("reason", _("理由"), lambda r: r.reason),
        Column("state", _("状态"), lambda r: _(STATE_NAMES[State(r.state)]), kind="tag", tag=lambda r: STATE_TAGS[State(r.state)]),
        Column("asked", _("提出时间"), lambda r: r.asked_at, kind="time", show=lambda r: show_time(r.asked_at)),
    ]


@bp.get("/excuses/<int:case_id>")
@allow(Role.EXAM_ADMIN, Role.LIAISON)
def case(case_id: int) -> Response:
    return _page(case_id, DecisionForm(formdata=None))


@bp.post("/excuses/<int:case_id>/consent")
@allow(Role.LIAISON)
def consent(case_id: int) -> Response | BaseResponse:
    """The unit agrees, or with words does not."""
    before, form, agrees = case_of(case_id), DecisionForm(), request.form.get("then") == "yes"

    def act(session: Session, files: list[Attached]) -> str:
        found = service.consent(session, case_id, me(UNIT), agrees=agrees, words=form.words.data or "", now=clock.now(),
                                files=files, cabinet=cabinet())
        note(session, "consent_excuse" if agrees else "decline_excuse", case_id, {
            "exam": found.exam_id, "candidate": found.candidate_id, "before": before.state, "after": found.state,
            "files": len(files)})
        return _("已同意，等考试管理员决定") if agrees else _("已退回，申请人会看到你写的理由")

    return _decided(case_id, form, tried(form, attached, act))


@bp.post("/excuses/<int:case_id>/decision")
@allow(Role.EXAM_ADMIN)
def decide(case_id: int) -> Response | BaseResponse:
    before, form, grants = case_of(case_id), DecisionForm(), request.form.get("then") == "yes"

    def act(session: Session, words: str) -> str:
        found = service.decide(session, case_id, me(DESK), grants=grants, words=words, now=clock.now())
        note(session, "grant_excuse" if grants else "refuse_excuse", case_id, {
            "exam": found.exam_id, "candidate": found.candidate_id, "kind": found.kind, "before": before.state,
            "after": found.state})
        return _("已同意，名单状态已改") if grants else _("没有同意，申请人会看到你写的理由")

    return _decided(case_id, form, tried(form, lambda typed: typed.words.data or "", act))


def _decided(case_id: int, form: DecisionForm, outcome: tuple[str, QuizappError | None]) -> Response | BaseResponse:
    said, problem = outcome
    return done(said, url_for("rosters.case", case_id=case_id)) if said else _page(case_id, form, problem, status_of(problem))


def _page(case_id: int, form: DecisionForm, problem: QuizappError | None = None, status: int = 200) -> Response:
    session, person = db.session(), actor()
    session.rollback()
    row = case_of(case_id)
    own = bool(why_not(person, DECIDE, Target(people=[row.candidate_id, row.asked_by])))
    speaks = person.has(Role.LIAISON) and person.id in queries.liaisons_of(session, row.path, clock.today())
    waits = row.state == State.ASKED and service.waits_for_unit(session, row.path, (row.candidate_id, row.asked_by))
    return render(CasePage(
        queries.history(session, case_id), own, may_consent=speaks and not own and row.state == State.ASKED,
        may_decide=person.has(Role.EXAM_ADMIN) and not own and row.is_open and not waits, waits=waits,
        may_withdraw=row.is_open and row.asked_by == person.id, blocked=_blocked(row) if row.is_open else "", form=form,
        problem=explain(problem) if problem else "",
    ), status)


def _blocked(row: CaseRow) -> str:
    """Why it cannot be granted as things stand: begun meanwhile, results out, off the roster."""
    session = db.session()
    entry = exams.roster_entry(session, row.exam_id, row.candidate_id)
    try:
        if entry is None:
            raise NotFoundError(OFF)
        service.check_may_be_granted(session, exams.get(session, row.exam_id), entry, clock.now())
    except (ConflictError, NotFoundError) as error:
        return explain(error)
    return ""
