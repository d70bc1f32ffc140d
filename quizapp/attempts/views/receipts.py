"""The receipt as a file to keep."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Response

from quizapp.access import actor, signed_in
from quizapp.attempts import queries
from quizapp.attempts.pages.receipt import as_text, document
from quizapp.attempts.views.blueprint import bp
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.i18n import _
from quizapp.kernel.errors import NotFoundError
from quizapp.ui.tables import as_file


@bp.get("/my/attempts/<uuid:attempt_id>/receipt.json")
@signed_in
def receipt_json(attempt_id: UUID) -> Response:
    whole = _document(attempt_id)
    content = json.dumps(whole, ensure_ascii=False, indent=2).encode()
    return as_file(content, _name(whole["receipt"], "json"), "application/json")


@bp.get("/my/attempts/<uuid:attempt_id>/receipt.txt")
@signed_in
def receipt_text(attempt_id: UUID) -> Response:
    whole = _document(attempt_id)
    return as_file((as_text(whole) + "\n").encode(), _name(whole["receipt"], "txt"), "text/plain; charset=utf-8")


def _document(attempt_id: UUID) -> dict[str, object]:
    session, me = db.session(), actor()
    attempt = queries.own(session, me.id, attempt_id)
    if attempt.finished_at is None:
        raise NotFoundError("这份答卷还没有交卷，没有回执")
    return document(session, attempt, exams.get(session, attempt.exam_id), me)


def _name(receipt: object, ending: str) -> str:
    return _("交卷回执 %(code)s", code=str(receipt)[:8]) + f".{ending}"
