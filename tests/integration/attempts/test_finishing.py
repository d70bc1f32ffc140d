"""Handing in, running out of time, marking, and what counts."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import update

from quizapp.attempts import queries, service
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.saves import Save
from quizapp.attempts.service import MissingAnswersError
from quizapp.db import db
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from tests.builders.exams import MARKED_BY_MACHINE, OPENS, enrol, make_exam
from tests.builders.people import make_person
from tests.databases import both_databases
from tests.integration.attempts.conftest import START, TAB, Sitting, sit

pytestmark = both_databases
LATER = START + timedelta(hours=1)
AFTER = START + timedelta(minutes=90, seconds=11)


def machine_marked(**settings: object) -> Sitting:
    with db.transaction() as session:
        person = make_person(session)
        exam = make_exam(session, MARKED_BY_MACHINE, candidates=[person], **settings)
        ids = exam.id, person.id
    return sit(*ids)


def test_right_answers_earn_all_marks_and_a_result(context: None) -> None:
    sitting = machine_marked()
    sitting.answer_all()
    attempt = sitting.submit(LATER)
    assert (attempt.state, attempt.score, attempt.finished_at) == ("submitted", Decimal(60), LATER)
    result = queries.result(db.session(), sitting.exam_id, sitting.candidate_id)
    assert result is not None
    assert (result.score, result.attempts, result.source, result.sat_at) == (Decimal(60), 1, "online", LATER)
    assert attempt.receipt == queries.receipt_of(db.session(), attempt)


@pytest.mark.parametrize(("rule", "score"), [("all_or_nothing", 0), ("partial_no_wrong", 5), ("partial_balanced", 5)])
def test_the_exam_chooses_how_a_multiple_choice_is_marked(context: None, rule: str, score: int) -> None:
    sitting = machine_marked(multiple_rule=rule)
    number = sitting.number("multiple")
    half = sitting.right_answers()[number][:1]
    sitting.save(Save(number, 1, half, False, True))
    assert sitting.submit().score == Decimal(score)


def test_an_empty_paper_scores_nothing_and_still_counts_as_sat(context: None) -> None:
    sitting = machine_marked()
    assert sitting.submit().score == 0
    assert queries.result(db.session(), sitting.exam_id, sitting.candidate_id) is not None


def test_handing_in_twice_changes_nothing(sitting: Sitting) -> None:
    sitting.answer_all()
    first = sitting.submit()
    facts = (first.receipt, first.finished_at, first.state)
    second = sitting.submit(LATER)
    assert (second.receipt, second.finished_at, second.state) == facts


def test_handing_in_waits_for_what_has_not_arrived(sitting: Sitting) -> None:
    sitting.save(Save(1, 5, [], False, True))
    with pytest.raises(MissingAnswersError) as caught:
        sitting.submit(manifest={1: 6, 2: 3})
    assert caught.value.numbers == [1, 2]
    assert sitting.attempt().state == "open"
    assert sitting.submit(manifest={1: 5}).state == "submitted"


def test_another_browser_cannot_hand_in(sitting: Sitting) -> None:
    with db.transaction() as session:
        service.claim(session, sitting.candidate_id, sitting.attempt_id, TAB)
    with pytest.raises(ConflictError, match="另一台设备"):
        sitting.submit(client_id="tab-two-0002")
    assert sitting.submit(client_id=TAB).state == "submitted"


def test_a_stranger_cannot_hand_in(sitting: Sitting) -> None:
    with db.transaction() as session:
        stranger = make_person(session).id
    with pytest.raises(NotFoundError):
        Sitting(sitting.exam_id, stranger, sitting.attempt_id).submit()


def test_a_void_attempt_cannot_be_handed_in(sitting: Sitting) -> None:
    with db.transaction() as session:
        session.execute(update(Attempt).values(state="void"))
    with pytest.raises(ConflictError, match="作废"):
        sitting.submit()


def test_handing_in_within_grace_counts_at_the_deadline(sitting: Sitting) -> None:
    attempt = sitting.submit(START + timedelta(minutes=90, seconds=5))
    assert (attempt.state, attempt.finished_at) == ("submitted", attempt.deadline_at)


def test_handing_in_after_time_is_running_out_of_time(sitting: Sitting) -> None:
    attempt = sitting.submit(AFTER, manifest={1: 99})
    assert (attempt.state, attempt.finished_at) == ("expired", attempt.deadline_at)


def test_what_ran_out_of_time_is_finished_once_at_its_deadline(context: None) -> None:
    sitting = machine_marked()
    sitting.answer_all()
    for at, finished in ((AFTER - timedelta(seconds=1), 0), (AFTER, 1), (AFTER, 0)):
        with db.transaction() as session:
            assert service.finish_overdue(session, now=at) == finished
    attempt = sitting.attempt()
    assert (attempt.state, attempt.score, attempt.finished_at) == ("expired", Decimal(60), attempt.deadline_at)


def test_several_workers_finish_each_attempt_once(app: Flask) -> None:
    with app.app_context():
        with db.transaction() as session:
            people = [make_person(session) for _ in range(6)]
            exam_id = make_exam(session, ["single"], candidates=people).id
            ids = [person.id for person in people]
        for person in ids:
            sit(exam_id, person)
        together, counts = threading.Barrier(3), []

        def sweep() -> None:
            with app.app_context():
                together.wait()
                with db.transaction() as session:
                    counts.append(service.finish_overdue(session, now=AFTER))

        threads = [threading.Thread(target=sweep) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(counts) == 6
        assert queries.overdue(db.session(), AFTER) == []


def test_overdue_can_be_limited_to_a_person_or_an_exam(context: None) -> None:
    one, two = machine_marked(), machine_marked()
    assert len(queries.overdue(db.session(), AFTER)) == 2
    assert queries.overdue(db.session(), AFTER, candidate_id=one.candidate_id) == [(one.candidate_id, one.attempt_id)]
    assert queries.overdue(db.session(), AFTER, exam_id=two.exam_id) == [(two.candidate_id, two.attempt_id)]


def test_short_answers_wait_for_a_person(sitting: Sitting) -> None:
    sitting.answer_all()
    attempt = sitting.submit()
    assert (attempt.score, attempt.needs_marking) == (None, True)
    result = queries.result(db.session(), sitting.exam_id, sitting.candidate_id)
    assert result is not None
    assert result.score is None
    position = sitting.layout()[sitting.number("short") - 1].position

    def give(score: str, where: int = position) -> Attempt:
        with db.transaction() as session:
            return service.mark_answer(session, sitting.candidate_id, sitting.attempt_id, where, Decimal(score))

    for wrong in ("10.01", "-1", "1.005", "NaN"):
        with pytest.raises(InputError):
            give(wrong)
    with pytest.raises(NotFoundError):
        give("1", sitting.layout()[sitting.number("single") - 1].position)
    marked = give("7.5")
    assert (marked.score, marked.needs_marking) == (Decimal("67.5"), False)
    counted = queries.result(db.session(), sitting.exam_id, sitting.candidate_id)
    assert counted is not None
    assert counted.score == Decimal("67.5")


def test_an_open_paper_is_not_marked(sitting: Sitting) -> None:
    with pytest.raises(ConflictError, match="还没有交卷"), db.transaction() as session:
        service.mark_answer(session, sitting.candidate_id, sitting.attempt_id, 1, Decimal(1))


@pytest.mark.parametrize(("rule", "score"), [("best", 60), ("first", 60), ("last", 0)])
def test_the_exam_chooses_which_attempt_counts(context: None, rule: str, score: int) -> None:
    first = machine_marked(score_rule=rule)
    first.answer_all()
    first.submit()
    second = sit(first.exam_id, first.candidate_id, at=LATER)
    second.submit(LATER)
    result = queries.result(db.session(), first.exam_id, first.candidate_id)
    assert result is not None
    assert (result.score, result.attempts) == (Decimal(score), 2)
    assert result.attempt_id == (second if rule == "last" else first).attempt_id


def test_a_paper_result_is_registered_and_corrected(context: None) -> None:
    with db.transaction() as session:
        person, excused, stranger = (make_person(session) for _ in range(3))
        exam = make_exam(session, ["single"], candidates=[person])
        enrol(session, exam, excused, "excused", "产假")
        exam_id, people = exam.id, [person.id, excused.id, stranger.id]

    def put(who: int, score: str, at: object = OPENS) -> None:
        with db.transaction() as session:
            service.put_paper_result(session, exam_id, who, Decimal(score), at, now=START)  # type: ignore[arg-type]

    put(people[0], "71.5")
    put(people[0], "72.5")
    result = queries.result(db.session(), exam_id, people[0])
    assert result is not None
    assert (result.score, result.source, result.attempt_id) == (Decimal("72.5"), "paper", None)
    with db.transaction() as session:
        assert service.recount(session, exam_id, people[0]) is not None
    with pytest.raises(ConflictError):
        put(people[1], "60")
    with pytest.raises(NotFoundError):
        put(people[2], "60")
    for score, at in (("-1", OPENS), ("1.005", OPENS), ("60", START + timedelta(seconds=1))):
        with pytest.raises(InputError):
            put(people[0], score, at)


def test_who_sat_online_gets_no_paper_result(sitting: Sitting) -> None:
    with pytest.raises(ConflictError, match="在线"), db.transaction() as session:
        service.put_paper_result(session, sitting.exam_id, sitting.candidate_id, Decimal(60), OPENS, now=START)
