"""What the report of an exam costs over a tree of 10,000 units, by how many people took it.

The people are made by the database itself, in one statement, so that a million of them take a minute and not an hour.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from quizapp.db import db
from quizapp.exams.models import RosterUnit
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from tests.bench.figures import Figure, application
from tests.bench.pages import fetching, look_at_tables, postgresql
from tests.builders.people import grant, make_person, make_unit, sign_in
from tests.builders.results import make_sitting

CITIES, COUNTIES, OFFICES = 20, 10, 49  # 1 + 20 + 200 + 9,800 units
PAGE_GOAL, AGGREGATE_GOAL = 300, 2.0
ON_POSTGRESQL, ON_SQLITE = (10_000, 100_000, 1_000_000), (100_000,)

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people) SELECT i FROM n"
PEOPLE = f"""
INSERT INTO person (id, login, name, rank, post_type, active, language, created_at)
SELECT 1000000 + i, 'w' || i, 'W' || i, CASE i % 3 WHEN 0 THEN '科级' WHEN 1 THEN '科员' ELSE '处级' END, '', {{true}}, 'zh', :now
FROM ({NUMBERS}) AS numbers
"""  # noqa: S608 - constants
# looked up by position a million times: SQLite would read all units for each of the people
OFFICE = (
    "CREATE TEMPORARY TABLE office AS SELECT position, unit_id, path FROM roster_unit WHERE exam_id = :exam AND position >= 0",
    "CREATE UNIQUE INDEX temporary_office ON office (position)",
)
ROSTER = f"""
INSERT INTO roster_entry (exam_id, candidate_id, unit_id, path, rank, post_type, status, reason)
SELECT :exam, 1000000 + i, u.unit_id, u.path, CASE i % 3 WHEN 0 THEN '科级' WHEN 1 THEN '科员' ELSE '处级' END, '',
       CASE WHEN i % 50 = 0 THEN 'excused' ELSE 'expected' END, ''
FROM ({NUMBERS}) AS numbers JOIN office AS u ON u.position = i % :leaves
"""  # noqa: S608 - constants
RESULTS = f"""
INSERT INTO result (candidate_id, exam_id, source, attempts, score, sat_at)
SELECT 1000000 + i, :exam, 'online', 1, 4000 + (i % 997 * 7919 % 31) * 200, :now FROM ({NUMBERS}) AS numbers WHERE i % 25 <> 0
"""  # noqa: S608 - constants


def measure() -> list[Figure]:
    figures: list[Figure] = []
    for people in ON_SQLITE:
        with application() as app:
            figures += measured(app, people, "SQLite")
    for people in ON_POSTGRESQL:
        with postgresql() as url, application(url) as app:
            figures += measured(app, people, "PostgreSQL")
    return figures


def measured(app: Flask, people: int, database: str) -> list[Figure]:
    with db.transaction() as session:
        exam_id, reader = fill(session, people)
    look_at_tables("VACUUM ANALYZE")
    client = app.test_client()
    sign_in(client, reader)
    fetch = fetching(client, f"/reports/exams/{exam_id}")
    fetch()
    rounds = [once(fetch) for _round in range(5)]
    counting = statistics.median(counted for _whole, counted in rounds)
    around = statistics.median(whole - counted for whole, counted in rounds)
    name = f"{people:,} people, 10,021 units, {database}"
    return [Figure(f"report page: counting over the roster, {name}", counting, AGGREGATE_GOAL, "s"),
            Figure(f"report page: all the rest, {name}", 1000 * around, PAGE_GOAL, "ms"),
            Figure(f"report page: both, {name}", statistics.median(whole for whole, _counted in rounds),
                   AGGREGATE_GOAL + PAGE_GOAL / 1000, "s")]


def once(fetch: Callable[[], None]) -> tuple[float, float]:
    """Seconds of a page, and of its statements that go over the roster of the exam."""
    begun, counting = 0.0, 0.0

    def before(*_what: object) -> None:
        nonlocal begun
        begun = time.perf_counter()

    def after(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal counting
        counting += time.perf_counter() - begun if "roster_entry" in statement else 0

    with listening("before_cursor_execute", before), listening("after_cursor_execute", after):
        whole = time.perf_counter()
        fetch()
        return time.perf_counter() - whole, counting


@contextmanager
def listening(name: str, listener: Callable[..., None]) -> Iterator[None]:
    event.listen(db.engine, name, listener)
    try:
        yield
    finally:
        event.remove(db.engine, name, listener)


def fill(session: Session, people: int) -> tuple[int, Person]:
    """An exam with its frozen tree, roster and results; the people stand in the offices alone."""
    home = make_unit(session, "省局", None)
    reader = grant(session, make_person(session, unit=home), Role.EXAM_ADMIN)
    exam = make_sitting(session, "全省学法用法考试")
    session.execute(insert(RosterUnit), units(exam.id, home.id))
    values = {"exam": exam.id, "people": people, "now": "2026-06-16 02:00:00+00:00", "leaves": CITIES * COUNTIES * OFFICES}
    truth = "1" if session.get_bind().dialect.name == "sqlite" else "true"
    for statement in (PEOPLE.format(true=truth), *OFFICE, ROSTER, RESULTS):
        session.execute(text(statement), values)
    return exam.id, reader


def units(exam_id: int, root: int) -> list[dict[str, object]]:
    """A province, its cities, their counties, their offices; an office's `position` is its number from 0."""
    def unit(number: int, parent: int | None, name: str, path: str, position: int) -> dict[str, object]:
        return {"exam_id": exam_id, "unit_id": number, "parent_id": parent, "name": name, "path": path, "position": position}

    found = [unit(root, None, "省局", f"/{root}/", -1)]
    number = position = 0
    for city in range(CITIES):
        number += 1
        above = 100_000 + number
        found.append(unit(above, root, f"{city + 1} 市", f"/{root}/{above}/", -1))
        for county in range(COUNTIES):
            number += 1
            middle = 100_000 + number
            found.append(unit(middle, above, f"{city + 1} 市 {county + 1} 县", f"/{root}/{above}/{middle}/", -1))
            for office in range(OFFICES):
                number += 1
                leaf = 100_000 + number
                found.append(unit(leaf, middle, f"{city + 1} 市 {county + 1} 县 {office + 1} 科",
                                  f"/{root}/{above}/{middle}/{leaf}/", position))
                position += 1
    return found
