"""What the routes of other features need in order to put an act before a second person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, request
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from quizapp import clock
from quizapp.access import actor
from quizapp.approvals import queries, service
from quizapp.approvals.models import Proposal
from quizapp.approvals.queries import Standing
from quizapp.approvals.rules import REASON_CHARS, Kind
from quizapp.approvals.service import By
from quizapp.config import TwoPersons
from quizapp.db import db
from quizapp.i18n import lazy


class WhyForm(FlaskForm):
    """Why an act is proposed."""

    why = StringField(lazy("原因"), [InputRequired(lazy("请写明原因，同意的人会看到")),
                                   Length(max=REASON_CHARS, message=lazy("原因不要超过 200 字"))])


def put_forward(session: Session, kind: Kind, params: Mapping[str, Any], reason: str) -> Proposal:
    """By whoever is signed in; done at once where the operator has switched the rule off. Raises as `propose`."""
    return service.propose(session, kind, params, reason, by_actor(), now=clock.now(), alone=acts_alone())


def standing(kind: Kind, object_id: object) -> Standing | None:
    """What waits about an object, for whoever is signed in."""
    return queries.standing(db.session(), kind, object_id, actor().id, actor().roles, clock.now())


def by_actor() -> By:
    return By(actor().id, actor().name, request.remote_addr or "")


def acts_alone() -> bool:
    """Whether the operator has switched the rule off."""
    return bool(current_app.config["SETTINGS"].two_persons is TwoPersons.OFF)
