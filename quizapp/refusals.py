"""After every request: what was refused goes on record, and so does every file of the desk that leaves the house.

A view says what it refuses by `mark` where the status of the answer does not tell: a wrong password answers 422. All
else is read from the answer: 403 (no right), 404 on a route that names an object (none, or out of reach: whether it
exists is looked up either way, so that both take the same time), 429 (too many).
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy import exists, select
from sqlalchemy.exc import OperationalError

from quizapp import clock
from quizapp.access import goes_by_ticket, rule_of
from quizapp.audit import refusals, service
from quizapp.audit.bounds import Tally
from quizapp.audit.refusals import Refused
from quizapp.db import Model, db

SIGN_IN, SECOND_STEP, CODE, LINK = "refuse_sign_in", "refuse_second_step", "refuse_code", "refuse_link"
PROOF = "refuse_proof"  # a wrong password or code on the page of one's own account
FORGERY, RIGHT, OBJECT, LIMIT = "refuse_forgery", "refuse_right", "refuse_object", "refuse_limit"
BY_STATUS = {403: RIGHT, 404: OBJECT, 429: LIMIT}
# what the parts of addresses name, the most particular first: type of the object, table and column
Named = tuple[str, str, str]
OBJECTS: dict[str, Named] = {
    "attachment_id": ("excuse", "excuse_file", "id"), "case_id": ("excuse", "excuse_case", "id"),
    "reason_id": ("excuse_reason", "excuse_reason", "id"), "filing_id": ("filing", "filing", "id"),
    "proposal_id": ("proposal", "proposal", "id"), "notice_id": ("notice", "personal_notice", "id"),
    "membership_id": ("membership", "membership", "id"), "grant_id": ("role", "role_grant", "id"),
    "sign_in_id": ("sign_in", "sign_in", "id"), "file_id": ("sealed_file", "sealed_file", "id"),
    "candidate_id": ("person", "person", "id"), "attempt_id": ("attempt", "attempt", "id"),
    "person_id": ("person", "person", "id"), "unit_id": ("unit", "unit", "id"), "job_id": ("job", "job", "id"),
    "exam_id": ("exam", "exam", "id"), "plan_id": ("plan", "plan", "id"), "review_id": ("review", "review", "id"),
    "change_id": ("change", "quarantine", "id"), "report_id": ("report", "source_report", "id"),
    "code": ("item", "item", "code"), "number": ("audit", "audit_event", "number"),
}
# addresses in which one of these names says something else
ELSEWHERE: dict[str, dict[str, Named | None]] = {
    "records.certificate": {"number": ("certificate", "certificate", "number")}, "statutes.article": {"number": None},
}
SECRET = frozenset({"token"})  # parts of addresses that open something by themselves


def mark(action: str, object_type: str = "", object_id: object = "", **detail: Any) -> None:
    """What this request is refused, where its status does not say it."""
    g.refusal = action, object_type, str(object_id), detail


def init_app(app: Flask) -> None:
    app.extensions["refused"] = Tally()

    @app.after_request
    def on_record(response: Response) -> Response:
        action = _action(response)
        if action is not None:
            # a database that is away refuses nobody less: the answer stays what it is
            try:
                _note(action)
            except OperationalError:
                app.logger.exception("a refusal could not be put on record")
        elif _leaves_the_house(response):
            _note_download(response)
        return response


def _action(response: Response) -> str | None:
    if "refusal" in g:
        found: str = g.refusal[0]
        return found
    rule = rule_of(current_app, request.endpoint) if request.endpoint else None
    action = BY_STATUS.get(response.status_code)
    if rule is None or (action == OBJECT and (rule.public or not request.view_args)):
        return None
    return action


def _note(action: str) -> None:
    session = db.session()
    session.rollback()  # whatever the view left behind is not written
    by_ticket = goes_by_ticket()  # the hot path of an exam: there a refusal is counted and no more
    who = _who()
    marked: tuple[str, str, str, dict[str, Any]] = g.get("refusal") or (action, "", "", {})
    object_type, object_id, more = marked[1:]
    asked = {name: str(value) for name, value in (request.view_args or {}).items() if name not in SECRET}
    detail: dict[str, Any] = {"route": request.endpoint, "method": request.method, **({"asked": asked} if asked else {}), **more}
    if not object_type:
        object_type, object_id, found = _object(asked)
        if action == OBJECT and object_type:
            detail["exists"] = found
    session.rollback()
    refusals.note(
        Refused(action, request.endpoint or "", request.remote_addr or "", who[0] if who else None,
                who[1] if who else refusals.NOBODY, object_type, object_id,
                " ".join(asked.values()), detail),
        clock.now(), current_app.extensions["refused"], at_once=not by_ticket,
    )


def _who() -> tuple[int, str] | None:
    """Number and name of whoever is signed in, also where the request ended before that was asked."""
    actor = g.get("actor")
    if actor is not None:
        return actor.id, actor.name
    found: tuple[int, str] | None = current_app.extensions["whoever"]()
    return found


def named_in(endpoint: str) -> dict[str, Named]:
    """What the parts of the addresses of a route name."""
    apart = ELSEWHERE.get(endpoint, {})
    return {name: named for name, usual in OBJECTS.items() if (named := apart.get(name, usual)) is not None}


def _object(asked: dict[str, str]) -> tuple[str, str, bool | None]:
    """Type and number of the object that the address names, and whether it is there."""
    for name, named in named_in(request.endpoint or "").items():
        if name in asked and request.view_args is not None:
            kind, table, column = named
            place = Model.metadata.tables[table].c[column]
            with suppress(OverflowError, ValueError):
                return kind, asked[name], bool(db.session().scalar(select(exists().where(place == request.view_args[name]))))
            return kind, asked[name], None
    return "", "", None


def _leaves_the_house(response: Response) -> bool:
    """A file for somebody with a role that its view has not put on record by itself."""
    actor = g.get("actor")
    return (
        actor is not None and bool(actor.roles) and response.status_code == 200
        and response.headers.get("Content-Disposition", "").startswith("attachment")
        and service.RECORDED not in db.session().info
    )


def _note_download(response: Response) -> None:
    """Where this cannot be written, the file is not handed out."""
    filters = {name: value for name, value in request.args.items() if value}
    detail: dict[str, Any] = {"asked": dict(request.view_args or {}), "filters": filters}
    if "rows_in_file" in g:
        detail["rows"] = g.rows_in_file
    with db.transaction() as session:
        service.record(session, "download_file", "file", request.endpoint or "", actor_id=g.actor.id, actor=g.actor.name,
                       address=request.remote_addr or "", detail=detail)
