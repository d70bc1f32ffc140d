"""Where this server may call: the one list, made from the settings of the operator and from nothing else.

Nothing that a person types or uploads adds to it, and no answer of a server does: an address that a provider names is
held against the list like any other. No redirect is followed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from quizapp.identity_sources import Ldap, Oidc, place
from quizapp.kernel.errors import UnavailableError

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 3, 5, 8
MOST_BYTES = 1024 * 1024
# of the eight threads of a process: a provider that hangs must not stop the saving of answers
CALLS_AT_ONCE, WAIT_SECONDS = 4, 1


@dataclass(frozen=True)
class Outbound:
    """The places (`https://host:443`) that may be called, and the narrow door through which each call goes."""

    places: frozenset[str]
    door: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(CALLS_AT_ONCE), compare=False)

    def check(self, url: str) -> None:
        """Raises UnavailableError for an address that is not on the list."""
        try:
            allowed = place(url) in self.places and urlsplit(url).username is None
        except ValueError:  # no port is written like that
            allowed = False
        if not allowed:
            raise UnavailableError("登录服务指向了不在允许范围内的地址，没有连接；请联系运维人员核对设置")

    @contextmanager
    def call(self, url: str) -> Iterator[None]:
        """Around each call. Raises UnavailableError while too many others wait for an answer."""
        self.check(url)
        if not self.door.acquire(timeout=WAIT_SECONDS):
            raise UnavailableError("单位的登录服务应答太慢，请稍后再试；已经登录的人不受影响")
        try:
            yield
        finally:
            self.door.release()


def outbound_of(oidc: Oidc | None, ldap: Ldap | None) -> Outbound:
    """What these settings name: the issuer, further hosts of the provider under the same scheme, the directory."""
    places = set()
    if oidc is not None:
        scheme = urlsplit(oidc.issuer).scheme
        places |= {place(oidc.issuer), *(place(f"{scheme}://{host}") for host in oidc.hosts)}
    if ldap is not None:
        places.add(place(ldap.url))
    return Outbound(frozenset(places))
