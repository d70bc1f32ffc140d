"""The second step of signing in: a code of the authenticator, or a recovery code."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import refusals
from quizapp.access import public
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, InputError, TooManyError
from quizapp.people import queries, service
from quizapp.people.forms import SecondStepForm
from quizapp.people.models import Person
from quizapp.people.pages import SecondStepPage
from quizapp.people.views.blueprint import account_of, address, bp
from quizapp.people.views.entry import let_in, vault, waiting_person
from quizapp.ui.pages import render


@bp.get("/sign-in/code")
@public
def second_step() -> Response | BaseResponse:
    waiting = waiting_person()
    if waiting is None:
        return redirect(url_for("people.sign_in"), 303)
    return _page(waiting[0], SecondStepForm(), "", 200)


@bp.post("/sign-in/code")
@public
def second_step_post() -> Response | BaseResponse:
    waiting = waiting_person()
    if waiting is None:
        flash(_("输入密码以后过了太久，请重新登录"), "info")
        return redirect(url_for("people.sign_in"), 303)
    person, target, proof = waiting
    form = SecondStepForm()
    try:
        service.refuse_guessing(db.session(), person, address())
        _prove(person, form.code.data or "")
    except (TooManyError, ConflictError) as error:
        refusals.mark(refusals.LIMIT if isinstance(error, TooManyError) else refusals.SECOND_STEP, **account_of(person.login))
        return _page(person, form, explain(error), error.status)
    except InputError as error:
        with db.transaction() as writing:
            service.note_failure(writing, person.login, address(), "second")
        refusals.mark(refusals.SECOND_STEP, **account_of(person.login))
        return _page(person, form, explain(error), error.status)
    let_in(person, proof)
    return redirect(target, 303)


def _prove(person: Person, code: str) -> None:
    with db.transaction() as writing:
        if service.pass_second_step(writing, vault(), person.id, code):
            left = queries.unused_recovery_codes(writing, person.id)
            audit.record(writing, "use_recovery_code", "person", person.id, actor_id=person.id, actor=person.name,
                         address=address(), detail={"login": person.login, "left": left})


def _page(person: Person, form: SecondStepForm, problem: str, status: int) -> Response:
    return render(SecondStepPage(form, problem, person.name, person.login, "recovery" in request.args), status)
