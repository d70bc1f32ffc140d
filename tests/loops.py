"""Event loops beside those of a browser: Playwright keeps one running in the thread of the tests."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Found = TypeVar("Found")


def apart(act: Callable[[], Found]) -> Found:
    """Do what runs a loop of its own in a thread of its own."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(act).result()
