"""Sealed files: quarantine, two approvals, and many at the same moment."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from flask import Flask

from quizapp.attempts import quarantine, queries
from quizapp.attempts.rules.saves import Save
from quizapp.attempts.service import files
from quizapp.db import db
from quizapp.kernel.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from quizapp.sittings.service import sealed as deciding
from quizapp.sittings.service.sealed import Decider
from tests.builders.exams import make_exam
from tests.builders.people import make_person
from tests.builders.sealed import contents
from tests.builders.sealed import sealed as sealed_file
from tests.builders.sealed_hall import FIRST, KEY, LATER, SECOND, START, Hall, recorded
from tests.databases import both_databases

pytestmark = both_databases


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
