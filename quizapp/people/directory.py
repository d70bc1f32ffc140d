"""Passwords that an LDAP directory keeps, checked by binding as the entry that was found, by ldap3.

Loaded only where the operator has set it up: it weighs 10 MB in each process.
"""

from __future__ import annotations

import logging
import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn
from urllib.parse import urlsplit

import ldap3
from ldap3.core.exceptions import (
    LDAPException,
    LDAPInvalidCredentialsResult,
    LDAPNoSuchObjectResult,
    LDAPOperationResult,
    LDAPSizeLimitExceededResult,
)
from ldap3.utils.conv import escape_filter_chars

from quizapp.identity_sources import PORTS, TYPED, Ldap
from quizapp.kernel.errors import InputError, UnavailableError
from quizapp.outbound import CONNECT_SECONDS, READ_SECONDS, Outbound
from quizapp.people.rules.external import typed_login

DOWN = "单位的目录服务暂时没有应答，不能核对密码，请稍后再试。急用的话，请本单位联络员给一个一次性代码"
WRONG = "账号或者密码不正确，请检查后再试"
REFUSED = (LDAPInvalidCredentialsResult, LDAPNoSuchObjectResult)

log = logging.getLogger(__name__)


class Directory:
    """One directory, as the settings name it."""

    def __init__(self, settings: Ldap, outbound: Outbound) -> None:
        self.settings, self._outbound = settings, outbound
        parts = urlsplit(settings.url)
        tls = None if settings.plain else _Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.ca)
        self._server = ldap3.Server(
            parts.hostname, parts.port or PORTS[parts.scheme], use_ssl=parts.scheme == "ldaps", tls=tls, get_info=ldap3.NONE,
            connect_timeout=CONNECT_SECONDS, allowed_referral_hosts=[])

    def proved(self, typed: str, password: str) -> str:
        """The work number of the entry whose password this is.

        Raises InputError, with the same words for an unknown entry and a wrong password, and UnavailableError where the
        directory does not answer, its certificate does not hold, or the search account is refused.
        """
        login = typed_login(typed)
        # a bind without a password proves nothing, and many directories let it through (RFC 4513, 5.1.2)
        if login is None or not password.strip("\0"):
            raise InputError(WRONG)
        with self._outbound.call(self.settings.url):
            found = self._find(login)
            # an unknown entry is tried like any other: how long the answer takes tells nobody that there is none
            right = self._opens(found[0] if found else f"cn={secrets.token_hex(8)},{self.settings.base}", password)
        if not right or found is None:
            raise InputError(WRONG)
        return found[1]

    def _find(self, login: str) -> tuple[str, str] | None:
        """DN and work number of the one entry that the search finds; None for none and for several."""
        attribute = self.settings.attribute
        try:
            with self._connected(self.settings.bind_dn, self.settings.bind_password) as search:
                search.search(self.settings.base, self._query(login), attributes=[attribute], size_limit=2,
                              time_limit=READ_SECONDS)
                entries = [one for one in search.response or [] if one.get("type") == "searchResEntry"]
        except LDAPSizeLimitExceededResult:
            entries = [{}] * 2
        except LDAPException as error:
            self._down(error)
        if len(entries) > 1:
            log.warning("the directory has several entries for one work number; none of them can sign in")
            return None
        values = entries[0]["attributes"].get(attribute) if entries else None
        value = values[0] if isinstance(values, list) and values else values
        return (str(entries[0]["dn"]), str(value)) if value else None

    def _query(self, login: str) -> str:
        return self.settings.filter.replace(TYPED, escape_filter_chars(login))

    def _opens(self, dn: str, password: str) -> bool:
        try:
            with self._connected(dn, password):
                return True
        except REFUSED:
            return False
        except LDAPException as error:
            if isinstance(error, LDAPOperationResult) and error.description in (
                    "unwillingToPerform", "invalidDNSyntax", "inappropriateAuthentication", "constraintViolation"):
                return False  # a locked or expired entry, or one without a password: the directory has answered
            self._down(error)

    @contextmanager
    def _connected(self, dn: str, password: str) -> Iterator[ldap3.Connection]:
        """A connection bound as this entry, encrypted first where it is not from the start; closed at the end."""
        connection = ldap3.Connection(
            # as bytes, to the letter: ldap3 would prepare text (RFC 4013), which changes what Chinese keyboards type, and
            # makes of some characters nothing, so that a bind without a password remains
            self._server, user=dn, password=password.encode(), authentication=ldap3.SIMPLE, auto_bind=ldap3.AUTO_BIND_NONE,
            auto_referrals=False, read_only=True, raise_exceptions=True, receive_timeout=READ_SECONDS)
        try:
            connection.open(read_server_info=False)
            if self.settings.start_tls:
                connection.start_tls(read_server_info=False)
            connection.bind(read_server_info=False)
            yield connection
        finally:
            with suppress(LDAPException):
                connection.unbind()

    def _down(self, error: LDAPException) -> NoReturn:
        log.warning("the directory cannot be asked: %s", type(error).__name__)  # its text may hold what was sent
        raise UnavailableError(DOWN) from None


class _Tls(ldap3.Tls):
    """Encryption as the standard library does it: the certificate has to be signed by who is known, and to name the
    host. ldap3 checks the name by a function that Python has given up, sends no name, and forgets to close."""

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)
