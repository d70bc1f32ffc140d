"""Long work: what is being done, and how far it is."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, jsonify, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from quizapp.access import actor, signed_in
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import _, show_time
from quizapp.jobs import queries, service
from quizapp.jobs.models import Job
from quizapp.jobs.pages import JobPage, JobsPage
from quizapp.jobs.rules import STATE_NAMES, STATE_TAGS, may_start, title_of
from quizapp.jobs.words import facts, problem_of, summary_of
from quizapp.kernel.errors import ForbiddenError
from quizapp.kernel.roles import Role
from quizapp.ui.pages import render
from quizapp.ui.tables import Column, build_table, download

bp = Blueprint("jobs", __name__, template_folder="templates")


@bp.get("/jobs")
@signed_in
def index() -> Response:
    found = queries.recent(db.session(), owner())
    table = build_table(_("任务"), _("任务，最近的在前"), job_columns(), found)
    return download(table) or render(JobsPage(table, bool(found), owner() is None))


def owner() -> int | None:
    """Whose jobs this person may see: None is everybody's."""
    return None if actor().has(Role.EXAM_ADMIN, Role.SYSTEM_ADMIN) else actor().id


def job_columns() -> list[Column[Job]]:
    return [
        Column("kind", _("任务"), lambda job: _(title_of(job.kind)),
               link=lambda job: url_for("jobs.show", job_id=job.id)),
        Column("state", _("状态"), lambda job: _(STATE_NAMES[job.state]), kind="tag",
               tag=lambda job: STATE_TAGS[job.state]),
        Column("created", _("开始时间"), lambda job: job.created_at.timestamp(), kind="time",
               show=lambda job: show_time(job.created_at)),
        Column("result", _("结果"), lambda job: summary_of(job) or problem_of(job), sortable=False),
    ]


@bp.get("/jobs/<uuid:job_id>")
@signed_in
def show(job_id: uuid.UUID) -> Response:
    job = queries.get(db.session(), job_id, owner())
    ended = job.state in ("done", "failed")
    return render(JobPage(job, _(title_of(job.kind)), facts(job), STATE_TAGS[job.state], ended))


@bp.get("/jobs/<uuid:job_id>.json")
@signed_in
def show_json(job_id: uuid.UUID) -> Response:
    return jsonify(facts(queries.get(db.session(), job_id, owner())))


@bp.post("/jobs/<uuid:job_id>/again")
@signed_in
def again(job_id: uuid.UUID) -> BaseResponse:
    """Do failed work once more; only whoever started it, and only with the right to start it today."""
    with db.transaction() as session:
        before = queries.get(session, job_id, actor().id)
        if not may_start(before.kind, actor().roles):
            raise ForbiddenError("你现在没有做这项任务的权限，没有再做；需要的话，请联系安全管理员")
        job = service.enqueue_again(session, before, actor().id)
        audit.record(session, "start_job", "job", job.id, actor_id=actor().id, actor=actor().name,
                     detail={"kind": job.kind, "again": str(job_id)})
    service.dispatch(job.id)
    return redirect(url_for("jobs.show", job_id=job.id), 303)
