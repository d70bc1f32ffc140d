"""Sealed files: what an acceptance changes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from quizapp.attempts import evidence, queries
from quizapp.attempts.rules.receipt import event_digest
from quizapp.attempts.rules.responses import shown
from quizapp.attempts.rules.saves import Save
from quizapp.audit.signing import seal
from quizapp.db import db
from quizapp.kernel.errors import ConflictError
from quizapp.marking.models import MarkingRecord
from tests.builders.sealed_hall import FIRST, LATER, SECOND, START, Hall, mark_short, recorded
from tests.databases import both_databases

pytestmark = both_databases


def test_accepted_answers_count_and_the_receipt_follows(hall: Hall) -> None:
    right, short = hall.right(), hall.number("short")
    machine = {n: r for n, r in right.items() if n != short}
    n = hall.number("single")
    hall.save(Save(n, 3, [], False, True))
    before = hall.submit()
    assert before.score == 0
    old = before.receipt
    done = hall.accept(hall.upload(hall.file(machine)))
    attempt = hall.attempt()
    assert done.numbers == tuple(sorted(machine))
    kept = hall.kept()
    assert {slot.number: shown(slot, kept[slot.number].response) for slot in hall.layout() if slot.number in kept} == machine
    assert attempt.score == Decimal(10 * len(machine))
    assert attempt.receipt not in ("", old)
    assert attempt.receipt == queries.receipt_of(db.session(), attempt)
    assert seal().verifies(attempt.receipt, attempt.signature)
    assert (attempt.state, attempt.finished_at) == ("submitted", START)
    counted = queries.result(db.session(), hall.exam_id, hall.candidate_id)
    assert counted is not None
    assert counted.score == attempt.score


def test_the_events_of_a_file_count_under_its_own_name(hall: Hall) -> None:
    n = hall.number("single")
    right = hall.right()[n]
    hall.submit()
    hall.save(Save(n, 1000 + n, right, False, True), at=LATER)  # the same change arrived too late before
    file_id = hall.upload(hall.file({n: right}))
    hall.accept(file_id)
    [event] = hall.file_events()
    assert (event.client_id, event.refused) == (f"file-{file_id.hex}", "")
    assert event.received_at == hall.stored(file_id).uploaded_at
    assert event.digest == event_digest(hall.attempt_id, event.client_id, event.seq, event.position, event.response, False)


def test_only_greater_sequences_move(hall: Hall) -> None:
    right = hall.right()
    single, multiple = hall.number("single"), hall.number("multiple")
    hall.save(Save(single, 9000, right[single], False, True), Save(multiple, 2, [], False, True))
    hall.submit()
    done = hall.accept(hall.upload(hall.file({single: [], multiple: right[multiple]})))
    assert done.numbers == (multiple,)
    assert hall.kept()[single].seq == 9000
    assert hall.attempt().score == 20


def test_the_record_names_both_receipts_and_both_scores(hall: Hall) -> None:
    n = hall.number("single")
    old = hall.submit().receipt
    file_id = hall.upload(hall.file({n: hall.right()[n]}))
    hall.accept(file_id)
    [event] = recorded("accept_sealed_file")
    attempt, detail = hall.attempt(), event.detail
    assert event.object_id == str(hall.attempt_id)
    assert (detail["before"]["receipt"], detail["after"]["receipt"]) == (old, attempt.receipt)
    assert (detail["before"]["score"], detail["after"]["score"]) == ("0.00", "10.00")
    assert (detail["file"], detail["sha256"]) == (str(file_id), hall.stored(file_id).digest)
    assert (event.actor_id, detail["first"]) == (SECOND.id, FIRST.id)
    found = evidence.one(db.session(), hall.candidate_id, hall.attempt_id)
    assert found is not None
    assert detail["after"]["record"] == found.leaf().record


def test_an_open_attempt_takes_a_file_as_saves(hall: Hall) -> None:
    right = hall.right()
    n = hall.number("single")
    done = hall.accept(hall.upload(hall.file({n: right[n]}), at=START), at=START + timedelta(minutes=1))
    assert done.open
    assert hall.attempt().state == "open"
    assert hall.kept()[n].score is None
    hall.save(Save(n, 5000, [], False, True))  # the tab goes on
    assert hall.submit().score == 0
    assert hall.attempt().receipt == queries.receipt_of(db.session(), hall.attempt())


def test_an_attempt_that_ran_out_meanwhile_is_finished_first(hall: Hall) -> None:
    n = hall.number("single")
    file_id = hall.upload(hall.file({n: hall.right()[n]}), at=START)
    done = hall.accept(file_id, at=LATER)
    assert not done.open
    assert (hall.attempt().state, hall.attempt().score) == ("expired", 10)
    assert hall.attempt().finished_at == hall.attempt().deadline_at


def test_what_arrived_meanwhile_makes_a_file_needless(hall: Hall) -> None:
    n = hall.number("single")
    file_id = hall.upload(hall.file({n: []}, seq=10), at=START)
    hall.save(Save(n, 5000, hall.right()[n], False, True))
    hall.approve(file_id, FIRST, at=START)
    with pytest.raises(ConflictError, match="没有可以采纳的"):
        hall.approve(file_id, SECOND, at=START)
    assert hall.stored(file_id).state == "approved"
    hall.refuse(file_id)


def test_answers_that_do_not_fit_are_left_out(hall: Hall) -> None:
    right = hall.right()
    fill, single = hall.number("fill"), hall.number("single")
    hall.submit()
    done = hall.accept(hall.upload(hall.file({fill: ["一", "二", "三", "四", "五"], single: right[single], 99: ["1"]})))
    assert done.numbers == (single,)
    assert fill not in hall.kept()


def test_marks_of_people_stay_where_the_answer_stays(hall: Hall) -> None:
    right, short, single = hall.right(), hall.number("short"), hall.number("single")
    hall.save(Save(short, 3, ["公告"], False, True))
    hall.submit()
    mark_short(hall, Decimal(4))
    done = hall.accept(hall.upload(hall.file({single: right[single]})))
    assert (done.before.score, done.after.score) == (4, 14)
    assert not hall.attempt().needs_marking


def test_a_replaced_short_answer_is_marked_anew(hall: Hall) -> None:
    short = hall.number("short")
    hall.save(Save(short, 3, ["公告"], False, True))
    hall.submit()
    mark_short(hall, Decimal(4))
    done = hall.accept(hall.upload(hall.file({short: ["听证并公告"]})))
    assert (done.after.score, hall.attempt().needs_marking) == (None, True)
    assert db.session().scalars(select(MarkingRecord)).all() == []
    mark_short(hall, Decimal(7), marker=8002)
    assert hall.attempt().score == 7
