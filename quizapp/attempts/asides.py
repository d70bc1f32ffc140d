"""What features above have to say on a candidate's own pages: beside a question of the marked paper, and on the home page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from quizapp.attempts.models import Attempt


@dataclass(frozen=True)
class Aside:
    """A line beside a question, in the reader's language: `state` (may be empty) and a link."""

    state: str
    label: str
    address: str


@dataclass(frozen=True)
class Notice:
    """Something that a person has to know, shown until they confirm it at `confirm`. `address` may be empty."""

    text: str
    when: str
    address: str
    label: str
    confirm: str


Beside = Callable[[Session, Attempt], Mapping[int, Aside]]
Told = Callable[[Session, int], Sequence[Notice]]
BESIDE: list[Beside] = []
TOLD: list[Told] = []


def beside_question(found: Beside) -> Beside:
    """Register what gives number (as shown) → a line, for a finished attempt whose results are out."""
    BESIDE.append(found)
    return found


def tells_at_home(found: Told) -> Told:
    """Register what gives the notices that the person with this id has not confirmed."""
    TOLD.append(found)
    return found


def asides(session: Session, attempt: Attempt) -> dict[int, list[Aside]]:
    found: dict[int, list[Aside]] = {}
    for one in BESIDE:
        for number, aside in one(session, attempt).items():
            found.setdefault(number, []).append(aside)
    return found


def notices(session: Session, person_id: int) -> list[Notice]:
    return [notice for one in TOLD for notice in one(session, person_id)]
