"""What proves who somebody is: the platform's own passwords, the directory, the single sign-on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app, g
from sqlalchemy.orm import Session

from quizapp import clock, refusals
from quizapp.access import actor
from quizapp.config import Settings
from quizapp.db import db
from quizapp.i18n import _
from quizapp.kernel.errors import ForbiddenError, InputError, TooManyError
from quizapp.kernel.text import to_half_width
from quizapp.outbound import Outbound, outbound_of
from quizapp.people import queries, service
from quizapp.people.models import Person
from quizapp.people.rules.external import FRESH, Proof, Way, keeps_own_password
from quizapp.people.views.blueprint import account_of, address

if TYPE_CHECKING:
    from quizapp.people.directory import Directory
    from quizapp.people.single_sign_on import SingleSignOn


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def single_sign_on() -> SingleSignOn | None:
    """The provider of this installation, made on first use; None where there is none."""
    have = settings().oidc
    if have is None:
        return None
    if "single_sign_on" not in current_app.extensions:
        from quizapp.people.single_sign_on import SingleSignOn  # only where it is set up: it weighs 8 MB

        current_app.extensions["single_sign_on"] = SingleSignOn(have, _outbound())
    found: SingleSignOn = current_app.extensions["single_sign_on"]
    return found


def directory() -> Directory | None:
    """The directory of this installation, made on first use; None where there is none. Raises InputError where
    the package for it is missing."""
    have = settings().ldap
    if have is None:
        return None
    if "directory" not in current_app.extensions:
        try:
            from quizapp.people.directory import Directory  # only where it is set up: it weighs 10 MB
        except ModuleNotFoundError:
            raise InputError("设了 QUIZAPP_LDAP_URL，但没有安装 ldap3；请运行 python3 dev.py setup --ldap，再启动") from None
        current_app.extensions["directory"] = Directory(have, _outbound())
    found: Directory = current_app.extensions["directory"]
    return found


def _outbound() -> Outbound:
    found: Outbound = current_app.extensions.setdefault("outbound", outbound_of(settings().oidc, settings().ldap))
    return found


@dataclass(frozen=True)
class Try:
    """One try to prove a password: `login` as it is counted; `at`: the directory that checks it, None for our own."""

    login: str
    at: Directory | None


def try_of(typed: str) -> Try:
    """Where the password of what was typed is checked, and under which name failures are counted."""
    login, asked = typed.strip(), directory()
    if asked is None or has_own_password(db.session(), queries.person_by_login(db.session(), login), login):
        return Try(login, None)
    # a directory takes capital and small letters for the same: else each spelling would have tries of its own
    return Try(to_half_width(login).casefold(), asked)


def has_own_password(read: Session, person: Person | None, login: str) -> bool:
    """Whether this account's password is the platform's own."""
    ldap = settings().ldap
    if ldap is None:
        return True
    roles = queries.roles_of(read, [person.id]).get(person.id, set()) if person is not None else ()
    return keeps_own_password(login, person is not None and person.password_hash is not None, roles, ldap.local_accounts)


def prove(tried: Try, typed: str, password: str) -> tuple[Person, Proof]:
    """The person whose password this is. A wrong one is counted.

    Raises InputError, TooManyError while tries are slowed, ForbiddenError for somebody whom the directory knows and the
    platform does not let in, UnavailableError where the directory does not answer: nobody is slowed for that.
    """
    try:
        if tried.at is None:
            return service.verify(db.session(), tried.login, password, address()), Proof()
        service.slow_down(db.session(), tried.login, address())
        db.session().commit()  # a directory may take seconds: no connection to the database waits for it
        login = tried.at.proved(typed, password)
    except TooManyError:
        refusals.mark(refusals.LIMIT, **account_of(tried.login))
        raise
    except InputError:
        with db.transaction() as writing:
            service.note_failure(writing, tried.login, address())
        refusals.mark(refusals.SIGN_IN, **account_of(tried.login))
        raise
    return admitted(Proof(Way.LDAP), login), Proof(Way.LDAP)


def admitted(proof: Proof, login: str) -> Person:
    """The person whom a provider or the directory has named. Who is not let in is written down.

    Raises ForbiddenError.
    """
    try:
        person = service.whose(db.session(), proof, login)
        if proof.way is Way.LDAP and has_own_password(db.session(), person, person.login):
            raise ForbiddenError(service.external.ELSEWHERE, login=person.login)
    except ForbiddenError as error:
        refusals.mark(refusals.SIGN_IN, **account_of(login), by=proof.way.value, subject=proof.subject[:80], why=str(error))
        raise
    return person


def prove_again(password: str) -> None:
    """Before an act that whoever finds a browser open must not do: the password once more, or, for who has none here, a
    fresh sign-in at the provider. Raises InputError, TooManyError, UnavailableError."""
    me = actor()
    if not asks_for_password():
        if g.sign_in.way == Way.OIDC and clock.now() - g.sign_in.created_at <= FRESH:
            return
        raise InputError("你的账号没有平台的密码。请退出，用单位统一登录重新登录，十分钟以内再来办")
    try:
        person, _proof = prove(try_of(me.login), me.login, password)
    except InputError:
        refusals.mark(refusals.PROOF, "person", me.id)
        raise InputError("密码不正确，请再试一次") from None
    if person.id != me.id:
        raise InputError("密码不正确，请再试一次")


def asks_for_password() -> bool:
    """Whether the person of this request has a password, here or in the directory, that can be asked for again."""
    person = db.session().get_one(Person, actor().id)
    return settings().ldap is not None or person.password_hash is not None or settings().oidc is None


def password_is_set(person: Person) -> str:
    """What to say after a one-time link or code: beside a directory it has opened the platform for this once."""
    if has_own_password(db.session(), person, person.login):
        return _("密码已设好，以后用账号和新密码登录")
    return _("已登录，到退出为止。平时仍用单位目录的密码登录，这里设的密码不起作用")


def present_proof() -> Proof:
    """How the person of this request has signed in, for the sign-in that replaces it."""
    return Proof(Way(g.sign_in.way), g.sign_in.strong)
