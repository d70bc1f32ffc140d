"""The save protocol on real databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from quizapp.attempts import queries, service
from quizapp.attempts.models import AnswerEvent
from quizapp.attempts.rules.responses import stored
from quizapp.attempts.rules.saves import Batch, Refusal, Save
from quizapp.attempts.service import Ack
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel.errors import NotFoundError
from tests.builders.exams import enrol
from tests.builders.people import make_person
from tests.databases import both_databases
from tests.integration.attempts.conftest import START, TAB, Sitting, counted, sit

pytestmark = both_databases


def events(sitting: Sitting) -> list[tuple[int, str]]:
    rows = db.session().execute(
        select(AnswerEvent.seq, AnswerEvent.refused).where(AnswerEvent.attempt_id == sitting.attempt_id)
        .order_by(AnswerEvent.seq)
    )
    return [(row[0], row[1]) for row in rows]


def test_a_save_is_acknowledged_with_what_is_stored(sitting: Sitting) -> None:
    number = sitting.number("multiple")
    ack = sitting.save(Save(number, 7, ["2", "1"], True, True))
    assert ack.acks == (Ack(number, 7),)
    assert (ack.refused, ack.saved_at, ack.deadline_at) == (Refusal.NONE, START, START + timedelta(minutes=90))
    kept = sitting.kept()[number]
    slot = sitting.layout()[number - 1]
    assert (kept.seq, kept.flagged, list(kept.response)) == (7, True, sorted(slot.options[:2]))
    assert sitting.attempt().client_id == sitting.client_id


def test_the_same_save_twice_is_one_event_and_one_answer(sitting: Sitting) -> None:
    save = Save(1, 3, [], True, True)
    assert sitting.save(save).acks == sitting.save(save).acks == (Ack(1, 3),)
    assert events(sitting) == [(3, "")]


def test_a_lower_sequence_never_moves_an_answer_back(sitting: Sitting) -> None:
    number = sitting.number("single")
    sitting.save(Save(number, 9, ["2"], False, True))
    ack = sitting.save(Save(number, 4, ["1"], True, True))
    assert ack.acks == (Ack(number, 9),)
    assert sitting.kept()[number].seq == 9
    assert not sitting.kept()[number].flagged
    assert events(sitting) == [(4, ""), (9, "")]


def test_a_batch_may_hold_one_question_several_times(sitting: Sitting) -> None:
    ack = sitting.save(*[Save(1, seq, [], seq == 5, True) for seq in (3, 5, 4)], Save(2, 6, [], False, True))
    assert ack.acks == (Ack(1, 5), Ack(2, 6))
    assert sitting.kept()[1].flagged
    assert [seq for seq, _ in events(sitting)] == [3, 4, 5, 6]


def test_what_can_never_be_stored_is_named_and_the_rest_is_kept(sitting: Sitting) -> None:
    number = sitting.number("single")
    ack = sitting.save(Save(number, 1, ["9"], False, True), Save(99, 2, [], False, True), Save(1, 3, [], True, True))
    assert [(r.q, r.seq) for r in ack.rejected] == [(number, 1), (99, 2)]
    assert Ack(1, 3) in ack.acks
    assert [seq for seq, _ in events(sitting)] == [3]


def test_saves_within_grace_count_and_later_ones_are_kept_as_evidence(sitting: Sitting) -> None:
    deadline = START + timedelta(minutes=90)
    assert sitting.save(Save(1, 1, [], True, True), at=deadline + timedelta(seconds=10)).acks == (Ack(1, 1),)
    late = sitting.save(Save(1, 2, [], False, True), at=deadline + timedelta(seconds=11))
    assert (late.refused, late.acks) == (Refusal.LATE, ())
    assert sitting.kept()[1].seq == 1
    assert events(sitting) == [(1, ""), (2, "late")]


def test_the_browser_before_a_take_over_saves_no_more(sitting: Sitting) -> None:
    sitting.save(Save(1, 1, [], False, True))
    with db.transaction() as session:
        epoch = service.take_over(session, sitting.candidate_id, sitting.attempt_id, "tab-two-0002")
    assert sitting.save(Save(1, 5, [], True, True)).refused is Refusal.TAKEN
    assert sitting.save(Save(1, 6, [], True, True), epoch=epoch).refused is Refusal.TAKEN
    assert sitting.kept()[1].seq == 1
    new = sitting.save(Save(1, 7, [], True, True), epoch=epoch, client_id="tab-two-0002")
    assert new.acks == (Ack(1, 7),)
    assert events(sitting) == [(1, ""), (5, "taken"), (6, "taken"), (7, "")]


def test_nothing_is_saved_after_handing_in(sitting: Sitting) -> None:
    sitting.submit()
    assert sitting.save(Save(1, 1, [], True, True)).refused is Refusal.CLOSED
    assert sitting.kept() == {}


def test_nobody_saves_to_somebody_elses_attempt(sitting: Sitting) -> None:
    with db.transaction() as session:
        stranger = make_person(session).id
    foreign = Sitting(sitting.exam_id, stranger, sitting.attempt_id)
    with pytest.raises(NotFoundError):
        foreign.save(Save(1, 1, [], True, True))


def test_a_save_takes_one_statement_or_two_and_names_the_candidate(sitting: Sitting) -> None:
    ticket = queries.ticket(db.session(), sitting.candidate_id, sitting.attempt_id)
    batch = Batch(TAB, 1, tuple(Save(n, n, [], False, True) for n in range(1, 8)))

    def save() -> None:
        with db.hot() as connection:
            service.save(connection, ticket, batch, received_at=START)

    statements = counted(save)
    assert len(statements) == (1 if db.engine.dialect.name == "postgresql" else 2)
    assert all("candidate" in statement for statement in statements)


class OneAttempt(RuleBasedStateMachine):
    """Saves, repeats, any order, reloads and take-overs against a dictionary that keeps the greatest sequence.

    Each example is of another candidate, whose number comes from `people`.
    """

    exam_id: int
    people: Iterator[int]

    @initialize()
    def begin(self) -> None:
        with db.transaction() as session:
            person = make_person(session, f"考生{next(self.people)}")
            enrol(session, session.get_one(Exam, self.exam_id), person)
            candidate = person.id
        self.sitting = sit(self.exam_id, candidate)
        self.sent: list[Save] = []
        self.old: tuple[str, int] | None = None
        self.model: dict[int, Save] = {}
        self.events: set[tuple[str, int, int]] = set()

    def send(self, saves: list[Save]) -> None:
        ack = self.sitting.save(*saves)
        assert ack.refused is Refusal.NONE
        for save in saves:
            self.events.add((self.sitting.client_id, save.seq, save.number))
            if save.number not in self.model or save.seq > self.model[save.number].seq:
                self.model[save.number] = save
        assert {a.q: a.seq for a in ack.acks} == {s.number: self.model[s.number].seq for s in saves}

    def greatest(self) -> int:
        return max((save.seq for save in self.sent), default=0)

    @rule(
        numbers=st.lists(st.integers(1, 3), min_size=1, max_size=6), flagged=st.booleans(),
        place=st.integers(1, 2), shuffled=st.randoms(use_true_random=False),
    )
    def change(self, numbers: list[int], flagged: bool, place: int, shuffled: Random) -> None:
        first = self.greatest() + 1
        layout = self.sitting.layout()
        saves = [
            Save(n, first + index, [str(place)] if layout[n - 1].options else [], flagged, True)
            for index, n in enumerate(numbers)
        ]
        self.sent += saves
        shuffled.shuffle(saves)
        self.send(saves)

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        if self.sent:
            self.send(data.draw(st.lists(st.sampled_from(self.sent), min_size=1, max_size=5, unique_by=lambda save: save.seq)))

    @rule()
    def reload(self) -> None:
        again = sit(self.sitting.exam_id, self.sitting.candidate_id)
        assert again.attempt_id == self.sitting.attempt_id
        assert again.layout() == self.sitting.layout()

    @rule()
    def hand_over(self) -> None:
        self.old = (self.sitting.client_id, self.sitting.epoch)
        self.sitting.client_id = f"tab-{self.sitting.epoch:08}"
        with db.transaction() as session:
            self.sitting.epoch = service.take_over(
                session, self.sitting.candidate_id, self.sitting.attempt_id, self.sitting.client_id
            )

    @rule(number=st.integers(1, 3))
    def the_old_browser_tries(self, number: int) -> None:
        if self.old:
            seq = self.greatest() + 1000
            refused = self.sitting.save(Save(number, seq, [], True, True), client_id=self.old[0], epoch=self.old[1])
            assert refused.refused is Refusal.TAKEN

    @invariant()
    def stored_equals_model(self) -> None:
        layout = self.sitting.layout()
        assert {n: (k.seq, list(k.response), k.flagged) for n, k in self.sitting.kept().items()} == {
            n: (s.seq, stored(layout[n - 1], s.response), s.flagged) for n, s in self.model.items()
        }
        rows = db.session().execute(
            select(AnswerEvent.client_id, AnswerEvent.seq, AnswerEvent.position)
            .where(AnswerEvent.attempt_id == self.sitting.attempt_id, AnswerEvent.refused == "")
        )
        positions = {slot.position: slot.number for slot in layout}
        assert {(row[0], row[1], positions[row[2]]) for row in rows} == self.events


def test_answers_follow_the_model_after_any_sequence(sitting: Sitting) -> None:
    class Here(OneAttempt):
        exam_id = sitting.exam_id
        people = count(1)

    run_state_machine_as_test(
        Here,
        settings=settings(max_examples=10, stateful_step_count=12, deadline=None,
                          suppress_health_check=list(HealthCheck)),
    )


def test_what_is_acknowledged_while_handing_in_is_in_the_receipt(app: Flask, sitting: Sitting) -> None:
    """Saves and the hand-in race; an acknowledged save is in the receipt, a refused one is not."""
    together = threading.Barrier(5)
    acked: list[tuple[int, int]] = []

    def save(number: int) -> None:
        with app.app_context():
            together.wait()
            for seq in range(1, 6):
                ack = sitting.save(Save(number, seq, [], True, True))
                acked.extend((a.q, a.seq) for a in ack.acks)
                assert ack.refused in (Refusal.NONE, Refusal.CLOSED)

    def hand_in() -> None:
        with app.app_context():
            together.wait()
            sitting.submit(START)

    threads = [threading.Thread(target=save, args=(n,)) for n in range(1, 5)] + [threading.Thread(target=hand_in)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = sitting.kept()
    greatest = {q: max(seq for other, seq in acked if other == q) for q, _seq in acked}
    assert {q: answer.seq for q, answer in kept.items()} == greatest
    attempt = sitting.attempt()
    assert attempt.receipt == queries.receipt_of(db.session(), attempt)
