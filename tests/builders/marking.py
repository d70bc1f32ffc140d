"""Papers handed in with short answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from quizapp.attempts import service
from quizapp.attempts.models import Attempt
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.saves import Save
from quizapp.exams.models import Exam
from quizapp.people.models import Person
from tests.builders.exams import OPENS

TAB = "tab-one-0001"
RUBRIC = [{"point": "写明告知听证的权利", "share": 40}, {"point": "写明提出的期限", "share": 30},
          {"point": "写明举行的程序", "share": 30}]


def hand_in(session: Session, exam: Exam, person: Person, text: str, at: datetime = OPENS) -> Attempt:
    """A finished attempt in which every short question, and no other, is answered with this text."""
    attempt = service.start(session, exam, person.id, now=at)
    saves = [Save(slot.number, slot.number, [text], False, True) for slot in slots(attempt.layout)
             if slot.kind == "short"]
    service.claim(session, person.id, attempt.id, TAB)
    service.save_batch(session, person.id, attempt.id, TAB, 1, saves, received_at=at)
    return service.submit(session, person.id, attempt.id, now=at + timedelta(minutes=30))
