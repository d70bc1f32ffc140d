"""Who proves that a person is who they say: this platform, the agency's directory, or its single sign-on."""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from quizapp.kernel.roles import Role
from quizapp.kernel.text import to_half_width

# how long after they left for the provider people may come back
AWAY_LASTS = timedelta(minutes=10)
# how fresh a sign-in by the provider has to be where others are asked for their password once more
FRESH = timedelta(minutes=10)
# what a work number is made of (as when a person is registered); nothing else is sent to a directory
WORK_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._@-]{0,39}\Z")

# whose password here goes on working beside a directory
BREAK_GLASS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})


class Way(StrEnum):
    """By what somebody signed in."""

    PASSWORD = "password"  # noqa: S105 - also a one-time link or code, which sets one
    OIDC = "oidc"
    LDAP = "ldap"


@dataclass(frozen=True)
class Proof:
    """What stands behind a sign-in. `strong`: whoever proved it has asked for a second factor themselves.
    `issuer`, `subject`: the account at the provider, "" where there is none."""

    way: Way = Way.PASSWORD
    strong: bool = False
    issuer: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Away:
    """What this browser took along to the provider. `at`: seconds since 1970."""

    state: str
    nonce: str
    verifier: str
    at: float

    def fits(self, state: str, now: datetime) -> bool:
        fresh = 0 <= now.timestamp() - self.at <= AWAY_LASTS.total_seconds()
        return fresh and hmac.compare_digest(self.state.encode(), state.encode())


def keeps_own_password(login: str, has_password: bool, roles: Collection[str], local_accounts: Collection[str]) -> bool:
    """Whether, beside a directory, this account's password is the platform's.

    Each account's password is checked in one place alone: else whoever is locked out of the directory would wait for it
    to be down. Those whom the operator lists, and system and security administrators who have a password here, break the
    glass.
    """
    return login in local_accounts or (has_password and not BREAK_GLASS.isdisjoint(roles))


def asserts_second_factor(claims: dict[str, object], amr: Collection[str], acr: Collection[str]) -> bool:
    """Whether an ID token says by one of these values (RFC 8176; OpenID Connect Core, 2) that there was a second factor."""
    methods = claims.get("amr")
    said = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
    return bool(said & set(amr)) or claims.get("acr") in set(acr)


def typed_login(text: str) -> str | None:
    """The work number that was typed, half-width; None for what can be none."""
    found = to_half_width(text).strip()
    return found if WORK_NUMBER.match(found) else None
