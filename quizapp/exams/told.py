"""What features above have to say to a person about their own exams: shown on the page of their exams."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

Teller = Callable[[Session, int], Mapping[int, str]]
TELLERS: list[Teller] = []


def tells(teller: Teller) -> Teller:
    """Register what gives exam → a sentence in the reader's language, for the person with this id."""
    TELLERS.append(teller)
    return teller


def told(session: Session, candidate_id: int) -> dict[int, tuple[str, ...]]:
    """Exam → the sentences about it."""
    found: dict[int, tuple[str, ...]] = {}
    for teller in TELLERS:
        for exam_id, sentence in teller(session, candidate_id).items():
            found[exam_id] = (*found.get(exam_id, ()), sentence)
    return found
