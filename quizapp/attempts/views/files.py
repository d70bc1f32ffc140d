"""A candidate's own sealed file, handed in on the receipt page."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, signed_in
from quizapp.attempts import queries
from quizapp.attempts.rules.sealed import MAX_BYTES
from quizapp.attempts.sealing import sealing_key
from quizapp.attempts.service import files
from quizapp.attempts.views.blueprint import bp
from quizapp.attempts.views.candidate import finished_page
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, InputError


@bp.post("/my/attempts/<uuid:attempt_id>/sealed-file")
@signed_in
def hand_in_file(attempt_id: UUID) -> Response | BaseResponse:
    me, now = actor(), clock.now()
    queries.own(db.session(), me.id, attempt_id)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return finished_page(attempt_id, _("请选择文件"), 422)
    raw = sent.read(MAX_BYTES + 1)
    try:
        with db.transaction() as session:
            found = files.receive_own(session, sealing_key(), raw, candidate_id=me.id, attempt_id=attempt_id, now=now)
            audit.record(session, "upload_sealed_file", "attempt", attempt_id, actor_id=me.id, actor=me.name,
                         address=request.remote_addr or "",
                         detail={"exam": found.exam_id, "candidate": me.id, "file": str(found.id), "sha256": found.digest})
    except (InputError, ConflictError) as error:
        return finished_page(attempt_id, explain(error), error.status)
    flash(_("已收下文件，由考试管理员决定是否计入成绩；结果在这一页可以看到"), "ok")
    return redirect(url_for("attempts.finished", attempt_id=attempt_id), 303)
