"""The history of a run: what was asked and answered, as those outside the server saw it, in the order of time.

Every operation is one entry with its begin and its end. Its outcome is `ok`, `fail` (the server said that it was
not done) or `info`: no answer came, so nobody knows.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar


class Outcome(StrEnum):
    OK = "ok"
    FAIL = "fail"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Moment:
    """`real` never jumps; `clock` is what the server's clock shows, in seconds since 1970."""

    real: float
    clock: float


NEVER = Moment(0.0, 0.0)


@dataclass(slots=True, kw_only=True, eq=False)
class Operation:
    """`process`: the tab that asked, or whoever read."""

    process: str
    attempt: str
    invoked: Moment = NEVER
    ended: Moment = NEVER
    outcome: Outcome = Outcome.INFO


@dataclass(slots=True, kw_only=True, eq=False)
class Start(Operation):
    """`attempt` is known at the end only."""

    candidate: int
    exam: int


@dataclass(slots=True, kw_only=True, eq=False)
class Save(Operation):
    """One question of a batch. `held`: the sequence that the server says it holds."""

    question: int
    seq: int
    value: str
    held: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Shown(Operation):
    """A browser let go of an answer and told the person that it is saved."""

    question: int
    seq: int


@dataclass(slots=True, kw_only=True, eq=False)
class Read(Operation):
    """What the server or the database shows: question → sequence and value. `over`: no longer open."""

    found: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    over: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Submit(Operation):
    manifest: Mapping[int, int]
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the audit chain as somebody saw it."""

    number: int
    digest: str


class Edge(StrEnum):
    INVOKED = "invoked"
    ENDED = "ended"


Some = TypeVar("Some", bound=Operation)


@dataclass
class History:
    """`clock` tells what the server's clock shows now; `answered` counts acknowledged saves, `waiting`
    what has no outcome yet, and what never got one."""

    clock: Callable[[], float] = time.time
    log: list[tuple[Edge, Operation]] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    answered: int = 0
    waiting: int = 0

    def begin(self, operation: Some) -> Some:
        operation.invoked = self._now()
        self.log.append((Edge.INVOKED, operation))
        self.waiting += 1
        return operation

    def end(self, operation: Operation, outcome: Outcome) -> None:
        operation.ended, operation.outcome = self._now(), outcome
        self.log.append((Edge.ENDED, operation))
        self.waiting -= 1
        self.answered += isinstance(operation, Save) and outcome is Outcome.OK

    def shown(self, process: str, attempt: str, question: int, seq: int) -> None:
        said = self.begin(Shown(process=process, attempt=attempt, question=question, seq=seq))
        self.end(said, Outcome.OK)

    def acknowledged(self) -> int:
        """How many saves were acknowledged so far; the same one counts once."""
        return len({(op.attempt, op.question, op.seq) for op in self.operations()
                    if isinstance(op, Save) and op.outcome is Outcome.OK})

    def operations(self) -> list[Operation]:
        """Each once, in the order in which they began."""
        return [operation for edge, operation in self.log if edge is Edge.INVOKED]

    def _now(self) -> Moment:
        return Moment(time.monotonic(), self.clock())


def value_of(response: object, flagged: bool, seen: bool) -> str:
    """A short name of everything that a save says about a question."""
    plain = json.dumps([response, flagged, seen], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
