"""Two persons: nothing is done by one, by the same person twice, without the right, or for another state."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from quizapp.approvals import queries, service
from quizapp.approvals.acts import ACTS
from quizapp.approvals.models import Proposal
from quizapp.approvals.rules import Kind
from quizapp.approvals.service import By
from quizapp.attempts import queries as attempts
from quizapp.db import db
from quizapp.exams.models import Exam, Extension
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people.models import Person, RoleGrant
from tests.builders.approvals import by
from tests.builders.exams import CLOSES, OPENS, make_exam
from tests.builders.people import grant, make_person
from tests.databases import both_databases
from tests.integration.approvals.conftest import AFTER, MINUTE, Office, events, role_of, why

pytestmark = both_databases


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
