"""One person for life; units as a tree; memberships with dates; roles; sign-ins that can be ended."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Model
from quizapp.kernel.ids import new_id


class Unit(Model):
    """A bureau, division, subordinate unit or section, or a Party branch. `path` is `/1/4/9/`: a subtree is a prefix.
    `kind` says in which of the two trees it stands; no unit of one stands below a unit of the other."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("kind in ('administrative', 'party')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(14), default="administrative", server_default="administrative")
    closed_on: Mapped[date | None]


class Person(UserMixin, Model):
    """A civil servant. `login` is the work number; an account without a password cannot sign in. `erased_at`: since
    when nothing here says who it was."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("language in ('zh', 'en')", name="language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    rank: Mapped[str] = mapped_column(String(40), default="")
    post_type: Mapped[str] = mapped_column(String(40), default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    # the token of the present browser; not a column
    sign_in_token = ""

    def get_id(self) -> str:
        """Flask-Login keeps this in the cookie: the token of the sign-in, not the number of the person."""
        return self.sign_in_token


class Membership(Model):
    """Where a person belongs, from `since` to before `until`. `kind`: main, seconded or party.

    A person has at most one open main membership, and beside it at most one open membership in a Party branch, which
    has no say in where the person counts. A secondment lies beside it for a time; `counting` says where the
    person counts meanwhile: home (the main membership) or host (the secondment). `ending` says how it ended:
    transfer, left, retired or back (from a secondment); "" while it is open, and for what ended before this was kept.
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index("uq_membership_open", "person_id", unique=True,
              postgresql_where=text("until is null and kind = 'main'"),
              sqlite_where=text("until is null and kind = 'main'")),
        Index("uq_membership_open_party", "person_id", unique=True,
              postgresql_where=text("until is null and kind = 'party'"),
              sqlite_where=text("until is null and kind = 'party'")),
        CheckConstraint("until is null or until >= since", name="dates"),
        CheckConstraint("kind in ('main', 'seconded', 'party')", name="kind"),
        CheckConstraint("counting in ('home', 'host') and (kind = 'seconded' or counting = 'home')", name="counting"),
        CheckConstraint("ending in ('', 'transfer', 'left', 'retired', 'back')", name="ending"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    kind: Mapped[str] = mapped_column(String(10), default="main")
    counting: Mapped[str] = mapped_column(String(4), default="home")
    ending: Mapped[str] = mapped_column(String(10), default="")


class RosterHeading(Model):
    """What a heading of a roster file means, as somebody once said: a column of the roster, or "" for none."""

    __tablename__ = "roster_heading"

    heading: Mapped[str] = mapped_column(String(120), primary_key=True)
    column_name: Mapped[str] = mapped_column(String(20))
    chosen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    chosen_at: Mapped[datetime]


class RoleGrant(Model):
    """A role that somebody holds; a liaison holds it for one unit and everything below."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))


class SignIn(Model):
    """One signed-in browser. The cookie holds a token, the table its hash: it can be ended from here.

    `way`: by what the person proved who they are; `strong`: that included a second factor, asked for elsewhere.
    """

    __tablename__ = "sign_in"
    __table_args__ = (CheckConstraint("way in ('password', 'oidc', 'ldap')", name="way"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(200))
    way: Mapped[str] = mapped_column(String(8), default="password", server_default="password")
    strong: Mapped[bool] = mapped_column(default=False, server_default=false())


class ExternalIdentity(Model):
    """An account at an OpenID provider, and whose it is. A person has one at each provider."""

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("person_id", "issuer"),)

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    linked_at: Mapped[datetime]


class OneTimeLink(Model):
    """A link or a short code by which a person sets a password. Used once, for a limited time.

    The token of a link is random; that of a code is computed from work number and code. `tries`: wrong codes so far.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (CheckConstraint("kind in ('link', 'code')", name="kind"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(String(4), default="link", server_default="link")
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class SecondFactor(Model):
    """The authenticator of a person, from `confirmed_at` on. `secret` is sealed by the installation.

    `last_step`: the time step of the last code used; no code of it or before is taken again. `salt`: of the
    recovery codes.
    """

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    secret: Mapped[bytes]
    salt: Mapped[bytes]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Model):
    """Opens the second step once, when the authenticator is lost."""

    __tablename__ = "recovery_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("second_factor.person_id"), primary_key=True, autoincrement=False)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None]


class FailedSignIn(Model):
    """A failed try, by account and by address: the ground on which tries are slowed. `step`: of what it was."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        Index("ix_failed_sign_in_login_at", "login", "at"), Index("ix_failed_sign_in_address_at", "address", "at"),
        CheckConstraint("step in ('password', 'second', 'code')", name="step"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    step: Mapped[str] = mapped_column(String(8), default="password", server_default="password")
