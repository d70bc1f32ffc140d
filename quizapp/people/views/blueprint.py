"""The blueprint that all pages about people share, and how their acts are written down."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from sqlalchemy.orm import Session

from quizapp.access import actor
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import N_
from quizapp.kernel.roles import Role
from quizapp.people import queries

bp = Blueprint("people", __name__, template_folder="../templates")
DESK = (Role.SYSTEM_ADMIN, Role.EXAM_ADMIN)
STAFF = (*DESK, Role.LIAISON)
# who sees people at all; a security administrator acts on their accounts and roles alone
READERS = (*STAFF, Role.SECURITY_ADMIN)
ACCOUNTS = (*DESK, Role.SECURITY_ADMIN)
NAV = [
    {"endpoint": "people.units", "label": N_("单位与人员"), "section": "people", "icon": "people", "order": 70,
     "roles": READERS},
]


def address() -> str:
    return request.remote_addr or ""


def account_of(login: str) -> dict[str, Any]:
    """Whose account somebody names who has not signed in, for the record. What was typed is only kept where it is a
    work number: people type their passwords there as well."""
    person = queries.person_by_login(db.session(), login)
    if person is None:
        return {"object_type": "account", "known": False}
    return {"object_type": "person", "object_id": person.id, "login": person.login}


def note(
    session: Session, action: str, object_type: str, object_id: object, detail: dict[str, object] | None = None
) -> None:
    """The act in the audit record, by whoever is signed in."""
    audit.record(session, action, object_type, object_id, actor_id=actor().id, actor=actor().name,
                 address=address(), detail=detail)
