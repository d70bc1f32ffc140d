"""`quizapp audit verify`: green on what the platform wrote, red on anything written past it."""

# ruff: noqa: S608 - the statements are put together from constants of this file

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from quizapp.audit import heads, queries
from quizapp.audit.rules import START, chained
from quizapp.audit.signing import Seal
from quizapp.db import db
from quizapp.exams.models import Exam
from tests.builders.evidence import Place, make_place, seal_and_keep, sit
from tests.builders.exams import enrol
from tests.builders.people import make_person
from tests.builders.tampering import tamper
from tests.databases import both_databases

pytestmark = both_databases


@pytest.fixture
def place(app: Flask) -> Iterator[Place]:
    with app.app_context():
        yield make_place(app)


def test_green_on_what_the_platform_wrote(place: Place) -> None:
    answer = place.found()
    assert (answer["holds"], answer["findings"], answer["count"]) == (True, [], 0)
    assert answer["looked_at"] == {"attempts": 3, "results": 4, "marks": 1, "readings": 0, "commitments": 1, "paper_results": 1}
    assert answer["heads"] == 2
    assert "审计链完整" in place.verify().output


# ---------------------------------------------------------------- every table, edited and deleted

FIRST = "(select min(candidate_id) from attempt)"
EDITS = {
    "event: actor": ("update audit_event set actor = '别人' where number = 2", "chain"),
    "event: time": ("update audit_event set at = '2020-01-01 00:00:00.000000+00' where number = 2", "chain"),
    "event: deleted": ("delete from audit_event where number = 2", "chain"),
    "event: the last": ("delete from audit_event where number = (select max(number) from audit_event)", "chain"),
    "head: number": ("update audit_head set number = number - 1", "chain"),
    "head: hash": ("update audit_head set hash = 'f' || substr(hash, 2, 62) || 'g'", "chain"),
    "head: deleted": ("delete from audit_head", "chain"),
    "attempt: end": ("update attempt set finished_at = started_at", "receipt"),
    "attempt: start": (f"update attempt set started_at = deadline_at where candidate_id = {FIRST}", "seal"),
    "attempt: deadline": (f"update attempt set deadline_at = started_at where candidate_id = {FIRST}", "seal"),
    "attempt: form": (f"update attempt set form_id = form_id + 1 where candidate_id = {FIRST}", "seal"),
    "attempt: exam": (f"update attempt set exam_id = exam_id + 1 where candidate_id = {FIRST}", "seal"),
    "attempt: number": (f"update attempt set number = 2 where candidate_id = {FIRST}", "seal"),
    "attempt: state": (f"update attempt set state = 'void' where candidate_id = {FIRST}", "seal"),
    "attempt: opened again": (f"update attempt set state = 'open', finished_at = null where candidate_id = {FIRST}", "attempt"),
    "attempt: score": (f"update attempt set score = score + 100 where candidate_id = {FIRST}", "marks"),
    "attempt: marking": (f"update attempt set needs_marking = not needs_marking where candidate_id = {FIRST}", "marks"),
    "attempt: receipt": (f"update attempt set receipt = '{'a' * 64}' where candidate_id = {FIRST}", "receipt"),
    "attempt: signature": (f"update attempt set signature = '' where candidate_id = {FIRST}", "seal"),
    "attempt: not sealed": (f"update attempt set sealed_by = null where candidate_id = {FIRST}", "seal"),
    "attempt: sealed elsewhere": (f"update attempt set sealed_by = 1 where candidate_id = {FIRST}", "seal"),
    "attempt: break": (f"update attempt set break_started_at = started_at where candidate_id = {FIRST}", "attempt"),
    "attempt: revision": (f"update attempt set revision = revision + 1 where candidate_id = {FIRST}", "seal"),
    "attempt: layout": (f"update attempt set layout = '[]' where candidate_id = {FIRST}", "seal"),
    "answer: response": (f"update answer set response = '[\"X\"]' where position = 1 and candidate_id = {FIRST}", "receipt"),
    "answer: sequence": (f"update answer set seq = seq + 1 where position = 2 and candidate_id = {FIRST}", "receipt"),
    "answer: flag": (f"update answer set flagged = not flagged where position = 2 and candidate_id = {FIRST}", "seal"),
    "answer: time": (f"update answer set saved_at = '2020-01-01 00:00:00.000000+00' where position = 2 and candidate_id = {FIRST}", "seal"),
    "answer: score": (f"update answer set score = score + 100 where position = 2 and candidate_id = {FIRST}", "marks"),
    "answer: score given by a person": (f"update answer set score = 900 where position = 5 and candidate_id = {FIRST}", "marking"),
    "answer: deleted": (f"delete from answer where position = 2 and candidate_id = {FIRST}", "receipt"),
    "save: time of arrival": (f"update answer_event set received_at = '2020-01-01 00:00:00.000000+00' where seq = 2 and candidate_id = {FIRST}",
                              "receipt"),
    "save: response": (f"update answer_event set response = '[\"X\"]' where seq = 2 and candidate_id = {FIRST}", "event"),
    "save: digest": (f"update answer_event set digest = '{'b' * 64}' where seq = 2 and candidate_id = {FIRST}", "receipt"),
    "save: refused afterwards": (f"update answer_event set refused = 'late' where seq = 2 and candidate_id = {FIRST}", "receipt"),
    "save: deleted": (f"delete from answer_event where seq = 2 and candidate_id = {FIRST}", "receipt"),
    "result: score": (f"update result set score = score + 100 where source = 'online' and candidate_id = {FIRST}", "result"),
    "result: attempt": (f"update result set attempt_id = null where source = 'online' and candidate_id = {FIRST}", "result"),
    "result: time": (f"update result set sat_at = '2020-01-01 00:00:00.000000+00' where source = 'online' and candidate_id = {FIRST}", "result"),
    "result: deleted": (f"delete from result where source = 'online' and candidate_id = {FIRST}", "result"),
    "result: on paper": ("update result set score = 9900 where source = 'paper'", "result"),
    "result: on paper, time": ("update result set sat_at = '2020-01-01 00:00:00.000000+00' where source = 'paper'", "result"),
    "result: on paper, deleted": ("delete from result where source = 'paper'", "result"),
    "marking: score": ("update marking_record set score = 1000", "marking"),
    "marking: marker": ("update marking_record set marker_id = marker_id + 1", "marking"),
    "marking: time": ("update marking_record set marked_at = '2020-01-01 00:00:00.000000+00'", "marking"),
    "marking: points": ("update marking_record set points = '[\"1\"]'", "marking"),
    "marking: deleted": ("delete from marking_record", "marking"),
    "form: marks": ("update form_question set marks = 2000 where position = 1", "commitment"),
    "form: question": ("delete from form_question where position = 4", "commitment"),
    "form: another version": ("update form_question set item_version_id = (select max(id) from item_version) where position = 1", "commitment"),
    "form: total": ("update form set total = total + 100", "commitment"),
    "exam: multiple choice": ("update exam set multiple_rule = 'partial_balanced'", "commitment"),
    "exam: pass mark": ("update exam set pass_mark = 100", "commitment"),
    "exam: what counts": ("update exam set score_rule = 'last'", "commitment"),
    "item: hash": ("update item_version set content_hash = 'x'", "commitment"),
    "commitment: digest": (f"update commitment set digest = '{'c' * 64}'", "commitment"),
    "commitment: salt": (f"update commitment set salt = '{'d' * 64}'", "commitment"),
    "commitment: time": ("update commitment set committed_at = '2020-01-01 00:00:00.000000+00'", "commitment"),
    "commitment: opened": ("update commitment set opened_at = committed_at", "commitment"),
    "commitment: deleted": ("delete from commitment", "commitment"),
}


@pytest.mark.parametrize("name", EDITS)
def test_red_on_any_edit_and_deletion(place: Place, name: str) -> None:
    statement, kind = EDITS[name]
    tamper(statement)
    assert kind in place.kinds()


def test_red_on_a_deleted_attempt(place: Place) -> None:
    tamper(*(f"delete from {table} where candidate_id = :person" for table in ("answer_event", "marking_record", "answer")),
           "delete from result where candidate_id = :person and source = 'online'",
           "delete from attempt where candidate_id = :person", person=place.people[0])
    assert {"attempt", "marking"} <= place.kinds()


def test_red_on_another_key_of_a_used_item(place: Place) -> None:
    """The content says that another option is right; the hash beside it is made to fit."""
    row = db.session().execute(text("select v.id, v.content from item_version v join form_question q on q.item_version_id = v.id "
                                    "join attempt a on a.form_id = q.form_id where q.position = 1")).first()
    assert row is not None
    content = json.loads(row[1]) if isinstance(row[1], str) else row[1]
    db.session().rollback()
    tamper("update item_version set content = :content where id = :id", id=row[0],
           content=json.dumps(content | {"key": ["A"], "distractors": dict.fromkeys("BCD", "因为")}, ensure_ascii=False))
    assert "commitment" in place.kinds()


def test_red_on_content_that_is_no_item(place: Place) -> None:
    tamper("update item_version set content = '{}'")
    assert {"commitment", "attempt"} <= place.kinds()


# ---------------------------------------------------------------- swaps, insertions, the tail, old heads


def test_red_on_two_people_whose_answers_are_swapped(place: Place) -> None:
    """Every row of the two changes its owner, answers, saves and all."""
    owners = dict(zip(place.people, place.attempts, strict=True))
    one, other = place.people[:2]
    for table in ("answer_event", "answer"):
        for owner, candidate in ((one, -1), (other, one), (-1, other)):
            attempt = owners.get(candidate, owners[one])
            move = f"update {table} set candidate_id = :candidate, attempt_id = :attempt where candidate_id = :owner"
            tamper(move, candidate=candidate, attempt=attempt if db.engine.dialect.name == "postgresql" else attempt.hex, owner=owner)
    assert place.kinds() >= {"receipt", "seal"}


def test_red_on_a_save_slipped_in(place: Place) -> None:
    tamper("insert into answer_event (candidate_id, attempt_id, client_id, seq, position, response, flagged, seen, received_at, refused, digest) "
           f"select candidate_id, attempt_id, client_id, 500, position, response, flagged, seen, received_at, '', digest "
           f"from answer_event where seq = 2 and candidate_id = {FIRST}")
    assert "receipt" in place.kinds()


def test_red_on_a_result_out_of_nowhere(place: Place) -> None:
    tamper("insert into result (candidate_id, exam_id, source, attempts, score, sat_at) "
           "select candidate_id, exam_id, 'paper', 1, 9000, '2026-11-25 01:00:00.000000' from roster_entry "
           "where exam_id = :exam and candidate_id = :person", exam=place.paper_id, person=place.people[2])
    assert "result" in place.kinds()


def test_red_on_a_tail_cut_off_with_the_head_made_to_fit(place: Place) -> None:
    """The chain holds as far as it goes; only the head kept outside knows that it went further."""
    tamper("delete from audit_event where number = (select max(number) from audit_event)",
           "update audit_head set number = (select max(number) from audit_event), "
           "hash = (select hash from audit_event order by number desc limit 1)")
    answer = place.found()
    assert answer["first_broken"] is None
    assert "heads" in place.kinds()
    assert any("末尾的记录被删掉了" in finding["what"] for finding in answer["findings"])


def test_red_on_a_chain_written_anew(place: Place) -> None:
    """Somebody who knows how the hashes are made changes the last event and everything that depends on it."""
    session = db.session()
    last = queries.by_number(session, queries.head(session).number)
    assert last is not None
    digest = chained(last.previous, {**last.facts, "actor": "别人"})
    number = last.number
    session.rollback()
    tamper("update audit_event set actor = '别人', hash = :digest where number = :number", "update audit_head set hash = :digest",
           digest=digest, number=number)
    answer = place.found()
    assert (answer["first_broken"], place.kinds()) == (None, {"heads"})
    assert "改写过" in answer["findings"][0]["what"]


def test_red_when_everything_is_cut_off(place: Place) -> None:
    tamper("delete from audit_event", f"update audit_head set number = 0, hash = '{START}'")
    assert {"heads", "seal", "marking", "commitment", "result"} <= place.kinds()


def test_red_on_an_old_head_played_back(place: Place) -> None:
    """The file's last line is taken away and an earlier one put in its place with a greater number."""
    file = place.folder / heads.NAME
    lines = file.read_text().splitlines()
    old = json.loads(lines[0])
    old["number"] = json.loads(lines[-1])["number"]
    file.write_text(lines[0] + "\n" + json.dumps(old) + "\n")
    answer = place.found()
    assert {finding["kind"] for finding in answer["findings"]} == {"heads"}
    assert "签名不对" in answer["findings"][0]["what"]


def test_a_head_signed_by_somebody_else_is_not_believed(place: Place) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    stranger = Seal(Ed25519PrivateKey.generate())
    entry = heads.signed(queries.Head(1, "e" * 64), queries.by_number(db.session(), 1).at, stranger)  # type: ignore[union-attr]
    with (place.folder / heads.NAME).open("a") as file:
        file.write(json.dumps(entry) + "\n" + "half a li")
    whats = [finding["what"] for finding in place.found()["findings"]]
    assert whats == ["是用另一把密钥签的", "读不出来"]


def test_everything_is_said_up_to_a_limit(place: Place) -> None:
    tamper("update audit_event set actor = '别人'", "update answer set response = '[\"X\"]'", "update answer set score = 1")
    answer = place.found()
    assert 5 < len(answer["findings"]) <= 50
    assert answer["count"] >= len(answer["findings"])


def test_attempts_of_an_earlier_release_are_counted_and_not_red(place: Place) -> None:
    """They have no signature and their receipt was made in another way; sealed they are all the same."""
    tamper("update attempt set signature = '', sealed_by = null, receipt = 'old'",
           "delete from audit_event", f"update audit_head set number = 0, hash = '{START}'", "delete from marking_record",
           "update answer set score = null where position = 5", "update attempt set score = null, needs_marking = true",
           "update result set score = null where source = 'online'", "delete from result where source = 'paper'", "delete from commitment")
    (place.folder / heads.NAME).unlink()
    answer = place.found()
    assert answer["holds"], answer
    assert any("3 份答卷是以前的版本收的" in remark for remark in answer["remarks"])
    assert any("没有登记承诺" in remark for remark in answer["remarks"])


def test_green_at_any_moment_while_exams_are_held(app: Flask, place: Place) -> None:
    """People hand in, receipts are sealed and heads kept, all while the proof runs: it sees one moment."""
    with db.transaction() as session:
        people = [make_person(session) for _ in range(8)]
        exam = session.get_one(Exam, place.exam_id)
        for person in people:
            enrol(session, exam, person)
        ids = [person.id for person in people]
    failures: list[BaseException] = []

    def hold() -> None:
        with app.app_context():
            try:
                for number, candidate_id in enumerate(ids):
                    sit(place.exam_id, candidate_id, number)
                    seal_and_keep(app)
            except BaseException as error:
                failures.append(error)
                raise
            finally:
                db.session.remove()

    worker = threading.Thread(target=hold)
    worker.start()
    runs = 0
    while worker.is_alive() or runs < 2:
        answer = place.found()
        assert answer["holds"], answer["findings"]
        runs += 1
    worker.join(60)
    assert not failures
    assert place.found()["looked_at"]["attempts"] == 11
