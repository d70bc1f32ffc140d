"""What the checker says when something does not hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """`invariant`: I1 to I8. `question` is 0 where the whole attempt is meant."""

    invariant: str
    attempt: str
    what: str
    question: int = 0

    def __str__(self) -> str:
        place = f" question {self.question}" if self.question else ""
        return f"{self.invariant} {self.attempt}{place}: {self.what}"
