"""The blueprint that all pages about people share, and how their acts are written down."""

from __future__ import annotations

from flask import Blueprint, request
from sqlalchemy.orm import Session

from quizapp.access import actor
from quizapp.audit import service as audit
from quizapp.i18n import N_
from quizapp.kernel.roles import Role

bp = Blueprint("people", __name__, template_folder="../templates")
DESK = (Role.SYSTEM_ADMIN, Role.EXAM_ADMIN)
STAFF = (*DESK, Role.LIAISON)
NAV = [
    {"endpoint": "people.units", "label": N_("单位与人员"), "section": "people", "icon": "people", "order": 70,
     "roles": STAFF},
]


def address() -> str:
    return request.remote_addr or ""


def note(
    session: Session, action: str, object_type: str, object_id: object, detail: dict[str, object] | None = None
) -> None:
    """The act in the audit record, by whoever is signed in."""
    audit.record(session, action, object_type, object_id, actor_id=actor().id, actor=actor().name,
                 address=address(), detail=detail)
