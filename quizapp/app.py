"""The application, put together from the features in their order."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask.json.provider import DefaultJSONProvider
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from quizapp import __version__, access, clock, db, i18n, incoming, limits, origin, refusals, web_errors
from quizapp.attempts.short_way import ShortWay
from quizapp.config import SecondFactor, Settings, TwoPersons
from quizapp.features import FEATURES
from quizapp.headers import NO_PAGE, NOT_KEPT, fixed, page_policy
from quizapp.kernel import handed_in
from quizapp.navigation import Navigation
from quizapp.ops import metrics
from quizapp.ops.demo.agency import accounts as demo_accounts
from quizapp.ops.demo.loading import VISITOR_REPORT
from quizapp.people import queries, service
from quizapp.people.models import Person
from quizapp.session_cookie import Sessions

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PACKAGE = Path(__file__).parent
A_YEAR = 31_536_000  # seconds


class Answer(Response):
    """Every response, with the headers that each carries: put in when it goes out, where that costs least."""

    def get_wsgi_response(self, environ: WSGIEnvironment) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        body, status, headers = super().get_wsgi_response(environ)
        given = {name for name, _value in headers}
        policy = page_policy(nonce()) if self.mimetype == "text/html" else NO_PAGE
        carried = (policy, *current_app.config["FIXED_HEADERS"])
        return body, status, headers + [header for header in carried if header[0] not in given]


class Json(DefaultJSONProvider):
    """What is nested without end is as wrong as what is no JSON at all."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deep") from None


class Application(Flask):
    """Flask, with static files kept for a year where the address carries their hash and asked for again where
    it does not: modules import each other by plain names."""

    session_interface = Sessions()
    response_class = Answer
    json_provider_class = Json

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view or hook of ours is a coroutine: Flask need not look at each of them at every request."""
        return func

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        return A_YEAR if "v" in request.args else None


def create_app(settings: Settings | None = None) -> Flask:
    """A ready application. Refuses to start when a route declares no access rule."""
    settings = settings or Settings.load()
    app = Application("quizapp", static_folder=str(PACKAGE / "ui" / "static"), instance_path=str(settings.instance_path))
    _configure(app, settings)
    app.url_map.converters["int"] = incoming.Number
    db.init_app(app)
    i18n.init_app(app)
    metrics.init_app(app)
    origin.init_app(app)
    csrf = CSRFProtect(app)
    _sign_in(app)
    limits.init_app(app)
    features = [import_module(f"quizapp.{name}") for name in FEATURES]
    views = [module for feature in features if (module := part(feature, "views"))]
    for module in views:
        app.register_blueprint(module.bp)
    for feature in features:
        part(feature, "models")
        part(feature, "tasks")
    _pages(app, views)
    web_errors.init_app(app)
    refusals.init_app(app)
    access.check_every_route(app)
    if settings.without_exams:
        access.close_exams(app)
    else:
        app.wsgi_app = app.extensions["short_way"] = ShortWay(app, app.wsgi_app)  # type: ignore[method-assign]
    for endpoint, view in app.view_functions.items():
        if (rule := access.rule_of(app, endpoint)) is not None and rule.ticket:
            csrf.exempt(view)  # a ticket is in the body and cannot be guessed: it is the token
    return app


def part(feature: ModuleType, name: str) -> ModuleType | None:
    """A feature's module of that name, or None where the feature has none."""
    full = f"{feature.__name__}.{name}"
    return import_module(full) if find_spec(full) else None


def _configure(app: Flask, settings: Settings) -> None:
    prefix = "__Host-" if settings.secure_cookies else ""
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=db.engine_options(settings.database_url),
        TESTING=settings.testing,
        DEMO=settings.demo,
        DEMO_ACCOUNTS=demo_accounts,
        DEMO_REPORT=VISITOR_REPORT if settings.demo else None,
        MAX_CONTENT_LENGTH=handed_in.MAX_BYTES,
        SESSION_COOKIE_NAME=f"{prefix}quizapp",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        FIXED_HEADERS=fixed(settings.secure_cookies),
        RATE_LIMITS=not settings.testing,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the sign-in: an exam must not fail for an old page
        **settings.extra,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _sign_in(app: Flask) -> None:
    login = LoginManager()
    # templates speak of `actor`; the extension's own name for it would load somebody for every page
    login.init_app(app, add_context_processor=False)
    login.session_protection = None  # sign-ins are kept and ended in our own table

    @login.user_loader
    def load(token: str) -> Person | None:
        found = queries.open_sign_in(db.db.session(), token, clock.now())
        if found is None:
            return None
        g.sign_in_id = found[0].id
        found[1].sign_in_token = token
        g.sign_in = found[0]
        return found[1]

    def identify() -> None:
        if "_user_id" in session and current_user.is_authenticated:
            g.actor = queries.actor_of(db.db.session(), current_user, clock.today())
            _close_roles(app)
            g.account_language = current_user.language
            if service.is_stale(g.sign_in):
                with db.db.transaction() as writing:
                    service.touch(writing, g.sign_in_id)

    def whoever() -> tuple[int, str] | None:
        """Number and name of whoever is signed in. Writes nothing, and does not let them in."""
        token = session.get("_user_id")
        found = queries.open_sign_in(db.db.session(), token, clock.now()) if token else None
        return (found[1].id, found[1].name) if found else None

    app.extensions["identify"] = identify
    app.extensions["whoever"] = whoever

    @app.before_request
    def who_and_whether() -> BaseResponse | None:
        g.app = app
        g.actor = None
        if not access.goes_by_ticket():
            identify()
        if g.get("second_factor_due") and access.asks_for_role():
            going = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("people.second_factor", next=going), 303)
        access.enforce()
        incoming.refuse_unstorable(request)
        return None


def _close_roles(app: Flask) -> None:
    """Where a second factor is required, the roles of a person without one open nothing until it is set up."""
    if request.endpoint == "people.begin_second_factor":
        return  # the way to set one up, which is for holders of a role
    due = (app.config["SETTINGS"].second_factor is SecondFactor.REQUIRED and g.actor.roles and not g.sign_in.strong
           and not queries.has_second_factor(db.db.session(), g.actor.id))
    if due:
        g.actor = replace(g.actor, roles=frozenset(), scope=())
        g.second_factor_due = True


def _pages(app: Flask, views: list[ModuleType]) -> None:
    shown = Navigation(views)

    @app.context_processor
    def frame() -> dict[str, object]:
        return {"actor": g.get("actor"), "navigation": shown.main, "asset": asset, "nonce": nonce, "product": product,
                "version": __version__, "waiting": shown.waiting, "section_tabs": shown.tabs, "now": clock.now, "today": clock.today,
                "demo": app.config["DEMO"],
                "two_persons_off": app.config["SETTINGS"].two_persons is TwoPersons.OFF}

    @app.after_request
    def not_kept(response):  # type: ignore[no-untyped-def]
        # a page for nobody in particular is not kept either: it holds a token of the session that it was made for
        if request.endpoint != "static":
            response.headers.setdefault(*NOT_KEPT)
        return response


def nonce() -> str:
    """What the scripts of this answer, and of no other, are told by."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    found: str = g.nonce
    return found


def product() -> str:
    return i18n._("学法用法考试平台")


def asset(path: str) -> str:
    """Address of a static file with the hash of its content, so that browsers may keep it for a year."""
    return _asset(path, request.script_root)


@cache
def _asset(path: str, root: str) -> str:
    # a page has two dozen of them, and putting an address together is a tenth of its cost
    return f"{root}/static/{path}?v={_digest(path)}"


@cache
def _digest(path: str) -> str:
    return hashlib.sha256((PACKAGE / "ui" / "static" / path).read_bytes()).hexdigest()[:10]
