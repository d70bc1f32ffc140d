"""A forgotten password: work number, the code that the liaison has handed over, and a new password."""

from __future__ import annotations

from flask import Response, flash
from werkzeug.wrappers import Response as BaseResponse

from quizapp import refusals
from quizapp.access import public
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import explain
from quizapp.kernel.errors import InputError, TooManyError
from quizapp.people import service
from quizapp.people.forms import ResetPasswordForm
from quizapp.people.models import Person
from quizapp.people.pages import ResetPasswordPage
from quizapp.people.rules.second_factor import CODE_LASTS
from quizapp.people.rules.sign_in import PASSWORD_MIN, check_password
from quizapp.people.views.blueprint import account_of, address, bp
from quizapp.people.views.entry import after_proof, safe_next, vault
from quizapp.people.views.sources import password_is_set
from quizapp.ui.pages import render


@bp.get("/reset-password")
@public
def reset_password() -> Response:
    return _page(ResetPasswordForm(), "", 200)


@bp.post("/reset-password")
@public
def reset_password_post() -> Response | BaseResponse:
    form = ResetPasswordForm()
    try:
        login = _read(form)
        service.slow_down(db.session(), login, address(), "code")
        person = _reset(login, form)
    except (InputError, TooManyError) as error:
        if isinstance(error, TooManyError):
            refusals.mark(refusals.LIMIT, **account_of(login))
        return _page(form, explain(error), error.status)
    answer = after_proof(person, safe_next(None))
    flash(password_is_set(person), "ok")
    return answer


def _read(form: ResetPasswordForm) -> str:
    """The login; raises InputError for a form that no code could make good."""
    if not form.validate():
        raise InputError("四个框都要填写")
    if form.password.data != form.again.data:
        raise InputError("两次输入的密码不一样，请重新输入")
    login: str = form.login.data
    check_password(form.password.data, login)
    return login


def _reset(login: str, form: ResetPasswordForm) -> Person:
    """Set the password. A wrong code is counted."""
    try:
        with db.transaction() as writing:
            person = service.use_code(writing, vault(), login, form.code.data, form.password.data)
            audit.record(writing, "set_password", "person", person.id, actor_id=person.id, actor=person.name,
                         address=address(), detail={"login": login, "by": "code"})
            return person
    except InputError:
        with db.transaction() as writing:
            service.note_wrong_code(writing, login, address())
        refusals.mark(refusals.CODE, **account_of(login))
        raise


def _page(form: ResetPasswordForm, problem: str, status: int) -> Response:
    return render(ResetPasswordPage(form, problem, PASSWORD_MIN, int(CODE_LASTS.total_seconds()) // 60), status)
