"""Asking for candidate items made from the articles of laws."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp.access import actor, allow
from quizapp.db import db
from quizapp.i18n import _, pick
from quizapp.jobs import service as jobs
from quizapp.questions import queries
from quizapp.questions.pages.review import GeneratePage
from quizapp.questions.views.blueprint import WRITERS, bp, note
from quizapp.statutes import queries as statutes
from quizapp.ui.pages import render

LIMIT, MOST = 100, 2_000


@bp.get("/bank/generate")
@allow(*WRITERS)
def generate() -> Response:
    return page(request.args.getlist("law"), request.args.get("subject", ""), LIMIT, "")


def page(chosen: list[str], subject: str, limit: int, problem: str, status: int = 200) -> Response:
    session = db.session()
    laws = [(row.name, row.articles or 0) for row in statutes.law_rows(session) if row.has_text]
    subjects = [(one.code, pick(one.name, one.name_en)) for one in queries.subjects(session)]
    return render(GeneratePage(laws, subjects, chosen, subject, limit, problem), status)


@bp.post("/bank/generate")
@allow(*WRITERS)
def generate_post() -> Response | BaseResponse:
    laws, subject = request.form.getlist("law"), request.form.get("subject", "")
    limit = request.form.get("limit", LIMIT, int)
    known = {one.code for one in queries.subjects(db.session())}
    if not laws or subject not in known or not 1 <= limit <= MOST:
        problem = _("请至少选一部法律，选一个科目，数量写 1 到 %(most)s", most=MOST)
        return page(laws, subject, limit, problem, 422)
    with db.transaction() as session:
        job = jobs.enqueue(session, "bank.generate", {"laws": laws[:50], "subject": subject, "limit": limit}, actor().id)
        note(session, "generate_items", "job", job.id, {"title": "、".join(laws[:5])})
    jobs.dispatch(job.id)
    return redirect(url_for("jobs.show", job_id=job.id), 303)
