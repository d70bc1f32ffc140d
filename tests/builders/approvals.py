"""Two persons who do together what one alone may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from quizapp.approvals import service
from quizapp.approvals.models import Proposal
from quizapp.approvals.rules import Kind
from quizapp.approvals.service import By
from quizapp.kernel.roles import Role
from quizapp.people.models import Person
from tests.builders.people import grant, make_person


@dataclass(frozen=True)
class Pair:
    """Who proposes, and who agrees."""

    first: By
    second: By

    def propose(self, session: Session, kind: Kind, params: Mapping[str, Any], *, now: datetime, why: str = "按计划办理") -> Proposal:
        return service.propose(session, kind, params, why, self.first, now=now)

    def both(self, session: Session, kind: Kind, params: Mapping[str, Any], *, now: datetime) -> Proposal:
        """Proposed and agreed to at once."""
        return service.agree(session, self.propose(session, kind, params, now=now).id, self.second, now=now)


def make_pair(session: Session, role: Role = Role.EXAM_ADMIN) -> Pair:
    """Two people who hold the role."""
    return Pair(*(by(grant(session, make_person(session, name), role)) for name in ("何静安", "许明远")))


def by(person: Person) -> By:
    return By(person.id, person.name, "127.0.0.1")
