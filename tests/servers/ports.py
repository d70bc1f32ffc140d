"""Ports of the loopback address that nobody uses, and waiting for who should listen there."""

from __future__ import annotations

import socket
import time


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def wait_for(port: int, seconds: float = 20) -> None:
    """Raises TimeoutError where nobody listens by then."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as knock:
            knock.settimeout(1)
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port}")
