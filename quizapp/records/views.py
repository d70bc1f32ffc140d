"""The law-study file, a certificate to print, and the page on which anybody verifies one."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from quizapp import clock
from quizapp.access import ALL_UNITS, actor, allow, public, signed_in
from quizapp.db import db
from quizapp.i18n import N_
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.rates import show_marks
from quizapp.kernel.roles import Role
from quizapp.limits import count_lookup
from quizapp.people import queries as people
from quizapp.records import pages, queries
from quizapp.records import service as service  # follows regrades
from quizapp.records.rules import typed_code, typed_number
from quizapp.ui.pages import render

bp = Blueprint("records", __name__, template_folder="templates")
NAV = [
    {"endpoint": "records.mine", "label": N_("学法档案"), "section": "study_file", "under": "my_exams", "icon": "exam", "order": 12, "roles": ()},
]


@bp.get("/my/study-file")
@signed_in
def mine() -> Response:
    return study_page(actor().id, actor().name, actor().unit, own=True)


@bp.get("/people/<int:person_id>/study-file")
@allow(Role.EXAM_ADMIN, Role.LIAISON)
def study_file(person_id: int) -> Response:
    """Somebody's whole file, across the units they were in, for whoever is responsible for them now."""
    found = people.profile(db.session(), person_id, clock.today(), clock.now())
    if ALL_UNITS not in actor().scope and not (found.path and actor().sees(found.path)):
        raise NotFoundError("没有找到这个人")
    return study_page(person_id, found.person.name, found.unit_name, own=person_id == actor().id)


def study_page(person_id: int, name: str, unit: str, *, own: bool) -> Response:
    session = db.session()
    certificates = queries.of_person(session, person_id)
    return render(pages.StudyFilePage(
        own, name, unit, queries.study_file(session, person_id, clock.now()), certificates,
        {one.number: pages.why_revoked(one) for one in certificates},
    ))


@bp.get("/my/certificates/<number>")
@signed_in
def certificate(number: str) -> Response:
    found = queries.own(db.session(), actor().id, typed_number(number))
    address = url_for("records.verify", number=found.number, code=found.code, _external=True)
    return render(pages.certificate_page(found, address))


@bp.get("/certificates")
@public
def verify() -> Response:
    """Without an account: the paper names number and code, and the page says no more than the paper."""
    typed, code = request.args.get("number", ""), request.args.get("code", "")
    asked = bool(typed or code)
    if asked:
        count_lookup()
    found = queries.verified(db.session(), typed_number(typed), typed_code(code)) if asked else None
    return render(pages.VerifyPage(typed[:60], code[:30], asked, found, show_marks(found.score) if found else "",
                                   pages.why_revoked(found) if found else "", pages.issued_on(found) if found else None))
