"""An item whose key turned out wrong after an exam: drawn no more, until a reviewer has accepted another version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.questions import queries, reviewing
from quizapp.questions.models import Item, ItemVersion, Review
from quizapp.questions.rules import content as contents
from quizapp.questions.rules.content import asks_the_same
from quizapp.questions.rules.schema import Case, Fill, Multiple, Question, Single, TrueFalse


def put_right(session: Session, version_id: int, part: int, key: Any, why: str, person_id: int) -> Mapping[str, Any]:
    """Take an item out of use because of what one of its versions asks; with a `key` a corrected version is put before
    a reviewer, its explanation being `why`. `key` as questions.rules.marking takes it, () where there is no right one.

    Returns what was done: {"item", "quarantined", "review"}. An item that asks something else by now, or was retired,
    stays as it is; where another version waits for a reviewer already, none is added.
    """
    version = session.get_one(ItemVersion, version_id)
    item = session.get_one(Item, version.item_id)
    current = queries.version_of(session, item.id, item.current_version)
    if item.status == "retired" or not asks_the_same(current.content, version.content):
        return {"item": item.code, "quarantined": False, "review": None}
    item.status = "quarantined"
    session.flush()
    waiting = session.scalar(select(Review.id).where(Review.item_id == item.id, Review.state == "open"))
    if not key or waiting is not None:
        return {"item": item.code, "quarantined": True, "review": waiting}
    whole = contents.from_content(current.content)
    if isinstance(whole, Case):
        parts = tuple(_keyed(one, key, why) if at == part else one for at, one in enumerate(whole.parts, 1))
        review = reviewing.propose_change(session, item, whole.model_copy(update={"parts": parts}), "edit", person_id)
    else:
        review = reviewing.propose_change(session, item, _keyed(whole, key, why), "edit", person_id)
    return {"item": item.code, "quarantined": True, "review": review.id}


def _keyed(question: Question, key: Any, why: str) -> Question:
    """With the key that counts; every option that is wrong now keeps its reason, or has `why`."""
    match question:
        case Single() | Multiple():
            reasons = {option: question.distractors.get(option, why) for option in question.options if option not in key}
            return question.model_copy(update={"key": tuple(key), "distractors": reasons, "explanation": why})
        case TrueFalse():
            wrong = "false" if key[0] == "true" else "true"
            return question.model_copy(update={"key": key[0] == "true", "distractors": {wrong: why}, "explanation": why})
        case Fill():
            variants = tuple(tuple(one) for one in key)
            return question.model_copy(update={"key": variants, "distractors": {}, "explanation": why})
        case _:
            return question
