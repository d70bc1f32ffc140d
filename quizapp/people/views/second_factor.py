"""One's own second factor: set up, confirmed, recovery codes, switched off."""

from __future__ import annotations

from flask import Response, flash, redirect, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import refusals
from quizapp.access import actor, signed_in
from quizapp.config import SecondFactor as Demand
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, TooManyError, UnavailableError
from quizapp.people import queries, service
from quizapp.people.forms import OwnPasswordForm, ProofForm, SecondStepForm
from quizapp.people.models import Person, SecondFactor
from quizapp.people.pages import SecondFactorPage
from quizapp.people.qr import drawing
from quizapp.people.rules.second_factor import address_of, in_groups, shown
from quizapp.people.views.blueprint import address, bp, note
from quizapp.people.views.entry import demand, let_in, safe_next, vault
from quizapp.people.views.sources import asks_for_password, present_proof, prove_again
from quizapp.ui.pages import render

NEW_CODES = "recovery_codes"


@bp.get("/account/second-factor")
@signed_in
def second_factor() -> Response:
    return _page()


@bp.post("/account/second-factor/begin")
@signed_in  # not by role: where a second factor is required, roles are shut until there is one
def begin_second_factor() -> Response | BaseResponse:
    """A key to scan. Asks for the password: whoever finds a browser open must not shut its owner out."""
    if not queries.roles_of(db.session(), [actor().id]):
        raise ForbiddenError("两步验证是给有角色的账号用的；只参加考试，用密码登录")
    form = OwnPasswordForm()
    try:
        prove_again(form.password.data or "")
        with db.transaction() as writing:
            service.begin_second_factor(writing, vault(), actor().id)
    except (InputError, TooManyError, ForbiddenError, UnavailableError) as error:
        return _page(explain(error), error.status)
    return _back()


@bp.post("/account/second-factor/confirm")
@signed_in
def confirm_second_factor() -> Response | BaseResponse:
    form, me = SecondStepForm(), actor()
    try:
        service.slow_down(db.session(), me.login, address(), "second")
        with db.transaction() as writing:
            codes = service.confirm_second_factor(writing, vault(), me.id, form.code.data or "")
            note(writing, "enable_second_factor", "person", me.id, {"login": me.login})
    except TooManyError as error:
        return _page(explain(error), error.status)
    except InputError as error:
        _count_wrong_code()
        return _page(explain(error), error.status)
    let_in(_me(db.session()), present_proof())
    _keep(codes)
    flash(_("两步验证已开启，其他地方的登录已结束"), "ok")
    return _back()


@bp.post("/account/second-factor/cancel")
@signed_in
def cancel_second_factor() -> BaseResponse:
    """Give up a key that was not confirmed yet."""
    with db.transaction() as writing:
        if queries.has_second_factor(writing, actor().id):
            raise ConflictError("两步验证已经开启；关闭它要用密码和验证码")
        service.remove_second_factor(writing, actor().id)
    return _back()


@bp.post("/account/second-factor/change")
@signed_in
def change_second_factor() -> Response | BaseResponse:
    """New recovery codes, or off: with password and code."""
    form, me = ProofForm(), actor()
    try:
        prove_again(form.password.data or "")
        service.refuse_guessing(db.session(), _me(db.session()), address())
        codes = _changed(form.code.data or "", form.act.data or "")
    except (InputError, TooManyError, ForbiddenError, UnavailableError) as error:
        return _page(explain(error), error.status)
    if codes:
        _keep(codes)
        flash(_("新的恢复码已生成，以前的已经失效"), "ok")
        return _back()
    flash(_("两步验证已关闭，%(login)s 以后只用密码登录", login=me.login), "ok")
    return redirect(url_for("people.account"), 303)


def _changed(code: str, act: str) -> list[str]:
    """The new recovery codes, none where the second factor is off. A wrong code is counted."""
    me = actor()
    try:
        with db.transaction() as writing:
            service.pass_second_step(writing, vault(), me.id, code)
            factor = queries.second_factor(writing, me.id)
            if act == "renew" and factor is not None:
                note(writing, "renew_recovery_codes", "person", me.id, {"login": me.login})
                return service.renew_recovery_codes(writing, factor)
            service.remove_second_factor(writing, me.id)
            note(writing, "disable_second_factor", "person", me.id, {"login": me.login})
            return []
    except InputError:
        _count_wrong_code()
        raise


def _count_wrong_code() -> None:
    with db.transaction() as writing:
        service.note_failure(writing, actor().login, address(), "second")
    refusals.mark(refusals.PROOF, "person", actor().id)


def _me(read: Session) -> Person:
    return read.get_one(Person, actor().id)


def _keep(codes: list[str]) -> None:
    """Shown once, on the page that comes next."""
    session[NEW_CODES] = [actor().id, *codes]


def _back() -> BaseResponse:
    return redirect(url_for("people.second_factor", next=request.args.get("next")), 303)


def _page(problem: str = "", status: int = 200) -> Response:
    me, read = actor(), db.session()
    factor = queries.second_factor(read, me.id)
    on = factor is not None and factor.confirmed_at is not None
    key = _key_to_scan(factor) if factor is not None and not on else ""
    kept = session.pop(NEW_CODES) if on and NEW_CODES in session else None
    going = request.args.get("next")
    return render(SecondFactorPage(
        problem, on, in_groups(key), drawing(address_of(key, me.login, _("学法用法考试平台"))) if key else "",
        [shown(code) for code in kept[1:]] if kept and kept[0] == me.id else [],
        queries.unused_recovery_codes(read, me.id), bool(queries.roles_of(read, [me.id])),
        demand() is Demand.REQUIRED, safe_next(going) if going else "", asks_for_password(),
    ), status)


def _key_to_scan(factor: SecondFactor) -> str:
    """"" for one that was sealed under another secret: the page begins anew."""
    try:
        return vault().unseal(factor.person_id, factor.secret)
    except ConflictError:
        return ""
