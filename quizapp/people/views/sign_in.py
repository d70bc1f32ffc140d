"""Signing in and out, setting a password, one's own account."""

from __future__ import annotations

from uuid import UUID

from flask import Response, current_app, flash, g, redirect, request, session, url_for
from flask_login import logout_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock, refusals
from quizapp.access import actor, public, signed_in
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import LANGUAGES, N_, _, explain
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, TooManyError, UnavailableError
from quizapp.kernel.roles import ROLE_NAMES
from quizapp.people import queries, service
from quizapp.people.forms import NewPasswordForm, SignInForm
from quizapp.people.models import OneTimeLink, Person
from quizapp.people.pages import AccountPage, SetPasswordPage, SignInPage, WaysIn
from quizapp.people.rules.devices import device_name
from quizapp.people.rules.external import Way
from quizapp.people.rules.sign_in import PASSWORD_MIN
from quizapp.people.views.blueprint import address, bp, note
from quizapp.people.views.entry import after_proof, safe_next
from quizapp.people.views.sources import has_own_password, password_is_set, prove, settings, try_of
from quizapp.ui.pages import render

LINK_GONE = N_("这个链接已经用过或者过期，请联系本单位联络员重新发一个")


@bp.get("/sign-in")
@public
def sign_in() -> Response | BaseResponse:
    if g.get("actor"):
        return redirect(safe_next(request.args.get("next")), 303)
    return sign_in_page(SignInForm(), "", 200)


@bp.post("/sign-in")
@public
def sign_in_post() -> Response | BaseResponse:
    form = SignInForm()
    if not form.validate():
        return sign_in_page(form, _("账号和密码都要填写"), 422)
    typed = form.login.data or ""
    try:
        person, proof = prove(try_of(typed), typed, form.password.data or "")
        return after_proof(person, safe_next(request.args.get("next")), proof)
    except (InputError, TooManyError, ForbiddenError, UnavailableError) as error:
        return sign_in_page(form, explain(error), error.status)


def sign_in_page(form: SignInForm, problem: str, status: int, field: str = "password") -> Response:
    """The page, with what went wrong; `field`: where it can be put right."""
    accounts = current_app.config["DEMO_ACCOUNTS"]() if current_app.config["DEMO"] else []
    have = settings()
    return render(SignInPage(form, problem, field, request.args.get("next", ""), accounts, have.oidc is not None,
                             have.ldap is not None, have.oidc is not None and request.args.get("left") == "1"), status)


@bp.post("/sign-out")
@signed_in
def sign_out() -> BaseResponse:
    with db.transaction() as session_:
        service.end_sign_in(session_, actor().id, g.sign_in_id)
    language, elsewhere = session.get("language"), g.sign_in.way == Way.OIDC
    logout_user()
    session.clear()
    session["language"] = language
    # at the provider the person is signed in still: on a shared computer the next one would be them
    return redirect(url_for("people.sign_in", left="1" if elsewhere else None), 303)


def _link(token: str) -> tuple[OneTimeLink, Person]:
    """The link that still works, and whose it is. Raises ConflictError."""
    row = queries.usable_link(db.session(), token, clock.now())
    if row is None:
        refusals.mark(refusals.LINK)
        raise ConflictError(LINK_GONE)
    return row


@bp.get("/set-password/<token>")
@public
def set_password(token: str) -> Response:
    row = _link(token)
    return render(SetPasswordPage(NewPasswordForm(), "", row[1].name, row[1].login, PASSWORD_MIN))


@bp.post("/set-password/<token>")
@public
def set_password_post(token: str) -> Response | BaseResponse:
    form = NewPasswordForm()
    owner = _link(token)[1]
    try:
        if not form.validate():
            raise InputError("两个框都要填写")
        if form.password.data != form.again.data:
            raise InputError("两次输入的密码不一样，请重新输入")
        with db.transaction() as session_:
            person = service.use_link(session_, token, form.password.data)
            audit.record(session_, "set_password", "person", person.id, actor_id=person.id, actor=person.name,
                         address=address(), detail={"login": person.login, "by": "link"})
    except InputError as error:
        return render(SetPasswordPage(form, explain(error), owner.name, owner.login, PASSWORD_MIN), 422)
    answer = after_proof(person, safe_next(None))
    flash(password_is_set(person), "ok")
    return answer


@bp.get("/account")
@signed_in
def account() -> Response:
    me, read = actor(), db.session()
    sign_ins = [(one, device_name(one.device)) for one in queries.sign_ins_of(read, me.id, clock.now())]
    roles = [_(ROLE_NAMES[role]) for role in sorted(me.roles)]
    on = queries.has_second_factor(read, me.id)
    return render(AccountPage(
        me.name, me.login, me.unit, roles, sign_ins, g.sign_in_id, on,
        on or bool(queries.roles_of(read, [me.id])), queries.unused_recovery_codes(read, me.id), ways_in(read), g.sign_in.strong,
    ))


def ways_in(read: Session) -> WaysIn:
    """How the person of this request may sign in."""
    person, have = read.get_one(Person, actor().id), settings()
    identity = queries.identity_of(read, person.id, have.oidc.issuer) if have.oidc else None
    own = has_own_password(read, person, person.login)
    return WaysIn(own and person.password_hash is not None, not own, have.oidc is not None,
                  identity.linked_at if identity else None)


@bp.post("/account/sign-ins/<uuid:sign_in_id>/end")
@signed_in
def end_sign_in(sign_in_id: UUID) -> BaseResponse:
    with db.transaction() as session_:
        service.end_sign_in(session_, actor().id, sign_in_id)
    flash(_("已结束那次登录"), "ok")
    return redirect(url_for("people.account"), 303)


@bp.post("/account/sign-ins/end-others")
@signed_in
def end_other_sign_ins() -> BaseResponse:
    me = actor()
    with db.transaction() as session_:
        ended = service.end_all_sign_ins(session_, me.id, but=g.sign_in_id)
        if ended:
            note(session_, "end_sign_ins", "person", me.id, {"login": me.login, "name": me.name, "ended": ended})
    flash(_("已结束其他 %(n)s 处登录", n=ended) if ended else _("没有其他登录"), "ok")
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
