"""Reading second factors and wrong codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.people.models import FailedSignIn, RecoveryCode, SecondFactor, SignIn
from quizapp.people.rules.sign_in import WAIT_WINDOW


def second_factor(session: Session, person_id: int) -> SecondFactor | None:
    """The person's authenticator, also one that is not confirmed yet."""
    return session.get(SecondFactor, person_id, populate_existing=True)


def has_second_factor(session: Session, person_id: int) -> bool:
    found = session.scalar(
        select(SecondFactor.person_id)
        .where(SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None))
    )
    return found is not None


def unused_recovery_codes(session: Session, person_id: int) -> int:
    return session.scalar(
        select(func.count()).select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    ) or 0


def is_usual_address(session: Session, person_id: int, address: str) -> bool:
    """Whether the person has signed in from this address before."""
    found = session.scalar(
        select(SignIn.id).where(SignIn.person_id == person_id, SignIn.address == address).limit(1)
    )
    return found is not None


def wrong_codes_from_afar(session: Session, person_id: int, login: str, now: datetime) -> int:
    """Wrong second steps of this account in the window, from addresses that the person has not signed in from."""
    usual = select(SignIn.address).where(SignIn.person_id == person_id)
    return session.scalar(
        select(func.count()).select_from(FailedSignIn)
        .where(FailedSignIn.login == login, FailedSignIn.step == "second", FailedSignIn.at > now - WAIT_WINDOW,
               FailedSignIn.address.not_in(usual))
    ) or 0
