"""Sealed files: quarantine, two approvals, and what an acceptance changes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import select

from quizapp.attempts import evidence, quarantine, queries, service
from quizapp.attempts.models import Answer, AnswerEvent, Attempt, SealedFile
from quizapp.attempts.rules.layout import Slot, slots
from quizapp.attempts.rules.receipt import event_digest
from quizapp.attempts.rules.responses import shown
from quizapp.attempts.rules.saves import Save
from quizapp.attempts.rules.sealed import SealingKey
from quizapp.attempts.service import files
from quizapp.audit import service as audit
from quizapp.audit.models import AuditEvent
from quizapp.audit.signing import seal
from quizapp.audit.verification import verify
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from quizapp.marking import service as marking
from quizapp.marking.models import MarkingRecord
from quizapp.marking.rules import Entry, Given
from quizapp.papers import queries as papers
from quizapp.questions.rules.content import marking_key
from quizapp.sittings.service import sealed as deciding
from quizapp.sittings.service.sealed import Decider
from tests.builders.exams import ALL_KINDS, CLOSES, OPENS, make_exam
from tests.builders.people import make_person
from tests.builders.sealed import contents
from tests.builders.sealed import sealed as sealed_file
from tests.databases import both_databases

pytestmark = both_databases

KEY = SealingKey(ec.generate_private_key(ec.SECP256R1()))
TAB = "tab-one-0001"
START = OPENS + timedelta(minutes=5)
LATER = CLOSES + timedelta(hours=1)
FIRST, SECOND = Decider(9001, "甲"), Decider(9002, "乙")


@dataclass
class Hall:
    """One candidate with an attempt on every type of question: half of it saved, the rest only on the device."""

    exam_id: int
    candidate_id: int
    attempt_id: uuid.UUID

    def attempt(self) -> Attempt:
        return queries.own(db.session(), self.candidate_id, self.attempt_id)

    def layout(self) -> list[Slot]:
        return slots(self.attempt().layout)

    def number(self, kind: str) -> int:
        return next(slot.number for slot in self.layout() if slot.kind == kind and slot.section == kind)

    def right(self) -> dict[int, list[str]]:
        asked = {q.position: q.question for q in papers.questions_with_content(db.session(), self.attempt().form_id)}
        found = {}
        for slot in self.layout():
            key = [v if isinstance(v, str) else v[0] for v in marking_key(asked[slot.position])]
            found[slot.number] = shown(slot, key or ["听证"])
        return found

    def save(self, *saves: Save, at: datetime = START) -> None:
        with db.transaction() as session:
            ack = service.save_batch(session, self.candidate_id, self.attempt_id, TAB, 1, saves, received_at=at)
            assert not ack.rejected

    def submit(self, at: datetime = START) -> Attempt:
        with db.transaction() as session:
            return service.submit(session, self.candidate_id, self.attempt_id, now=at)

    def file(self, answers: dict[int, list[str]], seq: int = 1000, **changes: Any) -> bytes:
        saves = [{"q": n, "seq": seq + n, "response": r, "flagged": False, "seen": True} for n, r in answers.items()]
        return sealed_file(KEY.public, contents(
            attempt=str(self.attempt_id), candidate=self.candidate_id, saves=saves, client_id=TAB, **changes))

    def upload(self, raw: bytes, *, at: datetime = LATER, exam_id: int | None = None) -> uuid.UUID:
        with db.transaction() as session:
            return deciding.upload(session, KEY, raw, exam_id or self.exam_id, FIRST, now=at).id

    def approve(self, file_id: uuid.UUID, by: Decider, *, at: datetime = LATER) -> files.TakenOver | None:
        with db.transaction() as session:
            return deciding.approve(session, self.exam_id, file_id, by, now=at)

    def accept(self, file_id: uuid.UUID, *, at: datetime = LATER) -> files.TakenOver:
        assert self.approve(file_id, FIRST, at=at) is None
        done = self.approve(file_id, SECOND, at=at)
        assert done is not None
        return done

    def refuse(self, file_id: uuid.UUID, by: Decider = FIRST, reason: str = "与监控记录不符") -> None:
        with db.transaction() as session:
            deciding.refuse(session, self.exam_id, file_id, reason, by, now=LATER)

    def stored(self, file_id: uuid.UUID) -> SealedFile:
        return quarantine.file(db.session(), self.exam_id, file_id)

    def kept(self) -> dict[int, queries.Kept]:
        found = queries.answers(db.session(), self.candidate_id, self.attempt_id)
        return {slot.number: found[slot.position] for slot in self.layout() if slot.position in found}

    def file_events(self) -> list[AnswerEvent]:
        return list(db.session().scalars(select(AnswerEvent).where(AnswerEvent.client_id.like("file-%"))))


def recorded(action: str) -> list[AuditEvent]:
    return list(db.session().scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.number)))


@pytest.fixture
def hall(app: Flask) -> Iterator[Hall]:
    with app.app_context():
        with db.transaction() as session:
            person = make_person(session)
            exam = make_exam(session, ALL_KINDS, candidates=[person])
            ids = exam.id, person.id
        with db.transaction() as session:
            attempt = service.start(session, session.get_one(Exam, ids[0]), ids[1], now=START)
            service.claim(session, ids[1], attempt.id, TAB)
            attempt_id = attempt.id
        yield Hall(*ids, attempt_id)


# ---------------------------------------------------------------- quarantine


def test_an_upload_changes_nothing(hall: Hall) -> None:
    hall.save(Save(hall.number("single"), 5, [], False, True))
    before = hall.submit()
    score, receipt = before.score, before.receipt
    file_id = hall.upload(hall.file(hall.right()))
    assert hall.stored(file_id).state == "waiting"
    assert (hall.attempt().score, hall.attempt().receipt) == (score, receipt)
    assert len(hall.kept()) == 1
    assert [event.detail["sha256"] for event in recorded("upload_sealed_file")] == [hall.stored(file_id).digest]


def test_wrong_files_say_what_is_wrong(hall: Hall) -> None:
    hall.submit()
    right = hall.right()
    with db.transaction() as session:
        other_exam = make_exam(session, ("single",)).id
    with pytest.raises(InputError, match="另一场考试"):
        hall.upload(hall.file(right), exam_id=other_exam)
    with pytest.raises(InputError, match="对不上"):
        hall.upload(sealed_file(KEY.public, contents(attempt=str(uuid.uuid4()), candidate=hall.candidate_id)))
    with pytest.raises(InputError, match="对不上"):
        hall.upload(sealed_file(KEY.public, contents(attempt=str(hall.attempt_id), candidate=hall.candidate_id + 1)))
    raw = hall.file(right)
    hall.upload(raw)
    with pytest.raises(ConflictError, match="已经上交过"):
        hall.upload(raw)
    assert len(quarantine.of_attempt(db.session(), hall.candidate_id, hall.attempt_id)) == 1


def test_a_file_without_anything_new_is_not_taken(hall: Hall) -> None:
    n = hall.number("single")
    hall.save(Save(n, 5000, hall.right()[n], False, True))
    hall.submit()
    with pytest.raises(ConflictError, match="没有新的内容"):
        hall.upload(hall.file({n: []}, seq=10))


def test_a_voided_attempt_takes_no_file(hall: Hall) -> None:
    with db.transaction() as session:
        queries.own(session, hall.candidate_id, hall.attempt_id).state = "void"
    with pytest.raises(ConflictError, match="作废"):
        hall.upload(hall.file(hall.right()))


def own_upload(hall: Hall, raw: bytes, at: datetime, candidate_id: int | None = None) -> None:
    with db.transaction() as session:
        files.receive_own(session, KEY, raw, candidate_id=candidate_id or hall.candidate_id,
                          attempt_id=hall.attempt_id, now=at)


def test_a_candidate_has_seven_days_and_five_files(hall: Hall) -> None:
    right = hall.right()
    with pytest.raises(ConflictError, match="还没有结束"):
        own_upload(hall, hall.file(right), START)
    hall.submit()
    with pytest.raises(ConflictError, match="7 天"):
        own_upload(hall, hall.file(right), START + timedelta(days=7, seconds=1))
    for _count in range(files.OWN_FILES):
        own_upload(hall, hall.file(right), START + timedelta(days=7))
    with pytest.raises(ConflictError, match="不能再多"):
        own_upload(hall, hall.file(right), START + timedelta(days=1))


def test_a_candidate_hands_in_own_files_only(hall: Hall) -> None:
    hall.submit()
    with db.transaction() as session:
        stranger = make_person(session).id
    with pytest.raises(NotFoundError):
        own_upload(hall, hall.file(hall.right()), START, stranger)
    with pytest.raises(InputError, match="另一个人"):
        own_upload(hall, sealed_file(KEY.public, contents(attempt=str(hall.attempt_id), candidate=stranger)), START)
    with pytest.raises(InputError, match="另一次作答"):
        own_upload(hall, sealed_file(KEY.public, contents(candidate=hall.candidate_id)), START)


# ---------------------------------------------------------------- two approvals


def test_one_person_is_not_two(hall: Hall) -> None:
    hall.submit()
    file_id = hall.upload(hall.file(hall.right()))
    assert hall.approve(file_id, FIRST) is None
    with pytest.raises(ConflictError, match="另一位"):
        hall.approve(file_id, FIRST)
    assert hall.stored(file_id).state == "approved"
    assert hall.kept() == {}


def test_nobody_decides_on_their_own_file(hall: Hall) -> None:
    hall.submit()
    file_id = hall.upload(hall.file(hall.right()))
    own = Decider(hall.candidate_id, "本人")
    with pytest.raises(ForbiddenError):
        hall.approve(file_id, own)
    hall.approve(file_id, FIRST)
    with pytest.raises(ForbiddenError):
        hall.approve(file_id, own)
    with pytest.raises(ForbiddenError):
        hall.refuse(file_id, own)


@pytest.mark.parametrize("by", [FIRST, SECOND], ids=["the first again", "another"])
def test_either_may_refuse_with_a_reason(hall: Hall, by: Decider) -> None:
    hall.submit()
    file_id = hall.upload(hall.file(hall.right()))
    hall.approve(file_id, FIRST)
    with pytest.raises(InputError, match="原因"):
        hall.refuse(file_id, by, "  ")
    hall.refuse(file_id, by)
    assert (hall.stored(file_id).state, hall.stored(file_id).reason) == ("refused", "与监控记录不符")
    assert hall.kept() == {}
    for act in (lambda: hall.approve(file_id, SECOND), lambda: hall.refuse(file_id)):
        with pytest.raises(ConflictError, match="已经退回"):
            act()


def test_a_file_of_another_exam_is_unknown_here(hall: Hall) -> None:
    hall.submit()
    file_id = hall.upload(hall.file(hall.right()))
    with pytest.raises(NotFoundError), db.transaction() as session:
        deciding.approve(session, hall.exam_id + 1, file_id, FIRST, now=LATER)


# ---------------------------------------------------------------- what an acceptance does


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


def mark_short(hall: Hall, score: Decimal, marker: int = 8001) -> None:
    position = next(slot.position for slot in hall.layout() if slot.kind == "short")
    entry = Entry(hall.candidate_id, hall.attempt_id, position, hall.attempt().form_id, 0, 0)
    with db.transaction() as session:
        marking.mark(session, hall.exam_id, entry, marker, Given(score, (score,)), now=LATER)


# ---------------------------------------------------------------- at the same moment


def at_once(app: Flask, acts: Sequence[Callable[[], object]]) -> list[object]:
    """Everybody behind one barrier, each with a session of their own; what each got, or the error."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        with app.app_context():
            barrier.wait(20)
            try:
                return act()
            except ConflictError as error:
                return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_many_who_approve_at_once_two_count(hall: Hall, app: Flask) -> None:
    hall.submit()
    file_id = hall.upload(hall.file(hall.right()))
    people = [Decider(9100 + number, "众") for number in range(8)]
    answers = at_once(app, [partial(hall.approve, file_id, by) for by in people])
    db.session().rollback()  # what this thread has read is old
    assert sum(isinstance(answer, files.TakenOver) for answer in answers) == 1
    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, ConflictError) for answer in answers) == 6
    assert len(recorded("accept_sealed_file")) == 1
    assert len(hall.file_events()) == len(hall.right())


def test_one_file_uploaded_at_once_is_taken_in_once(hall: Hall, app: Flask) -> None:
    hall.submit()
    raw = hall.file(hall.right())
    answers = at_once(app, [partial(hall.upload, raw)] * 6)
    db.session().rollback()
    assert sum(isinstance(answer, uuid.UUID) for answer in answers) == 1
    assert len(quarantine.of_attempt(db.session(), hall.candidate_id, hall.attempt_id)) == 1


# ---------------------------------------------------------------- what `audit verify` says of it


def found_wrong() -> list[str]:
    with db.snapshot() as session:
        return [finding.kind for finding in verify(session, []).findings]


def seal_all() -> None:
    with db.transaction() as session:
        service.seal_receipts(session, evidence.unsealed(session, 100))


@pytest.mark.parametrize("sealed_before", [True, False])
def test_verification_is_green_before_and_after_sealing_anew(hall: Hall, sealed_before: bool) -> None:
    hall.submit()
    if sealed_before:
        seal_all()
    file_id = hall.upload(hall.file(hall.right()))
    assert found_wrong() == []
    hall.accept(file_id)
    assert found_wrong() == []
    seal_all()
    assert found_wrong() == []


def test_verification_is_green_after_a_file_for_an_open_attempt(hall: Hall) -> None:
    n = hall.number("single")
    hall.accept(hall.upload(hall.file({n: hall.right()[n]}), at=START), at=START)
    hall.submit()
    seal_all()
    assert found_wrong() == []


def test_verification_is_green_after_two_files(hall: Hall) -> None:
    right = hall.right()
    single, multiple = hall.number("single"), hall.number("multiple")
    hall.submit()
    seal_all()
    hall.accept(hall.upload(hall.file({single: right[single]})))
    hall.accept(hall.upload(hall.file({multiple: right[multiple]})))
    assert found_wrong() == []
    seal_all()
    assert found_wrong() == []


def test_verification_is_green_after_marks_were_replaced(hall: Hall) -> None:
    short = hall.number("short")
    hall.save(Save(short, 3, ["公告"], False, True))
    hall.submit()
    seal_all()
    mark_on_record(hall, Decimal(4), 8001)
    assert found_wrong() == []
    hall.accept(hall.upload(hall.file({short: ["听证并公告"]})))
    assert found_wrong() == []
    mark_on_record(hall, Decimal(7), 8002)
    assert found_wrong() == []


def mark_on_record(hall: Hall, score: Decimal, marker: int) -> None:
    mark_short(hall, score, marker)
    position = next(slot.position for slot in hall.layout() if slot.kind == "short")
    with db.transaction() as session:
        audit.record(session, "mark_answer", "attempt", hall.attempt_id, actor_id=marker,
                     detail={"position": position, "after": score, "points": [score]})


@pytest.mark.parametrize("again", [True, False], ids=["sealed anew", "not yet"])
def test_verification_is_red_without_the_act_on_record(hall: Hall, again: bool) -> None:
    """Answers, receipt and signature fit each other, and nobody agreed to it."""
    hall.submit()
    seal_all()
    file_id = hall.upload(hall.file(hall.right()))
    with db.transaction() as session:
        files.take_over_file(session, quarantine.file(session, hall.exam_id, file_id), now=LATER)
    if again:
        seal_all()
    assert "seal" in found_wrong()


def test_verification_is_red_when_something_is_moved_after_the_acceptance(hall: Hall) -> None:
    hall.submit()
    file_id = hall.upload(hall.file(hall.right()))
    hall.accept(file_id)
    n = hall.number("single")
    with db.transaction() as session:
        position = next(slot.position for slot in hall.layout() if slot.number == n)
        answer = session.get_one(Answer, (hall.candidate_id, hall.attempt_id, position))
        answer.seq += 1
        session.flush()
        attempt = queries.own(session, hall.candidate_id, hall.attempt_id)
        attempt.receipt = queries.receipt_of(session, attempt)
        attempt.signature = seal().sign(attempt.receipt)
    assert "seal" in found_wrong()
    seal_all()
    assert "seal" in found_wrong()
