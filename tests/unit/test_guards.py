from __future__ import annotations

import os
import smtplib
import socket
from urllib.request import urlopen

import pytest

from tests.guards import ClosedNetwork, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost", b"127.0.0.1"])
def test_this_machine_may_be_reached(host: str | bytes) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org", "0.0.0.0"])  # noqa: S104 - an address to refuse
def test_another_machine_may_not(host: str) -> None:
    assert not is_loopback(host)


def test_a_socket_out_is_closed() -> None:
    with socket.socket() as out, pytest.raises(ClosedNetwork):
        out.connect(("192.0.2.1", 80))
    with pytest.raises(ClosedNetwork):
        urlopen("http://example.org/")


def test_a_socket_to_this_machine_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())
        accepted, _ = server.accept()
        accepted.close()


def test_no_letter_leaves() -> None:
    with pytest.raises(ClosedNetwork):
        smtplib.SMTP("127.0.0.1", 25)


def test_the_settings_of_who_runs_the_tests_are_not_seen() -> None:
    assert "DATABASE_URL" not in os.environ
    assert {name for name in os.environ if name.startswith("QUIZAPP_")} <= {"QUIZAPP_CHROMIUM"}
