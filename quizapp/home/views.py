"""Where a person lands, and the pages that every public service owes its users."""

from __future__ import annotations

from flask import Blueprint, g, redirect, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from quizapp.access import public
from quizapp.home.pages import AccessibilityPage, FeedbackPage, HelpPage, PrivacyPage
from quizapp.kernel.roles import Role
from quizapp.ui.pages import render

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/")
@public
def index() -> Response:
    """Desks land on the year's ledger or their queue, everybody else on their own exams."""
    person = g.get("actor")
    if person is None:
        return redirect(url_for("people.sign_in"), 303)
    if person.has(Role.EXAM_ADMIN, Role.LIAISON):
        return redirect(url_for("reports.index"), 303)
    if person.has(Role.EDITOR, Role.REVIEWER):
        return redirect(url_for("questions.bank"), 303)
    if person.has(Role.SYSTEM_ADMIN):
        return redirect(url_for("people.units"), 303)
    if person.has(Role.SECURITY_ADMIN):
        return redirect(url_for("people.persons"), 303)
    if person.has(Role.AUDITOR):
        return redirect(url_for("audit.events"), 303)
    return redirect(url_for("attempts.my_exams"), 303)


@bp.get("/help")
@public
def help_page() -> FlaskResponse:
    return render(HelpPage())


@bp.get("/accessibility")
@public
def accessibility() -> FlaskResponse:
    return render(AccessibilityPage())


@bp.get("/privacy")
@public
def privacy() -> FlaskResponse:
    return render(PrivacyPage())


@bp.get("/feedback")
@public
def feedback() -> FlaskResponse:
    return render(FeedbackPage())
