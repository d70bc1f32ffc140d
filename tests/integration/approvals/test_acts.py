"""What takes two persons: more time, discarding, other marks, another key."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, update

from quizapp.approvals import queries
from quizapp.approvals.rules import Kind
from quizapp.approvals.service import By
from quizapp.attempts import queries as attempts
from quizapp.attempts import service as sitting
from quizapp.attempts.models import Attempt
from quizapp.db import db
from quizapp.exams import service as exams
from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError, ForbiddenError
from quizapp.kernel.roles import Role
from quizapp.marking import queries as marking
from quizapp.marking import service as marks
from quizapp.marking.approving import params_of
from quizapp.marking.rules import Entry, Given
from quizapp.papers.models import FormQuestion
from quizapp.people.models import Person
from quizapp.plans.models import Plan, PlanFact
from quizapp.questions import queries as bank
from quizapp.questions import reviewing
from quizapp.questions.models import Item, ItemVersion
from quizapp.questions.rules.content import from_content
from quizapp.sittings.service import giving
from tests.builders.approvals import by
from tests.builders.evidence import make_place
from tests.builders.exams import CLOSES, OPENS, make_exam
from tests.builders.marking import hand_in
from tests.builders.people import grant, make_person
from tests.databases import both_databases
from tests.integration.approvals.conftest import AFTER, MINUTE, Office, events, why

pytestmark = both_databases


def test_more_time_for_many_takes_two_also_one_by_one(office: Office) -> None:
    now = OPENS + MINUTE
    with db.transaction() as session:
        people = [make_person(session) for _n in range(7)]
        big, small = make_exam(session, ["single"], candidates=people), make_exam(session, ["single"], candidates=people[:5])
        for person in people:
            sitting.start(session, big, person.id, now=OPENS)
        big_id, small_id, ids = big.id, small.id, [person.id for person in people]
    me = office.pair.first.id

    def give(exam_id: int, *, agreed: bool = False) -> int:
        with db.transaction() as session:
            return giving.extend_all(session, exam_id, 5, "停电", by=me, now=now, agreed=agreed)

    def give_one(candidate: int) -> datetime:
        with db.transaction() as session:
            return giving.extend_one(session, big_id, candidate, 5, "故障", by=me, now=now)

    assert give(small_id) == 0
    with pytest.raises(giving.SecondPersonError, match="涉及 7 人"):
        give(big_id)
    for candidate in ids[:5]:
        give_one(candidate)
    give_one(ids[0])  # the same person again is nobody more
    with pytest.raises(giving.SecondPersonError, match="已经给 5 个人"):
        give_one(ids[5])
    params = {"exam": big_id, "candidate": ids[5], "minutes": 5, "by": me}
    before = giving.extendable(db.session(), big_id, ids[5]).deadline_at
    assert office.agree(office.propose(Kind.EXTEND_ATTEMPT, params, now), now=now).state == "done"
    assert giving.extendable(db.session(), big_id, ids[5]).deadline_at == before + 5 * MINUTE
    with db.transaction() as session:
        grant(session, session.get_one(Person, ids[6]), Role.EXAM_ADMIN)
    own = office.propose(Kind.EXTEND_ATTEMPT, params | {"candidate": ids[6]}, now)
    with pytest.raises(ForbiddenError):  # about the second person themselves
        office.agree(own, By(ids[6], "自己"), now)


def test_an_extension_lapses_with_the_window_and_with_another_extension(office: Office) -> None:
    with db.transaction() as session:
        exam_id = make_exam(session, ["single"], candidates=[make_person(session) for _n in range(6)]).id
    last = CLOSES - MINUTE
    found = office.propose(Kind.EXTEND_EXAM, {"exam": exam_id, "minutes": 10}, last)
    assert "不能再全场延时" in why(office.agree(found, now=CLOSES))
    found = office.propose(Kind.EXTEND_EXAM, {"exam": exam_id, "minutes": 10}, last)
    with db.transaction() as session:
        giving.extend_all(session, exam_id, 5, "停电", by=None, now=last, agreed=True)
    assert "情况已经变了" in why(office.agree(found, now=last))
    db.session().expire_all()
    assert db.session().get_one(Exam, exam_id).closes_at == CLOSES + 5 * MINUTE


def test_drafts_go_by_two_and_what_was_published_stays(office: Office) -> None:
    with pytest.raises(ConflictError, match="不能删除"):
        office.propose(Kind.DELETE_EXAM)
    with db.transaction() as session:
        drafts = [exams.create(session, title=title, year=2026, opens_at=OPENS, closes_at=CLOSES, now=OPENS, kind="paper")
                  for title in ("甲", "乙", "丙")]
        ids = [draft.id for draft in drafts]
        plan = Plan(year=2026, agency="清溪市机关事务管理局", created_at=OPENS)
        session.add(plan)
        session.flush()
        plan_id = plan.id
    found = [office.propose(Kind.DELETE_EXAM, {"exam": exam_id}) for exam_id in ids]
    with db.transaction() as session:  # one changes, one is published meanwhile
        session.get_one(Exam, ids[1]).minutes = 61
        session.get_one(Exam, ids[2]).state = "published"
    assert [office.agree(one).state for one in found] == ["done", "lapsed", "lapsed"]
    db.session().expire_all()
    assert [db.session().get(Exam, exam_id) is None for exam_id in ids] == [True, False, False]
    worked_on = office.propose(Kind.DELETE_PLAN, {"plan": plan_id})
    with db.transaction() as session:
        session.add(PlanFact(plan_id=plan_id, position=1, field="exams_online", value={"v": 2}))
    assert office.agree(worked_on).state == "lapsed"
    assert office.agree(office.propose(Kind.DELETE_PLAN, {"plan": plan_id})).state == "done"
    assert db.session().get(Plan, plan_id, populate_existing=True) is None
    assert [event.detail["second"] for event in events("delete_exam") + events("delete_plan")] == ["许明远", "许明远"]


def test_a_mark_changes_by_two_and_the_record_still_proves_it(app: Flask, office: Office) -> None:
    place = make_place(app)
    entry, given = marked_one(place.exam_id)
    with db.transaction() as session:
        own = by(grant(session, session.get_one(Person, entry.candidate_id), Role.REVIEWER))
    found = office.propose(Kind.OVERRIDE_MARK, params_of(place.exam_id, entry, given))
    with pytest.raises(ForbiddenError):  # whose answer it is has no part in it
        office.agree(found, own)
    (waiting,) = queries.waiting_for(db.session(), office.pair.second.id, {Role.EXAM_ADMIN}, AFTER)
    assert marking.marked(db.session(), place.exam_id)[0].score == Decimal("7.50")
    assert office.agree(waiting.proposal).state == "done"
    (again,) = marking.marked(db.session(), place.exam_id)
    assert again.score == Decimal("3.25")
    assert place.found()["findings"] == []
    assert events("mark_answer")[-1].detail["before"] == "7.50"


def test_a_changed_key_is_for_papers_to_come(office: Office) -> None:
    """An edit makes a new version; the paper that was sat keeps the old one, and nobody's marks move."""
    with db.transaction() as session:
        form = session.scalars(select(FormQuestion).join(Attempt, Attempt.form_id == FormQuestion.form_id)).one()
        item = session.get_one(Item, session.get_one(ItemVersion, form.item_version_id).item_id)
        content = from_content(bank.version_of(session, item.id, item.current_version).content)
        asked, score = form.item_version_id, attempts.result(session, office.exam_id, office.candidate).score  # type: ignore[union-attr]
        other = "A" if "B" in content.key else "B"
        review = reviewing.propose_change(session, item, content.model_copy(update={"key": (other,)}), "edit", office.pair.first.id)
        session.execute(update(Item).where(Item.id == item.id).values(current_version=2))
        review.state, review.decided_at = "accepted", AFTER
    db.session().expire_all()
    assert db.session().get_one(FormQuestion, (form.form_id, form.position)).item_version_id == asked
    assert bank.version_of(db.session(), item.id, 1).content["key"] != bank.version_of(db.session(), item.id, 2).content["key"]
    with db.transaction() as session:
        again = sitting.recount(session, office.exam_id, office.candidate)
    assert (again.score if again else None) == score


def marked_one(exam_id: int) -> tuple[Entry, Given]:
    (found,) = marking.marked(db.session(), exam_id)
    return found.entry, Given(Decimal("3.25"))


def test_after_marking_a_slip_is_put_right_alone_for_minutes_only(office: Office) -> None:
    with db.transaction() as session:
        person = make_person(session, "周望舒")
        exam = make_exam(session, ["short"], candidates=[person])
        hand_in(session, exam, person, "应当先告知", OPENS)
        exam_id = exam.id
    (entry,) = marking.entries(db.session(), exam_id)

    def mark(score: str, after: timedelta) -> None:
        with db.transaction() as session:
            marks.mark(session, exam_id, entry, 9001, Given(Decimal(score)), now=AFTER + after)

    mark("4", timedelta(0))
    mark("5", 9 * MINUTE)
    with pytest.raises(marks.TakenError, match="要另一个人同意"):
        mark("6", 20 * MINUTE)
