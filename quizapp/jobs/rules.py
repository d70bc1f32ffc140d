"""The registry of long work: a kind, the function that does it, and what people call it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.roles import Role

Row = TypeVar("Row")
SILENT = timedelta(minutes=2)  # without a sign of life for this long, whoever did the work is gone
STATE_NAMES = {"queued": "排队中", "running": "进行中", "done": "已完成", "failed": "没有完成"}
STATE_TAGS = {"queued": "", "running": "brand", "done": "ok", "failed": "err"}


class Progress(Protocol):
    """Handed to the work, which calls it as it goes; shown on the page and in the terminal."""

    def __call__(self, done: int, total: int, step: str = "") -> None: ...


def silent(done: int, total: int, step: str = "") -> None:
    """Progress of work that nobody waits for."""


def told(rows: Iterable[Row], total: int, progress: Progress, step: str, every: int = 1_000) -> Iterator[Row]:
    """The rows as they come, with a word about progress now and then and at the end."""
    for number, row in enumerate(rows):
        if number % every == 0:
            progress(number, total, step)
        yield row
    progress(total, total, step)


Work = Callable[[dict[str, Any], Progress], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` is the Chinese name of the work, translated where it is shown; `roles`: who may have it done, one of
    which is enough."""

    function: Work
    title: str
    roles: frozenset[Role] = frozenset()


REGISTRY: dict[str, Kind] = {}


def work(kind: str, title: str = "", roles: Collection[Role] = ()) -> Callable[[Work], Work]:
    """Register a function as the work of a kind, done once more only for holders of one of `roles`.

    It gets the parameters of the job, and its id as text under `job`. It opens its own transactions and returns a JSON result with at least `summary` (a Chinese sentence, which
    may hold %(name)s placeholders filled from `values`), and optionally `address` (where to go) and
    `warnings` (sentences, or {"message", "values"}). It may be done only once: work that fails half-way leaves nothing behind.
    """

    def decorate(function: Work) -> Work:
        REGISTRY[kind] = Kind(function, title or kind, frozenset(roles))
        return function

    return decorate


def find(kind: str) -> Work:
    """The function of a kind. Raises NotFoundError."""
    if kind not in REGISTRY:
        raise NotFoundError("没有这种任务：%(kind)s", kind=kind)
    return REGISTRY[kind].function


def may_start(kind: str, own: Collection[Role]) -> bool:
    """Whether holders of these roles may have work of this kind done."""
    return kind in REGISTRY and not REGISTRY[kind].roles.isdisjoint(own)


def title_of(kind: str) -> str:
    """What people call the work; the kind itself where it is no longer known."""
    return REGISTRY[kind].title if kind in REGISTRY else kind


Chore = Callable[[], None]
CHORES: list[Chore] = []


def regularly(chore: Chore) -> Chore:
    """Register what every worker does again and again, several times a minute. Any number of workers may do
    it at once, so it must not mind; it opens its own transaction."""
    CHORES.append(chore)
    return chore
