"""The registry of long work: a kind, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from quizapp.kernel.errors import NotFoundError


class Progress(Protocol):
    """Handed to the work, which calls it as it goes; shown on the page and in the terminal."""

    def __call__(self, done: int, total: int, step: str = "") -> None: ...


Work = Callable[[dict[str, Any], Progress], dict[str, Any]]
REGISTRY: dict[str, Work] = {}


def work(kind: str) -> Callable[[Work], Work]:
    """Register a function as the work of a kind. It opens its own transactions and returns a JSON result
    with at least `summary`, and optionally `address` (where to go) and `warnings` (list of sentences)."""

    def decorate(function: Work) -> Work:
        REGISTRY[kind] = function
        return function

    return decorate


def find(kind: str) -> Work:
    if kind not in REGISTRY:
        raise NotFoundError("没有这种任务：%(kind)s", kind=kind)
    return REGISTRY[kind]
