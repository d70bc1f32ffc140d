"""Signing in and out, setting a password, one's own account."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, current_app, flash, g, redirect, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, public, signed_in
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import LANGUAGES, N_, _, explain
from quizapp.kernel.errors import ConflictError, InputError, TooManyError
from quizapp.kernel.roles import ROLE_NAMES
from quizapp.people import queries, service
from quizapp.people.forms import NewPasswordForm, SignInForm
from quizapp.people.models import Person
from quizapp.people.pages import AccountPage, SetPasswordPage, SignInPage
from quizapp.people.rules.devices import device_name
from quizapp.people.rules.sign_in import PASSWORD_MIN
from quizapp.people.views.blueprint import address, bp
from quizapp.ui.pages import render

LINK_GONE = N_("这个链接已经用过或者过期，请联系本单位联络员重新发一个")


def safe_next(target: str | None) -> str:
    """Only a path of this site: a link in a mail must not send people elsewhere after signing in."""
    parts = urlsplit(target or "")
    local = bool(target) and not parts.scheme and not parts.netloc and str(target).startswith("/")
    if not local or "\\" in str(target) or str(target).startswith("//"):
        return url_for("home.index")
    return str(target)


@bp.get("/sign-in")
@public
def sign_in() -> Response | BaseResponse:
    if g.get("actor"):
        return redirect(safe_next(request.args.get("next")), 303)
    return _sign_in_page(SignInForm(), "", 200)


@bp.post("/sign-in")
@public
def sign_in_post() -> Response | BaseResponse:
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, _("账号和密码都要填写"), 422)
    login = (form.login.data or "").strip()
    try:
        person = service.verify(db.session(), login, form.password.data or "", address())
    except TooManyError as error:
        return _sign_in_page(form, explain(error), error.status)
    except InputError as error:
        with db.transaction() as session_:
            service.note_failure(session_, login, address())
        return _sign_in_page(form, explain(error), error.status)
    with db.transaction() as session_:
        token = service.open_session(session_, person, address(), request.user_agent.string)
    begin(person, token)
    return redirect(safe_next(request.args.get("next")), 303)


def begin(person: Person, token: str) -> None:
    """Start a browser's session afresh, so that nothing fixed before signing in survives."""
    language = session.get("language") or person.language
    session.clear()
    session["language"] = language
    person.sign_in_token = token
    login_user(person)


def _sign_in_page(form: SignInForm, problem: str, status: int) -> Response:
    accounts = current_app.config["DEMO_ACCOUNTS"]() if current_app.config["DEMO"] else []
    return render(SignInPage(form, problem, request.args.get("next", ""), accounts), status)


@bp.post("/sign-out")
@signed_in
def sign_out() -> BaseResponse:
    with db.transaction() as session_:
        service.end_sign_in(session_, actor().id, g.sign_in_id)
    language = session.get("language")
    logout_user()
    session.clear()
    session["language"] = language
    return redirect(url_for("people.sign_in"), 303)


@bp.get("/set-password/<token>")
@public
def set_password(token: str) -> Response:
    row = queries.usable_link(db.session(), token, clock.now())
    if row is None:
        raise ConflictError(LINK_GONE)
    return render(SetPasswordPage(NewPasswordForm(), "", row[1].name, row[1].login, PASSWORD_MIN))


@bp.post("/set-password/<token>")
@public
def set_password_post(token: str) -> Response | BaseResponse:
    form = NewPasswordForm()
    row = queries.usable_link(db.session(), token, clock.now())
    if row is None:
        raise ConflictError(LINK_GONE)
    owner = row[1]
    try:
        if not form.validate():
            raise InputError("两个框都要填写")
        if form.password.data != form.again.data:
            raise InputError("两次输入的密码不一样，请重新输入")
        with db.transaction() as session_:
            person = service.use_link(session_, token, form.password.data)
            audit.record(session_, "set_password", "person", person.id, actor_id=person.id, actor=person.name,
                         address=address())
            cookie = service.open_session(session_, person, address(), request.user_agent.string)
    except InputError as error:
        return render(SetPasswordPage(form, explain(error), owner.name, owner.login, PASSWORD_MIN), 422)
    begin(person, cookie)
    flash(_("密码已设好，以后用账号和新密码登录"), "ok")
    return redirect(url_for("home.index"), 303)


@bp.get("/account")
@signed_in
def account() -> Response:
    me = actor()
    sign_ins = [(one, device_name(one.device)) for one in queries.sign_ins_of(db.session(), me.id, clock.now())]
    roles = [_(ROLE_NAMES[role]) for role in sorted(me.roles)]
    return render(AccountPage(me.name, me.login, me.unit, roles, sign_ins, g.sign_in_id))


@bp.post("/account/sign-ins/<uuid:sign_in_id>/end")
@signed_in
def end_sign_in(sign_in_id: UUID) -> BaseResponse:
    with db.transaction() as session_:
        service.end_sign_in(session_, actor().id, sign_in_id)
    flash(_("已结束那次登录"), "ok")
    return redirect(url_for("people.account"), 303)


@bp.post("/language")
@public
def language() -> BaseResponse:
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
        if g.get("actor"):
            with db.transaction() as session_:
                service.set_language(session_, actor().id, chosen)
    return redirect(safe_next(request.form.get("next")), 303)
