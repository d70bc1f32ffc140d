"""How hard items have proved, for the making of forms: what the analyses say, before the plain counts do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy.orm import Session

from quizapp.analysis.queries import stored
from quizapp.attempts.facility import ENOUGH  # counts first: what is registered later has the last word
from quizapp.papers.facility import knows_facility
from quizapp.questions.drawing import same_question


@knows_facility
def analysed_facility(session: Session, item_ids: Collection[int]) -> dict[int, float]:
    """Item id → the share of its marks to expect, over all exams that are analysed and every version that asks the
    same: by the estimate of item response theory where a question has one, else by its facility. Each exam weighs by
    its people and marks; items with fewer than `ENOUGH` people are left out."""
    rows = stored.counted(session)
    same = same_question(session, {row.item_version_id for row in rows})
    wanted = set(item_ids)
    got: dict[int, float] = defaultdict(float)
    possible: dict[int, float] = defaultdict(float)
    people: dict[int, int] = defaultdict(int)
    for row in rows:
        item_id = same.get(row.item_version_id)
        if item_id in wanted and item_id is not None:
            weight = row.people * row.marks
            got[item_id] += weight * (row.facility if row.expected is None else row.expected)
            possible[item_id] += weight
            people[item_id] += row.people if row.part <= 1 else 0
    return {item_id: got[item_id] / possible[item_id] for item_id in got if people[item_id] >= ENOUGH and possible[item_id]}
