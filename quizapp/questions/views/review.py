"""Reviewing: the queue, one item beside its articles, accepting and sending back."""

from __future__ import annotations

from datetime import date

from flask import Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import actor, allow
from quizapp.db import db
from quizapp.i18n import _
from quizapp.kernel.errors import ForbiddenError, InputError
from quizapp.kernel.rights import Target, why_not
from quizapp.kernel.roles import Role
from quizapp.questions import queue, reviewing, watch
from quizapp.questions.columns import change_columns, decided_columns, queue_columns
from quizapp.questions.gate import citations_in, proofs_of
from quizapp.questions.pages.review import Passage, ReviewPage, ReviewQueuePage
from quizapp.questions.queue import ChangeRow, Desk, QueueRow
from quizapp.questions.rules.content import from_content
from quizapp.questions.rules.difference import differences
from quizapp.questions.rules.kinship import kin_of
from quizapp.questions.rules.passage import passage
from quizapp.questions.rules.rights import BY_REVIEWER
from quizapp.questions.rules.schema import Case, Item
from quizapp.questions.rules.sheet import sheet_of
from quizapp.questions.views.blueprint import WRITERS, bp, note
from quizapp.statutes import queries as statutes
from quizapp.statutes.rules.addressing import article_address
from quizapp.statutes.rules.numbering import article_name
from quizapp.ui.pages import render
from quizapp.ui.tables import Table, build_table, download


@bp.get("/review")
@allow(*WRITERS, Role.EXAM_ADMIN)
def review() -> Response:
    """The queue: `?tab=changes` shows items whose law changed, `?tab=done` what was decided."""
    session = db.session()
    waiting, changed = queue.reviews(session, opened=True), queue.changes(session, opened=True)
    tab = request.args.get("tab", "")
    tab = tab if tab in ("changes", "done") else "waiting" if waiting or not changed else "changes"
    table: Table[QueueRow] | Table[ChangeRow]
    if tab == "changes":
        table = build_table("changes", _("法律变动影响的试题"), change_columns(), changed)
    elif tab == "done":
        table = build_table("done", _("审过的试题"), decided_columns(), queue.reviews(session, opened=False))
    else:
        table = build_table("review", _("待审的试题"), queue_columns(actor().id), waiting)
    return download(table) or render(ReviewQueuePage(tab, len(waiting), len(changed), table, actor().has(*WRITERS)))


@bp.get("/review/<int:review_id>")
@allow(*WRITERS)
def review_item(review_id: int) -> Response:
    return render(review_page(db.session(), review_id))


def review_page(session: Session, review_id: int, problem: str = "") -> ReviewPage:
    found = queue.desk(session, review_id)
    content = from_content(found.version.content)
    waiting = queue.reviews(session, opened=True)
    ids = [row.id for row in waiting]
    place = ids.index(review_id) if review_id in ids else -1
    changes = differences(from_content(found.current.content), content) if found.current else []
    return ReviewPage(
        found.review, found.item, found.version, sheet_of(content), changes, passages_of(session, content),
        proofs_of(session, content, clock.today()), kin_of(content, queue.contents_of_bank(session)),
        watch.uses_of(session, [found.item.id]).get(found.item.id, []), found.votes, found.opened_by, waiting, place + 1,
        _address(ids, place - 1), _address(ids, place + 1) if place >= 0 else "", refusal(found), problem,
        not isinstance(content, Case) and found.review.state == "open",
    )


def _address(ids: list[int], place: int) -> str:
    return url_for("questions.review_item", review_id=ids[place]) if 0 <= place < len(ids) else ""


def refusal(found: Desk) -> str:
    """Why the person may not decide, "" where they may."""
    people = [found.review.opened_by, found.version.author_id]
    sentence = why_not(actor(), BY_REVIEWER, Target(people=people, state=found.review.state))
    return _(sentence) if sentence else ""


def passages_of(session: Session, item: Item) -> list[Passage]:
    """The cited articles with the proving words marked, each article once, in order of citation."""
    spans: dict[tuple[str, date, str], list[tuple[int, int]]] = {}
    for one in citations_in(item):
        spans.setdefault((one.law, date.fromisoformat(one.version), one.article), []).extend([one.span] if one.span else [])
    known = statutes.known_articles(session, set(spans))
    found = []
    for (law, version, number), marks in spans.items():
        text = known[law, version, number].text if (law, version, number) in known else None
        address = article_address(law, version.isoformat(), number)
        found.append(Passage(law, version, article_name(number), address, passage(text, marks) if text else ()))
    return found


@bp.post("/review/<int:review_id>/accept")
@allow(Role.REVIEWER)
def accept(review_id: int) -> Response | BaseResponse:
    return decided(review_id, "accept")


@bp.post("/review/<int:review_id>/reject")
@allow(Role.REVIEWER)
def reject(review_id: int) -> Response | BaseResponse:
    return decided(review_id, "reject")


def decided(review_id: int, verdict: str) -> Response | BaseResponse:
    """Decide, and go on to the next that waits; a decision that cannot be taken comes back with its reason."""
    try:
        with db.transaction() as session:
            if verdict == "accept":
                review = reviewing.accept(session, review_id, actor().id)
            else:
                review = reviewing.reject(session, review_id, actor().id, request.form.get("reason", ""))
            note(session, f"{verdict}_item", "review", review_id, {"item": review.item_id, "state": review.state})
    except (InputError, ForbiddenError) as error:
        return render(review_page(db.session(), review_id, _(error.message, **error.values)), 422)
    flash(_("已退回，命题员会看到理由") if verdict == "reject" else _("已通过，之后组卷会用到这道题") if review.state == "accepted"
          else _("已记下，还需要另一位审题人"), "ok")
    return redirect(next_address(db.session(), review_id), 303)


def next_address(session: Session, review_id: int) -> str:
    """The next review that this person may decide, else the queue."""
    for row in queue.reviews(session, opened=True):
        if row.id != review_id and row.author_id != actor().id:
            return url_for("questions.review_item", review_id=row.id)
    return url_for("questions.review")
