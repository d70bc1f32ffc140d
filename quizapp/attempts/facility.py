"""Item statistics from what people answered: the facility (难度) by which parallel forms are made equally hard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Integer, func, select, type_coerce
from sqlalchemy.orm import Session

from quizapp.attempts.models import Answer, Attempt, Result
from quizapp.papers.facility import knows_facility
from quizapp.papers.models import FormQuestion
from quizapp.questions.drawing import same_question

ENOUGH = 30
"""Answers below which an item has no statistics: the standard error of a share is then up to 0.09."""


@dataclass
class Tally:
    """What people got of an item in hundredths of marks, what they could have got, and how many they were."""

    got: int = 0
    possible: int = 0
    people: int = 0


@knows_facility
def answered_facility(session: Session, item_ids: Collection[int]) -> dict[int, float]:
    """Item id → the share of its marks that people got in the attempts that count for them.

    Counted over every version that asks the same as the current one; a question left empty brought nothing. Items
    seen by fewer than `ENOUGH` people are left out, and so are attempts that somebody still has to mark.
    """
    tallies = _by_version(session)
    same = same_question(session, tallies)
    totals: dict[int, Tally] = defaultdict(Tally)
    wanted = set(item_ids)
    for version_id, tally in tallies.items():
        item_id = same.get(version_id)
        if item_id in wanted:
            total = totals[item_id]
            total.got, total.possible = total.got + tally.got, total.possible + tally.possible
            total.people += tally.people
    return {item_id: total.got / total.possible for item_id, total in totals.items() if total.people >= ENOUGH}


def _by_version(session: Session) -> dict[int, Tally]:
    """Item version → its tally, in three statements that the database adds up."""
    counted = (
        select(Attempt.candidate_id, Attempt.id, Attempt.form_id)
        .join(Result, (Result.candidate_id == Attempt.candidate_id) & (Result.attempt_id == Attempt.id))
        .where(Attempt.state.in_(("submitted", "expired")), Attempt.needs_marking.is_(False))
        .subquery()
    )
    seen_by = select(counted.c.form_id, func.count()).group_by(counted.c.form_id)
    people = {row[0]: row[1] for row in session.execute(seen_by)}
    got = {(form_id, position): hundredths for form_id, position, hundredths in session.execute(
        select(counted.c.form_id, Answer.position, func.sum(type_coerce(Answer.score, Integer)))
        .join(Answer, (Answer.candidate_id == counted.c.candidate_id) & (Answer.attempt_id == counted.c.id))
        .group_by(counted.c.form_id, Answer.position)
    )}
    tallies: dict[int, Tally] = defaultdict(Tally)
    first = select(FormQuestion.form_id, FormQuestion.position, FormQuestion.item_version_id, FormQuestion.part,
                   type_coerce(FormQuestion.marks, Integer))
    for form_id, position, version_id, part, marks in session.execute(first):
        if form_id in people:
            tally = tallies[version_id]
            tally.got += int(got.get((form_id, position)) or 0)
            tally.possible += marks * people[form_id]
            # the parts of a case are seen by the same people
            tally.people += people[form_id] if part <= 1 else 0
    return dict(tallies)
