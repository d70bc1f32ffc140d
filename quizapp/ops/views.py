"""Health for the machines that watch."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from quizapp.access import public
from quizapp.db import db

bp = Blueprint("ops", __name__)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """The process is alive."""
    return jsonify(ok=True)


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """The database answers."""
    try:
        db.session.execute(text("select 1"))
    except OperationalError:
        return jsonify(ok=False, database="no answer"), 503
    return jsonify(ok=True, database=db.engine.dialect.name), 200
