"""The blueprint that all pages of the bank share, who may do what, and how acts are written down."""

from __future__ import annotations

from flask import Blueprint, request
from sqlalchemy.orm import Session

from quizapp.access import actor
from quizapp.audit import service as audit
from quizapp.i18n import N_
from quizapp.kernel.roles import BANK_READERS, Role
from quizapp.questions.rules.rights import BUILDERS as BUILDERS
from quizapp.questions.rules.rights import WRITERS as WRITERS

bp = Blueprint("questions", __name__, template_folder="../templates")
DECIDERS = (Role.EXAM_ADMIN, Role.REVIEWER)
NAV = [
    {"endpoint": "questions.bank", "label": N_("题库"), "section": "bank", "icon": "bank", "order": 30, "roles": BANK_READERS},
    {"endpoint": "questions.review", "label": N_("审题"), "section": "review", "icon": "review", "order": 32,
     "roles": (Role.EDITOR, Role.REVIEWER)},
]


def note(session: Session, action: str, object_type: str, object_id: object, detail: dict[str, object]) -> None:
    """The act in the audit record, by whoever is signed in."""
    audit.record(session, action, object_type, object_id, actor_id=actor().id, actor=actor().name,
                 address=request.remote_addr or "", detail=detail)
