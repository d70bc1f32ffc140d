"""How long the server takes for the report of an exam: 50,000 people in 241 units, three exams, one make-up.

python -m tests.bench.report_page [--people N] [--database URL]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from quizapp.access import ALL_UNITS
from quizapp.app import create_app
from quizapp.clock import now
from quizapp.config import Settings
from quizapp.db import db, upgrade
from quizapp.kernel.roles import Role
from quizapp.reports.queries import exam as reports
from quizapp.reports.rules.report import Choice
from tests.builders.people import grant, sign_in
from tests.builders.results import OPENS, Agency, make_sitting

LIMIT = 0.150
DIVISIONS, SECTIONS, ROUNDS = 40, 5, 9


def fill(session: Session, people: int) -> tuple[int, int]:
    """An agency of this size and its exams; returns an exam without a make-up and one with."""
    agency = Agency(session)
    top = agency.add_unit("机关事务管理局", None, 0)
    for number in range(DIVISIONS):
        division = agency.add_unit(f"第 {number + 1} 局", top, 0)
        for section in range(SECTIONS):
            agency.add_unit(f"第 {number + 1} 局 {section + 1} 处", division, people // DIVISIONS // SECTIONS)
    exams = []
    for number, kind in enumerate(("online", "online", "paper")):
        exam = make_sitting(session, f"第 {number + 1} 次考试", kind=kind, opens_at=OPENS + timedelta(days=60 * number),
                            closes_at=OPENS + timedelta(days=60 * number + 5), pass_target=Decimal(100))
        agency.put_in_exam(exam)
        exams.append(exam)
    make_up = make_sitting(session, "第 1 次考试补考", make_up_of_id=exams[0].id, opens_at=OPENS + timedelta(days=20),
                           closes_at=OPENS + timedelta(days=22))
    agency.put_in_make_up(make_up, exams[0])
    admin = agency.members[agency.units[2].id][0]
    grant(session, admin, Role.EXAM_ADMIN)
    return exams[1].id, exams[0].id


def timed(act: Callable[[], object]) -> float:
    """Median seconds of several rounds, the first not counted."""
    act()
    spans = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        spans.append(time.perf_counter() - begun)
    return statistics.median(spans)


def measure(app: Flask, people: int) -> dict[str, float]:
    """Seconds of the count alone, of the exam page without and with a make-up, and of the ledger."""
    with app.app_context():
        with db.transaction() as session:
            plain, merged = fill(session, people)
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
    client = app.test_client()
    with app.app_context():
        person = _admin(db.session())
    sign_in(client, person)

    def count() -> None:
        with app.test_request_context():
            reports.exam_report(db.session(), merged, (ALL_UNITS,), Choice(), now())

    def page(address: str) -> Callable[[], None]:
        def fetch() -> None:
            if client.get(address).status_code != 200:
                raise RuntimeError(f"{address} did not answer 200")
        return fetch

    return {
        "count with make-up": timed(count),
        "exam page": timed(page(f"/reports/exams/{plain}")),
        "exam page with make-up": timed(page(f"/reports/exams/{merged}")),
        "year's ledger": timed(page("/reports/2026")),
    }


def _admin(session: Session):  # type: ignore[no-untyped-def]
    from sqlalchemy import select

    from quizapp.people.models import Person, RoleGrant

    return session.scalar(select(Person).join(RoleGrant, RoleGrant.person_id == Person.id))


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--database", default="", help="an empty database; without one, a new SQLite file")
    chosen = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.database or f"sqlite:///{folder}/bench.sqlite3"
        app = create_app(Settings(database_url=url, instance_path=Path(folder), secret_key="bench", testing=True))
        upgrade(app)
        spans = measure(app, chosen.people)
    print(f"{chosen.people:,} people × 3 exams, {url.partition(':')[0]}")
    for name, seconds in spans.items():
        print(f"  {name:<24}{seconds * 1000:8.1f} ms")
    return 0 if spans["exam page"] <= LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
