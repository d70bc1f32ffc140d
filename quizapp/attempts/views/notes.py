"""Notes as the candidate sees them after handing in, and what they say of them."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, signed_in
from quizapp.attempts import noted, queries, service
from quizapp.attempts.pages.notes import NotesPage, lines_of, sums_of
from quizapp.attempts.views.blueprint import bp
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.i18n import _, explain
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.ui.pages import render


@bp.get("/my/attempts/<uuid:attempt_id>/notes")
@signed_in
def notes(attempt_id: UUID) -> Response | BaseResponse:
    if queries.own(db.session(), actor().id, attempt_id).finished_at is None:
        return redirect(url_for("attempts.take", attempt_id=attempt_id), 303)
    return _page(attempt_id)


@bp.post("/my/attempts/<uuid:attempt_id>/notes/reply")
@signed_in
def notes_post(attempt_id: UUID) -> Response | BaseResponse:
    typed = request.form.get("reply", "")
    try:
        with db.transaction() as session:
            service.reply_to_notes(session, actor().id, attempt_id, typed, now=clock.now())
    except (InputError, ConflictError) as error:
        return _page(attempt_id, typed, explain(error), error.status)
    flash(_("说明已保存，考试管理员可以看到"), "ok")
    return redirect(url_for("attempts.notes", attempt_id=attempt_id), 303)


def _page(attempt_id: UUID, typed: str | None = None, problem: str = "", status: int = 200) -> Response:
    session, me = db.session(), actor().id
    session.rollback()  # a refused act leaves nothing behind, and the page shows what is there
    attempt = queries.own(session, me, attempt_id)
    found, review = noted.notes(session, me, attempt_id), noted.review(session, me, attempt_id)
    return render(NotesPage(
        attempt_id, exams.get(session, attempt.exam_id).title, attempt.number, lines_of(found), sums_of(found), review,
        typed if typed is not None else review.reply if review else "", problem,
    ), status)
