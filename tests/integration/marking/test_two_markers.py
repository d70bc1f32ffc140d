"""Two people mark an answer without each other, a third where they differ, and the record proves it; on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from click.testing import Result as Ran
from flask import Flask
from sqlalchemy import delete, insert, select, text

from quizapp import clock
from quizapp.attempts import queries as attempts
from quizapp.attempts import tasks
from quizapp.audit import service as audit
from quizapp.audit.cli import audit as command
from quizapp.db import db
from quizapp.exams import queries as exams
from quizapp.kernel.errors import ConflictError, ForbiddenError
from quizapp.kernel.roles import Role
from quizapp.marking import desk as desks
from quizapp.marking import double, queries, readings
from quizapp.marking.rules import Entry, Given
from tests.builders.exams import OPENS, make_exam
from tests.builders.marking import hand_in
from tests.builders.people import grant, make_person, make_unit
from tests.databases import both_databases

pytestmark = both_databases
NOW = OPENS + timedelta(days=1)
TABLES = [table for table in db.metadata.sorted_tables if table.name in ("marking_reading", "marking_record")]


@dataclass
class Room:
    """An exam that two people mark, with one short question of 10 marks; three answers; four markers."""

    exam_id: int
    people: list[int]
    markers: list[int]

    def desk(self, marker: int) -> desks.Desk:
        session = db.session()
        return desks.Desk(session, exams.get(session, self.exam_id), marker, clock.today(), "secret")

    def entry(self, person: int) -> Entry:
        return next(e for e in queries.entries(db.session(), self.exam_id) if e.candidate_id == person)

    def give(self, marker: int, person: int, score: str, minutes: int = 0) -> double.Read:
        """As the page does it, the record included."""
        db.session().rollback()
        now = NOW + timedelta(minutes=minutes)
        with db.transaction() as session:
            exam, entry = exams.get(session, self.exam_id), self.entry(person)
            given = Given(Decimal(score), (Decimal(score),))
            found = desks.Desk(session, exam, marker, clock.today(), "secret").give(entry, given, now)
            common = {"exam": exam.id, "position": entry.position, "at": now}
            audit.record(session, "read_answer", "attempt", entry.attempt_id, actor_id=marker, detail={
                **common, "place": found.place, "before": found.before, "after": given.score, "points": given.points})
            if found.settled is not None:
                audit.record(session, "mark_answer", "attempt", entry.attempt_id, actor_id=marker, detail={
                    **common, "before": None, "after": found.settled, "points": found.points, "readings": found.place})
            return found

    def score(self, person: int) -> Decimal | None:
        found = attempts.result(db.session(), self.exam_id, person)
        assert found is not None
        return found.score


@pytest.fixture
def room(app: Flask) -> Iterator[Room]:
    with app.app_context():
        with db.transaction() as session:
            people = [make_person(session) for _ in range(3)]
            elsewhere = make_unit(session, "公共机构节能处")
            markers = [grant(session, make_person(session, "何静安", elsewhere), Role.REVIEWER) for _ in range(4)]
            exam = make_exam(session, ["short"], candidates=people, markers=2, marker_tolerance=20)
            for person in people:
                hand_in(session, exam, person, f"{person.login} 的作答")
            found = Room(exam.id, [one.id for one in people], [one.id for one in markers])
        yield found


def test_two_that_agree_settle_an_answer_with_their_mean(room: Room) -> None:
    one, two, three, _four = room.markers
    person = room.people[0]
    first = room.give(one, person, "6")
    assert (first.place, first.settled, room.score(person)) == (1, None, None)
    assert [len(room.desk(marker).queue().waiting) for marker in (one, two)] == [2, 3]
    assert (room.desk(one).queue().marked, room.desk(two).queue().marked) == (1, 0), "nobody sees what others did"
    second = room.give(two, person, "7.5", 1)
    assert (second.place, second.settled, room.score(person)) == (2, Decimal("6.75"), Decimal("6.75"))
    assert len(room.desk(three).queue().waiting) == 2
    with pytest.raises(ConflictError, match="已经评完"):
        room.give(three, person, "1", 2)


def test_a_third_decides_between_two_that_differ(room: Room) -> None:
    one, two, three, four = room.markers
    person = room.people[0]
    room.give(one, person, "2")
    assert room.give(two, person, "4.01", 1).settled is None
    assert room.score(person) is None
    waiting = [len(room.desk(marker).queue().waiting) for marker in (one, two, three, four)]
    assert waiting == [2, 2, 3, 3], "it waits for anybody but these two"
    assert room.give(three, person, "9", 2).settled == Decimal(9)
    assert room.score(person) == Decimal(9)
    record = queries.record(db.session(), room.entry(person))
    assert record is not None
    assert (record.marker_id, record.points) == (three, ["9"])


def test_a_slip_is_corrected_until_another_has_marked_the_same_answer(room: Room) -> None:
    one, two, *_rest = room.markers
    first, second, _third = room.people
    room.give(one, first, "6")
    assert room.desk(one).last() is not None
    assert room.give(one, first, "7", 1).before == Decimal(6)
    room.give(two, first, "0", 2)
    assert room.desk(one).last() is None, "it would be corrected knowing that somebody differs"
    with pytest.raises(ConflictError, match="不能再改"):
        room.give(one, first, "1", 3)
    room.give(one, second, "5", 4)
    room.give(one, room.people[2], "5", 5)
    with pytest.raises(ConflictError, match="不能再改"):
        room.give(one, second, "6", 6)


def test_who_may_not_mark(room: Room) -> None:
    person = room.people[0]
    with pytest.raises(ForbiddenError, match="自己的作答"):
        room.give(person, person, "10")
    colleague = room.people[1]
    assert len(room.desk(colleague).queue().waiting) == 2, "as long as nothing is said, colleagues may mark"
    with db.transaction() as session:
        exams.get(session, room.exam_id).own_unit_barred = True
    queue = room.desk(colleague).queue()
    assert (len(queue.waiting), queue.own) == (0, 3)
    with pytest.raises(ForbiddenError, match="本单位"):
        room.give(colleague, person, "10")
    assert len(room.desk(room.markers[0]).queue().waiting) == 3
    rows = desks.exams(db.session(), colleague, clock.today(), "secret")
    assert [(row.waiting, row.own) for row in rows] == [(0, 3)]


def test_of_many_at_once_two_or_three_are_heard(app: Flask, room: Room) -> None:
    """Ten people at one answer: a first, a second, and a third only where these two differ."""
    person, outcomes, together = room.people[0], [], threading.Barrier(10)
    db.session().rollback()

    def press(number: int) -> None:
        with app.app_context():
            together.wait(30)
            try:
                outcomes.append(room.give(9000 + number, person, str(number)).place)
            except ConflictError:
                outcomes.append(0)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    given = readings.of_answer(db.session(), room.entry(person))
    assert sorted(place for place in outcomes if place) == [one.place for one in given] == list(range(1, len(given) + 1))
    apart = abs(given[0].score - given[1].score) > 2
    assert (len(outcomes), len(given)) == (10, 3 if apart else 2)
    assert room.score(person) == (given[2].score if apart else (given[0].score + given[1].score) / 2)


TAMPERED = {
    "update marking_reading set score = 700 where place = 1": "第 1 位阅卷人的评分与审计链",
    "delete from marking_reading where place = 3": "由几位阅卷人评定|现在没有这份评分|应是 还没有评定",
    "update marking_reading set marker_id = marker_id + 50 where place = 2": "第 2 位阅卷人的评分不在审计链里",
    "update exam set marker_tolerance = 90": "按各位阅卷人的评分应是 7.50 分，审计链里是 7 分",
    "update marking_record set score = 800": "评分记录是",
}


def test_the_record_proves_every_reading_and_what_was_made_of_them(app: Flask, room: Room) -> None:
    one, two, three, _four = room.markers
    for marker, score in ((one, "9"), (two, "6"), (three, "7")):
        room.give(marker, room.people[0], score)
    room.give(one, room.people[1], "5", 1)  # and one that waits for a second
    tasks.seal_receipts()
    assert found(app) == []
    for change, expected in TAMPERED.items():
        with db.engine.begin() as connection:
            before = [connection.execute(select(table)).mappings().all() for table in TABLES]
            tolerance = connection.execute(text("select marker_tolerance from exam")).scalar_one()
            connection.execute(text(change))
        said = found(app)
        assert any(any(words in line for words in expected.split("|")) for line in said), (change, said)
        with db.engine.begin() as connection:
            connection.execute(text("update exam set marker_tolerance = :n"), {"n": tolerance})
            for table, rows in zip(TABLES, before, strict=True):
                connection.execute(delete(table))
                connection.execute(insert(table), [dict(row) for row in rows])
    assert found(app) == []


def found(app: Flask) -> list[str]:
    db.session().rollback()
    ran: Ran = app.test_cli_runner().invoke(command, ["verify", "--json"])
    return [one["what"] for one in json.loads(ran.output)["findings"] if one["kind"] in ("marking", "marks")]
