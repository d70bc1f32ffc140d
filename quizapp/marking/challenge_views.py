"""Challenges: raised on the marked paper, answered at a reviewer's desk, and what a decision would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from quizapp import clock
from quizapp.access import Actor, actor, allow, signed_in
from quizapp.approvals import asking
from quizapp.approvals.asking import WhyForm
from quizapp.approvals.rules import Kind, unpacked
from quizapp.approvals.wording import say, told
from quizapp.attempts import queries as attempts
from quizapp.attempts.asides import Aside, Notice, beside_question, tells_at_home
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.correcting import KEY, VOID, Correction
from quizapp.attempts.rules.layout import slots
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import N_, _, explain, show_time
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, QuizappError
from quizapp.kernel.roles import Role
from quizapp.marking import challenge_pages as pages
from quizapp.marking import challenging, deciding, previewing, telling
from quizapp.marking.blueprint import MARKERS, bp
from quizapp.marking.bounds import checked_key
from quizapp.marking.challenging import Question
from quizapp.marking.forms import ChallengeForm, DecideForm, StandsForm
from quizapp.questions.models import ItemVersion
from quizapp.questions.rules.markup import blank_count, plain_stem
from quizapp.questions.rules.schema import Fill, Multiple, Single
from quizapp.questions.watch import uses_of
from quizapp.ui.pages import render

STATES = {"open": N_("你提了异议，等待答复。"), "stands": N_("你提的异议已答复：答案不变。"), "granted": N_("你提的异议已采纳。")}


def open_count(_person: Actor) -> int:
    return challenging.count_open(db.session())


# ---------------------------------------------------------------- the candidate


@beside_question
def challenge_links(session: Session, attempt: Attempt) -> Mapping[int, Aside]:
    """Beside every question of the marked paper."""
    states = challenging.of_attempt(session, attempt)
    found = {}
    for slot in slots(attempt.layout):
        state = states.get(slot.position, "")
        address = url_for("marking.challenge", attempt_id=attempt.id, number=slot.number)
        found[slot.number] = Aside(_(STATES[state]) if state else "", _("看异议和答复") if state else _("对这道题提出异议"), address)
    return found


@tells_at_home
def notices_of(session: Session, person_id: int) -> Sequence[Notice]:
    return [
        Notice(say(unpacked(one.message)), show_time(one.at),
               url_for(one.link["endpoint"], **one.link["values"]) if one.link else "", _(one.link["label"]) if one.link else "",
               url_for("marking.confirm_notice", notice_id=one.id))
        for one in telling.unconfirmed(session, person_id)
    ]


@bp.post("/my/notices/<uuid:notice_id>/confirm")
@signed_in
def confirm_notice(notice_id: UUID) -> BaseResponse:
    with db.transaction() as session:
        telling.confirm(session, actor().id, notice_id, now=clock.now())
        note(session, "confirm_notice", "person", actor().id, {"notice": notice_id})
    return redirect(url_for("attempts.my_exams"), 303)


@bp.get("/my/attempts/<uuid:attempt_id>/questions/<int:number>/challenge")
@signed_in
def challenge(attempt_id: UUID, number: int) -> Response:
    return challenge_page(attempt_id, number)


@bp.post("/my/attempts/<uuid:attempt_id>/questions/<int:number>/challenge")
@signed_in
def challenge_post(attempt_id: UUID, number: int) -> Response | BaseResponse:
    form = ChallengeForm()
    if not form.validate():
        return challenge_page(attempt_id, number, form)
    now = clock.now()
    try:
        with db.transaction() as session:
            own = challenging.own_question(session, actor().id, attempt_id, number, now=now)
            made = challenging.challenge(session, own, form.reason.data or "", now=now)
            note(session, "challenge_question", "attempt", attempt_id,
                 {"exam": own.exam.id, "version": made.item_version_id, "part": made.part, "challenge": made.id})
    except (InputError, ConflictError) as error:
        return challenge_page(attempt_id, number, form, error)
    flash(_("异议已提交，审题人答复以后在这里能看到"), "ok")
    return redirect(url_for("marking.challenge", attempt_id=attempt_id, number=number), 303)


def challenge_page(
    attempt_id: UUID, number: int, form: ChallengeForm | None = None, problem: QuizappError | None = None
) -> Response:
    session, me = db.session(), actor().id
    session.rollback()
    own = challenging.own_question(session, me, attempt_id, number, now=clock.now())
    kept = attempts.answers(session, me, attempt_id).get(own.asked.position)
    past = challenging.of_person(session, me, own.exam.id, own.asked.item_version_id, own.asked.part)
    closed = ""
    if own.sheet.treated.get(own.asked.position) in VOID:
        closed = _("这道题已经作废，不用再提异议")
    elif any(one.state == "open" for one in past):
        closed = _("正在等审题人答复")
    elif len(past) >= challenging.MOST:
        closed = _("你对这道题已经提过 %(n)s 次异议，都有答复，不能再提", n=challenging.MOST)
    return render(pages.ChallengePage(
        attempt_id, number, own.exam.title, pages.sheet_of(own.asked, own.slot.options),
        pages.chosen_words(own.asked, kept.response) if kept else "", past, form or ChallengeForm(formdata=None), closed,
        explain(problem) if problem else "",
    ), problem.status if problem else 422 if form else 200)


# ---------------------------------------------------------------- the reviewer


@bp.get("/challenges")
@allow(*MARKERS)
def challenges() -> Response:
    return render(pages.ChallengesPage(challenging.doubted(db.session())))


@bp.get("/challenges/<int:exam_id>/<int:version_id>/<int:part>")
@allow(*MARKERS)
def question(exam_id: int, version_id: int, part: int) -> Response:
    return question_page(exam_id, version_id, part)


@bp.post("/challenges/<int:exam_id>/<int:version_id>/<int:part>/stands")
@allow(*MARKERS)
def stands(exam_id: int, version_id: int, part: int) -> Response | BaseResponse:
    form = StandsForm()
    if not form.validate():
        return question_page(exam_id, version_id, part, form)
    found = challenging.question(db.session(), exam_id, version_id, part)
    try:
        with db.transaction() as session:
            answered = challenging.stand_by(session, exam_id, version_id, part, form.words.data or "", form.basis.data or "",
                                            actor().id, now=clock.now())
            note(session, "answer_challenges", "exam", exam_id,
                 {"version": version_id, "part": part, "item": found.item_code, "answered": answered, "words": form.words.data,
                  "basis": form.basis.data})
    except (InputError, ConflictError, ForbiddenError) as error:
        return question_page(exam_id, version_id, part, form, error)
    flash(_("已答复 %(n)s 件异议，答案不变", n=answered), "ok")
    return redirect(url_for("marking.question", exam_id=exam_id, version_id=version_id, part=part), 303)


@bp.get("/challenges/<int:exam_id>/<int:version_id>/<int:part>/preview")
@allow(*MARKERS)
def regrade(exam_id: int, version_id: int, part: int) -> Response:
    """What the decision in the address would change. Writes nothing."""
    return regrade_page(exam_id, version_id, part, request.args)


@bp.post("/challenges/<int:exam_id>/<int:version_id>/<int:part>/preview")
@allow(*MARKERS)
def regrade_post(exam_id: int, version_id: int, part: int) -> Response | BaseResponse:
    form = WhyForm()
    if not form.validate():
        return regrade_page(exam_id, version_id, part, request.form, form)
    try:
        with db.transaction() as session:
            found = challenging.question(session, exam_id, version_id, part)
            params = params_of(session, found, request.form)
            if request.form.get("after", "") != str(params["after"]):
                raise ConflictError("看预览以后，这场考试重新评过分；下面是现在的预览，请重新核对")
            proposal = asking.put_forward(session, deciding.kind_of(params["treatment"]), params, form.why.data or "")
    except (InputError, ConflictError, ForbiddenError) as error:
        return regrade_page(exam_id, version_id, part, request.form, form, error)
    flash(told(proposal), "ok")
    return redirect(url_for("marking.question", exam_id=exam_id, version_id=version_id, part=part), 303)


def params_of(session: Session, found: Question, sent: MultiDict[str, str]) -> dict[str, Any]:
    """The decision that a form or an address says. Raises InputError."""
    treatment, asked = sent.get("treatment", ""), found.asked.question
    if treatment not in (KEY, *VOID):
        raise InputError("请选怎样处理：改答案，或者作废")
    if treatment != KEY:
        return deciding.params_of(session, found, treatment, (), sent.get("basis", ""))
    options = list(asked.options) if isinstance(asked, Single | Multiple) else []
    blanks = blank_count(asked.stem) if isinstance(asked, Fill) else 0
    typed = sent.get("fills", "").strip().splitlines() if isinstance(asked, Fill) else sent.getlist("key")
    key = checked_key(asked.type, options, blanks, typed)
    return deciding.params_of(session, found, treatment, key, sent.get("basis", ""))


def question_page(
    exam_id: int, version_id: int, part: int, form: StandsForm | None = None, problem: QuizappError | None = None,
    sent: MultiDict[str, str] | None = None,
) -> Response:
    session = db.session()
    session.rollback()
    found = challenging.question(session, exam_id, version_id, part)
    articles = pages.beside(session, found.asked, pages.shown_day(found.exam.opens_at), clock.today())
    listed = challenging.of_question(session, exam_id, version_id, part)
    place = f"{exam_id}/{version_id}/{part}"
    standing = asking.standing(Kind.CHANGE_KEY, place) or asking.standing(Kind.VOID_QUESTION, place)
    stands_form = form or StandsForm(formdata=None, data={"basis": pages.basis_words(articles)})
    decide = DecideForm(formdata=sent) if sent is not None else DecideForm(formdata=None, data={"basis": pages.basis_words(articles)})
    others = [use.title for uses in uses_of(session, [item_of(session, version_id)]).values() for use in uses
              if use.address != f"/exams/{exam_id}"]
    return render(pages.QuestionPage(
        found, plain_stem(found.asked.question.stem), pages.sheet_of(found.asked), pages.treated_words(found), articles, listed,
        sum(one.state == "open" for one in listed), deciding.history(session, exam_id), others,
        [(way, _(name)) for way, name in deciding.WAYS.items()], stands_form, decide, why_not(session, found),
        explain(problem) if problem else "", standing, standing_preview(session, found, standing), actor().has(Role.EXAM_ADMIN),
    ), problem.status if problem else 422 if form else 200)


def item_of(session: Session, version_id: int) -> int:
    return session.get_one(ItemVersion, version_id).item_id


def why_not(session: Session, found: Question) -> str:
    """Why this reader may not decide on the question, or empty."""
    try:
        challenging.check_may_decide(session, found.exam.id, found.asked.item_version_id, found.asked.part, actor().id)
    except ForbiddenError as error:
        return explain(error)
    return ""


def standing_preview(session: Session, found: Question, standing: object) -> previewing.Preview | None:
    """What waits for a second person, worked out as things stand at this moment."""
    proposal = getattr(getattr(standing, "entry", None), "proposal", None)
    if proposal is None or not proposal.waits(clock.now()):
        return None
    return previewing.preview(session, found.exam, deciding.decision_of(proposal.params, proposal.reason))


def regrade_page(
    exam_id: int, version_id: int, part: int, sent: MultiDict[str, str], form: WhyForm | None = None,
    problem: QuizappError | None = None,
) -> Response:
    session = db.session()
    session.rollback()
    found = challenging.question(session, exam_id, version_id, part)
    try:
        params = params_of(session, found, sent)
        challenging.check_may_decide(session, exam_id, version_id, part, actor().id)
        deciding.check_ground(session, found.exam, params["after"], clock.now())
    except (InputError, ForbiddenError, ConflictError) as error:
        return question_page(exam_id, version_id, part, problem=error, sent=sent)
    decision: Correction = deciding.decision_of(params)
    kept = [(name, value) for name, value in sent.items(multi=True) if name in ("treatment", "key", "fills", "basis")]
    kept.append(("after", str(params["after"])))
    return render(pages.PreviewPage(
        found, plain_stem(found.asked.question.stem), pages.before_words(found), say(deciding.new_words(found, decision)),
        params["basis"], previewing.preview(session, found.exam, decision), kept, form or WhyForm(formdata=None),
        explain(problem) if problem else "", asking.acts_alone(), actor().has(Role.EXAM_ADMIN),
    ), problem.status if problem else 422 if form else 200)


def note(session: Session, action: str, object_type: str, object_id: object, detail: dict[str, Any]) -> None:
    audit.record(session, action, object_type, object_id, actor_id=actor().id, actor=actor().name,
                 address=request.remote_addr or "", detail=detail)
