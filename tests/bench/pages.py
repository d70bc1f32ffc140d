"""How long the server takes for the reports of an agency: 50,000 people in 241 units, three exams, one make-up."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from quizapp.config import normalised_url
from quizapp.db import db
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from tests.bench.figures import Figure, application, median_seconds
from tests.builders.people import grant, sign_in
from tests.builders.results import OPENS, Agency, make_sitting
from tests.databases import PostgresServer, make_server_folder

PEOPLE = 50_000
DIVISIONS, SECTIONS = 40, 5
PAGE_GOAL, LEDGER_GOAL, QUERIES_GOAL = 150, 300, 7
# what every page asks to know who is there, and whether a report of theirs has been restated
SIGNING_IN = ("sign_in", "role_grant", "membership", "filing_holder")


def measure() -> list[Figure]:
    with application() as app:
        figures = measured(app, "SQLite")
    with postgresql() as url, application(url) as app:
        return figures + measured(app, "PostgreSQL")


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty PostgreSQL database in a folder that goes away."""
    folder = make_server_folder()
    server = PostgresServer(folder)
    try:
        yield normalised_url(server.uri())
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def look_at_tables(statement: str) -> None:
    """Have PostgreSQL count what its tables hold, as it does by itself some time after they were filled."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(statement)


def measured(app: Flask, database: str) -> list[Figure]:
    with db.transaction() as session:
        plain, merged, reader = fill(session)
    look_at_tables("ANALYZE")
    client = app.test_client()
    sign_in(client, reader)
    page, with_make_up = f"/reports/exams/{plain}", f"/reports/exams/{merged}"
    return [
        Figure(f"pass-rate page, {database}", milliseconds(client, page), PAGE_GOAL, "ms"),
        Figure(f"pass-rate page with make-up, {database}", milliseconds(client, with_make_up), PAGE_GOAL, "ms"),
        Figure(f"queries of that page, {database}", queries(client, with_make_up), QUERIES_GOAL, ""),
        Figure(f"ledger of the year, {database}", milliseconds(client, "/reports/2026"), LEDGER_GOAL, "ms"),
    ]


def large_agency(session: Session) -> Agency:
    agency = Agency(session)
    top = agency.add_unit("机关事务管理局", None, 0)
    for number in range(DIVISIONS):
        division = agency.add_unit(f"第 {number + 1} 局", top, 0)
        for section in range(SECTIONS):
            agency.add_unit(f"第 {number + 1} 局 {section + 1} 处", division, PEOPLE // DIVISIONS // SECTIONS)
    return agency


def fill(session: Session) -> tuple[int, int, Person]:
    """The agency and its exams; returns an exam without a make-up, one with, and who may read both."""
    agency = large_agency(session)
    exams = []
    for number, kind in enumerate(("online", "online", "paper")):
        exam = make_sitting(session, f"第 {number + 1} 次考试", kind=kind, opens_at=OPENS + timedelta(days=60 * number),
                            closes_at=OPENS + timedelta(days=60 * number + 5), pass_target=Decimal(100))
        agency.put_in_exam(exam)
        exams.append(exam)
    make_up = make_sitting(session, "第 1 次考试补考", make_up_of_id=exams[0].id, opens_at=OPENS + timedelta(days=20),
                           closes_at=OPENS + timedelta(days=22))
    agency.put_in_make_up(make_up, exams[0])
    reader = agency.members[agency.units[2].id][0]
    grant(session, reader, Role.EXAM_ADMIN)
    return exams[1].id, exams[0].id, reader


def milliseconds(client: FlaskClient, address: str) -> float:
    return 1000 * median_seconds(fetching(client, address), runs=9)


def fetching(client: FlaskClient, address: str) -> Callable[[], None]:
    def fetch() -> None:
        if client.get(address).status_code != 200:
            raise RuntimeError(f"{address} did not answer 200")
    return fetch


def queries(client: FlaskClient, address: str) -> int:
    """Statements for one answer, without those for the sign-in."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT") and not any(table in statement for table in SIGNING_IN):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    fetching(client, address)()
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
