"""Two persons: nothing is done by one, by the same person twice, without the right, or for another state."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from quizapp.approvals import queries, service
from quizapp.approvals.acts import ACTS
from quizapp.approvals.models import Proposal
from quizapp.approvals.rules import Kind
from quizapp.approvals.service import By
from quizapp.attempts import queries as attempts
from quizapp.attempts import service as sitting
from quizapp.attempts.models import Attempt
from quizapp.audit.models import AuditEvent
from quizapp.db import db
from quizapp.exams import service as exams
from quizapp.exams.models import Exam, Extension
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from quizapp.kernel.roles import Role
from quizapp.marking import queries as marking
from quizapp.marking import service as marks
from quizapp.marking.approving import params_of
from quizapp.marking.rules import Entry, Given
from quizapp.papers.models import FormQuestion
from quizapp.people.models import Person, RoleGrant
from quizapp.plans.models import Plan, PlanFact
from quizapp.questions import queries as bank
from quizapp.questions import reviewing
from quizapp.questions.models import Item, ItemVersion
from quizapp.questions.rules.content import from_content
from quizapp.sittings.service import giving
from tests.builders.approvals import Pair, by, make_pair
from tests.builders.evidence import make_place
from tests.builders.exams import CLOSES, OPENS, make_exam
from tests.builders.marking import hand_in
from tests.builders.people import grant, make_person
from tests.databases import both_databases

pytestmark = both_databases
MINUTE = timedelta(minutes=1)
AFTER = CLOSES + timedelta(hours=3)


@dataclass
class Office:
    """Two exam administrators; an exam whose results wait for release, with one result; somebody who sat it."""

    pair: Pair
    exam_id: int
    candidate: int

    @property
    def params(self) -> dict[str, Any]:
        return {"exam": self.exam_id}

    def propose(self, kind: Kind = Kind.RELEASE, params: dict[str, Any] | None = None, now: datetime = AFTER) -> Proposal:
        with db.transaction() as session:
            return self.pair.propose(session, kind, params or self.params, now=now)

    def agree(self, proposal: Proposal, who: By | None = None, now: datetime = AFTER) -> Proposal:
        with db.transaction() as session:
            return service.agree(session, proposal.id, who or self.pair.second, now=now)

    def exam(self) -> Exam:
        db.session().expire_all()
        return db.session().get_one(Exam, self.exam_id)


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with time_machine.travel(AFTER, tick=False), app.app_context():
        with db.transaction() as session:
            candidate = make_person(session, "沈砚秋")
            exam = make_exam(session, ["single"], candidates=[candidate], release="manual")
            hand_in(session, exam, candidate, "", OPENS)
            found = Office(make_pair(session), exam.id, candidate.id)
        yield found


def role_of(*roles: Role, name: str = "顾景明") -> By:
    with db.transaction() as session:
        person = make_person(session, name)
        for role in roles:
            grant(session, person, role)
        return by(person)


def events(action: str) -> list[AuditEvent]:
    return list(db.session().scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.number)))


def why(proposal: Proposal) -> str:
    return str(proposal.outcome.get("message", ""))


# ---------------------------------------------------------------- who


def test_results_come_out_when_another_person_agrees_and_not_before(office: Office) -> None:
    found = office.propose()
    assert office.exam().released_at is None
    everything = By(office.pair.first.id, "何静安")
    with db.transaction() as session:
        for role in (Role.SYSTEM_ADMIN, Role.REVIEWER):
            session.add(RoleGrant(person_id=everything.id, role=role))
    outsiders = [role_of(), role_of(Role.AUDITOR), role_of(Role.REVIEWER), role_of(Role.EDITOR)]
    for nobody in (everything, *outsiders):
        with pytest.raises(ForbiddenError):
            office.agree(found, nobody)
    assert (office.exam().released_at, events("release_results")) == (None, [])

    assert office.agree(found).state == "done"
    assert office.exam().released_at == AFTER
    (event,) = events("release_results")
    assert (event.actor, event.detail["proposer"], event.detail["second"]) == ("许明远", "何静安", "许明远")
    assert (event.detail["proposer_id"], event.detail["second_id"]) == (office.pair.first.id, office.pair.second.id)
    assert event.detail["results"] == 1
    assert [one.detail["kind"] for one in events("propose_act")] == ["release"]
    for act in (lambda: office.agree(found), lambda: office.agree(found, role_of(Role.SYSTEM_ADMIN))):
        with pytest.raises(ConflictError):
            act()
    with pytest.raises(ConflictError, match="已经公布"):
        office.propose()


def test_a_system_administrator_may_be_the_second_person_and_never_the_first(office: Office) -> None:
    second = role_of(Role.SYSTEM_ADMIN)
    with pytest.raises(ForbiddenError), db.transaction() as session:
        service.propose(session, Kind.RELEASE, office.params, "公布", second, now=AFTER)
    assert office.agree(office.propose(), second).state == "done"


def test_words_are_needed_and_kept(office: Office) -> None:
    for words in ("", "  ", "长" * 201):
        with pytest.raises(InputError), db.transaction() as session:
            service.propose(session, Kind.RELEASE, office.params, words, office.pair.first, now=AFTER)
    found = office.propose()
    with pytest.raises(InputError), db.transaction() as session:
        service.refuse(session, found.id, " ", office.pair.second, now=AFTER)
    with pytest.raises(ForbiddenError), db.transaction() as session:
        service.refuse(session, found.id, "不", office.pair.first, now=AFTER)
    with db.transaction() as session:
        refused = service.refuse(session, found.id, "还有申诉没有处理", office.pair.second, now=AFTER)
    assert (refused.state, refused.words, office.exam().released_at) == ("refused", "还有申诉没有处理", None)
    assert events("refuse_proposal")[0].detail["words"] == "还有申诉没有处理"
    me = office.pair.first.id
    assert queries.badge(db.session(), me, {Role.EXAM_ADMIN}, AFTER) == 1  # the decision, until it is seen
    with db.transaction() as session:
        service.tell(session, found.id, me, now=AFTER)
    assert queries.badge(db.session(), me, {Role.EXAM_ADMIN}, AFTER) == 0


def test_only_the_proposer_withdraws(office: Office) -> None:
    found = office.propose()
    with pytest.raises(ForbiddenError), db.transaction() as session:
        service.withdraw(session, found.id, office.pair.second, now=AFTER)
    with db.transaction() as session:
        service.withdraw(session, found.id, office.pair.first, now=AFTER)
    with pytest.raises(ConflictError):
        office.agree(found)
    assert office.propose().state == "waiting"  # there is room for another


def test_a_proposer_who_lost_the_role_or_the_account_has_proposed_nothing(office: Office) -> None:
    first, second = office.pair.first.id, office.pair.second.id
    for lost in (delete(RoleGrant).where(RoleGrant.person_id == first), update(Person).where(Person.id == first).values(active=False)):
        found = office.propose()
        assert queries.badge(db.session(), second, {Role.EXAM_ADMIN}, AFTER) == 1
        with db.transaction() as session:
            session.execute(lost)
        lapsed = office.agree(found)
        assert (lapsed.state, lapsed.decided_by) == ("lapsed", None)
        assert "没有这项权利" in why(lapsed)
        with db.transaction() as session:
            session.execute(update(Person).where(Person.id == first).values(active=True))
            if not queries.roles_now(session, first):
                session.add(RoleGrant(person_id=first, role=Role.EXAM_ADMIN))
    assert office.exam().released_at is None
    assert len(events("lapse_proposal")) == 2


def test_the_second_person_has_to_hold_the_role_at_that_moment(office: Office) -> None:
    found = office.propose()
    with db.transaction() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.person_id == office.pair.second.id))
    with pytest.raises(ForbiddenError):
        office.agree(found)
    assert office.exam().released_at is None


# ---------------------------------------------------------------- what and when


def test_what_changed_meanwhile_or_waited_too_long_lapses(office: Office) -> None:
    found = office.propose()
    with db.transaction() as session:  # another result than those that were seen
        session.execute(update(attempts.Result).where(attempts.Result.exam_id == office.exam_id).values(score=Decimal(5)))
    assert "情况已经变了" in why(office.agree(found))
    late = office.propose()
    assert "已经过期" in why(office.agree(late, now=AFTER + timedelta(days=7)))
    again = office.propose(now=AFTER)
    newer = office.propose(now=AFTER + timedelta(days=8))  # one that nobody decided in time gives way
    db.session().refresh(again)
    assert (again.state, newer.state) == ("lapsed", "waiting")
    assert office.exam().released_at is None


def test_results_wait_for_the_last_person_at_work(office: Office) -> None:
    with pytest.raises(ConflictError, match="还没有全部结束"):
        office.propose(now=CLOSES - MINUTE)
    with db.transaction() as session:
        session.execute(update(Exam).where(Exam.id == office.exam_id).values(release="after_close"))
    with pytest.raises(ConflictError, match="自动公布"):
        office.propose()


def test_a_kind_that_nothing_carries_out_cannot_be_proposed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(Kind) == set(ACTS)
    monkeypatch.delitem(ACTS, Kind.CHANGE_KEY)
    with pytest.raises(NotFoundError):
        office.propose(Kind.CHANGE_KEY)


def test_the_database_itself_refuses_one_person_twice(office: Office) -> None:
    found = office.propose()
    for values in ({"decided_by": office.pair.first.id}, {"decided_by": None}):
        with pytest.raises(IntegrityError), db.transaction() as session:
            session.execute(update(Proposal).where(Proposal.id == found.id).values(state="done", decided_at=AFTER, **values))


def test_switched_off_one_person_does_it_and_the_record_says_so(office: Office) -> None:
    with db.transaction() as session:
        done = service.propose(session, Kind.RELEASE, office.params, "只有一人", office.pair.first, now=AFTER, alone=True)
    assert (done.state, done.alone, office.exam().released_at) == ("done", True, AFTER)
    (event,) = events("release_results")
    assert event.detail["two_persons"] == "off"
    assert "second" not in event.detail


# ---------------------------------------------------------------- at the same moment


def together(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Each in a thread of its own, let go at once; what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    found: list[Any] = []

    def run(act: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait(20)
            try:
                found.append(act())
            except ConflictError as error:
                found.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == len(acts)
    return found


def test_of_two_who_agree_at_once_one_does_it_once(app: Flask, office: Office) -> None:
    """With an extension, which done twice would show."""
    with db.transaction() as session:
        exam = make_exam(session, ["single"], candidates=[make_person(session) for _n in range(8)])
        third = by(grant(session, make_person(session, "秦若宁"), Role.EXAM_ADMIN))
        exam_id = exam.id
    now = OPENS + MINUTE
    found = office.propose(Kind.EXTEND_EXAM, {"exam": exam_id, "minutes": 10}, now)
    both = together(app, lambda: office.agree(found, now=now), lambda: office.agree(found, third, now))
    assert sorted(type(one).__name__ for one in both) == ["ConflictError", "Proposal"]
    db.session().expire_all()
    assert db.session().get_one(Exam, exam_id).closes_at == CLOSES + 10 * MINUTE
    assert db.session().scalar(select(func.count()).select_from(Extension).where(Extension.exam_id == exam_id)) == 1
    assert len(events("extend_exam")) == 1


def test_of_two_who_propose_at_once_one_waits(app: Flask, office: Office) -> None:
    def ask(who: By) -> Proposal:
        with db.transaction() as session:
            return service.propose(session, Kind.RELEASE, office.params, "公布", who, now=AFTER)

    both = together(app, lambda: ask(office.pair.first), lambda: ask(office.pair.second))
    assert sorted(type(one).__name__ for one in both) == ["ConflictError", "Proposal"]
    assert db.session().scalar(select(func.count()).select_from(Proposal).where(Proposal.state == "waiting")) == 1


# ---------------------------------------------------------------- the acts


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
    assert marking.marked(db.session(), place.exam_id)[0][1] == Decimal("7.50")
    assert office.agree(waiting.proposal).state == "done"
    ((_entry, score),) = marking.marked(db.session(), place.exam_id)
    assert score == Decimal("3.25")
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
    ((entry, _score),) = marking.marked(db.session(), exam_id)
    return entry, Given(Decimal("3.25"))


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
