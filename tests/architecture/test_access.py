"""Who may open what, for every route: read off the rules, and tried with a client."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from quizapp.access import AccessRule, check_every_route, rule_of, signed_in
from quizapp.app import create_app
from quizapp.db import db
from quizapp.kernel.roles import Role
from tests.builders.people import grant, make_agency, make_person, sign_in
from tests.page_lint import LintingClient

# What nobody needs an account for. A route joins this list by a decision, not by an oversight.
PUBLIC = frozenset({
    "static", "ui.gallery", "people.sign_in", "people.sign_in_post", "people.set_password", "people.set_password_post",
    "people.second_step", "people.second_step_post", "people.reset_password", "people.reset_password_post",
    "people.to_single_sign_on", "people.from_single_sign_on", "people.leave_single_sign_on",
    "people.language", "ops.healthz", "ops.readyz", "ops.metrics", "home.index", "home.help_page", "home.accessibility",
    "home.privacy", "home.feedback", "records.verify", "sittings.commitments", "sittings.commitment", "sittings.commitment_content", "filings.verify",
})
# Whose pages these are at all: a feature's routes ask for one of these roles, or are the candidate's own.
DESKS = {
    "audit": {Role.AUDITOR},
    "people": {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.EXAM_ADMIN, Role.LIAISON},
    "exams": {Role.EXAM_ADMIN, Role.LIAISON},
}
OWN_PAGES = frozenset({
    "people.account", "people.end_sign_in", "people.end_other_sign_ins", "people.sign_out", "people.second_factor",
    "people.begin_second_factor", "people.confirm_second_factor", "people.cancel_second_factor",
    "people.change_second_factor", "people.own_password", "people.own_password_post",
})


def matrix(app: Flask) -> dict[str, AccessRule]:
    """The rule of every endpoint that has an address."""
    rules = {}
    for route in app.url_map.iter_rules():
        rule = rule_of(app, route.endpoint)
        assert rule is not None, f"{route} declares no rule"
        rules[route.endpoint] = rule
    return rules


def pages(app: Flask) -> list[Rule]:
    """GET routes without parameters."""
    return [route for route in app.url_map.iter_rules() if "GET" in (route.methods or ()) and not route.arguments]


def enter(app: Flask, *roles: Role) -> LintingClient:
    with app.app_context(), db.transaction() as session:
        person = make_person(session)
        for role in roles:
            unit = make_agency(session) if role is Role.LIAISON else None
            grant(session, person, role, unit)
    client = app.test_client()
    assert isinstance(client, LintingClient)
    sign_in(client, person)
    return client


def test_every_route_declares_a_rule(app: Flask) -> None:
    assert len(matrix(app)) > 20


def test_public_routes_are_these_and_no_others(app: Flask) -> None:
    found = {endpoint for endpoint, rule in matrix(app).items() if rule.public}
    assert found <= PUBLIC, f"public without a decision: {sorted(found - PUBLIC)}"


def test_desks_are_closed_to_other_roles(app: Flask) -> None:
    for endpoint, rule in matrix(app).items():
        feature = endpoint.partition(".")[0]
        if feature in DESKS and not rule.public and endpoint not in OWN_PAGES:
            assert rule.roles, f"{endpoint} is open to every candidate"
            assert rule.roles <= DESKS[feature], f"{endpoint} is open to {sorted(rule.roles - DESKS[feature])}"


def test_nobody_signed_in_is_sent_to_sign_in(app: Flask, client: LintingClient) -> None:
    rules = matrix(app)
    closed = [page for page in pages(app) if not rules[page.endpoint].public]
    assert closed
    for page in closed:
        answer = client.get(page.rule)
        assert answer.status_code == 303, page
        assert answer.location.startswith("/sign-in?next="), page
        as_json = client.get(page.rule, headers={"Accept": "application/json"})
        assert (as_json.status_code, as_json.get_json()["status"]) == (401, 401), page


def test_nobody_signed_in_posts_anything(app: Flask, client: LintingClient) -> None:
    """With a valid token, so that it is the access rule that refuses."""
    app.config["WTF_CSRF_ENABLED"] = False
    rules = matrix(app)
    for route in app.url_map.iter_rules():
        if "POST" in (route.methods or ()) and not rules[route.endpoint].public:
            address = address_of(app, route)
            assert client.post(address).status_code == 303, route
            assert client.post(address, headers={"Accept": "application/json"}).status_code == 401, route


def address_of(app: Flask, route: Rule) -> str:
    """The route's address with parameters that nothing has."""
    samples = {"Number": 999_999, "UUIDConverter": "00000000-0000-7000-8000-000000000000"}
    values = {
        name: samples.get(type(converter).__name__, "nothing") for name, converter in route._converters.items()
    }
    with app.test_request_context():
        return app.url_map.bind("localhost").build(route.endpoint, values, method="POST")


def test_a_plain_candidate_opens_no_desk(app: Flask) -> None:
    client, rules = enter(app), matrix(app)
    for page in pages(app):
        if rules[page.endpoint].roles:
            assert client.get(page.rule).status_code == 403, page


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_own_desks_and_no_others(app: Flask, role: Role) -> None:
    client, rules = enter(app, role), matrix(app)
    for page in pages(app):
        wanted = rules[page.endpoint].roles
        if wanted:
            status = client.get(page.rule).status_code
            assert (status == 403) == (role not in wanted), f"{role} on {page}: {status}"


def test_every_entry_of_the_navigation_leads_somewhere(app: Flask) -> None:
    """A person is offered exactly what they may open."""
    for role in Role:
        client = enter(app, role)
        page = client.get("/account").get_data(as_text=True)
        for address in {part.split('"')[1] for part in page.split("<nav")[1].split("</nav")[0].split("<a ")[1:]}:
            assert client.get(address, follow_redirects=True).status_code == 200, f"{role}: {address}"


def test_a_route_without_a_rule_stops_the_application(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from quizapp.home.views import bp

    def forgotten() -> str:
        return ""

    def remember(state) -> None:  # type: ignore[no-untyped-def]
        state.add_url_rule("/forgotten", "forgotten", forgotten)

    monkeypatch.setattr(bp, "deferred_functions", [*bp.deferred_functions, remember])
    with pytest.raises(RuntimeError, match=r"home\.forgotten"):
        create_app(app.config["SETTINGS"])
    signed_in(forgotten)
    check_every_route(create_app(app.config["SETTINGS"]))


def test_a_route_added_later_is_refused_when_it_is_asked_for(app: Flask, client: LintingClient) -> None:
    app.view_functions["late"] = lambda: "open"
    app.url_map.add(Rule("/late", endpoint="late"))
    assert client.get("/late").status_code == 403
