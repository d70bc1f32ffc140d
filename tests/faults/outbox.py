"""What a browser holds until the server has it: the rules of the real one, without a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    question: int
    seq: int
    response: tuple[str, ...]
    flagged: bool

    def as_json(self) -> dict[str, object]:
        return {"q": self.question, "seq": self.seq, "response": list(self.response), "flagged": self.flagged,
                "seen": True}


def _milliseconds() -> int:
    return int(time.monotonic() * 1000)


@dataclass
class Outbox:
    """The newest change of each question that the server has not acknowledged; outlives the page.

    Sequences rise with every change, and above what another device may have used: milliseconds since the start.
    """

    entries: dict[int, Entry] = field(default_factory=dict)
    last: int = 0
    now: Callable[[], int] = _milliseconds
    began: int = 0

    def __post_init__(self) -> None:
        self.began = self.began or self.now()

    def put(self, question: int, response: tuple[str, ...], flagged: bool) -> Entry:
        self.last = max(self.last + 1, self.now() - self.began)
        entry = self.entries[question] = Entry(question, self.last, response, flagged)
        return entry

    def batch(self, limit: int = 50) -> list[Entry]:
        return sorted(self.entries.values(), key=lambda entry: entry.seq)[:limit]

    def acknowledge(self, question: int, seq: int) -> Entry | None:
        """Let go of an entry: only of exactly this sequence, or where the server holds a greater one."""
        entry = self.entries.get(question)
        if entry is None or entry.seq > seq:
            return None
        return self.entries.pop(question)

    def learn(self, seq: int) -> None:
        """The server holds this sequence: later changes get greater ones."""
        self.last = max(self.last, seq)


class HastyOutbox(Outbox):
    """The mistake of others: an entry is gone as soon as it is sent. For proving that the checker sees it."""

    def batch(self, limit: int = 50) -> list[Entry]:
        entries = super().batch(limit)
        for entry in entries:
            del self.entries[entry.question]
        return entries
