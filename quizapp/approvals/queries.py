"""Reading proposals, and who may decide on them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from quizapp import clock
from quizapp.approvals.models import Proposal
from quizapp.approvals.rules import TERMS, Kind, kinds_for
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.roles import Role
from quizapp.people import queries as people
from quizapp.people.models import Person, RoleGrant

PROPOSER, DECIDER = aliased(Person), aliased(Person)
LISTED = 50
DECIDED = ("done", "refused", "lapsed")
TOLD_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Entry:
    """A proposal with the names of both persons; `decider` is empty before."""

    proposal: Proposal
    proposer: str
    decider: str


@dataclass(frozen=True)
class Standing:
    """The proposal about one object, for one reader. `seconds`: who could agree, where the reader proposed it."""

    entry: Entry
    state: str
    mine: bool
    may_decide: bool
    seconds: tuple[str, ...]


def get(session: Session, proposal_id: uuid.UUID, roles: Iterable[Role]) -> Entry:
    """Raises NotFoundError where there is none, or none that concerns somebody with these roles."""
    found = _entries(session, and_(Proposal.id == proposal_id, Proposal.kind.in_(kinds_for(roles, second=False))), 1)
    if not found:
        raise NotFoundError("没有找到这件待同意的事")
    return found[0]


def locked(session: Session, proposal_id: uuid.UUID) -> Proposal:
    """Kept from every other who decides until the transaction ends, and read as it stands after waiting for them."""
    found = session.scalar(
        select(Proposal).where(Proposal.id == proposal_id).with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError("没有找到这件待同意的事")
    return found


def waiting_of(session: Session, kind: Kind, object_id: str) -> Proposal | None:
    """The one whose state is still waiting, also past its time."""
    return session.scalar(
        select(Proposal).where(Proposal.kind == kind, Proposal.object_id == object_id, Proposal.state == "waiting")
        .with_for_update(key_share=True).execution_options(populate_existing=True)
    )


def waiting_for(session: Session, person_id: int, roles: Iterable[Role], now: datetime) -> list[Entry]:
    """What this person may decide now, the most pressing first."""
    return sorted(_entries(session, _may_decide(person_id, roles, now), LISTED), key=lambda entry: entry.proposal.expires_at)


def of_person(session: Session, person_id: int) -> list[Entry]:
    """What this person proposed, the latest first."""
    return _entries(session, Proposal.proposed_by == person_id, LISTED)


def badge(session: Session, person_id: int, roles: Iterable[Role], now: datetime) -> int:
    """How many wait for this person, and how many decisions on their own proposals they have not seen."""
    untold = and_(Proposal.proposed_by == person_id, Proposal.state.in_(DECIDED), Proposal.told_at.is_(None),
                  Proposal.alone.is_(False), Proposal.decided_at > now - TOLD_FOR)
    return session.scalar(
        select(func.count()).select_from(Proposal).where(or_(_may_decide(person_id, roles, now), untold))
    ) or 0


def standing(
    session: Session, kind: Kind, object_id: object, person_id: int, roles: Iterable[Role], now: datetime
) -> Standing | None:
    """What waits about an object; or, for its proposer, the decision that they have not seen."""
    found = _entries(session, and_(Proposal.kind == kind, Proposal.object_id == str(object_id)), 1)
    if not found:
        return None
    (entry,) = found
    proposal, mine = entry.proposal, entry.proposal.proposed_by == person_id
    untold = mine and proposal.told_at is None and not proposal.alone and proposal.state in ("refused", "lapsed")
    if not proposal.waits(now) and not untold:
        return None
    seconds = possible_seconds(session, kind, person_id) if mine and proposal.waits(now) else ()
    return Standing(entry, proposal.state_at(now), mine,
                    not mine and proposal.waits(now) and kind in kinds_for(roles, second=True), seconds)


def objects_waiting(session: Session, kind: Kind, now: datetime) -> frozenset[str]:
    """About which objects something of this kind waits."""
    return frozenset(session.scalars(
        select(Proposal.object_id).where(Proposal.kind == kind, Proposal.state == "waiting", Proposal.expires_at > now)
    ))


def possible_seconds(session: Session, kind: Kind, proposer_id: int) -> tuple[str, ...]:
    """The names of those who could agree."""
    rows = session.scalars(
        select(Person.name).where(
            Person.id.in_(select(RoleGrant.person_id).where(RoleGrant.role.in_(TERMS[kind].seconds))),
            Person.id != proposer_id, Person.active, ~people.has_left(clock.today()),
        ).order_by(Person.login).limit(6)
    )
    return tuple(rows)


def roles_now(session: Session, person_id: int) -> frozenset[Role]:
    """The roles that a person may use at this moment; none where the account is closed or the person has left."""
    rows = session.scalars(
        select(RoleGrant.role).join(Person, Person.id == RoleGrant.person_id)
        .where(Person.id == person_id, Person.active, ~people.has_left(clock.today()))
    )
    return frozenset(Role(role) for role in rows)


def name_of(session: Session, person_id: int) -> str:
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""


def _may_decide(person_id: int, roles: Iterable[Role], now: datetime) -> ColumnElement[bool]:
    return and_(Proposal.state == "waiting", Proposal.expires_at > now, Proposal.proposed_by != person_id,
                Proposal.kind.in_(kinds_for(roles, second=True)))


def _entries(session: Session, wanted: ColumnElement[bool], most: int) -> list[Entry]:
    rows = session.execute(
        select(Proposal, PROPOSER.name, DECIDER.name).join(PROPOSER, PROPOSER.id == Proposal.proposed_by)
        .outerjoin(DECIDER, DECIDER.id == Proposal.decided_by).where(wanted)
        .order_by(Proposal.proposed_at.desc(), (Proposal.state == "waiting").desc(), Proposal.id.desc()).limit(most)
        .execution_options(populate_existing=True)
    ).all()
    return [Entry(proposal, proposer, decider or "") for proposal, proposer, decider in rows]
