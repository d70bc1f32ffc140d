"""The bank: what it covers, its items, the check of its files, and building it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, current_app, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp.access import actor, allow
from quizapp.db import db
from quizapp.i18n import _
from quizapp.incoming import whole
from quizapp.jobs import service as jobs
from quizapp.kernel.roles import BANK_READERS
from quizapp.questions import queries, service
from quizapp.questions.columns import item_columns, problem_columns, subject_words
from quizapp.questions.files import read_bank
from quizapp.questions.models import Item
from quizapp.questions.pages.bank import BankPage, CheckPage, ItemPage
from quizapp.questions.rules.content import from_content
from quizapp.questions.rules.coverage import coverage_lines
from quizapp.questions.rules.difference import differences
from quizapp.questions.rules.schema import Case
from quizapp.questions.rules.sheet import sheet_of
from quizapp.questions.views.blueprint import BUILDERS, DECIDERS, WRITERS, note
from quizapp.questions.views.blueprint import bp as bp
from quizapp.ui.pages import render
from quizapp.ui.tables import build_table, download


@bp.get("/bank")
@allow(*BANK_READERS)
def bank() -> Response:
    session = db.session()
    subjects = queries.subjects(session)
    names = subject_words(subjects)
    only = filter_of_address()
    table = build_table(_("试题"), _("题库里的试题"), item_columns(names), queries.item_rows(session, only), filterable=False)
    counts = {(row.subject, row.type, row.difficulty): row.count for row in queries.coverage(session)}
    lines = coverage_lines([subject.code for subject in subjects], counts)
    return download(table) or render(BankPage(
        queries.item_count(session), lines, subjects, names, queries.cited_laws(session), table, only,
        actor().has(*BUILDERS),
    ))


def filter_of_address() -> queries.ItemFilter:
    """`subject`, `type`, `difficulty`, `status` and `law` of the address; what is not known filters nothing out."""
    values = request.args
    return queries.ItemFilter(values.get("subject", ""), values.get("type", ""), values.get("difficulty", 0, whole),
                              values.get("status", ""), values.get("law", ""))


@bp.get("/bank/check")
@allow(*BANK_READERS)
def check() -> Response:
    """What is wrong with the files, by file and line. Reads them anew each time, writes nothing."""
    files = read_bank(current_app.config["SETTINGS"].bank_path)
    table = build_table(_("检查结果"), _("题库文件的问题"), problem_columns(), files.problems)
    return download(table) or render(CheckPage(
        len(files.entries), len(files.errors), len(files.warnings), table, actor().has(*BUILDERS),
    ))


@bp.post("/bank/build")
@allow(*BUILDERS)
def build() -> BaseResponse:
    with db.transaction() as session:
        job = jobs.enqueue(session, "bank.build", {}, actor().id)
        note(session, "build_bank", "job", job.id, {})
    jobs.dispatch(job.id)
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@bp.get("/bank/items/<code>")
@allow(*BANK_READERS)
def item(code: str) -> Response:
    """The item as reviewers see it: `?version=` shows an older one, `?before=` what changed since that one."""
    session = db.session()
    found = queries.item_by_code(session, code)
    version = queries.version_of(session, found.id, request.args.get("version", found.current_version, whole))
    number = request.args.get("before", version.number - 1, whole)
    before = queries.version_of(session, found.id, number) if 0 < number < version.number else None
    shown = from_content(version.content)
    names = subject_words(queries.subjects(session))
    return render(ItemPage(
        found, version, queries.versions_of(session, found.id)[::-1], sheet_of(shown), names[found.subject_code], before,
        differences(from_content(before.content), shown) if before else [], actor().has(*DECIDERS),
        actor().has(*WRITERS) and not isinstance(shown, Case),
    ))


@bp.post("/bank/items/<code>/publish")
@allow(*DECIDERS)
def publish(code: str) -> BaseResponse:
    return decided(code, service.publish, "publish_item", _("已发布，之后组卷会用到这道题"))


@bp.post("/bank/items/<code>/retire")
@allow(*DECIDERS)
def retire(code: str) -> BaseResponse:
    return decided(code, service.retire, "retire_item", _("已停用，之后组卷不再用；已经组好的试卷不变"))


def decided(code: str, act: Callable[[Session, str], Item], action: str, done: str) -> BaseResponse:
    with db.transaction() as session:
        before = queries.item_by_code(session, code).status
        after = act(session, code).status
        note(session, action, "item", code, {"before": before, "after": after})
    flash(done, "ok")
    return redirect(url_for("questions.item", code=code), 303)
