"""Writing an item anew, and mending one: what is typed becomes a version that waits for a reviewer."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.db import db
from quizapp.i18n import _
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.questions import queries, queue, reviewing
from quizapp.questions.editing import Fault, quotes_of, written
from quizapp.questions.forms import BASES, LETTERS, ItemForm, filled
from quizapp.questions.models import Item
from quizapp.questions.pages.review import EditPage
from quizapp.questions.rules.content import from_content
from quizapp.questions.rules.schema import Case, Question
from quizapp.questions.views.blueprint import WRITERS, bp, note
from quizapp.questions.views.review import passages_of
from quizapp.statutes import queries as statutes
from quizapp.ui.pages import render


@bp.get("/bank/items/<code>/edit")
@allow(*WRITERS)
def edit(code: str) -> Response:
    session = db.session()
    item, content = editable(session, code)
    return edit_page(session, item, content, filled(content, quotes_of(session, content)), [])


def editable(session: Session, code: str) -> tuple[Item, Question]:
    """The item and what it says now, or says in the version that waits. Raises InputError for a case."""
    item = queries.item_by_code(session, code)
    waiting = next((row for row in queue.reviews(session, opened=True) if row.code == code), None)
    version = queue.desk(session, waiting.id).version if waiting else queries.version_of(session, item.id, item.current_version)
    content = from_content(version.content)
    if isinstance(content, Case):
        raise InputError("案例题有多道小题，请在题库文件里修改，再装入题库")
    return item, content


def edit_page(session: Session, item: Item, content: Question, form: ItemForm, faults: list[Fault], status: int = 200) -> Response:
    return render(EditPage(item, content.type, form, [_(fault.sentence, **fault.values) for fault in faults],
                           passages_of(session, content), LETTERS, BASES, max(1, len(form.bases())),
                           sorted(statutes.versions_of_all(session))), status)


@bp.post("/bank/items/<code>/edit")
@allow(*WRITERS)
def edit_post(code: str) -> Response | BaseResponse:
    session = db.session()
    item, content = editable(session, code)
    form = ItemForm()
    if not form.validate_on_submit():
        return edit_page(session, item, content, form, [], 422)
    found, faults = written(session, content, form.raw(content), form.bases())
    if found is None:
        return edit_page(session, item, content, form, faults, 422)
    try:
        with db.transaction() as writing:
            review_id = propose(writing, code, found)
    except ConflictError as error:
        return edit_page(db.session(), item, content, form, [Fault(error.message, error.values)], 422)
    flash(_("已提交，等另一个人审题"), "ok")
    return redirect(url_for("questions.review_item", review_id=review_id), 303)


def propose(session: Session, code: str, content: Question) -> int:
    """The new version in the queue. A reviewer who mends what waits sends the waiting version back with it."""
    item = queries.item_by_code(session, code)
    reviewing.supersede(session, item.id, actor().id, clock.now())
    review = reviewing.propose_change(session, item, content, "edit", actor().id)
    note(session, "propose_item", "review", review.id, {"item": code, "kind": review.kind})
    return review.id
