"""The second factor: setting it up, proving it, replacing recovery codes, taking it away."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.kernel.errors import ConflictError, InputError, TooManyError
from quizapp.people import passwords, queries
from quizapp.people.models import Person, RecoveryCode, SecondFactor
from quizapp.people.rules.second_factor import (
    MOST_CODES_FROM_AFAR,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    Vault,
    is_from_authenticator,
    new_code,
    new_key,
    step_of,
    typed,
)
from quizapp.people.service.sign_in import end_all_sign_ins, slow_down

WRONG = "验证码不正确，或者刚刚用过；请等验证器显示下一个，再试一次"
GONE = "两步验证已经关闭，或者正在重新设置，请刷新页面"


def begin_second_factor(session: Session, vault: Vault, person_id: int) -> None:
    """A fresh key, which counts once it is confirmed. Raises ConflictError where one counts already."""
    found = queries.second_factor(session, person_id)
    if found is not None and found.confirmed_at is not None:
        raise ConflictError("两步验证已经开启；换手机，请先关闭，再重新设置")
    remove_second_factor(session, person_id)
    session.add(SecondFactor(person_id=person_id, secret=vault.seal(person_id, new_key()),
                             salt=secrets.token_bytes(16), created_at=clock.now(), last_step=0))


def confirm_second_factor(session: Session, vault: Vault, person_id: int, code: str) -> list[str]:
    """From now on the second step is asked for. Ends every sign-in; returns the recovery codes.

    Raises InputError for a code that is not of the new key.
    """
    found = queries.second_factor(session, person_id)
    if found is None or found.confirmed_at is not None:
        raise ConflictError(GONE)
    _use_step(session, vault, found, typed(code))
    found.confirmed_at = clock.now()
    end_all_sign_ins(session, person_id)
    return renew_recovery_codes(session, found)


def refuse_guessing(session: Session, person: Person, address: str) -> None:
    """Raises TooManyError where too many wrong codes have come from this address, or for this account from afar."""
    slow_down(session, person.login, address, "second")
    if (not queries.is_usual_address(session, person.id, address)
            and queries.wrong_codes_from_afar(session, person.id, person.login, clock.now()) >= MOST_CODES_FROM_AFAR):
        raise TooManyError("这个账号的验证码错得太多。请 15 分钟后再试，或者从平时登录的地方登录；密码可能被人知道了，请尽快改")


def pass_second_step(session: Session, vault: Vault, person_id: int, code: str) -> bool:
    """Use up a code of the authenticator, or a recovery code; whether it was a recovery code.

    Raises InputError for a code that is wrong or was used, ConflictError where there is no second factor.
    """
    found = queries.second_factor(session, person_id)
    if found is None or found.confirmed_at is None:
        raise ConflictError(GONE)
    given = typed(code)
    if is_from_authenticator(given):
        _use_step(session, vault, found, given)
        return False
    if len(given) != RECOVERY_LENGTH:
        raise InputError("请填写验证器上的 6 位数字，或者一个恢复码")
    used = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None),
               RecoveryCode.code_hash == passwords.stretched(given, found.salt))
        .values(used_at=clock.now())
    )
    if used.rowcount == 0:  # type: ignore[attr-defined]
        raise InputError("恢复码不正确，或者已经用过，请换一个")
    return True


def _use_step(session: Session, vault: Vault, factor: SecondFactor, code: str) -> None:
    key = vault.unseal(factor.person_id, factor.secret)
    step = step_of(key, code, clock.now(), factor.last_step)
    if step is None:
        raise InputError(WRONG)
    # decided by the database: of two browsers with the same code only one gets in
    claimed = session.execute(
        update(SecondFactor).where(SecondFactor.person_id == factor.person_id, SecondFactor.last_step < step)
        .values(last_step=step)
    )
    if claimed.rowcount == 0:  # type: ignore[attr-defined]
        raise InputError(WRONG)


def renew_recovery_codes(session: Session, factor: SecondFactor) -> list[str]:
    """New recovery codes; the earlier ones stop working."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == factor.person_id))
    codes = [new_code(RECOVERY_LENGTH) for _number in range(RECOVERY_CODES)]
    session.execute(insert(RecoveryCode), [
        {"person_id": factor.person_id, "code_hash": passwords.stretched(code, factor.salt), "used_at": None}
        for code in codes
    ])
    return codes


def remove_second_factor(session: Session, person_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
