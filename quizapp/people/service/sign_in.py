"""Signing in and out, one-time links, passwords."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, true, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError, QuizappError, TooManyError
from quizapp.kernel.ids import new_token
from quizapp.people import passwords, queries
from quizapp.people.models import FailedSignIn, OneTimeLink, Person, SignIn
from quizapp.people.rules.external import Proof
from quizapp.people.rules.second_factor import CODE_LASTS, CODE_LENGTH, CODE_TRIES, Vault, new_code, typed
from quizapp.people.rules.sign_in import LINK_LASTS, SIGN_IN_LASTS, TOUCH_EVERY, check_password, wait_after

LINK_GONE = "这个链接已经用过或者过期，请联系本单位联络员重新发一个"
OWN_PASSWORD = Proof()
WRONG_CODE = "工号和代码对不上，或者代码已经过期；请核对，或者请联络员重新生成一个"


def verify(session: Session, login: str, password: str, address: str) -> Person:
    """The person whose login and password these are. Writes nothing.

    Raises TooManyError while tries are slowed, InputError when the two do not fit.
    """
    slow_down(session, login, address)
    person = queries.person_by_login(session, login)
    known = (person is not None and person.password_hash is not None
             and queries.may_sign_in(session, person.id, clock.today()))
    stored = person.password_hash if person is not None and known else None
    if not passwords.fits(password, stored) or person is None:
        raise InputError("账号或者密码不正确，请检查后再试")
    return person


def slow_down(session: Session, login: str, address: str, step: str = "password") -> None:
    """Raises TooManyError while the next try of this kind, account and address has to wait."""
    now = clock.now()
    failures, last = queries.failures_since(session, login, address, now, step)
    wait = wait_after(failures)
    if last is not None and now < last + wait:
        seconds = int((last + wait - now).total_seconds()) + 1
        raise TooManyError("尝试次数太多，请 %(n)s 秒后再试；忘记密码请联系本单位联络员", n=seconds)


def note_failure(session: Session, login: str, address: str, step: str = "password") -> None:
    session.add(FailedSignIn(login=login[:40], address=address, at=clock.now(), step=step))


def open_session(session: Session, person: Person, address: str, device: str, proof: Proof = OWN_PASSWORD) -> str:
    """A new sign-in for this person; returns its token. `proof`: how they have shown who they are."""
    token, now = new_token(), clock.now()
    session.add(
        SignIn(token_hash=queries.token_hash(token), person_id=person.id, created_at=now, last_seen_at=now,
               expires_at=now + SIGN_IN_LASTS, address=address, device=device[:200], way=proof.way, strong=proof.strong)
    )
    return token


def is_stale(sign_in: SignIn) -> bool:
    """Whether the last use was long enough ago to be worth writing down."""
    return clock.now() - sign_in.last_seen_at > TOUCH_EVERY


def touch(session: Session, sign_in_id: object) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=clock.now()))


def end_sign_in(session: Session, person_id: int, sign_in_id: object) -> None:
    """End one of a person's own sign-ins."""
    found = session.scalar(select(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == person_id))
    if found is None:
        raise NotFoundError("没有找到这次登录，可能已经结束")
    found.ended_at = clock.now()


def end_all_sign_ins(session: Session, person_id: int, but: object = None) -> int:
    """End every sign-in of a person, but the one with the number `but`; returns how many."""
    ended = session.execute(
        update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None),
                             SignIn.id != but if but is not None else true()).values(ended_at=clock.now())
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def make_link(session: Session, person_id: int) -> str:
    """A one-time link's token, with which this person sets a password. Earlier links stop working."""
    now, token = clock.now(), new_token()
    end_links(session, person_id)
    session.add(OneTimeLink(token_hash=queries.token_hash(token), person_id=person_id, created_at=now,
                            expires_at=now + LINK_LASTS))
    return token


def make_links(session: Session, person_ids: Sequence[int]) -> dict[int, str]:
    """A link's token for each of these people, as `make_link`, in few statements."""
    now, tokens = clock.now(), {person_id: new_token() for person_id in person_ids}
    for start in range(0, len(person_ids), 500):
        session.execute(
            update(OneTimeLink).where(OneTimeLink.person_id.in_(person_ids[start:start + 500]),
                                      OneTimeLink.used_at.is_(None)).values(used_at=now)
        )
    if tokens:
        session.execute(insert(OneTimeLink), [
            {"token_hash": queries.token_hash(token), "person_id": person_id, "created_at": now,
             "expires_at": now + LINK_LASTS} for person_id, token in tokens.items()
        ])
    return tokens


def make_code(session: Session, vault: Vault, person: Person) -> str:
    """A short code with which this person sets a new password. Earlier links and codes stop working."""
    now, code = clock.now(), new_code(CODE_LENGTH)
    end_links(session, person.id)
    session.add(OneTimeLink(token_hash=_token_hash_of(vault, person.login, code), person_id=person.id,
                            created_at=now, expires_at=now + CODE_LASTS, kind="code"))
    return code


def _token_hash_of(vault: Vault, login: str, code: str) -> str:
    return queries.token_hash(passwords.stretched(code, vault.salt(login)))


def use_code(session: Session, vault: Vault, login: str, code: str, password: str) -> Person:
    """Set the password by a code. Every sign-in of the person ends.

    Raises InputError, with the same words for an unknown login, a wrong code and one that has run out.
    """
    # before the code, so that a password that is refused says nothing about it
    check_password(password, login)
    token = passwords.stretched(typed(code), vault.salt(login))
    row = queries.usable_link(session, token, clock.now(), "code")
    if row is None or row[1].login != login:
        raise InputError(WRONG_CODE)
    link, person = row
    _claim(session, link, InputError(WRONG_CODE))
    set_password(session, person, password)
    return person


def note_wrong_code(session: Session, login: str, address: str) -> None:
    """A wrong code is counted against the address, and against the code that is open for this login, if any."""
    note_failure(session, login, address, "code")
    of_login = select(Person.id).where(Person.login == login).scalar_subquery()
    open_code = (OneTimeLink.person_id == of_login, OneTimeLink.kind == "code", OneTimeLink.used_at.is_(None))
    session.execute(update(OneTimeLink).where(*open_code).values(tries=OneTimeLink.tries + 1))
    session.execute(update(OneTimeLink).where(*open_code, OneTimeLink.tries >= CODE_TRIES).values(used_at=clock.now()))


def end_links(session: Session, person_id: int) -> None:
    """Links and codes that nobody has used yet stop working."""
    session.execute(
        update(OneTimeLink).where(OneTimeLink.person_id == person_id, OneTimeLink.used_at.is_(None))
        .values(used_at=clock.now())
    )


def use_link(session: Session, token: str, password: str) -> Person:
    """Set the password by a link. Every other sign-in of the person ends."""
    row = queries.usable_link(session, token, clock.now())
    if row is None:
        raise ConflictError(LINK_GONE)
    link, person = row
    set_password(session, person, password)
    _claim(session, link, ConflictError(LINK_GONE))
    return person


def _claim(session: Session, link: OneTimeLink, gone: QuizappError) -> None:
    """Decided by the database: of two browsers with the same link only one sets a password."""
    claimed = session.execute(
        update(OneTimeLink).where(OneTimeLink.token_hash == link.token_hash, OneTimeLink.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if claimed.rowcount == 0:  # type: ignore[attr-defined]
        raise gone


def set_password(session: Session, person: Person, password: str) -> None:
    check_password(password, person.login)
    person.password_hash = passwords.hashed(password)
    end_all_sign_ins(session, person.id)


def change_password(session: Session, person: Person, password: str) -> None:
    """Another password, for who has just proved the present one. Every sign-in and every open link of them ends."""
    set_password(session, person, password)
    end_links(session, person.id)


def set_language(session: Session, person_id: int, language: str) -> None:
    session.execute(update(Person).where(Person.id == person_id).values(language=language))
