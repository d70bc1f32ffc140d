"""Signing in by the agency's single sign-on: there, back, and out of it."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

from flask import Response, flash, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp.access import public
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError, UnavailableError
from quizapp.people.forms import SignInForm
from quizapp.people.rules.external import Away
from quizapp.people.views.blueprint import bp
from quizapp.people.views.entry import after_proof, safe_next
from quizapp.people.views.sign_in import sign_in_page
from quizapp.people.views.sources import admitted, settings, single_sign_on

if TYPE_CHECKING:
    from quizapp.people.single_sign_on import SingleSignOn

AWAY = "single_sign_on"
TOLD = (InputError, ForbiddenError, ConflictError, UnavailableError)


@bp.get("/sign-in/organisation")
@public
def to_single_sign_on() -> Response | BaseResponse:
    """Off to the provider. What has to come back is kept in the session, which this browser alone has."""
    provider = _provider()
    target = safe_next(request.args.get("next"))
    if g.get("actor"):
        return redirect(target, 303)
    try:
        address, away = provider.begin(_back())
    except UnavailableError as error:
        return sign_in_page(SignInForm(), explain(error), error.status, field="sso")
    session[AWAY] = [*astuple(away), target]
    return redirect(address, 303)


@bp.get("/sign-in/organisation/back")
@public
def from_single_sign_on() -> Response | BaseResponse:
    """Back from the provider, with a code to redeem or an error. Whatever is wrong is said on the sign-in page."""
    provider, kept = _provider(), session.pop(AWAY, None)
    away, target = (Away(*kept[:-1]), safe_next(kept[-1])) if kept else (None, safe_next(None))
    db.session().commit()  # a provider may take seconds: no connection to the database waits for it
    try:
        proof, login = provider.finish(away, request.args.to_dict(), _back())
        return after_proof(admitted(proof, login), target, proof)
    except TOLD as error:
        return sign_in_page(SignInForm(), explain(error), error.status, field="sso")


@bp.get("/sign-in/organisation/leave")
@public
def leave_single_sign_on() -> BaseResponse:
    """After signing out here: the provider's own page for signing out, where it has one."""
    try:
        address = _provider().sign_out_address(settings().oidc.address + url_for("people.sign_in"))  # type: ignore[union-attr]
    except UnavailableError as error:
        flash(explain(error), "warn")
        return redirect(url_for("people.sign_in"), 303)
    if address is None:
        flash(_("单位统一登录没有退出的页面；共用的电脑请关闭浏览器"), "info")
    return redirect(address or url_for("people.sign_in"), 303)


def _provider() -> SingleSignOn:
    found = single_sign_on()
    if found is None:
        raise NotFoundError("这个平台没有接单位统一登录，请用工号和密码登录")
    return found


def _back() -> str:
    """The address that is registered at the provider: never taken from what a request says of itself."""
    oidc = settings().oidc
    return (oidc.address if oidc else "") + url_for("people.from_single_sign_on")
