"""Items whose law changed: the article then and now, and what is to become of the item."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.db import db
from quizapp.i18n import _
from quizapp.kernel.roles import Role
from quizapp.questions import queries, queue, reviewing, watch
from quizapp.questions.pages.review import ChangePage
from quizapp.questions.queue import ChangeRow
from quizapp.questions.rules.content import from_content
from quizapp.questions.rules.difference import compare
from quizapp.questions.rules.schema import Case
from quizapp.questions.rules.sheet import sheet_of
from quizapp.questions.views.blueprint import WRITERS, bp, note
from quizapp.statutes import queries as statutes
from quizapp.statutes.rules.numbering import article_name
from quizapp.ui.pages import render


@bp.get("/review/changes/<int:change_id>")
@allow(*WRITERS, Role.EXAM_ADMIN)
def change(change_id: int) -> Response:
    session = db.session()
    row = queue.change_of(session, change_id)
    item = queries.item_by_code(session, row.code)
    content = from_content(queries.version_of(session, item.id, item.current_version).content)
    old, new = texts(session, row)
    return render(ChangePage(
        row, item, sheet_of(content), (article_name(row.article), article_name(row.new_article) if row.new_article else ""),
        list(compare(old, new)) if old and new else [], old, new,
        watch.uses_of(session, [item.id]).get(item.id, []), clock.today(),
        actor().has(*WRITERS) and row.resolved_at is None and row.proposed is None, not isinstance(content, Case),
    ))


def texts(session: Session, row: ChangeRow) -> tuple[str, str]:
    """The article as it was, and where it goes on; "" without text."""
    old = statutes.text_of(session, row.law, row.old_version.isoformat(), row.article) or ""
    if row.new_version is None or row.new_article is None:
        return old, ""
    return old, statutes.text_of(session, row.law, row.new_version.isoformat(), row.new_article) or ""


@bp.post("/review/changes/<int:change_id>/carry-over")
@allow(*WRITERS)
def carry_over(change_id: int) -> BaseResponse:
    """Propose the item as it is, resting on the new article; somebody else accepts it."""
    with db.transaction() as session:
        review = reviewing.carry_over(session, change_id, actor().id)
        note(session, "propose_item", "review", review.id, {"item": review.item_id, "kind": review.kind})
    flash(_("已改引新条，等另一位审题人通过"), "ok")
    return redirect(url_for("questions.review_item", review_id=review.id), 303)


@bp.post("/review/changes/<int:change_id>/retire")
@allow(Role.REVIEWER)
def retire_changed(change_id: int) -> BaseResponse:
    with db.transaction() as session:
        item = reviewing.retire_quarantined(session, change_id, actor().id)
        note(session, "retire_item", "item", item.code, {"after": item.status})
    flash(_("已停用，之后组卷不再用；已经组好的试卷不变"), "ok")
    return redirect(url_for("questions.review", tab="changes"), 303)
