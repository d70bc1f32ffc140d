"""Another key, or a void question: what it changes, what it leaves, and of two at once exactly one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from quizapp.approvals import service as approvals
from quizapp.approvals.rules import unpacked
from quizapp.attempts import queries as attempts
from quizapp.attempts import service as sitting
from quizapp.attempts.models import Answer, Regrade
from quizapp.attempts.rules.layout import slots
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError
from quizapp.kernel.roles import Role
from quizapp.marking import challenging, deciding, previewing, telling
from quizapp.marking.models import RegradedAttempt, RegradedResult
from quizapp.questions.models import Item, ItemVersion, Review
from tests.builders.approvals import make_pair
from tests.builders.evidence import make_place, seal_and_keep
from tests.builders.exams import CLOSES, make_exam
from tests.builders.regrades import NOW, Room, make_room
from tests.builders.tampering import tamper
from tests.databases import both_databases

pytestmark = both_databases


@pytest.fixture
def room(app: Flask) -> Iterator[Room]:
    with app.app_context():
        yield make_room()


def test_another_key_is_previewed_by_unit_and_writes_nothing(room: Room) -> None:
    assert room.scores() == [Decimal(35), Decimal(10), Decimal(20)]
    found = previewing.preview(db.session(), room.exam(), deciding.decision_of(room.params("single", "key", ("C",))))
    assert (found.asked, found.attempts, found.changed) == (4, 4, 3)
    assert (found.before, found.after, found.newly_passed, found.newly_failed) == (2, 2, 1, 1)
    assert [(unit.before, unit.after, unit.changed) for unit in found.units] == [(2, 2, 3)]
    assert [(one.before, one.after) for one in found.lost] == [(Decimal(20), Decimal(10))]
    assert [(one.before, one.after) for one in found.gained] == [(Decimal(10), Decimal(20))]
    assert room.scores() == [Decimal(35), Decimal(10), Decimal(20)]
    assert not db.session().scalars(select(Regrade)).all()


def test_another_key_marks_every_attempt_anew_and_keeps_what_was(room: Room) -> None:
    before = db.session().scalar(select(Answer.score).where(Answer.score == Decimal(5)))
    done = room.both("single", "key", ("C",))
    # the third person's second attempt is now the better one of two alike: the first still counts
    assert room.scores() == [Decimal(25), Decimal(20), Decimal(10)]
    session = db.session()
    kept = session.scalars(select(RegradedResult).order_by(RegradedResult.candidate_id)).all()
    assert [(one.score_before, one.score_after) for one in kept] == [
        (Decimal(35), Decimal(25)), (Decimal(10), Decimal(20)), (Decimal(20), Decimal(10))]
    assert len(session.scalars(select(RegradedAttempt)).all()) == 4
    # marks that a person gave stay
    assert session.scalar(select(Answer.score).where(Answer.score == Decimal(5))) == before
    assert "合格由 2 人变为 2 人" in room.why(done)


def test_the_attempt_that_counts_may_be_another_one_now(room: Room) -> None:
    room.both("true_false", "key", ("false",))
    # first attempt B true: 20 → 10; second C false: 0 → 10; the earlier of two alike counts
    first = attempts.result(db.session(), room.exam_id, room.people[2])
    assert first is not None
    assert first.score == Decimal(10)
    room.both("single", "key", ("C",))
    now = attempts.result(db.session(), room.exam_id, room.people[2])
    second = attempts.attempts(db.session(), room.people[2], room.exam_id)[1]
    assert now is not None
    assert (now.score, now.attempt_id, now.sat_at) == (Decimal(20), second.id, second.finished_at)


def test_a_void_question_brings_everybody_its_marks(room: Room) -> None:
    room.both("multiple", "full")
    # the third person left it empty and gets it too
    assert room.scores() == [Decimal(35), Decimal(10), Decimal(30)]
    room.both("short", "full")  # marked by hand for one, never answered by the others
    assert room.scores() == [Decimal(40), Decimal(20), Decimal(40)]


def test_a_removed_question_leaves_the_rest_for_the_whole(room: Room) -> None:
    room.both("single", "removed")
    # 25 of 30, 10 of 30, 10 of 30: what they are of 40
    assert room.scores() == [Decimal("33.33"), Decimal("13.33"), Decimal("13.33")]
    room.both("multiple", "key", ("B",))  # a rounded sum is not taken for the ground of the next one
    assert room.scores() == [Decimal("20.00"), Decimal(0), Decimal("13.33")]


def test_where_wrong_choices_cost_marks_a_paper_stops_at_nothing_and_comes_back(app: Flask) -> None:
    """What stands at 0 may be below it: the next key is worked out from the answers, not from the 0."""
    with app.app_context():
        room = make_room(multiple_rule="negative")
        assert room.scores() == [Decimal(35), Decimal(10), Decimal(20)]
        room.both("multiple", "key", ("B", "D"))
        assert room.scores() == [Decimal(15), Decimal(0), Decimal(20)]
        room.both("multiple", "key", ("A", "C"))
        assert room.scores() == [Decimal(35), Decimal(10), Decimal(20)]


def test_marks_given_by_hand_afterwards_count_on_the_changed_paper(room: Room, app: Flask) -> None:
    room.both("single", "removed")
    entry = db.session().execute(
        select(Answer.candidate_id, Answer.attempt_id, Answer.position).where(Answer.score == Decimal(5))).one()
    with db.transaction() as session:
        sitting.mark_answer(session, *entry, Decimal(10))
    assert room.scores()[0] == Decimal("40.00")
    room.both("short", "removed")
    with db.transaction() as session, pytest.raises(ConflictError, match="已经作废"):
        sitting.mark_answer(session, *entry, Decimal(3))


def test_an_exam_that_nobody_sat_and_a_paper_of_one_question(room: Room) -> None:
    with db.transaction() as session:
        exam = make_exam(session, ["single"])
        version = session.scalars(select(ItemVersion.id).order_by(ItemVersion.id.desc())).first()
    found = challenging.question(db.session(), exam.id, version or 0, 0)
    with pytest.raises(InputError, match="一道计分的题都不剩"):
        deciding.params_of(db.session(), found, "removed", (), "《示例法》第十二条")
    params = deciding.params_of(db.session(), found, "full", (), "《示例法》第十二条")
    will = previewing.preview(db.session(), exam, deciding.decision_of(params))
    assert (will.asked, will.attempts, will.changed, will.before, will.after, will.units) == (0, 0, 0, 0, 0, [])
    with db.transaction() as session:
        done = room.pair.both(session, deciding.kind_of("full"), params, now=NOW)
        assert (done.state, room.why(done)) == ("done", "已重新评分（第 1 次）：0 人的成绩有变，合格由 0 人变为 0 人")


def test_what_is_refused_at_once(room: Room) -> None:
    with pytest.raises(InputError, match="和现在的一样"):
        room.params("single", "key", ("B",))
    room.both("single", "full")
    with pytest.raises(InputError, match="只能用一种"):
        room.params("multiple", "removed")
    params = room.params("multiple", "full")
    with db.transaction() as session:
        session.get_one(ItemVersion, room.version["multiple"]).author_id = room.pair.first.id
    with db.transaction() as session, pytest.raises(ForbiddenError, match="你写的"):
        room.pair.propose(session, deciding.kind_of("full"), params, now=NOW)
    with db.transaction() as session:
        session.get_one(ItemVersion, room.version["multiple"]).author_id = None
    with db.transaction() as session, pytest.raises(ConflictError, match="成绩公布以后"):
        room.pair.propose(session, deciding.kind_of("full"), params, now=CLOSES - timedelta(minutes=1))


def test_the_item_waits_for_a_reviewer_with_its_corrected_version(room: Room) -> None:
    room.both("single", "key", ("C",))
    session = db.session()
    version = session.get_one(ItemVersion, room.version["single"])
    item = session.get_one(Item, version.item_id)
    review = session.scalars(select(Review)).one()
    corrected = session.get_one(ItemVersion, review.item_version_id)
    assert (item.status, item.current_version, review.state) == ("quarantined", 1, "open")
    assert (corrected.content["key"], set(corrected.content["distractors"])) == (["C"], {"A", "B", "D"})
    assert version.content["key"] == ["B"]  # what was committed to stays as it was


def test_everybody_concerned_is_told_until_they_say_so(room: Room) -> None:
    with db.transaction() as session:
        attempt = attempts.attempts(session, room.people[1], room.exam_id)[0]
        number = next(slot.number for slot in slots(attempt.layout) if slot.kind == "single")
        own = challenging.own_question(session, room.people[1], attempt.id, number, now=NOW)
        challenging.challenge(session, own, "法条写的是第三项，答案应当是这一项", now=NOW)
    room.both("single", "key", ("C",))
    told = telling.unconfirmed(db.session(), room.people[1])
    said = [unpacked(one.message).message for one in told]
    assert len(said) == 3, said
    for words in ("异议已采纳", "现在合格", "合格证书已签发"):
        assert any(words in sentence for sentence in said)
    assert {one.state for one in challenging.of_question(db.session(), room.exam_id, room.version["single"], 0)} == {"granted"}
    with db.transaction() as session:
        for one in told:
            telling.confirm(session, room.people[1], one.id, now=NOW)
    assert not telling.unconfirmed(db.session(), room.people[1])


def test_of_two_regrades_at_once_exactly_one_is_done(room: Room, app: Flask) -> None:
    """Both were proposed on the same ground, and both are agreed to in the same moment."""
    proposals = [room.propose("single", "key", ("C",)).id, room.propose("true_false", "key", ("false",)).id]
    ready, states = threading.Barrier(2), []

    def decide(proposal_id: Any) -> None:
        with app.app_context():
            ready.wait()
            with db.transaction() as session:
                found = approvals.agree(session, proposal_id, room.pair.second, now=NOW)
                states.append((found.state, room.why(found)))
            db.session.remove()

    threads = [threading.Thread(target=decide, args=(one,)) for one in proposals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(state for state, _why in states) == ["done", "lapsed"]
    assert next(why for state, why in states if state == "lapsed").startswith("这场考试在提出以后已经重新评过分")
    db.session().rollback()
    assert [one.number for one in db.session().scalars(select(Regrade))] == [1]


def test_the_record_proves_a_regrade_and_the_commitment_still_holds(app: Flask) -> None:
    """Green with a regrade on record, red on a history or a decision that was written past it."""
    with app.app_context():
        place = make_place(app)
        with db.transaction() as session:
            pair = make_pair(session, Role.REVIEWER)
            exam = session.get_one(Exam, place.exam_id)
            version = session.scalars(select(ItemVersion.id).where(ItemVersion.type == "single")).first()
            now = exam.closes_at + timedelta(days=1)
            found = challenging.question(session, exam.id, version, 0)
            pair.both(session, deciding.kind_of("removed"), deciding.params_of(session, found, "removed", (), "《示例法》第十二条"), now=now)
        seal_and_keep(app)
        answer = place.found()
        assert (answer["holds"], answer["findings"], answer["looked_at"]["regrades"]) == (True, [], 1)
        assert answer["looked_at"]["commitments"] == 1
        for statement in ("update regraded_attempt set score_before = score_before + 1 where candidate_id = (select min(candidate_id) from regraded_attempt)",
                          "update regrade set treatment = 'full'"):
            tamper(statement)
            assert "regrade" in place.kinds(), statement
