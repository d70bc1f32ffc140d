"""Forms as they count after questions of their exam were put right. What was printed and committed to stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.attempts.models import Regrade
from quizapp.attempts.rules.correcting import FULL, KEY, REMOVED, Asked, Correction, total_of
from quizapp.papers import queries as papers
from quizapp.papers.queries import PaperQuestion
from quizapp.questions.rules.content import marking_key
from quizapp.questions.rules.marking import Key, mark
from quizapp.questions.rules.schema import Case, Fill, Multiple, Question, Single, TrueFalse

Corrections = Mapping[Asked, Correction]


@dataclass(frozen=True)
class Sheet:
    """One form as it counts. `questions` have the keys that count; `treated`: position → what was done to it."""

    questions: Sequence[PaperQuestion]
    treated: Mapping[int, str]
    corrections: Mapping[int, Correction]

    @property
    def marks(self) -> dict[int, Decimal]:
        return {question.position: question.marks for question in self.questions}

    def mark(self, asked: PaperQuestion, response: Sequence[str], multiple_rule: str) -> Decimal | None:
        """What an answer brings, None where a person has to say."""
        how = self.treated.get(asked.position)
        if how == FULL:
            return asked.marks
        if how == REMOVED:
            return Decimal(0)
        return mark(asked.question.type, marking_key(asked.question), response, asked.marks, multiple_rule).score

    def total(self, scores: Mapping[int, Decimal | None]) -> tuple[Decimal | None, bool]:
        return total_of(self.marks, scores, self.treated)


def sheet_of(paper: Sequence[PaperQuestion], corrections: Corrections) -> Sheet:
    found = {q.position: corrections[q.item_version_id, q.part] for q in paper if (q.item_version_id, q.part) in corrections}
    questions = [with_key(q, found[q.position].key) if q.position in found and found[q.position].treatment == KEY else q
                 for q in paper]
    return Sheet(questions, {position: one.treatment for position, one in found.items()}, found)


def sheet(session: Session, exam_id: int, form_id: int) -> Sheet:
    """The form as it counts in this exam now."""
    return sheet_of(papers.questions_with_content(session, form_id), corrections(session, exam_id))


def corrections(session: Session, exam_id: int) -> dict[Asked, Correction]:
    """What was decided in an exam; of one question the last decision counts."""
    rows = session.execute(
        select(Regrade.item_version_id, Regrade.part, Regrade.treatment, Regrade.key, Regrade.number, Regrade.reason)
        .where(Regrade.exam_id == exam_id).order_by(Regrade.number)
    ).all()
    return {(row[0], row[1]): Correction(row[0], row[1], row[2], read_key(row[3]), row[4], row[5]) for row in rows}


def stored_key(key: Key) -> list[Any]:
    """As it is marked by -> as it is stored."""
    return [list(one) if isinstance(one, tuple) else one for one in key]


def read_key(kept: Sequence[Any]) -> Key:
    """As it is stored -> as it is marked by."""
    return tuple(tuple(one) if isinstance(one, list) else one for one in kept)


def with_key(asked: PaperQuestion, key: Key) -> PaperQuestion:
    """The same question with another key; the options that it makes right lose their reasons for being wrong."""
    item = asked.item
    if not isinstance(item, Case):
        return replace(asked, item=_keyed(item, key))
    parts = tuple(_keyed(part, key) if number == asked.part else part for number, part in enumerate(item.parts, 1))
    return replace(asked, item=item.model_copy(update={"parts": parts}))


def _keyed(question: Question, key: Key) -> Question:
    match question:
        case Single() | Multiple():
            reasons = {option: why for option, why in question.distractors.items() if option not in key}
            return question.model_copy(update={"key": tuple(key), "distractors": reasons})
        case TrueFalse():
            return question.model_copy(update={"key": key[0] == "true", "distractors": {}})
        case Fill():
            return question.model_copy(update={"key": tuple(tuple(variants) for variants in key)})
        case _:
            return question
