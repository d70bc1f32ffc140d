"""What the database holds at the end of a run: plain facts, in the words of the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

OVER = ("submitted", "expired")


@dataclass(frozen=True, slots=True)
class Held:
    """The current answer to a question. Moments are seconds since 1970 by the server's clock."""

    seq: int
    value: str
    saved_at: float
    score: str = ""


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the event log. `process` is the tab's name, `refused` why it did not count."""

    process: str
    question: int
    seq: int
    value: str
    received_at: float
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """`latest`: the last moment at which anything could count, deadline and grace together. `proved`: the receipt
    as anybody can compute it from the rows; `seals`: how often the audit chain holds the receipt."""

    id: str
    candidate: int
    exam: int
    number: int
    state: str
    latest: float
    answers: Mapping[int, Held]
    events: Sequence[Logged] = ()
    receipt: str = ""
    proved: str = ""
    seals: int = 0

    @property
    def over(self) -> bool:
        return self.state in OVER


@dataclass(frozen=True)
class Record:
    """`chain`: the digests of the audit chain in their order; `findings`: what `quizapp audit verify` says that does
    not agree: the chain, its heads outside the database, receipts, marks, results."""

    attempts: Mapping[str, Attempt] = field(default_factory=dict)
    chain: Sequence[str] = ()
    findings: Sequence[str] = ()
