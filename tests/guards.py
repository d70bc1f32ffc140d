"""What no test may do: reach another machine, send mail, or see the settings of the person who runs it."""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import Any

import pytest

MAIL_PORTS = frozenset({25, 465, 587, 2525})
OWN_SETTINGS = ("DATABASE_URL", "QUIZAPP_")
KEPT_SETTINGS = frozenset({"QUIZAPP_CHROMIUM"})


class ClosedNetwork(AssertionError):
    """A test tried to leave this machine, or to hand a letter to its mail server."""


def close_network(patch: pytest.MonkeyPatch) -> None:
    """Let sockets reach the loopback address only, and no mail port there."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex
    real_lookup = socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        refuse(self, address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        refuse(self, address)
        return real_connect_ex(self, address)

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        if host is not None and not is_loopback(host):
            raise ClosedNetwork(f"a test looked up {host!r}")
        return real_lookup(host, *rest, **named)

    patch.setattr(socket.socket, "connect", connect)
    patch.setattr(socket.socket, "connect_ex", connect_ex)
    patch.setattr(socket, "getaddrinfo", getaddrinfo)


def refuse(out: socket.socket, address: Any) -> None:
    if out.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host, port = address[0], address[1]
    if not is_loopback(host) or port in MAIL_PORTS:
        out.close()  # whoever opened it expects no error of this kind
        raise ClosedNetwork(f"a test tried to connect to {host!r} port {port}")


def is_loopback(host: str | bytes) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def forget_own_settings(patch: pytest.MonkeyPatch) -> None:
    """Take the installation's settings out of the environment, and proxies off the way to this machine."""
    for name in list(os.environ):
        if name.startswith(OWN_SETTINGS) and name not in KEPT_SETTINGS:
            patch.delenv(name)
    patch.setenv("NO_PROXY", "127.0.0.1,localhost")
    patch.setenv("no_proxy", "127.0.0.1,localhost")
