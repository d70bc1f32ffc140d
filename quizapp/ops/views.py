"""Health for the machines that watch."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, request
from sqlalchemy.exc import OperationalError

from quizapp.access import public
from quizapp.db import db
from quizapp.kernel.errors import NotFoundError
from quizapp.ops import checking
from quizapp.ops import metrics as counted
from quizapp.ops.rules.durability import unsafe

bp = Blueprint("ops", __name__)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """The process is alive."""
    return jsonify(ok=True)


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """The database answers, and exams may be held on it. `exams`: open, or off where they are not meant to be."""
    settings = current_app.config["SETTINGS"]
    try:
        wrong = [finding.setting for finding in unsafe(checking.findings())]
    except OperationalError:
        return jsonify(ok=False, database="no answer"), 503
    if settings.testing:  # the databases of tests are made for speed
        wrong = []
    ok = settings.without_exams or not wrong
    return jsonify(ok=ok, database=db.engine.dialect.name, exams="off" if settings.without_exams or wrong else "open",
                   unsafe=wrong), 200 if ok else 503


@bp.get("/metrics")
@public
def metrics() -> Response:
    """For who shows the token of the settings; for everybody else there is nothing here."""
    if not counted.may_scrape(request.headers.get("Authorization"), current_app.config["SETTINGS"].metrics_token):
        raise NotFoundError("没有找到这个页面；地址可能不完整，或者内容已经移走")
    body, kind = counted.scraped(db.session())
    return Response(body, content_type=kind)
