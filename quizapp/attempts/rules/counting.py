"""Which of several attempts counts, and in which word a score ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished attempt. `score` is None while a person still has to mark it."""

    id: UUID
    number: int
    score: Decimal | None


def counting(attempts: Sequence[Finished], rule: str) -> Finished | None:
    """The attempt that counts under `rule` (best, last, first), or None without any.

    Of equally good attempts the earliest counts. An unmarked attempt counts as best only where none is marked.
    """
    if not attempts:
        return None
    ordered = sorted(attempts, key=lambda attempt: attempt.number)
    match rule:
        case "first":
            return ordered[0]
        case "last":
            return ordered[-1]
        case "best":
            marked = [attempt for attempt in ordered if attempt.score is not None]
            return max(marked, key=lambda attempt: attempt.score or Decimal(0)) if marked else ordered[0]
        case _:
            raise ValueError(f"no rule {rule!r} for what counts")


def grade(score: Decimal, pass_mark: Decimal, excellence_mark: Decimal) -> str:
    """excellent, passed or failed; a mark that is just reached is reached."""
    if score >= excellence_mark:
        return "excellent"
    return "passed" if score >= pass_mark else "failed"
