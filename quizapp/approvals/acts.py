"""What the features above can do once two persons want it: each registers its acts here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy.orm import Session

from quizapp.approvals.rules import Kind, Line, Said
from quizapp.kernel.roles import Role

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did, for the record: its name there, what about, before and after; and the sentence for people."""

    action: str
    object_id: object
    detail: Mapping[str, Any]
    said: Said


class Act(ABC):
    """One kind of act. `object_type`: of the audit record. `readers`: who may open the page of its object."""

    kind: ClassVar[Kind]
    object_type: ClassVar[str]
    readers: ClassVar[frozenset[Role]] = frozenset({Role.EXAM_ADMIN})

    @abstractmethod
    def object_id(self, params: Params) -> str:
        """What the act is about: of one object and kind only one proposal waits at a time."""

    @abstractmethod
    def title(self, session: Session, params: Params) -> str:
        """What its object is called."""

    @abstractmethod
    def seen(self, session: Session, params: Params, now: datetime) -> Mapping[str, Any]:
        """The state of the object as far as the act depends on it. Raises what `carry_out` would raise in it."""

    @abstractmethod
    def lines(self, session: Session, params: Params, now: datetime) -> Sequence[Line]:
        """Exactly what will happen, whom it touches, how many."""

    @abstractmethod
    def carry_out(self, session: Session, params: Params, reason: str, by: int, now: datetime) -> Done:
        """Do it, in the transaction of the agreement. `by`: the proposer. Raises QuizappError where rules do not hold."""

    @abstractmethod
    def address(self, params: Params) -> tuple[str, dict[str, Any]]:
        """Endpoint and values of the page from which it is proposed."""

    def called(self, session: Session, params: Params, kept: str) -> str:
        """What pages call its object at this moment; `kept`: its title, which is all that is stored."""
        return kept

    def named(self, session: Session, params: Params) -> Sequence[Line]:
        """Lines that say whom it is about, read while it waits and never stored: they must not outlive the act."""
        return ()

    def check_person(self, session: Session, params: Params, person_id: int) -> None:  # noqa: B027 - most acts have no such rule
        """Rules for either person beside their role, such as: not about themselves. Raises ForbiddenError."""


ACTS: dict[Kind, Act] = {}
Class = TypeVar("Class", bound=type[Act])


def carries_out(act: Class) -> Class:
    """Register a kind of act."""
    ACTS[act.kind] = act()
    return act
