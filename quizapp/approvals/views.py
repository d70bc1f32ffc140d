"""The inbox of those who may agree, and the page of one proposal."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import Actor, actor, allow
from quizapp.approvals import pages, queries, service
from quizapp.approvals.acts import ACTS
from quizapp.approvals.asking import by_actor
from quizapp.approvals.forms import RefusalForm
from quizapp.approvals.models import Proposal
from quizapp.approvals.queries import Entry
from quizapp.approvals.rules import PROPOSERS, ROLES, TERMS, check_second
from quizapp.approvals.wording import outcome_of, say
from quizapp.db import db
from quizapp.i18n import N_, _, explain
from quizapp.kernel.errors import ConflictError, ForbiddenError, NotFoundError, QuizappError
from quizapp.ui.pages import render

bp = Blueprint("approvals", __name__, template_folder="templates")


def waiting_count(person: Actor) -> int:
    return queries.badge(db.session(), person.id, person.roles, clock.now())


NAV = [
    {"endpoint": "approvals.inbox", "label": N_("待我同意"), "section": "approvals", "icon": "ok", "order": 47,
     "roles": ROLES, "count": waiting_count},
]


@bp.get("/approvals")
@allow(*ROLES)
def inbox() -> Response:
    session, now, me = db.session(), clock.now(), actor()
    waiting, mine = queries.waiting_for(session, me.id, me.roles, now), queries.of_person(session, me.id)
    called = {entry.proposal.id: _called(session, entry.proposal) for entry in (*waiting, *mine)}
    return render(pages.InboxPage(waiting, mine, called, now))


@bp.get("/approvals/<uuid:proposal_id>")
@allow(*ROLES)
def show(proposal_id: UUID) -> Response:
    entry = queries.get(db.session(), proposal_id, actor().roles)
    if entry.proposal.proposed_by == actor().id and entry.proposal.state != "waiting" and entry.proposal.told_at is None:
        with db.transaction() as session:
            service.tell(session, proposal_id, actor().id, now=clock.now())
    return _page(proposal_id)


@bp.post("/approvals/<uuid:proposal_id>/agree")
@allow(*ROLES)
def agree(proposal_id: UUID) -> Response | BaseResponse:
    queries.get(db.session(), proposal_id, actor().roles)
    try:
        with db.transaction() as session:
            found = service.agree(session, proposal_id, by_actor(), now=clock.now())
    except (ForbiddenError, ConflictError) as error:
        return _page(proposal_id, problem=error)
    if found.state == "done":
        flash(_("已同意。%(what)s", what=outcome_of(found)), "ok")
    else:
        flash(_("没有办理：%(why)s", why=outcome_of(found)), "warn")
    return redirect(_after(found), 303)


@bp.post("/approvals/<uuid:proposal_id>/refuse")
@allow(*ROLES)
def refuse(proposal_id: UUID) -> Response | BaseResponse:
    queries.get(db.session(), proposal_id, actor().roles)
    form = RefusalForm()
    if not form.validate():
        return _page(proposal_id, form)
    try:
        with db.transaction() as session:
            service.refuse(session, proposal_id, form.words.data or "", by_actor(), now=clock.now())
    except QuizappError as error:
        return _page(proposal_id, form, error)
    flash(_("已记下不同意，提出的人会看到理由"), "ok")
    return redirect(url_for("approvals.inbox"), 303)


@bp.post("/approvals/<uuid:proposal_id>/withdraw")
@allow(*PROPOSERS)
def withdraw(proposal_id: UUID) -> Response | BaseResponse:
    queries.get(db.session(), proposal_id, actor().roles)
    try:
        with db.transaction() as session:
            found = service.withdraw(session, proposal_id, by_actor(), now=clock.now())
    except (ForbiddenError, ConflictError) as error:
        return _page(proposal_id, problem=error)
    flash(_("已撤回，没有办理"), "ok")
    return redirect(_after(found), 303)


def _after(found: Proposal) -> str:
    """Back to where the button stood: the page of the object, or that of the proposal."""
    address = _object_address(found) if request.form.get("back") == "object" else ""
    return address or url_for("approvals.show", proposal_id=found.id)


def _object_address(found: Proposal) -> str:
    """Empty where the reader may not open it, or where it is gone."""
    act = ACTS[found.kind]
    if not actor().has(*act.readers) or (found.state == "done" and found.kind.startswith("delete")):
        return ""
    endpoint, values = act.address(found.params)
    return url_for(endpoint, **values)


def _page(proposal_id: UUID, form: RefusalForm | None = None, problem: QuizappError | None = None) -> Response:
    session, now, me = db.session(), clock.now(), actor()
    session.rollback()  # a refused act leaves nothing behind, and the page shows what is there
    entry = queries.get(session, proposal_id, me.roles)
    found, mine = entry.proposal, entry.proposal.proposed_by == me.id
    waits = found.waits(now)
    stale = service.still_fits(session, found, now) if waits else None
    status = problem.status if problem else 422 if form else 200
    return render(pages.ProposalPage(
        entry, _(TERMS[found.kind].name), _called(session, found), found.state_at(now), _lines(session, found, live=waits and stale is None),
        outcome_of(found), say(stale) if stale else "", mine, _why_not(session, entry) if waits and not mine else "",
        queries.possible_seconds(session, found.kind, me.id) if waits and mine else (), _object_address(found),
        form or RefusalForm(formdata=None), explain(problem) if problem else "",
    ), status)


def _lines(session: Session, found: Proposal, *, live: bool) -> list[pages.SpokenLine]:
    """While it waits, as things stand at this moment: how many are at work changes by the minute."""
    if not live:
        return pages.kept_lines(found)
    act = ACTS[found.kind]
    return pages.spoken([*act.named(session, found.params), *act.lines(session, found.params, clock.now())])


def _called(session: Session, found: Proposal) -> str:
    return ACTS[found.kind].called(session, found.params, found.title)


def _why_not(session: Session, entry: Entry) -> str:
    """Why this reader cannot decide, or empty."""
    found = entry.proposal
    try:
        check_second(found.kind, found.proposed_by, actor().id, actor().roles)
        ACTS[found.kind].check_person(session, found.params, actor().id)
    except (ForbiddenError, NotFoundError) as error:
        return explain(error)
    return ""
