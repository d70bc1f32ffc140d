"""How a browser gets in: the one way for every page on which somebody has just proved who they are."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app, redirect, request, session, url_for
from flask_login import login_user
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.audit import service as audit
from quizapp.config import SecondFactor
from quizapp.db import db
from quizapp.people import queries, service
from quizapp.people.models import Person
from quizapp.people.rules.external import Proof, Way
from quizapp.people.rules.second_factor import SECOND_STEP_LASTS, Vault
from quizapp.people.views.blueprint import address

WAITING = "second_step"
OWN_PASSWORD = Proof()


def vault() -> Vault:
    return Vault(current_app.config["SETTINGS"].secret_key)


def demand() -> SecondFactor:
    found: SecondFactor = current_app.config["SETTINGS"].second_factor
    return found


def safe_next(target: str | None) -> str:
    """Only a path of this site: a link in a mail must not send people elsewhere after signing in."""
    parts = urlsplit(target or "")
    local = bool(target) and not parts.scheme and not parts.netloc and str(target).startswith("/")
    if not local or "\\" in str(target) or str(target).startswith("//"):
        return url_for("home.index")
    return str(target)


def after_proof(person: Person, target: str, proof: Proof = OWN_PASSWORD) -> BaseResponse:
    """The person has proved who they are, by password or elsewhere: on to the second step, or in."""
    if not proof.strong and queries.has_second_factor(db.session(), person.id):
        _afresh()
        session[WAITING] = [person.id, _mark(person), clock.now().timestamp(), target, *astuple(proof)]
        return redirect(url_for("people.second_step"), 303)
    let_in(person, proof)
    return redirect(_first_stop(person, target, proof), 303)


def waiting_person() -> tuple[Person, str, Proof] | None:
    """Who has taken the first step in this browser a moment ago, where they were going, and by what they proved it."""
    kept = session.get(WAITING)
    if not kept:
        return None
    person_id, mark, since, target, way, strong, issuer, subject = kept
    person = db.session().get(Person, person_id, populate_existing=True)
    late = clock.now() - SECOND_STEP_LASTS > datetime.fromtimestamp(since, clock.now().tzinfo)
    if person is None or not person.active or late or mark != _mark(person):
        del session[WAITING]
        return None
    return person, target, Proof(Way(way), strong, issuer, subject)


def let_in(person: Person, proof: Proof = OWN_PASSWORD) -> None:
    """A new sign-in, and a session that begins afresh: nothing fixed before signing in survives."""
    with db.transaction() as session_:
        if service.link_identity(session_, person.id, proof):
            audit.record(session_, "link_identity", "person", person.id, actor_id=person.id, actor=person.name,
                         address=address(), detail={"login": person.login, "issuer": proof.issuer, "subject": proof.subject})
        token = service.open_session(session_, person, address(), request.user_agent.string, proof)
    _afresh(person.language)
    person.sign_in_token = token
    login_user(person)


def _afresh(fallback: str | None = None) -> None:
    language = session.get("language") or fallback
    session.clear()
    if language:
        session["language"] = language


def _mark(person: Person) -> str:
    """Changes with the password: a proof of the old one is none of the new."""
    return queries.token_hash(person.password_hash or "")[:16]


def _first_stop(person: Person, target: str, proof: Proof) -> str:
    """Whoever has a role and no second factor is asked to set one up first, where the installation wants that."""
    if proof.strong or demand() is SecondFactor.OFFERED or not queries.roles_of(db.session(), [person.id]):
        return target
    return url_for("people.second_factor", next=target)
