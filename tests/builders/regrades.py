"""An exam of four questions that is over, with people who answered it differently and two reviewers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from quizapp.approvals import service as approvals
from quizapp.approvals.models import Proposal
from quizapp.approvals.rules import unpacked
from quizapp.attempts import queries as attempts
from quizapp.attempts import service as sitting
from quizapp.attempts.models import Answer, Attempt
from quizapp.attempts.rules.layout import slots
from quizapp.attempts.rules.saves import Save
from quizapp.db import db
from quizapp.exams.models import Exam
from quizapp.kernel.roles import Role
from quizapp.marking import challenging, deciding
from quizapp.questions.models import ItemVersion
from tests.builders.approvals import Pair, make_pair
from tests.builders.exams import CLOSES, OPENS, make_exam
from tests.builders.people import make_person

NOW = CLOSES + timedelta(days=1)
TAB = "tab-one-0001"
KINDS = ("single", "multiple", "true_false", "short")


@dataclass
class Room:
    """An exam of four questions of 10 marks, two forms alike, pass at 20, sat by some people."""

    exam_id: int
    people: list[int]
    pair: Pair
    version: dict[str, int]

    def exam(self) -> Exam:
        return db.session().get_one(Exam, self.exam_id, populate_existing=True)

    def params(self, kind: str, treatment: str, key: Any = ()) -> dict[str, Any]:
        session = db.session()
        found = challenging.question(session, self.exam_id, self.version[kind], 0)
        return deciding.params_of(session, found, treatment, key, "《示例法》第十二条")

    def propose(self, kind: str, treatment: str, key: Any = ()) -> Proposal:
        params = self.params(kind, treatment, key)
        with db.transaction() as session:
            return self.pair.propose(session, deciding.kind_of(treatment), params, now=NOW, why="条文写的是另一项")

    def agree(self, proposal: Proposal, now: datetime = NOW) -> Proposal:
        with db.transaction() as session:
            return approvals.agree(session, proposal.id, self.pair.second, now=now)

    def both(self, kind: str, treatment: str, key: Any = ()) -> Proposal:
        done = self.agree(self.propose(kind, treatment, key))
        assert done.state == "done", done.outcome
        return done

    def scores(self) -> list[Decimal | None]:
        """What counts for each person."""
        return [getattr(attempts.result(db.session(), self.exam_id, person), "score", None) for person in self.people]

    def why(self, proposal: Proposal) -> str:
        said = unpacked(proposal.outcome)
        return said.message % said.values


def sit(session: Any, exam: Exam, person: int, answers: Mapping[str, list[str]], at: datetime) -> Attempt:
    attempt = sitting.start(session, exam, person, now=at)
    sitting.claim(session, person, attempt.id, TAB)
    saves = [Save(slot.number, slot.number, shown(slot, answers[slot.kind]), False, True) for slot in slots(attempt.layout)
             if slot.kind in answers]
    sitting.save_batch(session, person, attempt.id, TAB, 1, saves, received_at=at)
    return sitting.submit(session, person, attempt.id, now=at + timedelta(minutes=30))


def shown(slot: Any, response: list[str]) -> list[str]:
    """The bank's ids as the shuffled paper numbers them."""
    return [str(slot.options.index(one) + 1) for one in response] if slot.options else response


def make_room(opens: datetime = OPENS, **settings: Any) -> Room:
    """Three people: by the key B A,C true; the second chose C and false; the third sat twice, and left something empty.

    To be called inside the context of the application."""
    with db.transaction() as session:
        known = set(session.scalars(select(ItemVersion.id)))
        people = [make_person(session) for _ in range(3)]
        exam = make_exam(session, KINDS, candidates=people, pass_mark=Decimal(20), opens_at=opens, closes_at=opens + (CLOSES - OPENS),
                         **settings)
        versions = {one.type: one.id for one in session.scalars(select(ItemVersion)) if one.id not in known}
        right = {"single": ["B"], "multiple": ["A", "C"], "true_false": ["true"]}
        sit(session, exam, people[0].id, right | {"short": ["先告知"]}, opens)
        sit(session, exam, people[1].id, {"single": ["C"], "multiple": ["A", "C"], "true_false": ["false"]}, opens)
        sit(session, exam, people[2].id, {"single": ["B"], "true_false": ["true"]}, opens)
        sit(session, exam, people[2].id, {"single": ["C"], "true_false": ["false"]}, opens + timedelta(hours=2))
        room = Room(exam.id, [person.id for person in people], make_pair(session, Role.REVIEWER), versions)
    with db.transaction() as session:
        found = session.execute(select(Answer.candidate_id, Answer.attempt_id, Answer.position)
                                .join(Attempt, Attempt.id == Answer.attempt_id).where(Attempt.exam_id == room.exam_id, Answer.score.is_(None))).one()
        sitting.mark_answer(session, *found, Decimal(5))
    return room
