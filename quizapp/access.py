"""Who may do what. Every route says so, and a route that says nothing is refused before the app starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, g, request, session

from quizapp.kernel.errors import ForbiddenError, NotSignedInError, UnavailableError
from quizapp.kernel.rights import ALL_UNITS as ALL_UNITS
from quizapp.kernel.rights import NOTHING, Right, Target, authorise, reaches
from quizapp.kernel.roles import Role

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class AccessRule:
    """`public` needs nobody, otherwise `right` says what opening the route asks. `ticket`: the request shows a ticket, and the
    statement that uses it asks whether the sign-in is alive."""

    public: bool = False
    ticket: bool = False
    right: Right = field(default_factory=Right)

    @property
    def roles(self) -> frozenset[Role]:
        return self.right.roles


@dataclass(frozen=True)
class Actor:
    """The person of this request, as every rule sees them. `scope` holds the unit paths they may see."""

    id: int
    login: str
    name: str
    unit: str
    roles: frozenset[Role]
    scope: tuple[str, ...]

    def has(self, *roles: Role) -> bool:
        return bool(self.roles & set(roles))

    def sees(self, path: str) -> bool:
        """Whether the unit at this path lies within what this person may see."""
        return reaches(self.scope, path)


def public(view: View) -> View:
    """For everybody, signed in or not."""
    return _mark(view, AccessRule(public=True))


def by_ticket(view: View) -> View:
    """For the holder of a ticket: the hot path of an exam, where nobody is loaded beforehand."""
    return _mark(view, AccessRule(ticket=True))


def signed_in(view: View) -> View:
    """For every person with an account: the candidate's own pages."""
    return _mark(view, AccessRule())


def allow(*roles: Role) -> Callable[[View], View]:
    """For holders of at least one of these roles."""

    def decorate(view: View) -> View:
        return _mark(view, AccessRule(right=Right(roles=frozenset(roles))))

    return decorate


def holds_exams(view: View) -> View:
    """An act that an exam cannot be held without; every POST by ticket is one anyway. Not done where exams are off."""
    view.holds_exams = True  # type: ignore[attr-defined]
    return view


def close_exams(app: Flask) -> None:
    """Answer 503 to every act of holding exams, whoever asks."""
    posted = {route.endpoint for route in app.url_map.iter_rules() if "POST" in (route.methods or ())}
    for endpoint in posted:
        view, rule = app.view_functions[endpoint], rule_of(app, endpoint)
        if getattr(view, "holds_exams", False) or (rule is not None and rule.ticket):
            app.view_functions[endpoint] = _closed(view)


def _closed(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def refuse(**_values: object) -> None:
        raise UnavailableError("这里现在不办考试：数据库的设置不能保证已保存的作答不丢。请联系运维人员，改好设置后再来")

    return refuse


def _mark(view: View, rule: AccessRule) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def rule_of(app: Flask, endpoint: str) -> AccessRule | None:
    if endpoint == "static":
        return AccessRule(public=True)
    return getattr(app.view_functions[endpoint], "access_rule", None)


def goes_by_ticket() -> bool:
    """Whether the route of this request leaves it to a ticket who is there."""
    # asked after every request, and some end before anything of ours has run
    rule = rule_of(current_app, request.endpoint) if request.endpoint else None
    return rule is not None and rule.ticket


def asks_for_role() -> bool:
    """Whether the route of this request is for holders of a role."""
    rule = rule_of(current_app, request.endpoint) if request.endpoint else None
    return rule is not None and bool(rule.roles)


def identify() -> Actor:
    """Who is there, where the route did not need to know until now. Raises NotSignedInError."""
    g.app.extensions["identify"]()
    return actor()


def actor() -> Actor:
    """The signed-in person of this request. Raises NotSignedInError."""
    if g.get("actor") is None:
        raise NotSignedInError("请先登录")
    found: Actor = g.actor
    return found


def require(right: Right, target: Target = NOTHING) -> None:
    """The person of this request may do that. Raises as `authorise`."""
    authorise(actor(), right, target)


def enforce() -> None:
    """Before every request: closed unless the route's rule lets this person in."""
    if request.endpoint is None:
        return
    rule = rule_of(g.app, request.endpoint)
    if rule is None:
        raise ForbiddenError("这个页面没有设定访问规则，不能打开")
    if rule.public:
        return
    if rule.ticket:
        # whether the sign-in still lives is asked by the statement that does the work
        if "_user_id" not in session:
            raise NotSignedInError("请先登录")
        return
    authorise(actor(), rule.right)


def check_every_route(app: Flask) -> None:
    """Refuse to start with a route that declares no rule."""
    missing = sorted(endpoint for endpoint in app.view_functions if rule_of(app, endpoint) is None)
    if missing:
        raise RuntimeError(f"routes without an access rule: {', '.join(missing)}")
