"""Reading which accounts of a provider belong to whom."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.people.models import ExternalIdentity, Person


def person_of_identity(session: Session, issuer: str, subject: str) -> Person | None:
    return session.scalar(
        select(Person).join(ExternalIdentity, ExternalIdentity.person_id == Person.id)
        .where(ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject)
    )


def identity_of(session: Session, person_id: int, issuer: str | None = None) -> ExternalIdentity | None:
    """The account of this person at the provider; at any, the latest, where none is named."""
    found = select(ExternalIdentity).where(ExternalIdentity.person_id == person_id)
    if issuer is not None:
        found = found.where(ExternalIdentity.issuer == issuer)
    return session.scalar(found.order_by(ExternalIdentity.linked_at.desc()).limit(1))
