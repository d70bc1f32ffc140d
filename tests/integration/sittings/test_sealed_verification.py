"""Sealed files: what `audit verify` says of an acceptance."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quizapp.attempts import evidence, quarantine, queries, service
from quizapp.attempts.models import Answer
from quizapp.attempts.rules.saves import Save
from quizapp.attempts.service import files
from quizapp.audit import service as audit
from quizapp.audit.signing import seal
from quizapp.audit.verification import verify
from quizapp.db import db
from tests.builders.sealed_hall import LATER, START, Hall, mark_short
from tests.databases import both_databases

pytestmark = both_databases


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
