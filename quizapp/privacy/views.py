"""One's own personal data; and a person's, for the system administrator: handed out, or by two of them erased once they have left."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow, signed_in
from quizapp.approvals import asking
from quizapp.approvals.rules import Kind
from quizapp.approvals.wording import told
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from quizapp.privacy import approving as approving  # registers what takes two persons
from quizapp.privacy import documents, queries, service
from quizapp.privacy.forms import EraseForm
from quizapp.privacy.pages import OwnPage, PersonDataPage
from quizapp.privacy.periods_shown import shown
from quizapp.privacy.register import REGISTER
from quizapp.ui.pages import render
from quizapp.ui.tables import as_file

bp = Blueprint("privacy", __name__, template_folder="templates")
ZIP = "application/zip"


@bp.get("/account/personal-data")
@signed_in
def own() -> Response:
    session = db.session()
    me = session.get_one(Person, actor().id)
    held = [(_(title), number) for title, number in queries.counts(session, me)]
    return render(OwnPage(me.name, me.login, held, shown(current_app.config["SETTINGS"].periods)))


@bp.get("/account/personal-data/archive")
@signed_in
def own_archive() -> Response:
    return _archive(db.session().get_one(Person, actor().id))


@bp.get("/people/<int:person_id>/personal-data")
@allow(Role.SYSTEM_ADMIN)
def person_data(person_id: int) -> Response:
    return _page(_person(person_id), EraseForm(formdata=None), "", 200)


@bp.get("/people/<int:person_id>/personal-data/archive")
@allow(Role.SYSTEM_ADMIN)
def person_archive(person_id: int) -> Response:
    return _archive(_person(person_id))


@bp.post("/people/<int:person_id>/personal-data/erase")
@allow(Role.SYSTEM_ADMIN)
def erase(person_id: int) -> Response | BaseResponse:
    """Put it before a second person; the act itself is in `approving`."""
    form, person = EraseForm(), _person(person_id)
    if not form.validate():
        return _page(person, form, "", 422)
    try:
        if (form.login.data or "").strip() != person.login:
            raise InputError("工号与这个人的不一样，没有注销；请核对是不是这个人")
        service.check_reason(person, form.why.data or "")
        with db.transaction() as session:
            proposal = asking.put_forward(session, Kind.ERASE_PERSON, {"person": person_id}, form.why.data or "")
    except (InputError, ForbiddenError, ConflictError) as error:
        return _page(_person(person_id), form, explain(error), error.status)
    flash(told(proposal), "ok")
    return redirect(url_for("privacy.person_data", person_id=person_id), 303)


def _person(person_id: int) -> Person:
    person = db.session().get(Person, person_id, populate_existing=True)
    if person is None:
        raise NotFoundError("没有找到这个人")
    return person


def _page(person: Person, form: EraseForm, problem: str, status: int) -> Response:
    session = db.session()
    why = service.why_not(session, person)
    reasons: dict[str, list[str]] = {}
    for entry in REGISTER.values():
        for reason in entry.stays.values():
            if entry.title and _(entry.title) not in reasons.setdefault(_(reason), []):
                reasons[_(reason)].append(_(entry.title))
    return render(PersonDataPage(
        person.id, person.name, person.login, person.erased_at,
        [(_(title), number) for title, number in queries.counts(session, person)],
        [("、".join(titles), reason) for reason, titles in reasons.items()], _(why) if why else "",
        asking.standing(Kind.ERASE_PERSON, person.id), asking.acts_alone(), form, problem,
    ), status)


def _archive(person: Person) -> Response:
    """The archive, once it is on record that somebody took it."""
    content, rows = documents.archive(db.session(), person)
    with db.transaction():
        _note("export_personal_data", person.id, {"rows": rows})
    return as_file(content, f"{_('个人信息')}-{clock.today():%Y%m%d}.zip", ZIP)


def _note(action: str, person_id: int, detail: dict[str, object]) -> None:
    audit.record(db.session(), action, "person", person_id, actor_id=actor().id, actor=actor().name,
                 address=request.remote_addr or "", detail=detail)
