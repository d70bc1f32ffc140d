"""Changing one's own password, by who knows the present one."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp.access import actor, signed_in
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import InputError, NotFoundError, TooManyError
from quizapp.people import service
from quizapp.people.forms import ChangePasswordForm
from quizapp.people.models import Person
from quizapp.people.pages import ChangePasswordPage
from quizapp.people.rules.sign_in import PASSWORD_MIN, check_password
from quizapp.people.views.blueprint import bp, note
from quizapp.people.views.entry import let_in
from quizapp.people.views.sources import has_own_password, present_proof, prove_again
from quizapp.ui.pages import render


@bp.get("/account/password")
@signed_in
def own_password() -> Response:
    _me()
    return _page(ChangePasswordForm(), "", 200)


@bp.post("/account/password")
@signed_in
def own_password_post() -> Response | BaseResponse:
    form, me = ChangePasswordForm(), _me()
    try:
        new = _read(form, me.login)
        prove_again(form.old.data)
        with db.transaction() as writing:
            service.change_password(writing, writing.get_one(Person, me.id), new)
            note(writing, "change_password", "person", me.id, {"login": me.login})
    except (InputError, TooManyError) as error:
        return _page(form, explain(error), error.status)
    let_in(me, present_proof())  # every sign-in has ended, this one too: the browser gets a new one
    flash(_("密码已改好，其他地方的登录已结束"), "ok")
    return redirect(url_for("people.account"), 303)


def _me() -> Person:
    """Raises NotFoundError for who has no password here that could be changed."""
    found = db.session().get_one(Person, actor().id)
    if found.password_hash is None or not has_own_password(db.session(), found, found.login):
        raise NotFoundError("你登录不用平台的密码；密码请到单位的系统修改")
    return found


def _read(form: ChangePasswordForm, login: str) -> str:
    """The new password; raises InputError for one that is refused, before the old one is tried."""
    if not form.validate():
        raise InputError("三个框都要填写")
    new: str = form.password.data
    if new != form.again.data:
        raise InputError("两次输入的密码不一样，请重新输入")
    if new == form.old.data:
        raise InputError("新密码和现在的一样，请换一个")
    check_password(new, login)
    return new


def _page(form: ChangePasswordForm, problem: str, status: int) -> Response:
    return render(ChangePasswordPage(form, problem, PASSWORD_MIN, actor().login), status)
