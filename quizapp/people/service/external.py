"""Acts on accounts at a provider: whose they are, linking, unlinking."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.kernel.errors import ConflictError, ForbiddenError
from quizapp.people import queries
from quizapp.people.models import ExternalIdentity, Person
from quizapp.people.rules.external import Proof

UNKNOWN = "单位的登录服务认出了你，但平台里没有工号 %(login)s 的人。请联系本单位联络员登记，或者核对工号"
CLOSED = "账号 %(login)s 已经停用，或者已登记离开，不能登录。弄错了的话，请联系本单位联络员"
TAKEN = "工号 %(login)s 已经和另一个统一登录账号关联。换了账号的话，请安全管理员先解除原来的关联"
ELSEWHERE = "账号 %(login)s 只用平台自己的密码登录"


def whose(session: Session, proof: Proof, login: str) -> Person:
    """The person whom a provider has named: by the account once linked, else by work number. Nobody is made.

    Raises ForbiddenError for nobody, for an account that is not in use, and where another account is linked.
    """
    linked = queries.person_of_identity(session, proof.issuer, proof.subject) if proof.subject else None
    person = linked or queries.person_by_login(session, login)
    if person is None:
        raise ForbiddenError(UNKNOWN, login=login[:40] or "—")
    if not queries.may_sign_in(session, person.id, clock.today()):
        raise ForbiddenError(CLOSED, login=person.login)
    if linked is None and proof.subject and queries.identity_of(session, person.id, proof.issuer) is not None:
        raise ForbiddenError(TAKEN, login=person.login)
    return person


def link_identity(session: Session, person_id: int, proof: Proof) -> bool:
    """Remember whose account this is, the first time that it has opened the platform; whether it was the first.

    Raises ConflictError where another browser has just linked another account to the person, or the account to another.
    """
    if not proof.subject or queries.person_of_identity(session, proof.issuer, proof.subject) is not None:
        return False
    session.add(ExternalIdentity(issuer=proof.issuer, subject=proof.subject, person_id=person_id, linked_at=clock.now()))
    try:
        session.flush()
    except IntegrityError:
        raise ConflictError("这个账号刚刚在别处关联了，请重新登录") from None
    return True


def unlink_identities(session: Session, person_id: int) -> int:
    """The next account at the provider that carries the work number is linked anew; returns how many were undone."""
    gone = session.execute(delete(ExternalIdentity).where(ExternalIdentity.person_id == person_id))
    return int(gone.rowcount)  # type: ignore[attr-defined]
