"""Fills an empty database for a run: the bank, an exam of fifty questions, its people. A process of its own.

`python -m tests.bench.exam.prepare ROLL GROUP=COUNT[+] …` with DATABASE_URL and QUIZAPP_INSTANCE set; a `+` after
the count: these people are signed in already. Writes the roll that `load` reads.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.orm import Session

from quizapp import clock, db
from quizapp.app import create_app
from quizapp.exams import preparing, service
from quizapp.exams.models import Exam
from quizapp.papers.rules.blueprint import Cell
from quizapp.people import service as people
from quizapp.people.models import Person, Unit
from quizapp.people.passwords import HASHER
from quizapp.questions import service as bank

PASSWORD = "a passphrase of this run alone"
UNITS = 20
FORMS = 4
QUESTIONS = (("single", 30), ("multiple", 10), ("true_false", 6), ("fill", 4))  # fifty, two marks each


def main(roll: Path, groups: dict[str, tuple[int, bool]]) -> None:
    app = create_app()
    db.upgrade(app)
    with app.app_context():
        with db.db.transaction() as session:
            bank.build_bank(session, app.config["SETTINGS"].bank_path)
            named = make_people(session, {name: count for name, (count, _signed_in) in groups.items()})
        with db.db.transaction() as session:
            exam = open_exam(session)
        with db.db.transaction() as session:
            entries = {name: [entry(app, session, person, groups[name][1]) for person in group]
                       for name, group in named.items()}
        _settle(app)
        roll.write_text(json.dumps({"exam_id": exam.id, "password": PASSWORD, "groups": entries}), encoding="utf-8")


def make_people(session: Session, counts: dict[str, int]) -> dict[str, list[Person]]:
    """People in units. One hash serves them all: verifying costs the same, and set-up is quick."""
    top = people.add_unit(session, "B0", "清溪市机关事务管理局", None, 1)
    units = [people.add_unit(session, f"B{n}", f"第 {n} 处", top, n) for n in range(1, UNITS + 1)]
    hashed = HASHER.hash(PASSWORD)
    return {name: [_person(session, f"{name}{n:05}", units[n % UNITS], hashed) for n in range(count)]
            for name, count in counts.items()}


def _person(session: Session, login: str, unit: Unit, hashed: str) -> Person:
    person = people.add_person(session, login, "沈砚秋", unit, date(2020, 1, 1))
    person.password_hash = hashed
    return person


def open_exam(session: Session) -> Exam:
    """An exam that was published yesterday and has been open for an hour."""
    now = clock.now()
    exam = service.create(
        session, title=f"{now.year} 年学法用法线上考试", year=now.year, opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=1), now=now - timedelta(days=2), kind="online", minutes=90, attempts_allowed=3,
        pass_mark=Decimal(60), excellence_mark=Decimal(90), release="at_once", form_count=FORMS,
    )
    service.set_blueprint(session, exam, [Cell(None, kind, None, count, Decimal(2)) for kind, count in QUESTIONS])
    return preparing.publish(session, exam.id, now=now - timedelta(days=1), on=clock.today())


def entry(app: Flask, session: Session, person: Person, signed_in: bool) -> dict[str, str]:
    cookie = ""
    if signed_in:
        token = people.open_session(session, person, "127.0.0.1", "bench")
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'_user_id': token, '_fresh': True, 'language': 'zh'})}"
    return {"login": person.login, "cookie": cookie}


def _settle(app: Flask) -> None:
    """What an operator's PostgreSQL has done by itself since the people were registered."""
    engine = db.db.engine
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    db.db.session.remove()
    engine.dispose()


def read_groups(words: list[str]) -> dict[str, tuple[int, bool]]:
    pairs: Any = (word.partition("=") for word in words)
    return {name: (int(count.rstrip("+")), count.endswith("+")) for name, _sign, count in pairs}


if __name__ == "__main__":
    main(Path(sys.argv[1]), read_groups(sys.argv[2:]))
