"""A small installation with everything that `quizapp audit verify` proves: an exam with a commitment, papers handed
in, sealed and marked, an exam on paper, a kept head."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from click.testing import Result as Ran
from flask import Flask

from quizapp import clock
from quizapp.attempts import service as attempts
from quizapp.attempts import tasks
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.saves import Save
from quizapp.audit import heads
from quizapp.audit import queries as audit_queries
from quizapp.audit import service as audit
from quizapp.audit.cli import audit as command
from quizapp.audit.signing import seal
from quizapp.db import db
from quizapp.exams import committing
from quizapp.exams.models import Exam
from quizapp.kernel.roles import Role
from quizapp.marking import queries as marking_queries
from quizapp.marking import service as marking
from quizapp.marking.rules import Given
from tests.builders.exams import OPENS, make_exam
from tests.builders.people import grant, make_person

TAB = "tab-one-0001"
KINDS = ("single", "multiple", "true_false", "fill", "short")


@dataclass
class Place:
    """Ids of what was made, and the command that proves it."""

    app: Flask
    exam_id: int
    paper_id: int
    people: list[int]
    attempts: list[uuid.UUID]

    def verify(self, *options: str) -> Ran:
        return self.app.test_cli_runner().invoke(command, ["verify", *options])

    def found(self, *options: str) -> dict[str, Any]:
        """The answer as JSON; its status agrees with what it says."""
        ran = self.verify("--json", *options)
        answer: dict[str, Any] = json.loads(ran.output)
        assert ran.exit_code == (0 if answer["holds"] else 1), ran.output
        return answer

    def kinds(self, *options: str) -> set[str]:
        return {finding["kind"] for finding in self.found(*options)["findings"]}

    @property
    def folder(self) -> Path:
        return Path(self.app.instance_path)


def make_place(app: Flask) -> Place:
    """To be called inside the context of the application."""
    with db.transaction() as session:
        people = [make_person(session, name) for name in ("沈砚秋", "何静安", "周望舒")]
        marker = grant(session, make_person(session, "赵明远"), Role.REVIEWER)
        exam = make_exam(session, KINDS, candidates=people)
        committing.commit(session, exam)
        paper = make_exam(session, ("single",), kind="paper", candidates=people, title="纸质考试")
        place = Place(app, exam.id, paper.id, [person.id for person in people], [])
        logins = [person.login for person in people]
        marker_id = marker.id
    for number, candidate_id in enumerate(place.people):
        place.attempts.append(sit(exam.id, candidate_id, number))
    seal_and_keep(app)
    mark_one(exam.id, marker_id)
    with db.transaction() as session:
        attempts.put_paper_result(session, paper.id, place.people[0], Decimal(88), paper.opens_at,
                                  now=paper.opens_at + timedelta(days=1))
        audit.record(session, "import_paper_results", "exam", paper.id, actor="cli", detail={
            "file": "成绩.csv", "changes": {logins[0]: {"before": None, "after": Decimal(88)}}, "sat_at": paper.opens_at})
    keep_head(app)
    return place


def sit(exam_id: int, candidate_id: int, number: int) -> uuid.UUID:
    """Answer everything, differently from person to person, change one answer, hand in."""
    at = OPENS + timedelta(minutes=number)
    with db.transaction() as session:
        attempt = attempts.start(session, session.get_one(Exam, exam_id), candidate_id, now=at)
        epoch = attempts.claim(session, candidate_id, attempt.id, TAB)
        first = {slot.number: _response(slot.kind, number) for slot in slots(attempt.layout)}
        saves = [Save(n, n, response, False, True) for n, response in first.items()]
        attempts.save_batch(session, candidate_id, attempt.id, TAB, epoch, saves, received_at=at + timedelta(minutes=5))
        again = [Save(1, 100, first[1], True, True)]
        attempts.save_batch(session, candidate_id, attempt.id, TAB, epoch, again, received_at=at + timedelta(minutes=6))
        attempts.submit(session, candidate_id, attempt.id, now=at + timedelta(minutes=30))
        return attempt.id


def _response(kind: str, number: int) -> list[str]:
    match kind:
        case "single":
            return [str(number % 4 + 1)]
        case "multiple":
            return ["1", str(number + 2)]
        case "true_false":
            return ["true" if number % 2 else "false"]
        case "fill":
            return ["六十", f"第{number}日"]
        case _:
            return [f"应当先告知，再举行听证。{number}"]


def seal_and_keep(app: Flask) -> None:
    tasks.seal_receipts()
    keep_head(app)


def keep_head(app: Flask) -> None:
    db.session().rollback()
    heads.keep(Path(app.instance_path), audit_queries.head(db.session()), clock.now(), seal())


def mark_one(exam_id: int, marker_id: int) -> None:
    """One of the short answers, as the page does it."""
    now = clock.now()
    with db.transaction() as session:
        entry = sorted(marking_queries.entries(session, exam_id), key=lambda e: e.candidate_id)[0]
        given = Given(Decimal("7.50"))
        before = marking.mark(session, exam_id, entry, marker_id, given, now=now)
        audit.record(session, "mark_answer", "attempt", entry.attempt_id, actor_id=marker_id, actor="赵明远", detail={
            "exam": exam_id, "position": entry.position, "before": before, "after": given.score,
            "points": given.points, "at": now})
